//! The settings of a channel: Meta's ids, and the Graph API's URL and version.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::InvalidSettings;
use crate::settings::{Fields, Read, complete};

/// The base URL of the Graph API.
const BASE_URL: &str = "https://graph.facebook.com";
/// The newest version when this was written, released 2026-07-29 (§10.7).
const VERSION: &str = "v26.0";

/// The settings of a channel: Meta's ids, and the Graph API's URL and version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Meta's id of the number, the sender in every path. Digits.
    pub phone_number_id: String,
    /// The WhatsApp Business Account of the number. Digits.
    pub waba_id: String,
    /// The app whose secret signs the webhooks. Digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// The base URL of the Graph API, a proxy or a twin, without a trailing slash.
    pub base_url: String,
    /// The version of the Graph API, such as `v26.0`.
    pub version: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            phone_number_id: String::new(),
            waba_id: String::new(),
            app_id: None,
            base_url: BASE_URL.to_owned(),
            version: VERSION.to_owned(),
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
            phone_number_id: fields.field("phone_number_id", true, digits).unwrap_or_default(),
            waba_id: fields.field("waba_id", true, digits).unwrap_or_default(),
            app_id: fields.field("app_id", false, digits),
            base_url: fields.base_url("base_url", BASE_URL),
            version: fields
                .field("version", false, |_, text| version(text))
                .unwrap_or_else(|| VERSION.to_owned()),
        };
        (read, fields.faults())
    }

    /// The URL of an object of the Graph API.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/{}/{path}", self.base_url, self.version)
    }
}

fn digits(field: &'static str, text: &str) -> Result<String, InvalidSettings> {
    if text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err(InvalidSettings::new(field, "must be Meta's id: up to 32 digits, nothing else"))
}

fn version(text: &str) -> Result<String, InvalidSettings> {
    let number = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts = text.strip_prefix('v').and_then(|rest| rest.split_once('.'));
    match parts {
        Some((major, minor)) if number(major) && number(minor) => Ok(text.to_owned()),
        Some(_) | None => {
            Err(InvalidSettings::new("version", format!("must be a version such as {VERSION}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn two_ids_are_enough() {
        let settings =
            Settings::read(&json!({"phone_number_id": "700111222333444", "waba_id": "900100200300400"}));
        let settings = settings.unwrap();
        assert_eq!(settings.url("1/messages"), "https://graph.facebook.com/v26.0/1/messages");
        assert_eq!(Settings::read(&serde_json::to_value(&settings).unwrap()), Ok(settings));
    }

    #[test]
    fn a_twin_under_a_path_is_reached() {
        let settings = json!({"phone_number_id": "1", "waba_id": "2", "base_url": "http://127.0.0.1:8081/meta/", "version": "v25.0"});
        assert_eq!(Settings::read(&settings).unwrap().url("1"), "http://127.0.0.1:8081/meta/v25.0/1");
    }

    #[test]
    fn every_fault_is_told_and_what_is_missing_is_not_wrong() {
        let faults = Settings::gather(&json!({"phone_number_id": "+62", "version": 26, "app_id": ""})).1;
        let faults: Vec<_> = faults.iter().map(|fault| (fault.field, fault.missing)).collect();
        assert_eq!(faults, [("phone_number_id", false), ("waba_id", true), ("version", false)]);
        assert_eq!(Settings::gather(&json!({"phone_number_id": "1", "waba_id": "2"})).1, []);
        assert_eq!(Settings::gather(&json!([])).1.len(), 2);
    }

    #[test]
    fn each_fault_names_its_field() {
        for (field, value) in [
            ("phone_number_id", json!("")),
            ("phone_number_id", json!("+62811")),
            ("waba_id", json!(900_100)),
            ("app_id", json!("my-app")),
            ("base_url", json!("graph.facebook.com")),
            ("base_url", json!("ftp://graph.facebook.com")),
            ("base_url", json!("https://user:pass@graph.facebook.com")),
            ("base_url", json!("https://graph.facebook.com?x=1")),
            ("version", json!("26.0")),
            ("version", json!("v26")),
            ("version", json!("v26.0/../..")),
        ] {
            let mut settings = json!({"phone_number_id": "1", "waba_id": "2"});
            settings[field] = value.clone();
            assert_eq!(Settings::read(&settings).unwrap_err().field, field, "{value}");
        }
    }
}
