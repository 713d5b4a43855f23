//! Questions about a token and a number (§8.1, §8.4).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use warta_core::checkup::{Number, Subscriber};
use warta_core::delivery::Failure;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use super::{Settings, media, subscription};
use crate::check::{Answer, Question, Questions, TokenFacts};
use crate::cloud_api::errors;
use crate::http::{Request, Response, path_segment};

/// The permissions that a token needs (§8.4): sending and reading messages, and managing templates and subscriptions.
pub const SCOPES: [&str; 2] = ["whatsapp_business_messaging", "whatsapp_business_management"];
/// The fields of [`NumberFacts`] (§8.1).
const NUMBER_FIELDS: &str = "id,display_phone_number,verified_name,quality_rating,code_verification_status,name_status,\
status,platform_type,throughput,whatsapp_business_manager_messaging_limit,account_mode,webhook_configuration,health_status";

/// What Meta says about a number, in the words of §8.1. Absent fields are `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberFacts {
    /// The number as Meta writes it, such as `+62 811-0000-0001`.
    pub display_phone_number: Option<String>,
    /// The display name.
    pub verified_name: Option<String>,
    /// `CONNECTED`, `PENDING`, `FLAGGED`, `RESTRICTED`, `RATE_LIMITED`, `BANNED`, `DELETED`, `DISCONNECTED`, ….
    pub status: Option<String>,
    /// `GREEN`, `YELLOW`, `RED`, `NA`, `UNKNOWN`.
    #[serde(rename = "quality_rating")]
    pub quality: Option<String>,
    /// `VERIFIED`, `NOT_VERIFIED`, `EXPIRED`.
    pub code_verification_status: Option<String>,
    /// `APPROVED`, `DECLINED`, ….
    pub name_status: Option<String>,
    /// `CLOUD_API`, or the other platform that the number is on.
    pub platform_type: Option<String>,
    /// `TIER_250` … `TIER_UNLIMITED`.
    #[serde(rename = "whatsapp_business_manager_messaging_limit")]
    pub messaging_limit: Option<String>,
    /// `LIVE`, or `SANDBOX` for a public test number.
    pub account_mode: Option<String>,
    /// Webhook URLs of this number, by level: `phone_number`, `whatsapp_business_account`, `application`. The first that exists
    /// is used (§1.7).
    #[serde(default, rename = "webhook_configuration")]
    pub callbacks: BTreeMap<String, String>,
    /// Whether it can send, and what prevents it.
    #[serde(default, rename = "health_status")]
    pub health: Option<Health>,
}

impl NumberFacts {
    /// The webhook URL that Meta calls for this number.
    #[must_use]
    pub fn callback(&self) -> Option<&str> {
        let at = |level| self.callbacks.get(level).map(String::as_str).filter(|url| !url.is_empty());
        at("phone_number").or_else(|| at("whatsapp_business_account")).or_else(|| at("application"))
    }
}

/// Whether a number can send, and what prevents it (§8.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// `AVAILABLE`, `LIMITED` or `BLOCKED`: the worst of the entities.
    pub can_send_message: Option<String>,
    /// The number, and its account, business and app.
    #[serde(default)]
    pub entities: Vec<Entity>,
}

/// An entity that sending depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// `PHONE_NUMBER`, `WABA`, `BUSINESS`, `APP`.
    pub entity_type: Option<String>,
    /// `AVAILABLE`, `LIMITED` or `BLOCKED`.
    pub can_send_message: Option<String>,
    /// Its errors.
    #[serde(default)]
    pub errors: Vec<EntityError>,
}

/// An error of an [`Entity`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityError {
    /// The code.
    pub error_code: Option<i64>,
    /// What is wrong.
    pub error_description: Option<String>,
    /// What to do about it.
    pub possible_solution: Option<String>,
}

/// The request that asks about a token. Read its answer with [`token_facts`]. The app asks if its id and secret are known;
/// otherwise the token asks about itself. The URL holds the token: never log it.
#[must_use]
pub fn token_request(settings: &Settings, token: &Secret, app_secret: Option<&Secret>) -> Request {
    let url = settings.url(&format!("debug_token?input_token={}", path_segment(token.expose())));
    match (&settings.app_id, app_secret) {
        (Some(app_id), Some(secret)) => {
            Request::get(url, &Secret::new(&format!("{app_id}|{}", secret.expose())))
        }
        _ => Request::get(url, token),
    }
}

/// The request that asks about the channel's number. Read its answer with [`number_facts`].
#[must_use]
pub fn number_request(settings: &Settings, token: &Secret) -> Request {
    Request::get(settings.url(&format!("{}?fields={NUMBER_FIELDS}", settings.phone_number_id)), token)
}

