//! Subscribed apps of a business account, and the webhook URL of a number (§1.7). The doctor reads them, and its buttons change
//! them.

use serde::Deserialize;
use serde_json::json;
use warta_core::delivery::Failure;
use warta_core::secret::Secret;

use super::{Settings, errors, media};
use crate::http::{Request, Response};
use crate::webhook_target::WebhookTarget;

/// The most numbers that Meta returns on one page.
const NUMBERS: u32 = 1_000;

/// An app that receives the events of a business account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// Its id.
    pub app_id: String,
    /// Its name.
    pub name: String,
    /// The webhook URL that overrides the app's own for this account.
    pub override_url: Option<String>,
}

/// The request for the subscribed apps. Read its answer with [`subscribers`].
#[must_use]
pub fn list(settings: &Settings, token: &Secret) -> Request {
    Request::get(subscribed_apps(settings), token)
}

/// The request for the account's numbers. Read its answer with [`numbers`].
#[must_use]
pub fn list_numbers(settings: &Settings, token: &Secret) -> Request {
    let url = settings.url(&format!("{}/phone_numbers?fields=id&limit={NUMBERS}", settings.waba_id));
    Request::get(url, token)
}

/// The request that subscribes the token's app to the account. It removes the app's override for the account, but not a
/// number's own. Read its answer with [`done`].
#[must_use]
pub fn subscribe(settings: &Settings, token: &Secret) -> Request {
    Request::post_json(subscribed_apps(settings), token, &json!({}))
}

/// The request that points the webhooks of the channel's number, and of no other, at `callback`. Meta makes the handshake with
/// `verify_token` before it answers. Read its answer with [`done`].
#[must_use]
pub fn override_callback(
    settings: &Settings,
    token: &Secret,
    callback: &str,
    verify_token: &Secret,
) -> Request {
    let configuration = json!({ "override_callback_uri": callback, "verify_token": verify_token.expose() });
    let url = settings.url(&settings.phone_number_id);
    Request::post_json(url, token, &json!({ "webhook_configuration": configuration }))
}

/// The subscribed apps.
///
/// # Errors
///
/// Meta's reason if the token is invalid or has no access to the account.
pub fn subscribers(response: Response<'_>) -> Result<Vec<Subscriber>, Failure> {
    let subscriber = |one: Subscribed| Subscriber {
        app_id: one.app.id,
        name: one.app.name,
        override_url: one.override_callback_uri,
    };
    Ok(media::read::<List<Subscribed>>(response)?.data.into_iter().map(subscriber).collect())
}

/// The ids of the account's numbers.
///
/// # Errors
///
/// As [`subscribers`].
pub fn numbers(response: Response<'_>) -> Result<Vec<String>, Failure> {
    Ok(media::read::<List<Id>>(response)?.data.into_iter().map(|number| number.id).collect())
}

/// Checks that a change was made.
///
/// # Errors
///
/// Meta's reason if it was not made.
pub fn done(response: Response<'_>) -> Result<(), Failure> {
    match media::read::<Done>(response) {
        Ok(Done { success: true }) => Ok(()),
        Ok(Done { success: false }) => Err(errors::failure(response)),
        Err(failure) => Err(failure),
    }
}

fn subscribed_apps(settings: &Settings) -> String {
    settings.url(&format!("{}/subscribed_apps", settings.waba_id))
}

#[derive(Deserialize)]
struct List<T> {
    data: Vec<T>,
}

/// Not read: `link`.
#[derive(Deserialize)]
struct Subscribed {
    #[serde(rename = "whatsapp_business_api_data")]
    app: App,
    override_callback_uri: Option<String>,
}

#[derive(Deserialize)]
struct App {
    id: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
struct Done {
    #[serde(default)]
    success: bool,
}

impl WebhookTarget for Settings {
    fn requests(&self, key: &Secret, callback: &str, verify: &Secret, subscribe: bool) -> Vec<Request> {
        let subscription = subscribe.then(|| self::subscribe(self, key));
        subscription.into_iter().chain([override_callback(self, key, callback, verify)]).collect()
    }

    fn confirm(&self, response: Response<'_>) -> Result<(), Failure> {
        done(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Body;
    use ::http::HeaderMap;
    use serde_json::Value;

    fn settings() -> Settings {
        Settings::read(&json!({"phone_number_id": "7", "waba_id": "900"})).unwrap()
    }

    fn written(request: &Request) -> Value {
        let Body::Json(body) = &request.body else { panic!("no JSON") };
        serde_json::from_slice(body).unwrap()
    }

    #[test]
    fn calls_go_to_the_account_and_to_the_number() {
        let (settings, token) = (settings(), Secret::new("EAA"));
        let base = "https://graph.facebook.com/v26.0";
        assert_eq!(list(&settings, &token).url, format!("{base}/900/subscribed_apps"));
        assert_eq!(
            list_numbers(&settings, &token).url,
            format!("{base}/900/phone_numbers?fields=id&limit=1000")
        );
        let subscribe = subscribe(&settings, &token);
        assert_eq!(
            (subscribe.url.as_str(), written(&subscribe)),
            (&*format!("{base}/900/subscribed_apps"), json!({}))
        );
        let lead = override_callback(&settings, &token, "https://wa.example/hooks/chn_1", &Secret::new("v1"));
        assert_eq!(lead.url, format!("{base}/7"));
        assert_eq!(
            written(&lead),
            json!({"webhook_configuration": {"override_callback_uri": "https://wa.example/hooks/chn_1", "verify_token": "v1"}})
        );
    }

    #[test]
    fn answers_are_read() {
        let headers = HeaderMap::new();
        let answer = |body: &'static str| Response { status: 200, headers: &headers, body: body.as_bytes() };
        let apps = r#"{"data":[{"whatsapp_business_api_data":{"id":"44","name":"Agent console","link":"x"},
            "override_callback_uri":"https://bot.example/hook/w1"},{"whatsapp_business_api_data":{"id":"45","name":"CRM"}}]}"#;
        let read = subscribers(answer(apps)).unwrap();
        assert_eq!((read[0].app_id.as_str(), read[1].override_url.as_deref()), ("44", None));
        assert_eq!(read[0].override_url.as_deref(), Some("https://bot.example/hook/w1"));
        assert_eq!(numbers(answer(r#"{"data":[{"id":"7"},{"id":"8"}]}"#)).unwrap(), ["7", "8"]);
        assert_eq!(done(answer(r#"{"success":true}"#)), Ok(()));
        assert!(done(answer(r#"{"success":false}"#)).is_err());
        let refused = r#"{"error":{"code":100,"error_subcode":33,"message":"x"}}"#;
        let refused = Response { status: 400, headers: &headers, body: refused.as_bytes() };
        assert_eq!(subscribers(refused).unwrap_err().code, "no_access");
        assert_eq!(done(refused).unwrap_err().code, "no_access");
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_read_without_panic(status: u16, body: Vec<u8>) {
            let response = Response { status, headers: &HeaderMap::new(), body: &body };
            drop(subscribers(response));
            drop(numbers(response));
            drop(done(response));
        }
    }
}
