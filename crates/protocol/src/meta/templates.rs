//! The templates of a business account (§7): list, read, create, edit and delete.

use std::fmt::Write;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use warta_core::delivery::Scope;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use super::{Settings, errors};
use crate::http::{Request, Response, path_segment};
use crate::outcome::Class;
use crate::template::{Done, Listing, NewTemplate, NotDone, Page, Task, Template, Templates};

/// The fields of a template that are read (§7.4).
const FIELDS: &str = "id,name,language,status,category,components,quality_score,rejected_reason";
/// Meta's code for an invalid parameter. It is also the answer for an unknown id, or for the id of another object.
const INVALID: i64 = 100;

impl Templates for Settings {
    fn request(&self, key: &Secret, task: Task<'_>, _now: Timestamp) -> Option<Request> {
        let all = format!("{}/message_templates", self.waba_id);
        Some(match task {
            Task::List(listing) => Request::get(self.url(&format!("{all}?{}", query(listing))), key),
            Task::Read { id } => {
                Request::get(self.url(&format!("{}?fields={FIELDS}", path_segment(id))), key)
            }
            Task::Create(new) => Request::post_json(self.url(&all), key, &written(new)),
            Task::Edit { id, change } => {
                let mut body = Map::new();
                if let Some(category) = &change.category {
                    body.insert("category".to_owned(), category.as_str().to_uppercase().into());
                }
                if let Some(components) = &change.components {
                    body.insert("components".to_owned(), components.clone().into());
                }
                Request::post_json(self.url(&path_segment(id)), key, &body)
            }
            // The name alone would delete it in every language (§7.6).
            Task::Delete { id, name } => {
                let path = format!("{all}?hsm_id={}&name={}", path_segment(id), path_segment(name));
                Request::delete(self.url(&path), key)
            }
        })
    }

    fn done(&self, task: Task<'_>, response: Response<'_>) -> Result<Done, NotDone> {
        if !(200..300).contains(&response.status) {
            return Err(refusal(task, response));
        }
        let strange = || NotDone::Failed(errors::failure(response));
        let body: Value = serde_json::from_slice(response.body).map_err(|_| strange())?;
        match task {
            Task::List(_) => page(&body).map(Done::Page).ok_or_else(strange),
            // An object with this id but without name and language is not a template.
            Task::Read { .. } => {
                template(&body).map(|one| Done::Template(Box::new(one))).ok_or(NotDone::Missing)
            }
            Task::Create(new) => {
                made(new, &body).map(|one| Done::Template(Box::new(one))).ok_or_else(strange)
            }
            Task::Edit { .. } | Task::Delete { .. } => match body.get("success") {
                Some(Value::Bool(true)) => Ok(Done::Changed),
                _ => Err(strange()),
            },
        }
    }
}

fn query(listing: Listing<'_>) -> String {
    let mut query = format!("fields={FIELDS}&limit={}", listing.limit);
    let status = listing.status.map(|status| status.as_str().to_uppercase());
    for (name, value) in [("name", listing.name), ("status", status.as_deref()), ("after", listing.after)] {
        if let Some(value) = value {
            // Writing to a string cannot fail.
            write!(query, "&{name}={}", path_segment(value)).ok();
        }
    }
    query
}

fn written(new: &NewTemplate) -> Value {
    let mut body = json!({"name": new.name, "language": new.language, "category": new.category.as_str().to_uppercase(),
        "components": new.components});
    if let (true, Value::Object(fields)) = (new.is_named(), &mut body) {
        fields.insert("parameter_format".to_owned(), "named".into());
    }
    body
}

fn refusal(task: Task<'_>, response: Response<'_>) -> NotDone {
    let (code, class, failure) = errors::refusal(response);
    match (task, class) {
        (Task::Read { .. }, _) if code == Some(INVALID) || response.status == 404 => NotDone::Missing,
        (_, Class::Refused | Class::Later(Scope::Message, _)) if code.is_some() => NotDone::Refused(failure),
        (_, Class::Refused | Class::Stops | Class::Transient | Class::Later(..)) => NotDone::Failed(failure),
    }
}

/// A page of the list, without unreadable templates. Only a missing `next` marks the end (§0.3).
fn page(body: &Value) -> Option<Page> {
    let templates = body.get("data")?.as_array()?.iter().filter_map(template).collect();
    let more = body.pointer("/paging/next").is_some_and(Value::is_string);
    let next = body.pointer("/paging/cursors/after").and_then(Value::as_str).filter(|_| more);
    Some(Page { templates, next: next.map(str::to_owned) })
}