/// What Meta says about a token. An invalid token is an answer too, with its failure.
///
/// # Errors
///
/// When Meta does not answer. [`TOKEN_INVALID`](crate::check::TOKEN_INVALID) means that the token is invalid if it asked about
/// itself, and that the app's id and secret do not match if the app asked.
pub fn token_facts(response: Response<'_>) -> Result<TokenFacts, Failure> {
    let data = media::read::<TokenAnswer>(response)?.data;
    let mut wabas: Vec<String> = data
        .granular_scopes
        .into_iter()
        .filter(|granted| SCOPES.contains(&granted.scope.as_str()))
        .flat_map(|granted| granted.target_ids)
        .collect();
    wabas.sort_unstable();
    wabas.dedup();
    let failure = (!data.is_valid).then(|| {
        let fault = data.error.unwrap_or_default();
        errors::failure(fault.code.or(Some(190)), fault.subcode, fault.message.as_deref())
    });
    Ok(TokenFacts {
        valid: data.is_valid,
        app_id: data.app_id,
        app_name: data.application,
        kind: data.kind,
        user_id: data.user_id,
        missing: missing_scopes(&data.scopes),
        scopes: data.scopes,
        accounts: wabas,
        expires_at: data.expires_at.filter(|&seconds| seconds > 0).and_then(Timestamp::from_secs),
        failure,
    })
}

/// The needed scopes that are not among these.
fn missing_scopes(scopes: &[String]) -> Vec<String> {
    let lacks = |needed: &&str| !scopes.iter().any(|scope| scope == needed);
    SCOPES.into_iter().filter(lacks).map(str::to_owned).collect()
}

/// What Meta says about the number.
///
/// # Errors
///
/// Meta's reason if the token is invalid or has no access to the number.
pub fn number_facts(response: Response<'_>) -> Result<NumberFacts, Failure> {
    media::read(response)
}

#[derive(Deserialize)]
struct TokenAnswer {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    is_valid: bool,
    app_id: Option<String>,
    application: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    user_id: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    granular_scopes: Vec<Granted>,
    /// Seconds; 0 for never.
    expires_at: Option<i64>,
    error: Option<DataError>,
}

#[derive(Deserialize)]
struct Granted {
    scope: String,
    #[serde(default)]
    target_ids: Vec<String>,
}

#[derive(Deserialize, Default)]
struct DataError {
    code: Option<i64>,
    subcode: Option<i64>,
    message: Option<String>,
}

impl Questions for Settings {
    fn request(
        &self,
        question: Question,
        key: &Secret,
        app_secret: Option<&Secret>,
        _now: Timestamp,
    ) -> Option<Request> {
        match question {
            // The token asks about itself: a wrong app secret cannot make it look invalid.
            Question::Token => Some(token_request(self, key, None)),
            Question::Number => Some(number_request(self, key)),
            Question::Listed => Some(subscription::list_numbers(self, key)),
            Question::Subscribers => Some(subscription::list(self, key)),
            // Only the app itself may ask about a token with its secret.
            Question::AppSecret => app_secret
                .filter(|_| self.app_id.is_some())
                .map(|secret| token_request(self, key, Some(secret))),
        }
    }

    fn answer(&self, question: Question, response: Response<'_>) -> Result<Answer, Failure> {
        Ok(match question {
            Question::Token => Answer::Token(Box::new(token_facts(response)?)),
            Question::Number => Answer::Number(number_facts(response)?.into()),
            Question::Listed => {
                Answer::Listed(subscription::numbers(response)?.contains(&self.phone_number_id))
            }
            Question::Subscribers => Answer::Subscribers(
                subscription::subscribers(response)?
                    .into_iter()
                    .map(|one| Subscriber { app: one.app_id, name: one.name })
                    .collect(),
            ),
            Question::AppSecret => {
                token_facts(response)?;
                Answer::AppSecret(true)
            }
        })
    }
}

