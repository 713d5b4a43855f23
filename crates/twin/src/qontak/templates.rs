//! Templates of an organization: those every organization has, and those created (§2.8). None is ever deleted.

use axum::{
    Json,
    extract::{Path, Query, State},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    answer::{Answer, Listing, Refusal, created, page, success},
    auth::Caller,
};
use crate::{
    bsp::{Bsp, Event, State as Known, Template},
    ids,
    json::put,
    meta::seeds,
};

/// The accepted categories (§2.8).
const CATEGORIES: [&str; 3] = ["AUTHENTICATION", "MARKETING", "UTILITY"];

/// A UUID that is always the same for the same names.
pub(super) fn id_of(names: &[&str]) -> String {
    ids::uuid_of(&hex::encode(Sha256::digest(names.join("/").as_bytes())))
}

/// All templates of an organization.
pub(super) fn of(state: &Known, organization_id: &str) -> Vec<Template> {
    let seeded = seeds().iter().filter_map(|seed| from_components(seed, organization_id));
    let made = state.templates.values().filter(|one| one.organization_id == organization_id).cloned();
    seeded.chain(made).collect()
}

/// A template from Meta's components; none if Qontak's format cannot hold it.
fn from_components(seed: &Value, organization_id: &str) -> Option<Template> {
    if seed["parameter_format"] == "NAMED" {
        return None;
    }
    let word = |key: &str| seed[key].as_str().unwrap_or_default().to_owned();
    let mut template = Template {
        id: id_of(&[organization_id, &word("name"), &word("language")]),
        organization_id: organization_id.to_owned(),
        name: word("name"),
        language: word("language"),
        header: Value::Null,
        body: String::new(),
        footer: Value::Null,
        buttons: Vec::new(),
        status: word("status"),
        category: word("category"),
    };
    for component in seed["components"].as_array()? {
        let text = component["text"].as_str().unwrap_or_default();
        match component["type"].as_str()? {
            "HEADER" => {
                // Only files can be given to a header (§2.7).
                if text.contains("{{") || component["format"] == "LOCATION" {
                    return None;
                }
                template.header = json!({"format": component["format"],
                    "example": "#<Hashie::Mash header_handle=[\"https://cdn.example/a\"]>"});
                if !text.is_empty() {
                    put(&mut template.header, "text", text);
                }
            }
            "BODY" => text.clone_into(&mut template.body),
            "FOOTER" => template.footer = text.into(),
            _ => template.buttons = component["buttons"].as_array().cloned().unwrap_or_default(),
        }
    }
    Some(template)
}

/// `GET /templates/whatsapp`
pub(super) async fn list(
    State(bsp): State<Bsp>,
    Caller(owner): Caller,
    Query(query): Query<Listing>,
) -> Answer {
    let all = of(&bsp.state(), &owner.id);
    let found: Vec<_> = all
        .iter()
        .filter(|one| query.status.as_ref().is_none_or(|status| one.status == *status))
        .filter(|one| query.query.as_ref().is_none_or(|part| one.name.contains(part.as_str())))
        .map(Template::object)
        .collect();
    Ok(page(&found, &query))
}

/// `GET /templates/{id}/whatsapp`
pub(super) async fn one(State(bsp): State<Bsp>, Caller(owner): Caller, Path(id): Path<String>) -> Answer {
    let found = of(&bsp.state(), &owner.id).into_iter().find(|template| template.id == id);
    Ok(success(&found.ok_or_else(Refusal::missing)?.object()))
}

/// `POST /templates/whatsapp`: one template per language, pending until the control interface sets its status.
pub(super) async fn create(
    State(bsp): State<Bsp>,
    Caller(owner): Caller,
    Json(request): Json<Value>,
) -> Answer {
    let name = request["name"].as_str().unwrap_or_default();
    let plain = name.bytes().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'_');
    if name.is_empty() || !plain {
        return Err(Refusal::invalid("name is invalid"));
    }
    let category = request["category"].as_str().unwrap_or_default();
    if !CATEGORIES.contains(&category) {
        return Err(Refusal::invalid("category does not have a valid value"));
    }
    let attributes = request["attributes"].as_array().filter(|all| !all.is_empty());
    let attributes = attributes.ok_or_else(|| Refusal::invalid("attributes is missing"))?;
    let known = of(&bsp.state(), &owner.id);
    let mut made = Vec::new();
    for attribute in attributes {
        let language = attribute["language"].as_str().unwrap_or_default();
        if language.is_empty() {
            return Err(Refusal::invalid("attributes[language] is missing"));
        }
        if known.iter().any(|one| one.name == name && one.language == language) {
            return Err(Refusal::invalid("Template name already exists in this language"));
        }
        let seed = json!({"name": name, "language": language, "category": category, "status": "PENDING",
            "components": attribute["components"]});
        let template = from_components(&seed, &owner.id);
        let mut template = template.filter(|template| !template.body.is_empty());
        if let Some(template) = &mut template {
            template.id = ids::uuid();
        }
        made.push(template.ok_or_else(|| Refusal::invalid("attributes[components] is invalid"))?);
    }
    let shown: Vec<_> = made.iter().map(Template::object).collect();
    for template in made {
        bsp.commit(Event::Template(Box::new(template))).await?;
    }
    // Wrapped twice, as the real one does (§2.8).
    Ok(created(&json!({"status": "success", "data": shown})))
}
