//! Messages of users (§3.3): sender, time and room. Their content is read in [`super::content`].

use warta_core::identity::Identity;
use warta_core::message::Context;
use warta_core::time::Timestamp;
use warta_core::webhook::Message;

use super::content;
use super::wire::Object;

/// Reads a message. `fallback` is the time of a message that has none.
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

/// The sender: a phone number, or the id of a user who hides theirs. If the room does not name it, WhatsApp's own message may.
fn sender(object: Object<'_>) -> Option<Identity> {
    let raw = object.raw();
    let raw_text = |at: &str| raw.and_then(|raw| raw.text(at));
    let ids = [object.text("/room/account_uniq_id"), raw_text("/from_user_id"), raw_text("/from")];
    let (mut bsuid, mut phone) = (None, None);
    for id in ids.into_iter().flatten() {
        bsuid = bsuid.or_else(|| id.parse().ok());
        phone = phone.or_else(|| id.parse().ok());
    }
    Identity::new(bsuid, phone)
}

/// The context of a message. The format of a quoted message is \[inferred\]; the rest is WhatsApp's own.
fn context(object: Object<'_>) -> Context {
    let raw = object.raw();
    let raw_object =
        |at: &str| raw.and_then(|raw| raw.0.pointer(at)).filter(|value| value.is_object()).cloned();
    let is = |at: &str| raw.and_then(|raw| raw.0.pointer(at)?.as_bool()).unwrap_or_default();
    Context {
        reply_to: object.owned("/reply/id"),
        forwarded: is("/context/forwarded"),
        frequently_forwarded: is("/context/frequently_forwarded"),
        referred_product: raw_object("/context/referred_product"),
        referral: raw_object("/referral"),
        group_id: None,
    }
}
