//! A preview of the user's phone, with messages as bubbles.

use std::time::Duration;

use askama::Template;
use uuid::Uuid;
use warta_core::ids::SessionId;
use warta_core::message::Buttons;
use warta_core::session::{Prompt, RehearsalEvent, Texts, TimedEvent, Values, question, render};

use crate::texts::Lang;

/// The user's name in the previews.
const NAME: &str = "Budi";

/// The phone. Rendered by `{{ phone }}`.
#[derive(Debug, Template)]
#[template(path = "session/phone.html")]
pub(crate) struct Phone {
    id: String,
    business: String,
    bubbles: Vec<Bubble>,
}

/// The template already escapes its output.
impl askama::filters::HtmlSafe for Phone {}

/// One thing on it.
#[derive(Debug)]
struct Bubble {
    /// `us`, `user` or `happened`.
    from: &'static str,
    text: String,
    at: String,
    buttons: Vec<Reply>,
}

/// A button below a bubble.
#[derive(Debug)]
struct Reply {
    title: String,
    /// What a tap sends; `None` on a picture of a phone.
    tap: Option<String>,
}

/// The values of the template variables, for an agent with this name.
pub(super) const fn values(business: &str) -> Values<'_> {
    Values { name: Some(NAME), business }
}

impl Phone {
    /// A static preview of all texts in a language.
    pub(super) fn picture(language: &str, texts: &Texts, business: &str) -> Self {
        let values = values(business);
        let nobody = SessionId::from_uuid(Uuid::nil());
        let ask = |prompt| Bubble::question(question(texts, values, nobody, prompt), String::new(), false);
        let closing = Bubble::us(render(&texts.closing, values), String::new());
        Self {
            id: format!("phone-{language}"),
            business: business.to_owned(),
            bubbles: vec![ask(Prompt::More), ask(Prompt::End), closing],
        }
    }

    /// The phone after these events of a rehearsal.
    pub(super) fn of(lines: &[TimedEvent], business: &str, l: Lang) -> Self {
        let last_question = lines.iter().rposition(|line| line.event.question().is_some());
        let bubble = |(nth, line): (usize, &TimedEvent)| {
            let at = clock(line.after);
            match &line.event {
                RehearsalEvent::User(text) => {
                    Bubble { from: "user", text: text.clone(), at, buttons: Vec::new() }
                }
                RehearsalEvent::Agent => Bubble::us(l.session_play_agent().into_owned(), at),
                RehearsalEvent::Question(_, buttons) => {
                    Bubble::question(buttons.clone(), at, last_question == Some(nth))
                }
                RehearsalEvent::Closing(text) => Bubble::us(text.clone(), at),
                RehearsalEvent::Started => Bubble::happened(l.session_play_started().into_owned(), at),
                RehearsalEvent::Resumed => Bubble::happened(l.session_play_resumed().into_owned(), at),
                RehearsalEvent::Ended(reason) => {
                    Bubble::happened(l.session_play_ended(&l.session_reason(*reason)).into_owned(), at)
                }
            }
        };
        Self {
            id: "play-phone".to_owned(),
            business: business.to_owned(),
            bubbles: lines.iter().enumerate().map(bubble).collect(),
        }
    }
}

impl Bubble {
    const fn us(text: String, at: String) -> Self {
        Self { from: "us", text, at, buttons: Vec::new() }
    }

    const fn happened(text: String, at: String) -> Self {
        Self { from: "happened", text, at, buttons: Vec::new() }
    }

    fn question(question: Buttons, at: String, live: bool) -> Self {
        let reply = |button: warta_core::message::Button| Reply {
            tap: live.then_some(button.id),
            title: button.title,
        };
        Self {
            from: "us",
            text: question.body,
            at,
            buttons: question.buttons.into_iter().map(reply).collect(),
        }
    }
}

/// The time of a rehearsal: hours, minutes and seconds after its start.
pub(super) fn clock(after: Duration) -> String {
    let seconds = after.as_secs();
    format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}
