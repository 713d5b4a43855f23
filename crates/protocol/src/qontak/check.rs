//! Questions about a token and a number (§2.5). One request answers all: whether the token works, how the number is, and
//! whether it is a WhatsApp number.

use ::http::Method;
use serde_json::Value;
use warta_core::checkup::Number;
use warta_core::delivery::Failure;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use super::{Settings, answer, sign};
use crate::check::{Answer, Question, Questions, TokenFacts};
use crate::http::{Request, Response};

/// The kinds of WhatsApp integrations: the old one, and the Cloud API.
const WHATSAPP: [&str; 2] = ["wa", "wa_cloud"];

/// What Qontak says about a channel integration. Its settings hold secrets: no others are read, and none is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// Its id.
    pub id: String,
    /// `wa_cloud`, `wa`, or another kind of channel.
    pub target_channel: Option<String>,
    /// The name of the account.
    pub account_name: Option<String>,
    /// The phone number, as Qontak writes it.
    pub phone_number: Option<String>,
    /// Whether it is active.
    pub is_active: Option<bool>,
}

impl Integration {
    /// True if it is a WhatsApp number.
    #[must_use]
    pub fn is_whatsapp(&self) -> bool {
        self.target_channel.as_deref().is_some_and(|kind| WHATSAPP.contains(&kind))
    }
}

/// The request for the channel's integration. Read its answer with [`integration`].
#[must_use]
pub fn integration_request(settings: &Settings, key: &Secret, now: Timestamp) -> Request {
    let path = format!("integrations/{}", settings.channel_integration_id);
    sign::bare(settings, key, Method::GET, &path, now)
}

/// What Qontak says about the integration.
///
/// # Errors
///
/// Qontak's reason if the token is invalid or has no access to the integration.
pub fn integration(response: Response<'_>) -> Result<Integration, Failure> {
    let data = answer::data(response)?;
    let text = |at: &str| data.pointer(at)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    Ok(Integration {
        id: text("/id").ok_or_else(|| {
            Failure::new("provider_error", "Qontak answered with success and named no integration.")
        })?,
        target_channel: text("/target_channel"),
        account_name: text("/settings/account_name"),
        phone_number: text("/settings/phone_number"),
        is_active: data.get("is_active").and_then(Value::as_bool),
    })
}

/// The facts about the token: it works, because it had access. Qontak does not report its permissions and its expiry.
fn token_facts(integration: Integration) -> TokenFacts {
    TokenFacts {
        valid: true,
        app_name: integration.account_name,
        kind: integration.target_channel,
        ..TokenFacts::default()
    }
}

/// The facts about the number, with its status in Meta's words.
fn number_facts(integration: Integration) -> Number {
    let state = |active| if active { "CONNECTED" } else { "DISCONNECTED" };
    Number {
        display: integration.phone_number,
        name: integration.account_name,
        status: integration.is_active.map(|active| state(active).to_owned()),
        ..Number::default()
    }
}

impl Questions for Settings {
    fn request(
        &self,
        question: Question,
        key: &Secret,
        _app_secret: Option<&Secret>,
        now: Timestamp,
    ) -> Option<Request> {
        match question {
            Question::Token | Question::Number | Question::Listed => {
                Some(integration_request(self, key, now))
            }
            // The registration decides who receives events, and Qontak has no apps.
            Question::Subscribers | Question::AppSecret => None,
        }
    }

    fn answer(&self, question: Question, response: Response<'_>) -> Result<Answer, Failure> {
        if question == Question::Listed && response.status == 404 {
            return Ok(Answer::Listed(false));
        }
        let found = integration(response)?;
        Ok(match question {
            Question::Number => Answer::Number(number_facts(found)),
            Question::Listed => {
                let ours = found.id.eq_ignore_ascii_case(&self.channel_integration_id);
                Answer::Listed(ours && found.is_whatsapp())
            }
            // The last two are never asked.
            Question::Token | Question::Subscribers | Question::AppSecret => {
                Answer::Token(Box::new(token_facts(found)))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::TOKEN_INVALID;
    use ::http::HeaderMap;
    use serde_json::json;

    const ID: &str = "0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa";

    fn settings() -> Settings {
        Settings::read(&json!({"channel_integration_id": ID})).unwrap()
    }

    fn answered(question: Question, status: u16, body: &Value) -> Result<Answer, Failure> {
        let body = body.to_string();
        settings().answer(question, Response { status, headers: &HeaderMap::new(), body: body.as_bytes() })
    }

    fn found(kind: &str, active: bool) -> Value {
        json!({"status": "success", "data": {"id": ID, "target_channel": kind, "webhook": "h00kKeyExample",
            "settings": {"phone_number_id": "100200300400500", "account_name": "Toko Contoh", "phone_number": "+6281100000001",
                "pin": "marker-pin"},
            "organization_id": "0b6c2f5e-2222-4222-8333-bbbbbbbbbbbb", "is_active": active}})
    }

    #[test]
    fn one_question_tells_token_number_and_kind() {
        let request =
            settings().request(Question::Token, &Secret::new("t"), None, Timestamp::from_millis(0)).unwrap();
        assert_eq!(request.url, format!("https://service-chat.qontak.com/api/open/v1/integrations/{ID}"));
        let Ok(Answer::Token(token)) = answered(Question::Token, 200, &found("wa_cloud", true)) else {
            panic!()
        };
        assert!(token.valid && token.missing.is_empty());
        assert_eq!(token.app_name.as_deref(), Some("Toko Contoh"));
        let Ok(Answer::Number(number)) = answered(Question::Number, 200, &found("wa", true)) else {
            panic!()
        };
        assert_eq!(
            (number.display.as_deref(), number.status.as_deref()),
            (Some("+6281100000001"), Some("CONNECTED"))
        );
        let Ok(Answer::Number(number)) = answered(Question::Number, 200, &found("wa", false)) else {
            panic!()
        };
        assert_eq!(number.status.as_deref(), Some("DISCONNECTED"));
        for (kind, listed) in [("wa", true), ("wa_cloud", true), ("fb", false), ("", false)] {
            assert_eq!(
                answered(Question::Listed, 200, &found(kind, true)),
                Ok(Answer::Listed(listed)),
                "{kind}"
            );
        }
        assert!(
            settings()
                .request(Question::AppSecret, &Secret::new("t"), None, Timestamp::from_millis(0))
                .is_none()
        );
    }

    #[test]
    fn a_bad_token_and_a_wrong_id_are_told_apart() {
        let refused = json!({"status": "error", "error": {"code": 401, "messages": ["Unauthorized"]}});
        assert_eq!(answered(Question::Token, 401, &refused).unwrap_err().code, TOKEN_INVALID);
        let gone = json!({"status": "error", "error": {"code": 404, "messages": ["Resource not found."]}});
        assert_eq!(answered(Question::Number, 404, &gone).unwrap_err().code, "no_access");
        assert_eq!(answered(Question::Listed, 404, &gone), Ok(Answer::Listed(false)));
    }

    #[test]
    fn nothing_else_of_an_integrations_settings_is_kept() {
        let body = found("wa_cloud", true).to_string();
        let response = Response { status: 200, headers: &HeaderMap::new(), body: body.as_bytes() };
        assert!(!format!("{:?}", integration(response)).contains("marker"));
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_read_without_panic(status: u16, body: Vec<u8>) {
            let response = Response { status, headers: &HeaderMap::new(), body: &body };
            drop(integration(response));
        }
    }
}
