//! Statuses of a send: planned when it is accepted, worded when they are due (facts §3, §12.5).

use serde_json::{Value, json};

use super::{
    model::{FaultSettings, Message, Outbound, Planned, ReadMode, State, Webhook},
    webhooks,
};
use crate::{chat::Failure, engine::Status, json::put};

/// The planned statuses of a send, and, if reading waits for a phone, the earliest time of it.
pub(crate) fn plan(
    faults: &FaultSettings,
    content: &Value,
    failed: bool,
    at_ms: i64,
) -> (Vec<Planned>, Option<i64>) {
    if faults.drop_statuses {
        return (Vec::new(), None);
    }
    let delays = &faults.status_delays_ms;
    let mut steps = vec![(if failed { Status::Failed } else { Status::Sent }, delays.sent)];
    // A reaction has `sent` only (§3.2).
    let further = !failed && content["type"] != "reaction";
    if further && !faults.skip_delivered {
        steps.push((Status::Delivered, delays.delivered));
    }
    if further && faults.read == ReadMode::Always {
        steps.push((Status::Read, delays.read));
    }
    let mut due: Vec<_> = steps
        .iter()
        .map(|(_, delay)| if faults.status_before_answer { 0 } else { i64::from(*delay) })
        .collect();
    if faults.reorder {
        crate::ids::shuffle(&mut due);
    }
    let planned = steps.into_iter().zip(due).map(|((status, delay), due)| Planned {
        status,
        due_ms: at_ms + due,
        stamp_ms: at_ms + i64::from(delay),
    });
    let waits = (further && faults.read == ReadMode::Open).then(|| at_ms + i64::from(delays.read));
    (planned.collect(), waits)
}

/// The webhook about a status.
pub(crate) fn webhook(
    state: &State,
    message: &Message,
    status: Status,
    faults: &FaultSettings,
    at_ms: i64,
) -> Option<Webhook> {
    let account = state.accounts.get(&message.head.phone_number_id)?;
    let outbound = message.outbound.as_ref()?;
    let stamp_ms = outbound.plan.iter().find(|planned| planned.status == status)?.stamp_ms;
    let user = state.own.users.get(&message.user)?;
    let by_bsuid = outbound.to == user.bsuid;
    let mut item = json!({
        "id": message.head.wamid,
        "status": status.word(),
        "timestamp": (stamp_ms / 1000).to_string(),
    });
    let mut value = webhooks::value_of(account);
    if let Some(phone) = &user.phone {
        put(&mut item, "recipient_id", phone.as_str());
    }
    if status == Status::Failed {
        if by_bsuid {
            put(&mut item, "recipient_user_id", user.bsuid.as_str());
        }
        put(&mut item, "errors", json!([failure(message.failure.as_ref())]));
    } else {
        put(&mut item, "recipient_user_id", user.bsuid.as_str());
        put(&mut item, "pricing", pricing(outbound));
        let mut contact = json!({"user_id": user.bsuid});
        if let Some(phone) = &user.phone {
            put(&mut contact, "wa_id", phone.as_str());
        }
        put(&mut value, "contacts", json!([contact]));
    }
    if let Some(data) = &outbound.biz_opaque_callback_data {
        put(&mut item, "biz_opaque_callback_data", data.as_str());
    }
    put(&mut value, "statuses", json!([item]));
    let about = vec![message.head.wamid.clone()];
    Some(Webhook { about, ..webhooks::webhook(account, "messages", &value, faults, at_ms) })
}

fn pricing(outbound: &Outbound) -> Value {
    let service = outbound.category == "service";
    json!({
        "billable": !service,
        "pricing_model": "PMP",
        "category": outbound.category,
        "type": if service { "free_customer_service" } else { "regular" },
    })
}

fn failure(failure: Option<&Failure>) -> Value {
    let code = failure.map_or(131_000, |failure| failure.code);
    let title = super::error::title(code);
    json!({
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": format!("{title} (made by the twin)")},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    })
}