/// The created template: as requested, with id, status and category from the answer.
fn made(new: &NewTemplate, body: &Value) -> Option<Template> {
    #[derive(Deserialize)]
    struct Made {
        id: Value,
        #[serde(default)]
        status: Option<String>,
        #[serde(default)]
        category: Option<String>,
    }
    let made: Made = serde_json::from_value(body.clone()).ok()?;
    let category = made.category.and_then(|word| word.parse().ok());
    Some(Template {
        id: id(&made.id)?,
        name: new.name.clone(),
        language: new.language.clone(),
        category: category.unwrap_or_else(|| new.category.clone()),
        status: made.status.as_deref().unwrap_or("PENDING").parse().ok()?,
        rejected_reason: None,
        quality: None,
        components: new.components.clone(),
    })
}

/// Reads Meta's object (§7.4). Not read: `parameter_format`, which follows from the components.
fn template(wire: &Value) -> Option<Template> {
    let text = |at: &str| wire.pointer(at)?.as_str().filter(|text| !text.is_empty());
    Some(Template {
        id: id(wire.get("id")?)?,
        name: text("/name")?.to_owned(),
        // Meta writes it in both ways (§4.1).
        language: text("/language")?.replace('-', "_"),
        category: text("/category").unwrap_or_default().parse().ok()?,
        status: text("/status").unwrap_or_default().parse().ok()?,
        rejected_reason: text("/rejected_reason").filter(|reason| *reason != "NONE").map(str::to_owned),
        quality: text("/quality_score/score").map(str::to_lowercase),
        components: wire.get("components").and_then(Value::as_array).cloned().unwrap_or_default(),
    })
}

