//! Registration of the webhook URL for an organization's events (§3.1). Its settings are shared by all of its numbers and by
//! other systems: enabled events stay enabled.

use ::http::Method;
use serde_json::{Map, Value, json};
use warta_core::delivery::Failure;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use super::{Settings, answer, sign};
use crate::http::{Request, Response};
use crate::registration::{Event, Registered, Registration};

/// The path of the settings of message events.
const PATH: &str = "message_interactions";
/// The events that a channel needs.
const NEEDED: &[&str] = &["receive_message_from_customer", "status_message", "broadcast_log_status"];
/// Every event in these settings. One that is left out of a request may be disabled by it \[inferred\].
const EVENTS: [&str; 4] =
    ["receive_message_from_agent", "receive_message_from_customer", "status_message", "broadcast_log_status"];

impl Registration for Settings {
    fn needed(&self) -> &'static [&'static str] {
        NEEDED
    }

    fn read(&self, key: &Secret, now: Timestamp) -> Request {
        sign::bare(self, key, Method::GET, PATH, now)
    }

    fn settings(&self, response: Response<'_>) -> Result<Registered, Failure> {
        let data = answer::data(response)?;
        let fields = data.as_object().ok_or_else(|| {
            Failure::new("provider_error", "Qontak answered with success and named no settings.")
        })?;
        Ok(Registered { events: fields.iter().filter_map(|(name, event)| read(name, event)).collect() })
    }

    /// Qontak calls `callback` before it answers, so it must be reachable (§3.1).
    fn write(&self, key: &Secret, before: &Registered, callback: &str, now: Timestamp) -> Request {
        put(self, key, callback, now, |name| NEEDED.contains(&name) || enabled(before, name))
    }

    /// No source shows how to remove a URL, and an event is enabled for all URLs or for none \[inferred\]. So events that only
    /// we receive are disabled. Events that others receive stay enabled and keep our URL until a person removes it in Qontak.
    /// Read the settings back and check them with [`Registered::has`].
    fn remove(&self, key: &Secret, before: &Registered, callback: &str, now: Timestamp) -> Request {
        put(self, key, callback, now, |name| {
            let event = before.events.iter().find(|event| event.name == name);
            enabled(before, name) && event.is_some_and(|event| event.urls.iter().any(|url| url != callback))
        })
    }
}

fn put(
    settings: &Settings,
    key: &Secret,
    callback: &str,
    now: Timestamp,
    on: impl Fn(&str) -> bool,
) -> Request {
    let mut body: Map<String, Value> =
        EVENTS.iter().map(|name| ((*name).to_owned(), Value::Bool(on(name)))).collect();
    body.insert("url".to_owned(), json!(callback));
    sign::json(settings, key, (Method::PUT, PATH), &Value::Object(body), now)
}

fn enabled(registered: &Registered, name: &str) -> bool {
    registered.events.iter().any(|event| event.name == name && event.enabled)
}

/// An event and its URLs. `None` for a setting of another kind.
fn read(name: &str, event: &Value) -> Option<Event> {
    let enabled = event.get("enabled")?.as_bool()?;
    // Auto-responders are on or off too, but have no URLs.
    let hooks = event.get("webhooks")?;
    let urls = hooks.as_array().into_iter().flatten();
    let urls = urls.filter_map(|hook| hook.get("url")?.as_str()).map(str::to_owned).collect();
    Some(Event { name: name.to_owned(), enabled, urls })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Body;
    use ::http::HeaderMap;

    const OURS: &str = "https://wa.example.com/hooks/chn_1/whs_1";
    const THEIRS: &str = "https://crm.example.com/qontak";
    const NOW: Timestamp = Timestamp::from_millis(0);

    fn settings() -> Settings {
        Settings::read(&json!({"channel_integration_id": "0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa"})).unwrap()
    }

    fn told(status: u16, body: &Value) -> Result<Registered, Failure> {
        let body = body.to_string();
        settings().settings(Response { status, headers: &HeaderMap::new(), body: body.as_bytes() })
    }

    /// What Qontak answers where these events are on and these addresses stand under each.
    fn organization(on: &[&str], urls: &[&str]) -> Value {
        let hooks: Vec<Value> =
            urls.iter().map(|url| json!({"id": "w1", "event": "message_interaction", "url": url})).collect();
        let mut data = Map::new();
        for name in EVENTS {
            data.insert(name.to_owned(), json!({"enabled": on.contains(&name), "webhooks": hooks}));
        }
        data.insert("auto_assign_agent".to_owned(), json!(false));
        data.insert("auto_responder_in_office_hours".to_owned(), json!({"enabled": true, "message": "…"}));
        json!({"status": "success", "data": data})
    }

    fn written(request: &Request) -> Value {
        assert_eq!((&request.method, request.url.rsplit('/').next()), (&Method::PUT, Some(PATH)));
        let Body::Json(body) = &request.body else { panic!("no JSON") };
        serde_json::from_slice(body).unwrap()
    }

    #[test]
    fn settings_are_read_with_who_is_told() {
        let read = told(200, &organization(NEEDED, &[THEIRS, OURS])).unwrap();
        assert_eq!(read.events.len(), EVENTS.len());
        assert!(read.has(OURS, NEEDED) && !read.has("https://x.example", NEEDED));
        assert_eq!(read.others(OURS), [THEIRS]);
        assert!(!told(200, &organization(&NEEDED[1..], &[OURS])).unwrap().has(OURS, NEEDED));
        let nulls = json!({"status": "success", "data": {"status_message": null, "room_created": {"enabled": null, "webhooks": null},
            "broadcast_log_status": {"enabled": true, "webhooks": null}}});
        assert_eq!(told(200, &nulls).unwrap().events.len(), 1);
        for body in [json!({"status": "success", "data": "x"}), json!({}), json!(null)] {
            assert_eq!(told(200, &body).unwrap_err().code, "provider_error", "{body}");
        }
        assert_eq!(told(401, &json!({"message": "Unauthorized"})).unwrap_err().code, "token_invalid");
    }

    #[test]
    fn registering_keeps_on_what_is_on() {
        let before = told(200, &organization(&["receive_message_from_agent"], &[THEIRS])).unwrap();
        let request = settings().write(&Secret::new("t"), &before, OURS, NOW);
        let all = json!({"receive_message_from_agent": true, "receive_message_from_customer": true,
            "status_message": true, "broadcast_log_status": true, "url": OURS});
        assert_eq!(written(&request), all);
        let request = settings().write(&Secret::new("t"), &Registered::default(), OURS, NOW);
        assert_eq!(written(&request)["receive_message_from_agent"], json!(false));
    }

    #[test]
    fn taking_our_address_away_switches_off_nothing_of_others() {
        let shared = told(200, &organization(&EVENTS, &[THEIRS, OURS])).unwrap();
        let request = written(&settings().remove(&Secret::new("t"), &shared, OURS, NOW));
        assert!(EVENTS.iter().all(|name| request[name] == json!(true)), "{request}");
        let alone = told(200, &organization(NEEDED, &[OURS])).unwrap();
        let request = written(&settings().remove(&Secret::new("t"), &alone, OURS, NOW));
        assert!(EVENTS.iter().all(|name| request[name] == json!(false)), "{request}");
        assert_eq!(request["url"], json!(OURS));
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_read_without_panic(status: u16, body: Vec<u8>) {
            drop(settings().settings(Response { status, headers: &HeaderMap::new(), body: &body }));
        }
    }
}
