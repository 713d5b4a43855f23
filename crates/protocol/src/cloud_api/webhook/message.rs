//! Messages of users (§2): sender, time and context. Their content is read in [`super::content`].

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use warta_core::identity::Identity;
use warta_core::message::{Context, InboundContent, Unsupported};
use warta_core::time::Timestamp;
use warta_core::webhook::Message;

use super::content;
use super::wire::{Fault, Flag, Items, Loose, Part};

/// A person in `contacts[]` (§2.1). Not read: `identity_key_hash`, `parent_user_id`.
#[derive(Deserialize)]
pub(super) struct Contact<'a> {
    #[serde(borrow, default)]
    profile: Part<Profile<'a>>,
    #[serde(borrow, default)]
    wa_id: Loose<'a>,
    #[serde(borrow, default)]
    user_id: Loose<'a>,
}

/// The profile of a person.
#[derive(Deserialize)]
struct Profile<'a> {
    #[serde(borrow, default)]
    name: Loose<'a>,
    #[serde(borrow, default)]
    username: Loose<'a>,
}

/// The fields of every message (§2.2). The object named after its `type` is read separately, except a text. Not read:
/// `from_parent_user_id`, known only for enrolled portfolios.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, default)]
    id: Loose<'a>,
    #[serde(borrow, default)]
    from: Loose<'a>,
    #[serde(borrow, default)]
    from_user_id: Loose<'a>,
    #[serde(borrow, default)]
    timestamp: Loose<'a>,
    #[serde(borrow, default, rename = "type")]
    kind: Loose<'a>,
    #[serde(borrow, default)]
    group_id: Loose<'a>,
    #[serde(borrow, default)]
    context: Part<WireContext<'a>>,
    #[serde(borrow)]
    referral: Option<&'a RawValue>,
    #[serde(borrow, default)]
    errors: Items<'a>,
    #[serde(borrow, default)]
    text: Part<content::Text<'a>>,
}

/// The context of a message (§2.3). Not read: `from`, the sender of the quoted message.
#[derive(Deserialize)]
struct WireContext<'a> {
    #[serde(borrow, default)]
    id: Loose<'a>,
    #[serde(default)]
    forwarded: Flag,
    #[serde(default)]
    frequently_forwarded: Flag,
    #[serde(borrow)]
    referred_product: Option<&'a RawValue>,
}

/// A message, and whether all of it could be read.
pub(super) struct Read {
    pub(super) message: Message,
    /// True if its content could not be read as what its type says.
    pub(super) doubtful: bool,
}

/// Reads one message. `fallback` is the time of a message that has none, `fault` the reason that the value gives for a content
/// that is missing.
///
/// Only a message without an id or a sender is an error. Content that cannot be read is unsupported, so that the agent hears of it.
pub(super) fn read(
    raw: &RawValue,
    contacts: &[Contact<'_>],
    fallback: Timestamp,
    fault: Option<&Fault<'_>>,
) -> Result<Read, String> {
    let wire: Wire<'_> = serde_json::from_str(raw.get()).map_err(|_| "it is not an object as expected")?;
    let provider_id = wire.id.owned().ok_or("it has no id")?;
    let found = match (wire.kind.get(), wire.text.get()) {
        (Some("text") | None, Some(text)) => text.read(),
        (kind, _) => content::read(kind, raw, || {
            wire.errors.read::<Fault<'_>>().into_iter().next().or_else(|| fault.cloned())
        }),
    };
    let doubtful = found.is_err();
    let content = found.unwrap_or_else(|reason| {
        let raw_type = wire.kind.get().unwrap_or("unknown").to_owned();
        InboundContent::Unsupported(Unsupported { raw_type, code: None, detail: Some(reason) })
    });
    let (from, contact) = sender(&wire, contacts, &content).ok_or("it does not say who wrote it")?;
    let profile = contact.and_then(|contact| contact.profile.get());
    let refers = wire.context.get();
    let message = Message {
        provider_id,
        from,
        name: profile.and_then(|profile| profile.name.owned()),
        room: None,
        username: profile
            .and_then(|profile| profile.username.get())
            .map(|name| name.trim_start_matches('@').to_owned()),
        sent_at: wire.timestamp.instant().unwrap_or(fallback),
        content,
        context: Context {
            reply_to: refers.and_then(|refers| refers.id.owned()),
            forwarded: refers.is_some_and(|refers| refers.forwarded.0),
            frequently_forwarded: refers.is_some_and(|refers| refers.frequently_forwarded.0),
            referred_product: object(refers.and_then(|refers| refers.referred_product)),
            referral: object(wire.referral),
            group_id: wire.group_id.owned(),
        },
    };
    Ok(Read { message, doubtful })
}

/// An object that is passed on as it is. Anything else is absent.
fn object(raw: Option<&RawValue>) -> Option<Value> {
    serde_json::from_str(raw?.get()).ok().filter(Value::is_object)
}

/// The sender. Either id may be missing, empty, or stand in place of the other (§2.6).
fn sender<'c>(
    wire: &Wire<'_>,
    contacts: &'c [Contact<'c>],
    content: &InboundContent,
) -> Option<(Identity, Option<&'c Contact<'c>>)> {
    let sender_ids = [wire.from_user_id.get(), wire.from.get()];
    let contact = match identity(sender_ids) {
        Some(own) => contacts.iter().find(|contact| contact.is(sender_ids, &own)),
        // No sender is named: a single contact is the sender.
        None => match contacts {
            [contact] => Some(contact),
            _ => None,
        },
    };
    let known = contact.map_or([None, None], Contact::ids);
    let [sender_id, sender_phone] = sender_ids;
    let [contact_id, contact_phone] = known;
    let named = identity([sender_id, sender_phone, contact_id, contact_phone]);
    // A notice of a changed id names the user only inside (§2.7). The previous id finds their conversation.
    let noticed = || {
        let InboundContent::System(change) = content else { return None };
        identity([change.previous_bsuid.as_deref()])
            .or_else(|| identity([change.bsuid.as_deref(), change.phone.as_deref()]))
    };
    Some((named.or_else(noticed)?, contact))
}

/// The identity of these ids: the first business-scoped id and the first phone number among them.
fn identity<const N: usize>(ids: [Option<&str>; N]) -> Option<Identity> {
    let mut texts = ids.into_iter().flatten();
    let (mut bsuid, mut phone) = (None, None);
    for text in &mut texts {
        bsuid = bsuid.or_else(|| text.parse().ok());
        phone = phone.or_else(|| text.parse().ok());
    }
    Identity::new(bsuid, phone)
}

impl Contact<'_> {
    fn ids(&self) -> [Option<&str>; 2] {
        [self.user_id.get(), self.wa_id.get()]
    }

    /// True if this is the person with these ids, which make up `identity`.
    fn is(&self, sender_ids: [Option<&str>; 2], own: &Identity) -> bool {
        let same = self.ids().iter().flatten().any(|id| sender_ids.contains(&Some(*id)));
        // Numbers of Brazil, Mexico and Argentina have two forms.
        same || identity(self.ids()).is_some_and(|other| {
            let keys = own.keys();
            other.keys().iter().any(|key| keys.contains(key))
        })
    }
}
