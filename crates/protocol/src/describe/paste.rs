//! Smart paste: a block copied from anywhere becomes fields. It fills a field only if a name or a format leaves no doubt: a
//! wrong id in a box is worse than an empty box.

use serde_json::Value;
use warta_core::channel::Protocol;

use super::field::{ACCOUNT, Description, FieldSpec, Format};
use crate::settings::is_uuid;

/// The longest accepted value. Meta's tokens have about 200 characters.
const LONGEST: usize = 2_048;
/// Prefixes of names where people copy them from: `WHATSAPP_APP_ID`, "Temporary access token".
const ADORNMENTS: [&str; 13] = [
    "whatsapp",
    "meta",
    "facebook",
    "fb",
    "wa",
    "graph",
    "qontak",
    "mekari",
    "temporary",
    "permanent",
    "test",
    "your",
    "export",
];

/// A field found in a block.
#[derive(Clone, PartialEq, Eq)]
pub struct Pasted {
    /// The name of the field.
    pub field: &'static str,
    /// Its value, which may be secret.
    pub value: String,
}

impl std::fmt::Debug for Pasted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pasted").field("field", &self.field).finish_non_exhaustive()
    }
}

/// Finds fields in a pasted block: JSON, lines of `key: value` or `key=value`, labels with their value on the same or the next
/// line, and values known by their format. The first value of a field counts.
#[must_use]
pub fn paste(description: &'static Description, text: &str) -> Vec<Pasted> {
    let mut block = Block { description, found: Vec::new() };
    match serde_json::from_str::<Value>(text.trim()) {
        Ok(json @ (Value::Object(_) | Value::Array(_))) => block.json(&json),
        _ => block.lines(text),
    }
    block.found
}

struct Block {
    description: &'static Description,
    found: Vec<Pasted>,
}

impl Block {
    fn json(&mut self, value: &Value) {
        match value {
            Value::Object(pairs) => {
                for (key, value) in pairs {
                    let text = match value {
                        Value::String(text) => text.clone(),
                        Value::Number(number) => number.to_string(),
                        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                            self.json(value);
                            continue;
                        }
                    };
                    if let Some(field) = self.named(key) {
                        self.take(field, &text);
                    }
                }
            }
            Value::Array(values) => values.iter().for_each(|value| self.json(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn lines(&mut self, text: &str) {
        let mut label: Option<&'static FieldSpec> = None;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let pair = line.split_once([':', '=', '\t']);
            let field = pair.and_then(|(key, _)| self.named(key));
            match (field, pair) {
                (Some(field), Some((_, value))) if !cleaned(value).is_empty() => {
                    self.take(field, value);
                    label = None;
                }
                (Some(field), _) => label = Some(field),
                (None, _) => match (self.named(line), label.take()) {
                    (Some(field), _) => label = Some(field),
                    (None, Some(field)) => self.take(field, line),
                    (None, None) => line.split_whitespace().for_each(|word| self.bare(word)),
                },
            }
        }
    }

    /// A word that is known by its format.
    fn bare(&mut self, word: &str) {
        let word = cleaned(word);
        let hex = |word: &str| word.len() == 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let name = if word.starts_with("EAA") && word.len() >= 20 {
            "access_token"
        } else if hex(word) {
            "app_secret"
        } else if word.starts_with("https://graph.") && self.description.protocol == Protocol::MetaCloud {
            "base_url"
        } else if word.starts_with('+') && word.parse::<warta_core::phone::Phone>().is_ok() {
            ACCOUNT.name
        } else {
            return;
        };
        if let Some(field) = self.field(name) {
            self.take(field, word);
        }
    }

    fn take(&mut self, field: &'static FieldSpec, value: &str) {
        let value = cleaned(value);
        let first = !self.found.iter().any(|found| found.field == field.name);
        if first && !value.is_empty() && value.len() <= LONGEST && fits(field, value) {
            self.found.push(Pasted { field: field.name, value: value.to_owned() });
        }
    }

    fn field(&self, name: &str) -> Option<&'static FieldSpec> {
        if name == ACCOUNT.name { Some(&ACCOUNT) } else { self.description.field(name) }
    }

    /// The field with this key or label.
    fn named(&self, key: &str) -> Option<&'static FieldSpec> {
        if key.len() > 80 {
            return None;
        }
        let letters = key.chars().filter(char::is_ascii_alphanumeric);
        let key: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
        let mut key = key.as_str();
        loop {
            let all = self.description.fields.iter().chain([&ACCOUNT]);
            let known = |field: &&FieldSpec| field.aliases.contains(&key) || field.name == key;
            if let Some(field) = all.into_iter().find(known) {
                return Some(field);
            }
            key = ADORNMENTS.into_iter().find_map(|adornment| key.strip_prefix(adornment))?;
        }
    }
}

/// True if the value fits the field. A label may mean something else elsewhere.
fn fits(field: &FieldSpec, value: &str) -> bool {
    match field.format {
        Format::Secret => !value.contains(char::is_whitespace),
        Format::Digits => value.bytes().any(|byte| byte.is_ascii_digit()),
        Format::Uuid => is_uuid(value),
        Format::Choice(words) => words.iter().any(|(word, _)| *word == value),
        Format::Account | Format::Address | Format::Version | Format::Word | Format::Password => true,
    }
}

