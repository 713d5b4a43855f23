//! Rooms: one per user, until it is resolved (§2.6, §2.10).

use axum::{
    extract::{Path, State},
    response::Response,
};
use serde_json::json;

use super::{
    answer::{Answer, Refusal, created, success},
    auth::Caller,
    objects, webhook,
};
use crate::{
    bsp::{Account, Bsp, Event, Webhook, WordingContext},
    ids,
};

/// A room of an organization.
pub(super) struct Room {
    pub(super) account: Account,
    pub(super) user: String,
    /// True if it is the user's present room.
    pub(super) open: bool,
}

/// The room with this id, if it belongs to the organization.
pub(super) fn find(bsp: &Bsp, organization_id: &str, room: &str) -> Option<Room> {
    let state = bsp.state();
    let mut messages = state.messages.values();
    let message = messages.find(|message| message.head.room.as_deref() == Some(room))?;
    let account = state.accounts.get(&message.head.account)?;
    let open = state.room(&account.id, &message.user).is_some_and(|open| open == room);
    let found = Room { account: account.clone(), user: message.user.clone(), open };
    (account.organization() == Some(organization_id)).then_some(found)
}

/// `GET /rooms/{id}`
pub(super) async fn one(State(bsp): State<Bsp>, Caller(owner): Caller, Path(id): Path<String>) -> Answer {
    let room = find(&bsp, &owner.id, &id).ok_or_else(Refusal::missing)?;
    Ok(success(&objects::room(&bsp.state(), &room.account, &room.user, &id, bsp.now_ms())))
}

/// `PUT /rooms/{id}/mark_all_as_read`
pub(super) async fn read(State(bsp): State<Bsp>, Caller(owner): Caller, Path(id): Path<String>) -> Answer {
    let room = find(&bsp, &owner.id, &id).ok_or_else(Refusal::missing)?;
    bsp.commit(Event::BusinessRead { account: room.account.id, user: room.user }).await?;
    Ok(success(&json!({"status": "success"})))
}

/// `PUT /rooms/{id}/resolve`
pub(super) async fn resolve(State(bsp): State<Bsp>, Caller(owner): Caller, Path(id): Path<String>) -> Answer {
    let Room { account, user, .. } = find(&bsp, &owner.id, &id).ok_or_else(Refusal::missing)?;
    let (faults, now_ms) = (bsp.faults.settings(), bsp.now_ms());
    bsp.commit(Event::Resolved { account: account.id.clone(), user: user.clone() }).await?;
    let posts = {
        let state = bsp.state();
        let context = WordingContext { state: &state, faults: &faults, base_url: bsp.base_url(), now_ms };
        webhook::resolved(&context, &account, &user, &id)
    };
    for post in posts {
        bsp.commit(Event::Owed(Webhook::of(post, ids::secret(8), 1, now_ms, None))).await?;
    }
    Ok(success(&json!("Room resolved")))
}

/// `POST /rooms/{id}/takeover` and `assign_round_robin`: answered without any effect, because there are no human agents.
pub(super) async fn takeover(
    State(bsp): State<Bsp>,
    Caller(owner): Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    find(&bsp, &owner.id, &id).ok_or_else(Refusal::missing)?;
    Ok(created(&json!({"id": ids::uuid(), "room_id": id, "contact_able_type": "Models::User",
        "type": "Models::AgentParticipant", "profile": {"name": "Agent", "avatar": null},
        "active_status": "active", "created_at": objects::time(bsp.now_ms())})))
}
