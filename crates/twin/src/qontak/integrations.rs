//! Channel integrations: the numbers of an organization (§2.5).

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    answer::{Answer, Listing, Refusal, page, success},
    auth::Caller,
    objects,
};
use crate::bsp::{Account, Bsp, Keys};

/// `GET /health`
pub(super) async fn health(Caller(_): Caller) -> Response {
    success(&json!("OK"))
}

/// `GET /integrations`
pub(super) async fn list(
    State(bsp): State<Bsp>,
    Caller(owner): Caller,
    Query(query): Query<Listing>,
) -> Response {
    let channel = query.target_channel.as_deref();
    let wanted = channel.is_none_or(|channel| channel == "wa_cloud");
    let all = bsp.accounts();
    let own = all.iter().filter(|account| account.organization() == Some(&owner.id) && wanted);
    let shown: Vec<_> = own.map(object).collect();
    page(&shown, &query)
}

/// `GET /integrations/{id}`
pub(super) async fn one(State(bsp): State<Bsp>, Caller(owner): Caller, Path(id): Path<String>) -> Answer {
    let account = bsp.account(&id).filter(|account| account.organization() == Some(&owner.id));
    Ok(success(&object(&account.ok_or_else(Refusal::missing)?)))
}

fn object(account: &Account) -> Value {
    let Keys::Qontak { organization_id, is_active } = &account.keys else { return Value::Null };
    json!({
        "id": account.id,
        "target_channel": "wa_cloud",
        "webhook": account.phone_number_id,
        "settings": {"phone_number_id": account.phone_number_id, "account_name": account.name,
            "phone_number": format!("+{}", account.phone), "pin": "<enc>", "auto_resolve_period": 24},
        "organization_id": organization_id,
        "created_at": objects::time(account.at_ms),
        "is_active": is_active,
    })
}
