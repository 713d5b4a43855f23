//! Templates of a WABA: a few that every account has, read-only (facts §7.4).

use std::sync::LazyLock;

use axum::response::Response;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{
    Meta,
    accounts::Account,
    error::GraphError,
    graph::Call,
    numbers::{page, pick},
    template_send,
};
use crate::json::put;

/// What a template shows when no fields are asked for.
const FIELDS: [&str; 8] =
    ["name", "parameter_format", "components", "language", "status", "category", "sub_category", "id"];

/// The templates every WABA starts with.
static SEEDS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a file of this crate, read in every test of templates")]
    serde_json::from_str(include_str!("templates.json")).expect("templates.json is a list")
});

/// The templates every account starts with.
pub(crate) fn seeds() -> &'static [Value] {
    &SEEDS
}

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
    let all = of_waba(&account.waba_id);
    let found: Result<Vec<_>, _> = all
        .into_iter()
        .filter(matches)
        .map(|template| pick(template, asked("fields"), &FIELDS, "WhatsAppMessageTemplate"))
        .collect();
    page(found?, &call.params, meta.base_url(), &format!("{}/message_templates", account.waba_id))
}

/// `GET /{template-id}`
pub(crate) fn one(template: Value, call: &Call) -> Result<Response, GraphError> {
    if call.method != http::Method::GET || !call.edge.is_empty() {
        return Err(call.no_object());
    }
    Call::answer(pick(template, call.params.list("fields"), &FIELDS, "WhatsAppMessageTemplate")?)
}

/// The template with this id.
pub(crate) fn by_id(waba_id: &str, id: &str) -> Option<Value> {
    of_waba(waba_id).into_iter().find(|template| template["id"] == id)
}

/// Checks a template message against the list and adds what the user sees; any other message passes. Gives the
/// category too, `service` for what is no template.
pub(crate) fn fill(waba_id: &str, mut content: Value) -> Result<(Value, String), GraphError> {
    let Some(send) = content.get("template") else { return Ok((content, "service".to_owned())) };
    let name = send["name"].as_str().ok_or_else(|| GraphError::required("template[name]"))?;
    let language = send.get("language").and_then(|language| language.get("code")?.as_str());
    let language = language.ok_or_else(|| GraphError::required("template[language][code]"))?;
    let missing =
        || GraphError::new(132_001).details(format!("template name ({name}) does not exist in {language}"));
    let all = of_waba(waba_id);
    let template = all.iter().find(|one| one["name"] == name && one["language"] == language);
    let template = template.ok_or_else(missing)?;
    match template["status"].as_str() {
        Some("APPROVED") => {}
        Some("PAUSED") => return Err(GraphError::new(132_015)),
        Some("DISABLED") => return Err(GraphError::new(132_016)),
        _ => return Err(missing()),
    }
    let shown = template_send::show(template, send)?;
    let category = template["category"].as_str().unwrap_or_default().to_lowercase();
    put(&mut content, "shown", shown);
    Ok((content, category))
}

/// The seeded templates, each with the id it has in this WABA.
fn of_waba(waba_id: &str) -> Vec<Value> {
    let mut all = SEEDS.clone();
    for template in &mut all {
        let text = |key: &str| template.get(key).and_then(Value::as_str).unwrap_or_default();
        let id = id_of(waba_id, text("name"), text("language"));
        put(template, "id", id);
    }
    all
}

/// Always the same for the same template.
fn id_of(waba_id: &str, name: &str, language: &str) -> String {
    let digest = Sha256::digest(format!("{waba_id}/{name}/{language}").as_bytes());
    let number = digest.iter().take(6).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    format!("5{number:015}")
}
