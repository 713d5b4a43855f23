//! Templates of a WABA: those every account has, and those created since (facts §7). A created template is pending
//! until the control interface sets its status.

use axum::response::Response;
use http::Method;
use serde_json::{Value, json};

use super::{
    call::Call,
    error::GraphError,
    model::{Account, Event, Meta, Template, template::seeded},
    numbers::{page, pick},
    template_review as review,
};
use crate::{ids, json::put};

/// The fields of a template when the call names none.
const FIELDS: [&str; 8] =
    ["name", "parameter_format", "components", "language", "status", "category", "sub_category", "id"];
/// How long the name of a deleted template that was approved is blocked (§7.6).
const BLOCKED_MS: i64 = 30 * 24 * 3_600_000;
/// Limits of templates in a WABA, and of templates created in an hour (§7.8).
const MOST: usize = 250;
const MOST_IN_AN_HOUR: usize = 100;
const HOUR_MS: i64 = 3_600_000;
/// How often an approved template may be changed (§7.5).
const DAY_MS: i64 = 24 * HOUR_MS;
const EDITS_IN_30_DAYS: usize = 10;

/// `GET /{waba-id}/message_templates`
pub(crate) fn list(meta: &Meta, account: &Account, call: &Call) -> Result<Response, GraphError> {
    let asked = |name: &str| call.params.list(name);
    let matches = |template: &Value| {
        ["status", "category", "language"].iter().all(|key| {
            asked(key).is_none_or(|wanted| wanted.iter().any(|one| template[*key].as_str() == Some(one)))
        }) && call
            .params
            .text("name")
            .is_none_or(|part| template["name"].as_str().is_some_and(|name| name.contains(&part)))
    };
    let all = of_waba(meta, &account.waba_id);
    let found: Result<Vec<_>, _> = all
        .into_iter()
        .filter(matches)
        .map(|template| pick(template, asked("fields"), &FIELDS, "WhatsAppMessageTemplate"))
        .collect();
    page(found?, &call.params, meta.base_url(), &format!("{}/message_templates", account.waba_id))
}

/// `GET|POST /{template-id}`
pub(crate) async fn one(
    meta: &Meta,
    waba_id: &str,
    template: Value,
    call: &Call,
) -> Result<Response, GraphError> {
    match (&call.method, call.edge.as_str()) {
        (&Method::GET, "") => {
            Call::answer(pick(template, call.params.list("fields"), &FIELDS, "WhatsAppMessageTemplate")?)
        }
        (&Method::POST, "") => edit(meta, waba_id, &template, call).await,
        _ => Err(call.no_object()),
    }
}

/// The template with this id.
pub(crate) fn by_id(meta: &Meta, waba_id: &str, id: &str) -> Option<Value> {
    of_waba(meta, waba_id).into_iter().find(|template| template["id"] == id)
}

/// `POST /{waba-id}/message_templates`
pub(crate) async fn create(meta: &Meta, account: &Account, call: &Call) -> Result<Response, GraphError> {
    let text = |key: &str| call.params.text(key);
    let (name, language) = (review::name(text("name"))?, review::language(text("language"))?);
    let category = review::category(text("category"))?;
    let format = text("parameter_format").unwrap_or_default().to_uppercase();
    if !matches!(format.as_str(), "" | "NAMED" | "POSITIONAL") {
        return Err(GraphError::parameter("Param parameter_format must be one of {NAMED, POSITIONAL}"));
    }
    let named = format == "NAMED";
    let components = review::components(call.params.get("components"), named)?;
    let all = of_waba(meta, &account.waba_id);
    if all.iter().any(|one| one["name"] == name.as_str() && one["language"] == language.as_str()) {
        let why = format!(
            "There is already {language} content for this template. You can create a new template and try again."
        );
        return Err(GraphError::template(2_388_024, "Content in This Language Already Exists", why));
    }
    let now_ms = meta.now_ms();
    let (blocked, made) = lately(meta, &account.waba_id, (&name, &language), now_ms);
    if blocked {
        let why = format!(
            "The {language} language of this template is being deleted. Try again in 30 days, or use another name."
        );
        return Err(GraphError::template(2_388_023, "Message Template Language Is Being Deleted", why));
    }
    if made >= MOST_IN_AN_HOUR {
        return Err(GraphError::new(80_007));
    }
    if all.len() >= MOST {
        let why = "This account has as many templates as it can have.".to_owned();
        return Err(GraphError::template(2_388_019, "Message Template Limit Exceeded", why));
    }
    let format = if named { "NAMED" } else { "POSITIONAL" };
    let object = json!({"name": name, "parameter_format": format, "components": components, "language": language,
        "status": "PENDING", "category": category, "sub_category": null, "previous_category": null,
        "rejected_reason": "NONE", "quality_score": {"score": "UNKNOWN"}});
    let id = ids::digits(16);
    keep(
        meta,
        Template {
            id: id.clone(),
            waba_id: account.waba_id.clone(),
            object,
            made_ms: Some(now_ms),
            edits_ms: Vec::new(),
            deleted_ms: None,
        },
    )
    .await?;
    Call::answer(json!({"id": id, "status": "PENDING", "category": category}))
}

