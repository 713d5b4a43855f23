//! The templates of an organization (§2.8): list, read and create. Qontak's API does not edit or delete them.

use std::fmt::Write;

use ::http::Method;
use serde_json::{Value, json};
use warta_core::message::{self, OutboundContent};
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use super::errors::{self, Operation};
use super::{Settings, sign};
use crate::http::{Request, Response, path_segment};
use crate::settings::is_uuid;
use crate::template::{Done, Listing, NewTemplate, NotDone, Page, Task, Template, Templates};

/// The path of templates.
const PATH: &str = "templates/whatsapp";

impl Templates for Settings {
    fn request(&self, key: &Secret, task: Task<'_>, now: Timestamp) -> Option<Request> {
        Some(match task {
            Task::List(listing) => {
                let path = format!("{PATH}?{}", query(listing));
                sign::bare(self, key, Method::GET, &path, now)
            }
            Task::Read { id } => {
                let path = format!("templates/{}/whatsapp", path_segment(id));
                sign::bare(self, key, Method::GET, &path, now)
            }
            Task::Create(new) => sign::json(self, key, (Method::POST, PATH), &written(new), now),
            Task::Edit { .. } | Task::Delete { .. } => return None,
        })
    }

    fn done(&self, task: Task<'_>, response: Response<'_>) -> Result<Done, NotDone> {
        let failure = || errors::failure(response, Operation::Other);
        let body: Option<Value> = serde_json::from_slice(response.body).ok();
        match response.status {
            200..=299 => {}
            // Without a message from Qontak the URL is wrong, not the id.
            404 if matches!(task, Task::Read { .. }) && errors::message(response.body).is_some() => {
                return Err(NotDone::Missing);
            }
            400 | 404 | 409 | 422 if errors::message(response.body).is_some() => {
                return Err(NotDone::Refused(failure()));
            }
            _ => return Err(NotDone::Failed(failure())),
        }
        let strange = || NotDone::Failed(failure());
        let body = body.ok_or_else(strange)?;
        match task {
            Task::List(listing) => page(listing, &body).map(Done::Page).ok_or_else(strange),
            Task::Read { .. } => found(&body, None).ok_or_else(strange),
            Task::Create(new) => found(&body, Some(&new.language)).ok_or_else(strange),
            Task::Edit { .. } | Task::Delete { .. } => Err(strange()),
        }
    }

    fn needs_id<'a>(&self, content: &'a OutboundContent) -> Option<&'a message::Template> {
        let OutboundContent::Template(template) = content else { return None };
        Some(template).filter(|template| !is_uuid(&template.name))
    }
}

fn query(listing: Listing<'_>) -> String {
    let mut query = format!("limit={}&offset={}", listing.limit, number(listing));
    let status = listing.status.map(|status| status.as_str().to_uppercase());
    for (name, value) in [("query", listing.name), ("status", status.as_deref())] {
        if let Some(value) = value {
            // Writing to a string cannot fail.
            write!(query, "&{name}={}", path_segment(value)).ok();
        }
    }
    query
}

/// The number of the page, from 1. Qontak calls it offset (§2.3).
fn number(listing: Listing<'_>) -> u64 {
    listing.after.and_then(|after| after.parse().ok()).unwrap_or(1)
}

fn written(new: &NewTemplate) -> Value {
    json!({"name": new.name, "category": new.category.as_str().to_uppercase(), "hsm": false,
        "attributes": [{"language": new.language, "components": new.components}]})
}

/// A page of the list, without unreadable templates.
fn page(listing: Listing<'_>, body: &Value) -> Option<Page> {
    let data = body.get("data")?.as_array()?;
    let pagination = |name: &str| body.pointer("/meta/pagination")?.get(name)?.as_u64();
    let (limit, number) = (u64::from(listing.limit), number(listing));
    let more = match pagination("total") {
        Some(total) => number.saturating_mul(pagination("limit").unwrap_or(limit)) < total,
        None => u64::try_from(data.len()).is_ok_and(|count| count >= limit),
    };
    let next = (more && !data.is_empty()).then(|| number.saturating_add(1).to_string());
    Some(Page { templates: data.iter().filter_map(template).collect(), next })
}

/// The template in an answer. It may be wrapped twice, and be in a list of languages.
fn found(body: &Value, language: Option<&str>) -> Option<Done> {
    let mut data = body.get("data")?;
    if let Some(inner) = data.get("data") {
        data = inner;
    }
    let same = |one: &&Value| {
        language.is_none_or(|language| one.get("language").is_some_and(|found| found == language))
    };
    let one = match data.as_array() {
        Some(all) => all.iter().find(same)?,
        None => data,
    };
    template(one).map(|one| Done::Template(Box::new(one)))
}

