//! The webhook of a loop-back test, as Meta would send it (§1.8, §2.5).

use serde_json::{Value, json};

use super::Settings;
use crate::cloud_api;
use crate::loopback::SyntheticMessage;

/// The body of the webhook. Like Meta's it escapes characters outside ASCII, so that a proxy that rewrites bodies breaks the
/// signature and is found.
#[must_use]
pub fn event(settings: &Settings, message: SyntheticMessage<'_>) -> Vec<u8> {
    let entry = cloud_api::loopback::entries(&settings.waba_id, &settings.phone_number_id, message);
    let body: Value = json!({ "object": "whatsapp_business_account", "entry": entry });
    escaped(&body.to_string()).into_bytes()
}

fn escaped(json: &str) -> String {
    use std::fmt::Write;
    let mut ascii = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() {
            ascii.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                write!(ascii, "\\u{unit:04x}").ok();
            }
        }
    }
    ascii
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meta::webhook;
    use crate::verify::Verified;
    use warta_core::message::InboundContent;
    use warta_core::time::Timestamp;
    use warta_core::webhook::Item;

    #[test]
    fn our_own_event_is_read_like_metas() {
        let settings = Settings::read(&json!({"phone_number_id": "7", "waba_id": "900"})).unwrap();
        let (from, at) = ("ZZ.WARTALOOPBACK".parse().unwrap(), Timestamp::from_millis(1_795_000_000_000));
        let message = SyntheticMessage {
            id: "wamid.warta.loopback.1",
            from: &from,
            name: "Warta",
            at,
            text: "Uji \u{2713} \u{1f44b}",
        };
        let body = event(&settings, message);
        assert!(body.is_ascii());
        let read = webhook::parse(Verified::from_store(&body), at).unwrap();
        assert!(read.faults.is_empty(), "{:?}", read.faults);
        let Item::Message(message) = &read.items[0].item else { panic!("{:?}", read.items) };
        assert!(message.from.is_nobody());
        assert_eq!((message.provider_id.as_str(), message.sent_at), ("wamid.warta.loopback.1", at));
        let InboundContent::Text(text) = &message.content else { panic!("{message:?}") };
        assert_eq!(text.body, "Uji \u{2713} \u{1f44b}");
    }
}
