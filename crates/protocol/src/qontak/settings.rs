//! The settings of a channel: Qontak's id, the URLs of its API, and the authentication of requests.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::InvalidSettings;
use crate::settings::{Fields, Read, complete, is_uuid};

/// The base URL of the open API (§2.1).
const BASE_URL: &str = "https://service-chat.qontak.com/api/open/v1";
/// The base URL for signed requests (§2.1).
const GATEWAY_URL: &str = "https://api.mekari.com/qontak/chat/v1";
/// The URL that issues tokens (§2.1).
const TOKEN_URL: &str = "https://service-chat.qontak.com/oauth/token";
/// The words of [`Authentication`], in its order.
const AUTHENTICATION: [&str; 2] = ["bearer", "mekari_hmac"];

/// How requests are authenticated (§2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authentication {
    /// By an access token.
    #[default]
    Bearer,
    /// By a signature with the client secret. Mekari's gateway takes nothing else.
    MekariHmac,
}

/// The settings of a channel: Qontak's id, the URLs of its API, and the authentication of requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The channel integration, which is Qontak's id of the WhatsApp number. A lower-case UUID.
    pub channel_integration_id: String,
    /// How requests are authenticated.
    pub authentication: Authentication,
    /// The client that signs requests or renews a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The user of the token, if it can be renewed with a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The base URL, without a trailing slash.
    pub base_url: String,
    /// The URL that issues tokens.
    pub token_url: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            channel_integration_id: String::new(),
            authentication: Authentication::default(),
            client_id: None,
            username: None,
            base_url: BASE_URL.to_owned(),
            token_url: TOKEN_URL.to_owned(),
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
        let channel_integration_id = fields.field("channel_integration_id", true, uuid).unwrap_or_default();
        let signed = fields.choice("authentication", AUTHENTICATION) == Some("mekari_hmac");
        // Each of the two URLs takes one kind of proof only: the other one was entered before the kind was changed.
        let default = if signed { GATEWAY_URL } else { BASE_URL };
        let read = Self {
            channel_integration_id,
            authentication: if signed { Authentication::MekariHmac } else { Authentication::Bearer },
            client_id: fields.field("client_id", signed, word),
            username: fields.field("username", false, word),
            base_url: Some(fields.base_url("base_url", default))
                .filter(|url| ![BASE_URL, GATEWAY_URL].contains(&url.as_str()))
                .unwrap_or_else(|| default.to_owned()),
            token_url: fields.base_url("token_url", TOKEN_URL),
        };
        (read, fields.faults())
    }

    /// The URL of a path of the API.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base_url)
    }
}

fn uuid(field: &'static str, text: &str) -> Result<String, InvalidSettings> {
    if is_uuid(text) {
        return Ok(text.to_ascii_lowercase());
    }
    Err(InvalidSettings::new(
        field,
        "must be Qontak's id, a UUID such as 0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa",
    ))
}

fn word(field: &'static str, text: &str) -> Result<String, InvalidSettings> {
    // It is quoted in a header (§2.2).
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
    if text.len() <= 256 && text.bytes().all(plain) {
        return Ok(text.to_owned());
    }
    Err(InvalidSettings::new(field, "must be up to 256 letters, digits and signs without blanks and quotes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str = "0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa";

    #[test]
    fn the_integration_is_enough() {
        let settings = Settings::read(&json!({"channel_integration_id": ID.to_uppercase()})).unwrap();
        assert_eq!(settings.channel_integration_id, ID);
        assert_eq!(settings.url("rooms"), "https://service-chat.qontak.com/api/open/v1/rooms");
        assert_eq!(settings.token_url, "https://service-chat.qontak.com/oauth/token");
        assert_eq!(Settings::read(&serde_json::to_value(&settings).unwrap()), Ok(settings));
    }

    #[test]
    fn signed_calls_go_to_the_gateway_and_need_a_client() {
        let mut settings = json!({"channel_integration_id": ID, "authentication": "mekari_hmac"});
        let fault = Settings::read(&settings).unwrap_err();
        assert_eq!((fault.field, fault.missing), ("client_id", true));
        settings["client_id"] = json!("cl-1");
        let read = Settings::read(&settings).unwrap();
        assert_eq!(read.url("rooms"), "https://api.mekari.com/qontak/chat/v1/rooms");
        settings["base_url"] = json!(BASE_URL);
        assert_eq!(Settings::read(&settings).unwrap().base_url, GATEWAY_URL);
        settings["base_url"] = json!("http://127.0.0.1:8081/qontak/");
        assert_eq!(Settings::read(&settings).unwrap().url("rooms"), "http://127.0.0.1:8081/qontak/rooms");
    }

    #[test]
    fn each_fault_names_its_field_and_what_is_missing_is_not_wrong() {
        for (field, value, missing) in [
            ("channel_integration_id", json!(""), true),
            ("channel_integration_id", json!(null), true),
            ("channel_integration_id", json!("0b6c2f5e"), false),
            ("channel_integration_id", json!("0b6c2f5e-1111-4222-8333-aaaaaaaaaaag"), false),
            ("channel_integration_id", json!(7), false),
            ("authentication", json!("basic"), false),
            ("client_id", json!("a\"b"), false),
            ("username", json!("two words"), false),
            ("base_url", json!("service-chat.qontak.com"), false),
            ("token_url", json!("https://user:pass@a.example/token"), false),
        ] {
            let mut settings = json!({"channel_integration_id": ID});
            settings[field] = value.clone();
            let fault = Settings::read(&settings).unwrap_err();
            assert_eq!((fault.field, fault.missing), (field, missing), "{value}");
        }
        assert_eq!(Settings::gather(&json!([])).1.len(), 1);
    }
}