impl From<NumberFacts> for Number {
    fn from(facts: NumberFacts) -> Self {
        let callback = facts.callback().map(str::to_owned);
        Self {
            display: facts.display_phone_number,
            name: facts.verified_name,
            status: facts.status,
            can_send: facts.health.and_then(|health| health.can_send_message),
            quality: facts.quality,
            callback,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::TOKEN_INVALID;
    use ::http::HeaderMap;
    use serde_json::json;

    fn settings(app_id: &str) -> Settings {
        Settings::read(&json!({"phone_number_id": "7", "waba_id": "900", "app_id": app_id})).unwrap()
    }

    fn answered<T>(
        status: u16,
        body: &str,
        read: fn(Response<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        read(Response { status, headers: &HeaderMap::new(), body: body.as_bytes() })
    }

    #[test]
    fn the_app_asks_about_a_token_where_it_can_and_else_the_token_itself() {
        let (mine, secret) = (Secret::new("EAA|x"), Secret::new("s3"));
        for (app_id, app_secret, bearer) in [
            ("44", Some(&secret), "Bearer 44|s3"),
            ("44", None, "Bearer EAA|x"),
            ("", Some(&secret), "Bearer EAA|x"),
        ] {
            let request = token_request(&settings(app_id), &mine, app_secret);
            assert_eq!(request.url, "https://graph.facebook.com/v26.0/debug_token?input_token=EAA%7Cx");
            assert_eq!(request.headers["authorization"], bearer);
            assert!(!format!("{request:?}").contains("EAA"));
        }
    }

    #[test]
    fn a_good_token_tells_who_what_and_until_when() {
        let body = json!({"data": {"app_id": "44", "type": "SYSTEM_USER", "application": "Agent console",
            "data_access_expires_at": 0, "expires_at": 1_789_000_000, "is_valid": true, "issued_at": 1,
            "scopes": ["whatsapp_business_messaging", "public_profile"],
            "granular_scopes": [{"scope": "whatsapp_business_messaging", "target_ids": ["900"]}, {"scope": "public_profile"}],
            "user_id": "122"}})
        .to_string();
        let facts = answered(200, &body, token_facts).unwrap();
        assert!(facts.valid && facts.accounts == ["900"]);
        assert_eq!(facts.missing, ["whatsapp_business_management"]);
        assert_eq!(facts.expires_at, Timestamp::from_secs(1_789_000_000));
        assert_eq!(
            (facts.kind.as_deref(), facts.app_name.as_deref()),
            (Some("SYSTEM_USER"), Some("Agent console"))
        );
    }

    #[test]
    fn a_token_that_never_ends_and_is_not_limited_says_so() {
        let body = r#"{"data":{"is_valid":true,"expires_at":0,"scopes":[]}}"#;
        let facts = answered(200, body, token_facts).unwrap();
        assert_eq!(facts.expires_at, None);
        assert!(facts.accounts.is_empty());
    }

    #[test]
    fn a_bad_token_is_an_answer_with_metas_words() {
        let body = r#"{"data":{"is_valid":false,"scopes":[],"error":{"code":190,"message":"It has expired.","subcode":463}}}"#;
        let failure = answered(200, body, token_facts).unwrap().failure.unwrap();
        assert_eq!((failure.code.as_str(), failure.provider_code), (TOKEN_INVALID, Some(190)));
        assert!(failure.detail.ends_with("Meta says: It has expired."), "{}", failure.detail);
        let refused = r#"{"error":{"code":190,"message":"x"}}"#;
        assert_eq!(answered(401, refused, token_facts).unwrap_err().code, TOKEN_INVALID);
    }

    #[test]
    fn a_number_tells_its_state_and_where_its_webhooks_go() {
        let request = number_request(&settings(""), &Secret::new("EAA"));
        assert!(request.url.starts_with("https://graph.facebook.com/v26.0/7?fields=id,"), "{}", request.url);
        let body = json!({"id": "7", "display_phone_number": "+1 555-010-0777", "verified_name": "Example Clinic",
            "quality_rating": "GREEN", "status": "CONNECTED", "throughput": {"level": "STANDARD"},
            "webhook_configuration": {"application": "https://a.example", "whatsapp_business_account": "https://w.example"},
            "health_status": {"can_send_message": "LIMITED", "entities": [{"entity_type": "WABA", "id": "900",
                "can_send_message": "LIMITED", "errors": [{"error_code": 141_006, "error_description": "d", "possible_solution": "s"}]}]}})
        .to_string();
        let facts = answered(200, &body, number_facts).unwrap();
        assert_eq!(facts.callback(), Some("https://w.example"));
        assert_eq!(facts.status.as_deref(), Some("CONNECTED"));
        assert_eq!(facts.health.unwrap().entities[0].errors[0].error_code, Some(141_006));
        let gone = r#"{"error":{"code":100,"error_subcode":33,"message":"x"}}"#;
        assert_eq!(answered(400, gone, number_facts).unwrap_err().code, "no_access");
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_read_without_panic(status: u16, body: Vec<u8>) {
            let response = Response { status, headers: &HeaderMap::new(), body: &body };
            drop(token_facts(response));
            drop(number_facts(response));
        }
    }
}