/// True if a name is still blocked, and how many templates were created in the last hour.
fn lately(meta: &Meta, waba_id: &str, (name, language): (&str, &str), now_ms: i64) -> (bool, usize) {
    let state = meta.state();
    let own = || state.templates.values().filter(|one| one.waba_id == waba_id);
    let blocked = own().any(|one| {
        let object = &one.object;
        object["name"] == name
            && object["language"] == language
            && object["status"] == "APPROVED"
            && one.deleted_ms.is_some_and(|deleted_ms| now_ms - deleted_ms < BLOCKED_MS)
    });
    let made = own().filter(|one| one.made_ms.is_some_and(|made_ms| now_ms - made_ms < HOUR_MS)).count();
    (blocked, made)
}

/// Changes a template (§7.5), which is then reviewed again.
async fn edit(meta: &Meta, waba_id: &str, template: &Value, call: &Call) -> Result<Response, GraphError> {
    let not_now =
        |why: &str| GraphError::template(2_388_039, "Message Template Can't Be Edited", why.to_owned());
    let status = template["status"].as_str().unwrap_or_default();
    if !matches!(status, "APPROVED" | "REJECTED" | "PAUSED") {
        return Err(not_now("This template is being reviewed or no longer in use."));
    }
    let category =
        call.params.text("category").map(|category| review::category(Some(category))).transpose()?;
    let components = call.params.get("components");
    if category.is_none() && components.is_none() {
        return Err(GraphError::required("components"));
    }
    if status == "APPROVED"
        && category.as_ref().is_some_and(|category| template["category"] != category.as_str())
    {
        return Err(GraphError::parameter("The category of an approved template can't be changed."));
    }
    let mut kept = kept(meta, template, waba_id);
    let now_ms = meta.now_ms();
    if status == "APPROVED" {
        let within = |span_ms: i64| kept.edits_ms.iter().filter(|at_ms| now_ms - **at_ms < span_ms).count();
        if within(DAY_MS) > 0 || within(30 * DAY_MS) >= EDITS_IN_30_DAYS {
            return Err(not_now(
                "An approved template can be edited once in 24 hours and 10 times in 30 days.",
            ));
        }
        kept.edits_ms.push(now_ms);
    }
    if let Some(components) = components {
        let named = template["parameter_format"] == "NAMED";
        let components = review::components(Some(components), named)?;
        put(&mut kept.object, "components", components);
    }
    if let Some(category) = category {
        put(&mut kept.object, "category", category);
    }
    put(&mut kept.object, "status", "PENDING");
    put(&mut kept.object, "rejected_reason", "NONE");
    keep(meta, kept).await?;
    Call::success()
}

