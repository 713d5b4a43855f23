//! The settings of a channel: Coster's ids, and the URLs of its two APIs (§6.1).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::InvalidSettings;
use crate::settings::{Fields, Read, complete};

/// The base URL for replies and files.
const BOT_BASE_URL: &str = "https://api.coster.id";
/// The base URL for templates.
const PUSH_BASE_URL: &str = "https://m2m.coster.id";
/// The longest accepted id. The ids seen so far have 32 characters.
const LONGEST_ID: usize = 256;

/// The settings of a channel: Coster's ids, and the URLs of its two APIs (§6.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The account, in every send and every webhook.
    pub account_id: String,
    /// The division of the account that sends.
    pub division_id: String,
    /// The base URL for replies and files, without a trailing slash.
    pub bot_base_url: String,
    /// The base URL for templates, without a trailing slash.
    pub push_base_url: String,
    /// How buttons and lists are sent.
    pub interactive: Interactive,
}

/// How buttons and lists are sent. That Coster takes the Cloud API's objects for them is a guess (§6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interactive {
    /// As objects of the Cloud API.
    #[default]
    Native,
    /// As numbered text.
    Text,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            account_id: String::new(),
            division_id: String::new(),
            bot_base_url: BOT_BASE_URL.to_owned(),
            push_base_url: PUSH_BASE_URL.to_owned(),
            interactive: Interactive::Native,
        }
    }
}

impl Settings {
    /// Reads and checks settings. An empty field counts as absent.
    ///
    /// # Errors
    ///
    /// Names the first field that is missing or invalid.
    pub fn read(settings: &Value) -> Result<Self, InvalidSettings> {
        complete(Self::gather(settings))
    }

    /// Every valid field, defaults for the others, and the faults.
    pub(crate) fn gather(settings: &Value) -> Read<Self> {
        let mut fields = Fields::of(settings);
        let read = Self {
            account_id: fields.field("account_id", true, id).unwrap_or_default(),
            division_id: fields.field("division_id", true, id).unwrap_or_default(),
            bot_base_url: fields.base_url("bot_base_url", BOT_BASE_URL),
            push_base_url: fields.base_url("push_base_url", PUSH_BASE_URL),
            interactive: match fields.choice("interactive", ["native", "text"]) {
                Some("text") => Interactive::Text,
                Some(_) | None => Interactive::Native,
            },
        };
        (read, fields.faults())
    }
}

/// The format of Coster's ids is not documented, so only impossible ids are refused.
fn id(field: &'static str, text: &str) -> Result<String, InvalidSettings> {
    if text.len() <= LONGEST_ID && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    Err(InvalidSettings::new(field, "must be Coster's id: mostly 32 digits and letters, without blanks"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ACCOUNT: &str = "00112233445566778899aabbccddeeff";

    #[test]
    fn two_ids_are_enough_and_what_is_kept_reads_the_same() {
        let settings = Settings::read(&json!({"account_id": format!(" {ACCOUNT} "), "division_id": "d-1"}));
        let settings = settings.unwrap();
        assert_eq!(settings.account_id, ACCOUNT);
        assert_eq!(settings.bot_base_url, "https://api.coster.id");
        assert_eq!(settings.push_base_url, "https://m2m.coster.id");
        assert_eq!(settings.interactive, Interactive::Native);
        assert_eq!(Settings::read(&serde_json::to_value(&settings).unwrap()), Ok(settings));
    }

    #[test]
    fn a_twin_under_a_path_is_reached_and_buttons_may_be_text() {
        let settings = Settings::read(&json!({"account_id": "a", "division_id": "d", "interactive": "text",
            "bot_base_url": "http://127.0.0.1:8081/coster/", "push_base_url": ""}));
        let settings = settings.unwrap();
        assert_eq!(settings.bot_base_url, "http://127.0.0.1:8081/coster");
        assert_eq!(settings.push_base_url, "https://m2m.coster.id");
        assert_eq!(settings.interactive, Interactive::Text);
        assert_eq!(Settings::read(&serde_json::to_value(&settings).unwrap()), Ok(settings));
    }

    #[test]
    fn each_fault_names_its_field_and_what_is_missing_is_not_wrong() {
        for (field, value) in [
            ("account_id", json!("a b")),
            ("account_id", json!(12)),
            ("division_id", json!("x".repeat(257))),
            ("division_id", json!("a\nb")),
            ("bot_base_url", json!("api.coster.id")),
            ("push_base_url", json!("https://user:pass@m2m.coster.id")),
            ("push_base_url", json!("https://m2m.coster.id?x=1")),
            ("interactive", json!("buttons")),
        ] {
            let mut settings = json!({"account_id": "a", "division_id": "d"});
            settings[field] = value.clone();
            let fault = Settings::read(&settings).unwrap_err();
            assert_eq!((fault.field, fault.missing), (field, false), "{value}");
        }
        let faults = Settings::gather(&json!({})).1;
        let faults: Vec<_> = faults.iter().map(|fault| (fault.field, fault.missing)).collect();
        assert_eq!(faults, [("account_id", true), ("division_id", true)]);
    }
}