/// An id, which is a text, and sometimes a number (§0.2).
fn id(value: &Value) -> Option<String> {
    match value {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Body;
    use crate::template::{Category, Change, Status};
    use ::http::{HeaderMap, Method};
    use warta_core::delivery::Failure;

    const BASE: &str = "https://graph.facebook.com/v26.0";
    const ALL: Listing<'_> = Listing { name: None, status: None, after: None, limit: 50 };

    fn asked(task: Task<'_>) -> (Method, String, Value) {
        let settings = Settings::read(&json!({"phone_number_id": "7", "waba_id": "900"})).unwrap();
        let request = settings.request(&Secret::new("EAA"), task, Timestamp::from_millis(0)).unwrap();
        assert_eq!(request.headers["authorization"], "Bearer EAA");
        let body = if let Body::Json(body) = &request.body {
            serde_json::from_slice(body).unwrap()
        } else {
            Value::Null
        };
        (request.method, request.url, body)
    }

    fn answered(task: Task<'_>, status: u16, body: &Value) -> Result<Done, NotDone> {
        let body = body.to_string();
        Settings::default().done(task, Response { status, headers: &HeaderMap::new(), body: body.as_bytes() })
    }

    fn new(text: &str) -> NewTemplate {
        NewTemplate::read(&json!({"name": "visit_reminder", "language": "en_US", "category": "utility",
            "components": [{"type": "BODY", "text": text}]}))
        .unwrap()
    }

    #[test]
    fn each_task_is_the_call_of_the_fact_sheet() {
        let list =
            Listing { name: Some("visit"), status: Some(&Status::Approved), after: Some("Mj=Q"), limit: 10 };
        assert_eq!(
            asked(Task::List(list)).1,
            format!(
                "{BASE}/900/message_templates?fields={FIELDS}&limit=10&name=visit&status=APPROVED&after=Mj%3DQ"
            )
        );
        assert_eq!(asked(Task::Read { id: "5/../7" }).1, format!("{BASE}/5%2F%2E%2E%2F7?fields={FIELDS}"));
        let (method, url, body) = asked(Task::Create(&new("Hello {{1}}.")));
        assert_eq!((method, url), (Method::POST, format!("{BASE}/900/message_templates")));
        assert_eq!(
            body,
            json!({"name": "visit_reminder", "language": "en_US", "category": "UTILITY",
            "components": [{"type": "BODY", "text": "Hello {{1}}."}]})
        );
        assert_eq!(asked(Task::Create(&new("Hello {{first_name}}."))).2["parameter_format"], "named");
        let change = Change { category: Some(Category::Marketing), components: None };
        let (method, url, body) = asked(Task::Edit { id: "55", change: &change });
        assert_eq!(
            (method, url, body),
            (Method::POST, format!("{BASE}/55"), json!({"category": "MARKETING"}))
        );
        let (method, url, _) = asked(Task::Delete { id: "55", name: "visit_reminder" });
        assert_eq!(
            (method, url),
            (Method::DELETE, format!("{BASE}/900/message_templates?hsm_id=55&name=visit_reminder"))
        );
    }

    #[test]
    fn a_list_is_read_with_where_it_goes_on_and_words_nobody_knows() {
        let body = json!({"data": [
            {"name": "visit_reminder", "parameter_format": "NAMED", "components": [], "language": "en-US", "status": "APPROVED",
                "category": "UTILITY", "id": "551200340056007", "rejected_reason": "NONE", "quality_score": {"score": "GREEN", "date": 1}},
            {"name": "loud", "language": "id", "status": "LEVITATED", "category": "NEWS", "id": 77, "rejected_reason": "PROMOTIONAL"},
            {"name": "no id"}, null],
            "paging": {"cursors": {"before": "MAZDZD", "after": "MjQZD"}, "next": "https://graph.facebook.com/x"}});
        let Ok(Done::Page(page)) = answered(Task::List(ALL), 200, &body) else { panic!() };
        assert_eq!(page.next.as_deref(), Some("MjQZD"));
        let [visit, loud] = page.templates.as_slice() else { panic!("{page:?}") };
        assert_eq!(
            (visit.language.as_str(), visit.rejected_reason.as_deref(), visit.quality.as_deref()),
            ("en_US", None, Some("green"))
        );
        assert_eq!(
            (loud.id.as_str(), loud.status.as_str(), loud.category.as_str()),
            ("77", "levitated", "news")
        );
        assert_eq!(loud.rejected_reason.as_deref(), Some("PROMOTIONAL"));
        let last = json!({"data": [], "paging": {"cursors": {"after": "MjQZD"}}});
        assert_eq!(
            answered(Task::List(ALL), 200, &last),
            Ok(Done::Page(Page { templates: Vec::new(), next: None }))
        );
    }

    #[test]
    fn a_made_template_has_the_category_and_state_that_meta_gave_it() {
        let new = new("Hello.");
        let body = json!({"id": "551200340056007", "status": "PENDING", "category": "MARKETING"});
        let Ok(Done::Template(made)) = answered(Task::Create(&new), 200, &body) else { panic!() };
        assert_eq!(
            (made.status, made.category, made.components),
            (Status::Pending, Category::Marketing, new.components.clone())
        );
        assert!(matches!(
            answered(Task::Create(&new), 200, &json!({"success": true})),
            Err(NotDone::Failed(_))
        ));
    }

    #[test]
    fn refusals_faults_and_what_is_not_there_are_told_apart() {
        let new = new("Hello.");
        let error = |code: i64, subcode: Option<i64>| {
            json!({"error": {"message": "Invalid parameter", "code": code, "error_subcode": subcode,
                "error_user_msg": "There is already English content for this template."}})
        };
        let refused = |task, status, body: &Value| match answered(task, status, body).unwrap_err() {
            NotDone::Missing => "missing".to_owned(),
            NotDone::Refused(failure) => format!("refused {}", failure.code),
            NotDone::Failed(failure) => format!("failed {}", failure.code),
        };
        for (task, status, body, word) in [
            (Task::Create(&new), 400, error(100, Some(2_388_024)), "refused template_exists"),
            (Task::Create(&new), 400, error(100, Some(2_388_299)), "refused template_variable_at_edge"),
            (Task::Create(&new), 400, error(100, None), "refused invalid_parameter"),
            (Task::Create(&new), 400, error(100, Some(2_388_039)), "refused template_not_editable"),
            (Task::Create(&new), 401, error(190, None), "failed token_invalid"),
            (Task::Create(&new), 403, error(200, None), "failed permission_missing"),
            (Task::Create(&new), 400, error(80_007, None), "failed account_rate_limited"),
            (Task::List(ALL), 400, error(100, Some(33)), "failed no_access"),
            (Task::Read { id: "5" }, 400, error(100, Some(33)), "missing"),
            (Task::Read { id: "5" }, 400, error(100, None), "missing"),
            (Task::Read { id: "5" }, 401, error(190, None), "failed token_invalid"),
            (Task::Read { id: "5" }, 200, json!({"id": "5"}), "missing"),
            (Task::List(ALL), 502, json!("<html>"), "failed provider_error"),
            (Task::Delete { id: "5", name: "a" }, 200, json!({"success": false}), "failed provider_error"),
        ] {
            assert_eq!(refused(task, status, &body), word, "{status} {body}");
        }
        let Err(NotDone::Refused(failure)) = answered(Task::Create(&new), 400, &error(100, Some(2_388_024)))
        else {
            panic!()
        };
        assert!(
            failure.detail.ends_with("Meta says: There is already English content for this template."),
            "{}",
            failure.detail
        );
        let Err(NotDone::Failed(Failure { detail, .. })) = Settings::default()
            .done(Task::List(ALL), Response { status: 502, headers: &HeaderMap::new(), body: b"<html>" })
        else {
            panic!()
        };
        assert!(detail.contains("502"), "{detail}");
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_read_without_panic(status: u16, body: Vec<u8>) {
            let new = new("Hello.");
            let change = Change { category: None, components: None };
            for task in [Task::List(ALL), Task::Read { id: "5" }, Task::Create(&new), Task::Edit { id: "5", change: &change },
                Task::Delete { id: "5", name: "a" }] {
                for status in [status, 200] {
                    drop(Settings::default().done(task, Response { status, headers: &HeaderMap::new(), body: &body }));
                }
            }
        }
    }
}