/// `DELETE /{waba-id}/message_templates`: by name in all languages, by name and id in one, or up to 100 by ids (§7.6).
pub(crate) async fn delete(meta: &Meta, account: &Account, call: &Call) -> Result<Response, GraphError> {
    let (name, id) = (call.params.text("name"), call.params.text("hsm_id"));
    let ids = call.params.get("hsm_ids");
    let all = of_waba(meta, &account.waba_id);
    let gone: Vec<&Value> = match (ids, name, id) {
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
            return Err(GraphError::parameter("Param hsm_ids can't be combined with name or hsm_id."));
        }
        (Some(ids), None, None) => {
            let ids = ids.as_array().filter(|ids| (1..=100).contains(&ids.len()));
            let ids = ids.ok_or_else(|| GraphError::parameter("Param hsm_ids must have 1 to 100 ids."))?;
            let same = |one: &&Value, id: &Value| {
                one["id"] == *id || one["id"].as_str() == Some(id.to_string().as_str())
            };
            let found = ids.iter().map(|id| all.iter().find(|one| same(one, id)));
            // All or nothing.
            found.collect::<Option<Vec<_>>>().unwrap_or_default()
        }
        (None, Some(name), id) => all
            .iter()
            .filter(|one| {
                one["name"] == name.as_str() && id.as_ref().is_none_or(|id| one["id"] == id.as_str())
            })
            .collect(),
        (None, None, _) => return Err(GraphError::required("name")),
    };
    if gone.is_empty() {
        return Err(GraphError::parameter("Message template doesn't exist."));
    }
    if gone.iter().any(|one| one["status"] == "DISABLED") {
        return Err(GraphError::parameter("A disabled message template can't be deleted."));
    }
    for template in gone {
        let kept = Template { deleted_ms: Some(meta.now_ms()), ..kept(meta, template, &account.waba_id) };
        keep(meta, kept).await?;
    }
    Call::success()
}

/// Sets the status of a template, Meta's decision or any other; gives the value of the webhook about it (§4.1), or none if
/// the template does not exist.
pub(crate) async fn judge(
    meta: &Meta,
    waba_id: &str,
    (id, status, reason): (&str, &str, Option<&str>),
) -> std::io::Result<Option<Value>> {
    let Some(template) = &by_id(meta, waba_id, id) else { return Ok(None) };
    let mut kept = kept(meta, template, waba_id);
    let reason = reason.unwrap_or("NONE");
    put(&mut kept.object, "status", status);
    put(&mut kept.object, "rejected_reason", reason);
    let number: u64 = id.parse().unwrap_or_default();
    let said = json!({"event": status, "message_template_id": number, "message_template_name": template["name"],
        "message_template_language": template["language"], "reason": reason, "message_template_category": template["category"]});
    meta.commit(Event::Template(Box::new(kept))).await?;
    Ok(Some(said))
}

/// The stored template, or a new one to store for a template that every account has.
fn kept(meta: &Meta, template: &Value, waba_id: &str) -> Template {
    let id = template["id"].as_str().unwrap_or_default();
    let known = meta.state().templates.get(id).cloned();
    known.unwrap_or_else(|| {
        let mut object = template.clone();
        if let Value::Object(fields) = &mut object {
            fields.remove("id");
        }
        Template {
            id: id.to_owned(),
            waba_id: waba_id.to_owned(),
            object,
            made_ms: None,
            edits_ms: Vec::new(),
            deleted_ms: None,
        }
    })
}

async fn keep(meta: &Meta, template: Template) -> Result<(), GraphError> {
    Ok(meta.commit(Event::Template(Box::new(template))).await?)
}

/// The present templates of a WABA.
pub(crate) fn of_waba(meta: &Meta, waba_id: &str) -> Vec<Value> {
    let state = meta.state();
    let mut all = seeded(waba_id);
    let mut made: Vec<&Template> = state.templates.values().filter(|one| one.waba_id == waba_id).collect();
    made.sort_by_key(|one| one.made_ms);
    for template in made {
        let mut object = template.object.clone();
        put(&mut object, "id", template.id.as_str());
        let place = all.iter().position(|one| one["id"] == template.id.as_str());
        match (place, template.deleted_ms) {
            (Some(place), Some(_)) => {
                all.remove(place);
            }
            (Some(place), None) => {
                if let Some(one) = all.get_mut(place) {
                    *one = object;
                }
            }
            (None, Some(_)) => {}
            (None, None) => all.push(object),
        }
    }
    all
}