/// Reads Qontak's object as WhatsApp's components. Not read: `type`, the ids of others, and the header's example, which has no
/// defined format.
fn template(wire: &Value) -> Option<Template> {
    let text = |name: &str| wire.get(name)?.as_str().filter(|text| !text.is_empty());
    let mut components = Vec::new();
    if let Some(header) = wire.get("header").filter(|header| header.is_object()) {
        let mut component = json!({"type": "HEADER", "format": header.get("format")});
        if let (Some(text), Value::Object(fields)) =
            (header.get("text").filter(|text| text.is_string()), &mut component)
        {
            fields.insert("text".to_owned(), text.clone());
        }
        components.push(component);
    }
    components.extend(text("body").map(|body| json!({"type": "BODY", "text": body})));
    components.extend(text("footer").map(|footer| json!({"type": "FOOTER", "text": footer})));
    let buttons: Vec<Value> =
        wire.get("buttons").and_then(Value::as_array).into_iter().flatten().map(button).collect();
    if !buttons.is_empty() {
        components.push(json!({"type": "BUTTONS", "buttons": buttons}));
    }
    Some(Template {
        id: text("id")?.to_owned(),
        name: text("name")?.to_owned(),
        language: text("language")?.to_owned(),
        category: text("category").unwrap_or_default().parse().ok()?,
        status: text("status").unwrap_or_default().parse().ok()?,
        // The name of the field is \[inferred\].
        rejected_reason: text("rejected_reason").map(str::to_owned),
        quality: text("quality_rating").or(text("quality_rating_text")).map(str::to_lowercase),
        components,
    })
}

