//! Messages of users (§3.3): who wrote, when, in which room. What they say is read in [`super::content`].

use warta_core::identity::Identity;
use warta_core::message::Context;
use warta_core::time::Timestamp;
use warta_core::webhook::Message;

use super::content;
use super::wire::Object;

/// Reads a message; `fallback` is when it was sent if it does not say so itself.
pub(super) fn read(object: Object<'_>, fallback: Timestamp) -> Result<Message, &'static str> {
    Ok(Message {
        provider_id: object.owned("/id").ok_or("it has no id")?,
        from: sender(object).ok_or("it does not say who wrote it")?,
        name: object.first(&["/sender/name", "/room/name"]).map(str::to_owned),
        username: None,
        sent_at: object.text("/created_at").and_then(|at| at.parse().ok()).unwrap_or(fallback),
        content: content::read(object),
        context: context(object),
        room: object.first(&["/room_id", "/room/id"]).map(str::to_owned),
    })
}

/// Who wrote it: by phone, or by the id that WhatsApp gives those who hide theirs. Where the room does not say, WhatsApp's own
/// message may.
fn sender(object: Object<'_>) -> Option<Identity> {
    let raw = object.raw();
    let said = |at: &str| raw.and_then(|raw| raw.text(at));
    let ids = [object.text("/room/account_uniq_id"), said("/from_user_id"), said("/from")];
    let (mut bsuid, mut phone) = (None, None);
    for id in ids.into_iter().flatten() {
        bsuid = bsuid.or_else(|| id.parse().ok());
        phone = phone.or_else(|| id.parse().ok());
    }
    Identity::new(bsuid, phone)
}

/// What it refers to. The shape of a quoted message is \[inferred\]; the rest is WhatsApp's own.
fn context(object: Object<'_>) -> Context {
    let raw = object.raw();
    let told = |at: &str| raw.and_then(|raw| raw.0.pointer(at)).filter(|value| value.is_object()).cloned();
    let is = |at: &str| raw.and_then(|raw| raw.0.pointer(at)?.as_bool()).unwrap_or_default();
    Context {
        reply_to: object.owned("/reply/id"),
        forwarded: is("/context/forwarded"),
        frequently_forwarded: is("/context/frequently_forwarded"),
        referred_product: told("/context/referred_product"),
        referral: told("/referral"),
        group_id: None,
    }
}
