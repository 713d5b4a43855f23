use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn fitted(content: Value) -> Vec<Value> {
    let content: OutboundContent = serde_json::from_value(content).unwrap();
    let parts = fit(content).unwrap();
    for part in &parts {
        assert_eq!(part.faults(), [], "{part:?}");
    }
    parts.iter().map(|part| serde_json::to_value(part).unwrap()).collect()
}

fn kinds(parts: &[Value]) -> Vec<&str> {
    parts.iter().map(|part| part.as_object().unwrap().keys().next().unwrap().as_str()).collect()
}

fn options(count: usize) -> Vec<Value> {
    (1..=count)
        .map(|number| json!({"id": format!("o{number}"), "title": format!("Option {number}")}))
        .collect()
}

#[test]
fn five_thousand_characters_are_two_texts_cut_at_a_sentence() {
    let sentence = "Forty-nine letters stand in this very sentence. ";
    let parts = fitted(json!({"text": {"body": sentence.repeat(105)}}));
    assert_eq!(kinds(&parts), ["text", "text"]);
    assert!(parts[0]["text"]["body"].as_str().unwrap().ends_with("sentence."));
}

#[test]
fn a_title_of_twenty_three_is_shortened_and_stands_in_the_text() {
    let parts = fitted(json!({"buttons": {"body": "Pilih", "buttons": [
        {"id": "a", "title": "Jadwal penyeberangan 23"}, {"id": "b", "title": "Harga"}]}}));
    let buttons = &parts[0]["buttons"];
    assert_eq!(buttons["buttons"][0], json!({"id": "a", "title": "Jadwal penyeberanga…"}));
    assert_eq!(buttons["body"], "Pilih\n\n• Jadwal penyeberangan 23");
}

#[test]
fn titles_that_are_alike_when_short_stay_apart() {
    let long = "A title that is far too long";
    let parts = fitted(json!({"buttons": {"body": "b", "buttons": [
        {"id": "1", "title": format!("{long} one")}, {"id": "2", "title": format!("{long} two")}]}}));
    let titles: Vec<_> =
        parts[0]["buttons"]["buttons"].as_array().unwrap().iter().map(|b| &b["title"]).collect();
    assert_ne!(titles[0], titles[1]);
}

#[test]
fn more_choices_become_a_list_and_then_numbered_text() {
    for (count, kind) in [(1, "buttons"), (3, "buttons"), (4, "list"), (10, "list"), (11, "text")] {
        let parts = fitted(json!({"buttons": {"body": "Pilih", "buttons": options(count)}}));
        assert_eq!(kinds(&parts), [kind], "{count}");
    }
    let parts =
        fitted(json!({"list": {"body": "Pilih", "button": "Buka", "sections": [{"rows": options(12)}]}}));
    assert!(parts[0]["text"]["body"].as_str().unwrap().contains("\n12. Option 12\n"));
    let parts = fitted(json!({"buttons": {"body": "Pilih", "buttons": []}}));
    assert_eq!(parts, [json!({"text": {"body": "Pilih"}})]);
}

#[test]
fn a_long_row_title_stands_below_it() {
    let title = "A row whose title is too long";
    let parts = fitted(json!({"list": {"body": "b", "button": "A button that is far too long", "sections": [
        {"rows": [{"id": "1", "title": title}]}, {"rows": [{"id": "2", "title": "Two", "description": "d".repeat(80)}]}]}}));
    let list = &parts[0]["list"];
    assert_eq!(list["sections"][0]["rows"][0]["description"], title);
    assert!(list["body"].as_str().unwrap().contains(&"d".repeat(80)));
}

#[test]
fn a_long_caption_goes_on_below_the_picture() {
    let parts = fitted(json!({"image": {"link": "https://a/b.png", "caption": "word ".repeat(300)}}));
    assert_eq!(kinds(&parts), ["image", "text"]);
    let parts = fitted(json!({"audio": {"link": "https://a/b.ogg", "caption": "Listen"}}));
    assert_eq!(kinds(&parts), ["audio", "text"]);
}

#[test]
fn a_page_that_is_no_web_address_is_said_as_text() {
    let parts = fitted(json!({"cta_url": {"body": "Call", "display_text": "Now", "url": "tel:+62811"}}));
    assert_eq!(parts, [json!({"text": {"body": "Call\nNow tel:+62811", "preview_url": true}})]);
    let parts = fitted(
        json!({"cta_url": {"body": "x", "display_text": "A label of many letters", "url": "https://a"}}),
    );
    assert_eq!(kinds(&parts), ["cta_url"]);
}

#[test]
fn what_says_nothing_cannot_be_sent() {
    for content in [
        json!({"text": {"body": " "}}),
        json!({"image": {"caption": "no file"}}),
        json!({"location": {"latitude": 91.0, "longitude": 0.0}}),
        json!({"contacts": []}),
        json!({"buttons": {"body": "", "buttons": []}}),
    ] {
        let read: OutboundContent = serde_json::from_value(content.clone()).unwrap();
        assert!(!fit(read).unwrap_err().is_empty(), "{content}");
    }
}

#[test]
fn what_fits_stays_as_it_is() {
    let content =
        json!({"buttons": {"body": "Lagi?", "header": "H", "buttons": [{"id": "y", "title": "Ya"}]}});
    assert_eq!(fitted(content.clone()), [content]);
}

fn word() -> impl Strategy<Value = String> {
    "[a-z]{1,9}( [a-zé👍]{1,9}){0,14}"
}

proptest! {
    #[test]
    fn every_choice_can_be_sent_and_every_word_of_it_is_there(
        body in "[a-z .\n]{0,4500}",
        header in proptest::option::of(word()),
        rows in prop::collection::vec((word(), word(), proptest::option::of(word())), 0..14),
        several: bool,
        as_buttons: bool,
    ) {
        let all: Vec<_> = rows.iter().map(|(id, title, about)| {
            if as_buttons { json!({"id": id, "title": title}) } else { json!({"id": id, "title": title, "description": about}) }
        }).collect();
        let half = if several { all.len() / 2 } else { 0 };
        let content = if as_buttons {
            json!({"buttons": {"body": body, "header": header, "buttons": all}})
        } else {
            json!({"list": {"body": body, "header": header, "button": "Open", "sections": [{"rows": all[..half]}, {"rows": all[half..]}]}})
        };
        let content: OutboundContent = serde_json::from_value(content).unwrap();
        let Ok(parts) = fit(content) else {
            prop_assert!(body.trim().is_empty() && header.is_none() && rows.is_empty());
            return Ok(());
        };
        let told = serde_json::to_string(&parts).unwrap().replace("\\n", " ");
        for part in &parts {
            prop_assert_eq!(part.faults(), []);
            prop_assert!(numbered(part).is_none_or(|text| text.body.chars().count() <= LONGEST_TEXT));
        }
        for (_, title, about) in &rows {
            prop_assert!(told.contains(title.as_str()), "{}", title);
            prop_assert!(as_buttons || about.as_ref().is_none_or(|about| told.contains(about.as_str())));
        }
    }
}
