//! Turns session questions into messages, and user messages into answers.

use super::state::State;
use super::texts::{Texts, Values, render};
use super::words::{Answer, ExtraWords, Prompt, button_id, interpret, parse_button_id};
use crate::ids::SessionId;
use crate::message::{Button, Buttons, InboundContent};

/// The message of a question, with two buttons. Each button's id encodes the answer.
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

/// The answer in a tap on a session button, and the session of the question. That session may have ended.
#[must_use]
pub fn button_answer(content: &InboundContent) -> Option<(SessionId, Answer)> {
    let InboundContent::ButtonReply(button) = content else { return None };
    parse_button_id(&button.id).map(|(session, _, answer)| (session, answer))
}

/// The answer that a text message gives to the open question of `state`.
#[must_use]
pub fn text_answer(
    state: &State,
    content: &InboundContent,
    texts: &Texts,
    extra: &ExtraWords,
) -> Option<(SessionId, Answer)> {
    let InboundContent::Text(text) = content else { return None };
    let (open, prompt) = (state.open()?, state.open_question()?);
    interpret(&text.body, prompt, texts, extra).map(|answer| (open.id, answer))
}