/// A button. Its example may be a JSON list in a text.
fn button(wire: &Value) -> Value {
    let mut button = wire.clone();
    if let Some(example) = button.get_mut("example")
        && let Some(list) = example.as_str().and_then(|text| serde_json::from_str::<Vec<Value>>(text).ok())
    {
        *example = list.into();
    }
    button
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Body;
    use crate::template::{Change, Status};
    use ::http::HeaderMap;

    const API: &str = "https://service-chat.qontak.com/api/open/v1";
    const ALL: Listing<'_> = Listing { name: None, status: None, after: None, limit: 10 };

    fn asked(task: Task<'_>) -> Option<(Method, String, Value)> {
        let settings =
            Settings::read(&json!({"channel_integration_id": "0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa"}))
                .unwrap();
        let request = settings.request(&Secret::new("t"), task, Timestamp::from_millis(0))?;
        let body = if let Body::Json(body) = &request.body {
            serde_json::from_slice(body).unwrap()
        } else {
            Value::Null
        };
        Some((request.method, request.url, body))
    }

    fn answered(task: Task<'_>, status: u16, body: &Value) -> Result<Done, NotDone> {
        let body = body.to_string();
        Settings::default().done(task, Response { status, headers: &HeaderMap::new(), body: body.as_bytes() })
    }

    fn new() -> NewTemplate {
        NewTemplate::read(&json!({"name": "order_update_2", "language": "id", "category": "utility",
            "components": [{"type": "BODY", "text": "Halo {{1}}", "example": {"body_text": ["Budi"]}}]}))
        .unwrap()
    }

    fn object(status: &str) -> Value {
        json!({"id": "7c1d0000-1111-4222-8333-aaaaaaaaaaaa", "organization_id": "o", "name": "order_update", "language": "id",
            "header": {"format": "IMAGE", "example": "#<Hashie::Mash header_handle=[\"x\"]>"}, "body": "Halo {{1}}, pesanan {{2}} dikirim.",
            "footer": null, "buttons": [{"type": "URL", "text": "Lacak", "url": "https://x.example/{{1}}", "example": "[\"https://x.example/1\"]"},
            {"type": "QUICK_REPLY", "text": "OK"}], "status": status, "category": "SHIPPING_UPDATE", "quality_rating": null,
            "quality_rating_text": "Neutral", "type": "campaign"})
    }

    #[test]
    fn each_task_is_the_call_of_the_fact_sheet_and_two_have_none() {
        let listing =
            Listing { name: Some("order"), status: Some(&Status::Approved), after: Some("3"), limit: 10 };
        assert_eq!(
            asked(Task::List(listing)).unwrap().1,
            format!("{API}/templates/whatsapp?limit=10&offset=3&query=order&status=APPROVED")
        );
        assert_eq!(
            asked(Task::Read { id: "../x" }).unwrap().1,
            format!("{API}/templates/%2E%2E%2Fx/whatsapp")
        );
        let (method, url, body) = asked(Task::Create(&new())).unwrap();
        assert_eq!((method, url), (Method::POST, format!("{API}/templates/whatsapp")));
        assert_eq!(
            body,
            json!({"name": "order_update_2", "category": "UTILITY", "hsm": false, "attributes": [{"language": "id",
            "components": [{"type": "BODY", "text": "Halo {{1}}", "example": {"body_text": ["Budi"]}}]}]})
        );
        let change = Change { category: None, components: None };
        assert_eq!(asked(Task::Edit { id: "x", change: &change }), None);
        assert_eq!(asked(Task::Delete { id: "x", name: "a" }), None);
    }

    #[test]
    fn a_template_is_read_in_whatsapps_own_parts() {
        let body = json!({"status": "success", "data": [object("APPROVED"), {"id": ""}, 7],
            "meta": {"pagination": {"cursor": {"next": null, "prev": null}, "offset": 1, "limit": 10, "total": 42}}});
        let Ok(Done::Page(page)) = answered(Task::List(ALL), 200, &body) else { panic!() };
        assert_eq!(page.next.as_deref(), Some("2"));
        let [one] = page.templates.as_slice() else { panic!("{page:?}") };
        assert_eq!(
            (one.status.clone(), one.category.as_str(), one.quality.as_deref()),
            (Status::Approved, "shipping_update", Some("neutral"))
        );
        assert_eq!(
            one.components,
            [
                json!({"type": "HEADER", "format": "IMAGE"}),
                json!({"type": "BODY", "text": "Halo {{1}}, pesanan {{2}} dikirim."}),
                json!({"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Lacak", "url": "https://x.example/{{1}}", "example": ["https://x.example/1"]},
                {"type": "QUICK_REPLY", "text": "OK"}]}),
            ]
        );
        let places: Vec<_> = one.variables().into_iter().map(|one| one.place).collect();
        assert_eq!(places, ["header", "body", "body", "button.0"]);
    }

    #[test]
    fn the_list_ends_where_its_count_says_or_a_page_is_short() {
        let next = |after: Option<&str>, body: Value| match answered(
            Task::List(Listing { after, ..ALL }),
            200,
            &body,
        ) {
            Ok(Done::Page(page)) => page.next,
            other => panic!("{other:?}"),
        };
        let counted = |total: u64| json!({"data": [object("PENDING")], "meta": {"pagination": {"limit": 10, "total": total}}});
        assert_eq!(next(None, counted(10)), None);
        assert_eq!(next(None, counted(11)).as_deref(), Some("2"));
        assert_eq!(next(Some("2"), counted(20)), None);
        assert_eq!(next(None, json!({"data": [object("PENDING")]})), None);
        assert_eq!(next(None, json!({"data": vec![object("PENDING"); 10]})).as_deref(), Some("2"));
        assert_eq!(
            next(Some("9"), json!({"data": [], "meta": {"pagination": {"limit": 10, "total": 999}}})),
            None
        );
    }

    #[test]
    fn a_made_template_is_found_wrapped_once_or_twice() {
        let new = new();
        let english = {
            let mut one = object("PENDING");
            one["language"] = json!("en");
            one
        };
        for data in [
            json!({"status": "success", "data": [english.clone(), object("PENDING")]}),
            json!([object("PENDING")]),
            object("PENDING"),
        ] {
            let body = json!({"status": "success", "data": data});
            let Ok(Done::Template(one)) = answered(Task::Create(&new), 201, &body) else { panic!("{body}") };
            assert_eq!((one.language.as_str(), one.status), ("id", Status::Pending));
        }
    }

    #[test]
    fn refusals_faults_and_what_is_not_there_are_told_apart() {
        let new = new();
        let error =
            |code: u16, words: &str| json!({"status": "error", "error": {"code": code, "messages": [words]}});
        let refused = |task, status, body: &Value| match answered(task, status, body).unwrap_err() {
            NotDone::Missing => "missing".to_owned(),
            NotDone::Refused(failure) => format!("refused {}", failure.code),
            NotDone::Failed(failure) => format!("failed {}", failure.code),
        };
        for (task, status, body, word) in [
            (
                Task::Create(&new),
                422,
                error(422, "Template name already exists"),
                "refused parameter_invalid",
            ),
            (Task::Create(&new), 401, error(401, "Unauthorized"), "failed token_invalid"),
            (Task::Create(&new), 403, error(403, "Forbidden"), "failed permission_missing"),
            (Task::Create(&new), 429, error(429, "x"), "failed rate_limited"),
            (Task::Create(&new), 201, json!({"status": "success", "data": []}), "failed provider_error"),
            (Task::Read { id: "x" }, 404, error(404, "Resource not found."), "missing"),
            (Task::Read { id: "x" }, 404, json!(null), "failed unknown_path"),
            (Task::List(ALL), 502, json!("<html>"), "failed provider_fault"),
            (Task::List(ALL), 200, json!({"status": "success", "data": "x"}), "failed provider_error"),
        ] {
            assert_eq!(refused(task, status, &body), word, "{status} {body}");
        }
        let Err(NotDone::Refused(failure)) =
            answered(Task::Create(&new), 422, &error(422, "name is invalid"))
        else {
            panic!()
        };
        assert!(failure.detail.ends_with("Qontak says: name is invalid"), "{}", failure.detail);
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_read_without_panic(status: u16, body: Vec<u8>, after in "\\PC*") {
            let new = new();
            let change = Change { category: None, components: None };
            for task in [Task::List(Listing { after: Some(&after), ..ALL }), Task::Read { id: "5" }, Task::Create(&new),
                Task::Edit { id: "5", change: &change }, Task::Delete { id: "5", name: "a" }] {
                for status in [status, 200] {
                    drop(Settings::default().done(task, Response { status, headers: &HeaderMap::new(), body: &body }));
                }
            }
        }
    }
}
