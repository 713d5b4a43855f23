//! The session in words: its questions as messages, and the user's messages as answers to them.

use super::state::State;
use super::texts::{Texts, Values, render};
use super::words::{Answer, Extra, Prompt, button_id, read_button, understood};
use crate::ids::SessionId;
use crate::message::{Button, Buttons, InboundContent};

/// A question as it is sent: rendered, with its two buttons, whose ids tell the answer.
#[must_use]
pub fn question(texts: &Texts, values: Values<'_>, session: SessionId, prompt: Prompt) -> Buttons {
    let button = |title: &String, answer| Button {
        id: button_id(session, prompt, answer),
        title: title.trim().to_owned(),
    };
    let (body, buttons) = match prompt {
        Prompt::More => (
            &texts.ask_more,
            vec![button(&texts.more_yes, Answer::Continue), button(&texts.more_no, Answer::End)],
        ),
        Prompt::End => (
            &texts.ask_end,
            vec![button(&texts.end_yes, Answer::End), button(&texts.end_no, Answer::Continue)],
        ),
    };
    Buttons { body: render(body, values), header: None, footer: None, buttons }
}

/// The answer in a tap on a button of ours, and the session whose question it was; that may be over by now.
#[must_use]
pub fn tapped(content: &InboundContent) -> Option<(SessionId, Answer)> {
    let InboundContent::ButtonReply(button) = content else { return None };
    read_button(&button.id).map(|(session, _, answer)| (session, answer))
}

/// The answer in plain words to the question that `state` waits for.
#[must_use]
pub fn spoken(
    state: &State,
    content: &InboundContent,
    texts: &Texts,
    extra: &Extra,
) -> Option<(SessionId, Answer)> {
    let InboundContent::Text(text) = content else { return None };
    let (open, prompt) = (state.open()?, state.asked()?);
    understood(&text.body, prompt, texts, extra).map(|answer| (open.id, answer))
}
