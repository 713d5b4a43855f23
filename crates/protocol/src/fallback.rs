//! Content as text, for protocols without its kind. A number, a title or its first word in the user's answer
//! reaches the agent as the same reply event.

use warta_core::message::fit::{self, Choice, choices};
use warta_core::message::{ButtonReply, Contact, InboundContent, ListReply, OutboundContent, Text};

/// Content as text, for providers that do not carry its kind: choices numbered, a place as a link to the map, cards and buttons of
/// pages written out. `None` for content that is text already or cannot be said in one.
#[must_use]
pub fn text_form(content: &OutboundContent) -> Option<OutboundContent> {
    let body = match content {
        OutboundContent::Buttons(_) | OutboundContent::List(_) => fit::numbered(content)?.body,
        OutboundContent::Location(place) => {
            let map = format!("https://maps.google.com/?q={},{}", place.latitude, place.longitude);
            let name = place.name.as_ref().map(|name| format!("📍 *{name}*"));
            lines(name.into_iter().chain(place.address.clone()).chain([map]))
        }
        OutboundContent::Contacts(cards) => {
            let cards: Vec<_> = cards.iter().map(card).collect();
            cards.join("\n\n")
        }
        OutboundContent::CtaUrl(page) => {
            let header = page.header.as_ref().map(|header| format!("*{header}*"));
            let link = format!("{}: {}", page.display_text, page.url);
            let footer = page.footer.as_ref().map(|footer| format!("_{footer}_"));
            lines(header.into_iter().chain([page.body.clone(), link]).chain(footer))
        }
        OutboundContent::LocationRequest(request) => request.body.clone(),
        OutboundContent::Reaction(reaction) => reaction.emoji.clone().filter(|emoji| !emoji.is_empty())?,
        OutboundContent::Text(_)
        | OutboundContent::Image(_)
        | OutboundContent::Video(_)
        | OutboundContent::Audio(_)
        | OutboundContent::Document(_)
        | OutboundContent::Sticker(_)
        | OutboundContent::Template(_) => return None,
    };
    Some(OutboundContent::Text(Text { body, preview_url: matches!(content, OutboundContent::CtaUrl(_)) }))
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}

/// A contact card as lines: the name, then how to reach them.
fn card(contact: &Contact) -> String {
    let values = contact.phones.iter().chain(&contact.emails).chain(&contact.urls);
    let reach =
        values.filter_map(|value| value.phone.as_ref().or(value.email.as_ref()).or(value.url.as_ref()));
    let company = contact.org.as_ref().and_then(|org| org.company.clone());
    let name = format!("👤 *{}*", contact.name.formatted_name);
    lines([name].into_iter().chain(company).chain(reach.cloned()))
}

/// Buttons or a list as numbered text. `None` for content without choices.
#[must_use]
pub fn numbered(content: &OutboundContent) -> Option<OutboundContent> {
    fit::numbered(content).map(OutboundContent::Text)
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
    fn what_a_provider_lacks_is_written_out() {
        for (content, text) in [
            (
                json!({"location": {"latitude": -8.5, "longitude": 115.25, "name": "Toko", "address": "Jl. Raya 1"}}),
                "📍 *Toko*\nJl. Raya 1\nhttps://maps.google.com/?q=-8.5,115.25",
            ),
            (
                json!({"contacts": [{"name": {"formatted_name": "Ani"}, "phones": [{"phone": "+62 811"}]}]}),
                "👤 *Ani*\n+62 811",
            ),
            (
                json!({"cta_url": {"body": "Pesan di sini", "display_text": "Buka", "url": "https://a.example"}}),
                "Pesan di sini\nBuka: https://a.example",
            ),
            (json!({"location_request": {"body": "Di mana?"}}), "Di mana?"),
            (json!({"reaction": {"message_id": "msg_1", "emoji": "👍"}}), "👍"),
        ] {
            let content: OutboundContent = serde_json::from_value(content).unwrap();
            let Some(OutboundContent::Text(form)) = text_form(&content) else { panic!("{content:?}") };
            assert_eq!(form.body, text);
        }
        let removed = serde_json::from_value(json!({"reaction": {"message_id": "msg_1"}})).unwrap();
        assert_eq!(text_form(&removed), None);
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
