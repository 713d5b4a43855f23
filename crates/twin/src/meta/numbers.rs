//! Read access to phone numbers, WABAs and the business profile (facts §8.1, §8.3).

use axum::response::Response;
use serde_json::{Map, Value, json};

use super::{
    call::Call,
    delivery,
    error::GraphError,
    model::{Account, Meta, State},
    params::Params,
};
use crate::json::put;

/// The fields of a number when the call names none.
const NUMBER_FIELDS: [&str; 7] = [
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "throughput",
    "id",
];

/// `GET /{phone-number-id}`
pub(crate) fn number(meta: &Meta, account: &Account, call: &Call) -> Result<Response, GraphError> {
    let fields = call.params.list("fields");
    Call::answer(pick(
        describe(&meta.state(), account),
        fields,
        &NUMBER_FIELDS,
        "WhatsAppBusinessPhoneNumber",
    )?)
}

/// `GET /{waba-id}/phone_numbers`
pub(crate) fn of_waba(meta: &Meta, account: &Account, call: &Call) -> Result<Response, GraphError> {
    let state = meta.state();
    let numbers: Result<Vec<_>, _> = state
        .of_waba(&account.waba_id)
        .into_iter()
        .map(|one| {
            let fields = call.params.list("fields");
            pick(describe(&state, one), fields, &NUMBER_FIELDS, "WhatsAppBusinessPhoneNumber")
        })
        .collect();
    page(numbers?, &call.params, meta.base_url(), &format!("{}/phone_numbers", account.waba_id))
}

/// `GET /{waba-id}`
pub(crate) fn waba(account: &Account, call: &Call) -> Result<Response, GraphError> {
    let waba = json!({
        "id": account.waba_id,
        "name": account.name,
        "timezone_id": "66",
        "currency": "IDR",
        "message_template_namespace": format!("ns_{}", account.waba_id),
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
        "ownership_type": "SELF",
        "primary_business_location": "ID",
        "health_status": health("WABA", &account.waba_id, "AVAILABLE"),
    });
    let default = ["id", "name", "timezone_id", "message_template_namespace"];
    Call::answer(pick(waba, call.params.list("fields"), &default, "WhatsAppBusinessAccount")?)
}

/// `GET /{phone-number-id}/whatsapp_business_profile`
pub(crate) fn profile(account: &Account, call: &Call) -> Result<Response, GraphError> {
    let profile = json!({
        "about": "A test account of the Warta twin",
        "address": "",
        "description": account.name,
        "email": "",
        "profile_picture_url": "",
        "websites": [],
        "vertical": "OTHER",
        "messaging_product": "whatsapp",
    });
    let mut fields = call.params.list("fields").unwrap_or_default();
    fields.push("messaging_product".to_owned());
    let picked = pick(profile, Some(fields), &[], "WhatsAppBusinessProfile")?;
    Call::answer(json!({"data": [picked]}))
}

/// The requested fields, or the default ones. `id` is always included.
pub(crate) fn pick(
    object: Value,
    fields: Option<Vec<String>>,
    default: &[&str],
    node: &str,
) -> Result<Value, GraphError> {
    let Value::Object(mut all) = object else { return Ok(object) };
    let asked = fields.unwrap_or_else(|| default.iter().map(|&field| field.to_owned()).collect());
    let mut picked = Map::new();
    for field in asked.into_iter().chain(all.contains_key("id").then(|| "id".to_owned())) {
        match all.remove(&field) {
            // Known and empty: Graph leaves the key out.
            Some(Value::Null) => {}
            Some(value) => {
                picked.insert(field, value);
            }
            None if picked.contains_key(&field) => {}
            None => {
                let text = format!("Tried accessing nonexisting field ({field}) on node type ({node})");
                return Err(GraphError::parameter(text));
            }
        }
    }
    Ok(Value::Object(picked))
}

/// A list, cut by `limit` and `after`. Cursors are opaque; a missing `next` is the end (§0.3).
pub(crate) fn page(
    items: Vec<Value>,
    params: &Params,
    base: &str,
    path: &str,
) -> Result<Response, GraphError> {
    let limit: usize = params.text("limit").and_then(|limit| limit.parse().ok()).unwrap_or(25).clamp(1, 1000);
    let start = match params.text("after") {
        Some(after) => place(&after).ok_or_else(|| GraphError::parameter("Invalid cursors values"))?,
        None => 0,
    };
    let total = items.len();
    let data: Vec<_> = items.into_iter().skip(start).take(limit).collect();
    let end = start + data.len();
    let mut body = json!({ "data": data });
    if !data.is_empty() {
        let mut paging = json!({"cursors": {"before": cursor(start), "after": cursor(end)}});
        if end < total {
            let next = params.next_link(&format!("{base}/meta/v26.0/{path}"), &cursor(end));
            put(&mut paging, "next", next);
        }
        put(&mut body, "paging", paging);
    }
    Call::answer(body)
}

fn cursor(place: usize) -> String {
    hex::encode(format!("place:{place}"))
}

fn place(cursor: &str) -> Option<usize> {
    String::from_utf8(hex::decode(cursor).ok()?).ok()?.strip_prefix("place:")?.parse().ok()
}

fn describe(state: &State, account: &Account) -> Value {
    let callbacks = delivery::configuration(state, account);
    let can_send = if account.status.refusal().is_some() { "BLOCKED" } else { "AVAILABLE" };
    json!({
        "id": account.phone_number_id,
        "display_phone_number": account.display_phone_number,
        "verified_name": account.name,
        "quality_rating": account.quality,
        "code_verification_status": "VERIFIED",
        "name_status": "APPROVED",
        "new_name_status": "NONE",
        "status": account.status,
        "platform_type": "CLOUD_API",
        "host_platform": null,
        "throughput": {"level": "STANDARD"},
        "whatsapp_business_manager_messaging_limit": "TIER_2K",
        "account_mode": "LIVE",
        "is_official_business_account": false,
        "is_pin_enabled": true,
        "last_onboarded_time": null,
        "certificate": null,
        "is_on_biz_app": false,
        "webhook_configuration": if callbacks.is_empty() { Value::Null } else { callbacks.into() },
        "health_status": health("PHONE_NUMBER", &account.phone_number_id, can_send),
    })
}

fn health(kind: &str, id: &str, can_send: &str) -> Value {
    json!({"can_send_message": can_send,
        "entities": [{"entity_type": kind, "id": id, "can_send_message": can_send}]})
}
