//! Buttons and lists as numbered text, for protocols without them. A number, a title or its first word in the user's answer
//! reaches the agent as the same reply event.

use warta_core::message::{ButtonReply, InboundContent, ListReply, OutboundContent, Text};

/// The line that asks for a number.
const PROMPT: &str = "↩ 1–";

/// Content as numbered text. `None` for content without choices.
#[must_use]
pub fn numbered(content: &OutboundContent) -> Option<OutboundContent> {
    let (header, body, footer) = if let OutboundContent::Buttons(buttons) = content {
        (&buttons.header, &buttons.body, &buttons.footer)
    } else if let OutboundContent::List(list) = content {
        (&list.header, &list.body, &list.footer)
    } else {
        return None;
    };
    let choices = choices(content);
    let mut lines = Vec::with_capacity(choices.len() + 6);
    lines.extend(header.as_ref().map(|header| format!("*{header}*")));
    lines.push(body.clone());
    lines.push(String::new());
    for (index, choice) in choices.iter().enumerate() {
        let about = choice.description.map(|text| format!(": {text}")).unwrap_or_default();
        lines.push(format!("{}. {}{about}", index + 1, choice.title));
    }
    lines.extend(footer.as_ref().map(|footer| format!("\n_{footer}_")));
    lines.push(format!("\n{PROMPT}{}", choices.len()));
    Some(OutboundContent::Text(Text { body: lines.join("\n"), preview_url: false }))
}

/// The choice in `offered` that the user made with `answer`: its number, its title, or the first word of its title if no other
/// title begins with it. `None` for any other answer.
#[must_use]
pub fn chosen(offered: &OutboundContent, answer: &str) -> Option<InboundContent> {
    let choices = choices(offered);
    let answer = plain(answer);
    let by_number = answer.parse::<usize>().ok().and_then(|number| choices.get(number.checked_sub(1)?));
    let by_title = || choices.iter().find(|choice| plain(choice.title) == answer);
    let by_word = || {
        let begins = |choice: &&Choice<'_>| plain(choice.title).split(' ').next() == Some(answer.as_str());
        let mut fitting = choices.iter().filter(begins);
        fitting.next().filter(|_| fitting.next().is_none())
    };
    let choice = by_number.or_else(by_title).or_else(by_word)?;
    let (id, title) = (choice.id.to_owned(), choice.title.to_owned());
    Some(if matches!(offered, OutboundContent::List(_)) {
        let description = choice.description.map(str::to_owned);
        InboundContent::ListReply(ListReply { id, title, description })
    } else {
        InboundContent::ButtonReply(ButtonReply { id, title })
    })
}

struct Choice<'a> {
    id: &'a str,
    title: &'a str,
    description: Option<&'a str>,
}

fn choices(content: &OutboundContent) -> Vec<Choice<'_>> {
    if let OutboundContent::Buttons(buttons) = content {
        let all = buttons.buttons.iter();
        all.map(|button| Choice { id: &button.id, title: &button.title, description: None }).collect()
    } else if let OutboundContent::List(list) = content {
        let rows = list.sections.iter().flat_map(|section| &section.rows);
        rows.map(|row| Choice { id: &row.id, title: &row.title, description: row.description.as_deref() })
            .collect()
    } else {
        Vec::new()
    }
}

/// A text in the form in which it is compared: lower case, single spaces, no punctuation at the ends.
fn plain(text: &str) -> String {
    let words: Vec<_> = text.to_lowercase().split_whitespace().map(str::to_owned).collect();
    words
        .join(" ")
        .trim_matches(|sign: char| matches!(sign, '.' | '!' | ',' | ')' | '(' | '#' | '"' | '\''))
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn buttons() -> OutboundContent {
        serde_json::from_value(json!({"buttons": {"body": "Pilih layanan", "buttons": [
            {"id": "status", "title": "Cek status"}, {"id": "cs", "title": "Bicara CS"}]}}))
        .unwrap()
    }

    fn list() -> OutboundContent {
        serde_json::from_value(
            json!({"list": {"body": "Pick", "button": "Menu", "header": "Shop", "footer": "Bye", "sections": [
            {"title": "A", "rows": [{"id": "a1", "title": "Tea", "description": "Hot"}]},
            {"title": "B", "rows": [{"id": "b1", "title": "Tea cold"}, {"id": "b2", "title": "Coffee"}]}]}}),
        )
        .unwrap()
    }

    #[test]
    fn choices_are_numbered_in_their_order() {
        let Some(OutboundContent::Text(text)) = numbered(&list()) else { panic!() };
        assert_eq!(text.body, "*Shop*\nPick\n\n1. Tea: Hot\n2. Tea cold\n3. Coffee\n\n_Bye_\n\n↩ 1–3");
        assert!(numbered(&OutboundContent::Text(text)).is_none());
    }

    #[test]
    fn number_title_and_word_choose() {
        let id = |answer: &str| match chosen(&buttons(), answer) {
            Some(InboundContent::ButtonReply(reply)) => reply.id,
            other => format!("{other:?}"),
        };
        for answer in ["1", " 1. ", "cek STATUS", "Cek", "Cek  status!"] {
            assert_eq!(id(answer), "status", "{answer}");
        }
        for answer in ["0", "3", "status", "halo", "", "12"] {
            assert_eq!(id(answer), "None", "{answer}");
        }
    }

    #[test]
    fn a_word_that_fits_two_titles_chooses_the_whole_title_or_nothing() {
        let id = |answer: &str| match chosen(&list(), answer) {
            Some(InboundContent::ListReply(reply)) => reply.id,
            other => format!("{other:?}"),
        };
        assert_eq!((id("tea").as_str(), id("coffee").as_str(), id("2").as_str()), ("a1", "b2", "b1"));
    }
}