/// Removes the characters that surround values in code and tables.
fn cleaned(value: &str) -> &str {
    value.trim().trim_end_matches([',', ';']).trim().trim_matches(['"', '\'', '`']).trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOKEN: &str = "EAAGm0PX4ZCpsBAKZCZCn0123456789abcdef";

    fn fields(text: &str) -> Vec<(&'static str, String)> {
        paste(crate::entry(Protocol::MetaCloud).description, text)
            .into_iter()
            .map(|pasted| (pasted.field, pasted.value))
            .collect()
    }

    fn only(field: &'static str, value: &str) -> Vec<(&'static str, String)> {
        vec![(field, value.to_owned())]
    }

    #[test]
    fn the_block_of_the_twin_lands_in_every_box() {
        let block = "name: Kopi Nusa\naccount: 6281100000001\ndisplay_phone_number: +62 811-0000-0001\n\
            phone_number_id: 700111222333444\nwaba_id: 900100200300400\napp_id: 990011223344556\n\
            app_secret: 0123456789abcdef0123456789abcdef\naccess_token: EAAGm0PX4ZCpsBAKZCZCn0123456789abcdef\n\
            graph_base_url: http://127.0.0.1:8081/meta\n";
        let expected = [
            ("account", "6281100000001"),
            ("phone_number_id", "700111222333444"),
            ("waba_id", "900100200300400"),
            ("app_id", "990011223344556"),
            ("app_secret", "0123456789abcdef0123456789abcdef"),
            ("access_token", TOKEN),
            ("base_url", "http://127.0.0.1:8081/meta"),
        ]
        .map(|(field, value)| (field, value.to_owned()));
        assert_eq!(fields(block), expected);
    }

    #[test]
    fn a_field_is_found_however_it_was_written() {
        for line in [
            "Phone number ID: 700",
            "Phone number ID:\n700",
            "Phone number ID\n\n  700  ",
            "phone_number_id=700",
            "export WHATSAPP_PHONE_NUMBER_ID='700';",
            "META_PHONE_ID = \"700\",",
            "phoneNumberId\t700",
            r#"{"phone_number_id":"700"}"#,
            r#"{"whatsapp":[{"phoneNumberId":700}]}"#,
            "ID nomor telepon: 700",
            "  `phone-number-id`: `700`",
        ] {
            assert_eq!(fields(line), only("phone_number_id", "700"), "{line}");
        }
        assert_eq!(fields("WhatsApp Business Account ID: 900"), only("waba_id", "900"));
        assert_eq!(fields("From: +1 555 010 0777"), only("account", "+1 555 010 0777"));
    }

    #[test]
    fn a_value_that_tells_what_it_is_needs_no_label() {
        assert_eq!(fields(TOKEN), only("access_token", TOKEN));
        assert_eq!(fields(&format!("Authorization: Bearer {TOKEN}")), only("access_token", TOKEN));
        assert_eq!(
            fields("0123456789abcdef0123456789abcdef"),
            only("app_secret", "0123456789abcdef0123456789abcdef")
        );
        assert_eq!(fields("+6281100000001"), only("account", "+6281100000001"));
    }

    #[test]
    fn what_is_in_doubt_is_left_alone() {
        for text in [
            "",
            "700111222333444",
            "verify_token: abcdef0123456789",
            "webhook secret: x",
            "access token: (copy it from Meta)",
            "Phone number ID: none yet",
            "{",
            "hello world",
        ] {
            assert_eq!(fields(text), [], "{text}");
        }
        assert_eq!(fields("app_id: 1\napp_id: 2"), only("app_id", "1"));
    }

    #[test]
    fn a_block_of_qontak_lands_in_its_boxes_and_other_uuids_in_none() {
        let id = "0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa";
        let block = format!(
            "organization_id: 0b6c2f5e-2222-4222-8333-bbbbbbbbbbbb\nQONTAK_CHANNEL_INTEGRATION_ID={id}\n\
             authentication: mekari_hmac\nMEKARI_CLIENT_ID=cl-1\nbase_url: https://api.mekari.com/qontak/chat/v1\n\
             https://graph.facebook.com"
        );
        let found: Vec<_> = paste(crate::entry(Protocol::Qontak).description, &block)
            .into_iter()
            .map(|pasted| (pasted.field, pasted.value))
            .collect();
        let expected = [
            ("channel_integration_id", id),
            ("authentication", "mekari_hmac"),
            ("client_id", "cl-1"),
            ("base_url", "https://api.mekari.com/qontak/chat/v1"),
        ]
        .map(|(field, value)| (field, value.to_owned()));
        assert_eq!(found, expected);
        assert!(
            paste(
                crate::entry(Protocol::Qontak).description,
                "channel_integration_id: 42\nhttps://graph.facebook.com"
            )
            .is_empty()
        );
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        assert!(
            !format!("{:?}", paste(crate::entry(Protocol::MetaCloud).description, TOKEN)).contains("EAAG")
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC*", lines in "[a-zA-Z_:= \\n\\t\"{},0-9é]{0,200}") {
            for text in [text, lines] {
                let found = paste(crate::entry(Protocol::MetaCloud).description, &text);
                for pasted in &found {
                    prop_assert!(!pasted.value.is_empty() && pasted.value.len() <= LONGEST);
                    prop_assert_eq!(found.iter().filter(|other| other.field == pasted.field).count(), 1);
                }
            }
        }

        #[test]
        fn a_labelled_id_is_found_among_anything(before in "[a-z ]{0,30}", id in "[0-9]{1,32}") {
            let found = fields(&format!("{before}\nwaba_id: {id}\n"));
            prop_assert!(found.contains(&("waba_id", id)));
        }
    }
}
