//! Messages of users (§2): who wrote, when, in answer to what. What they say is read in [`super::content`].

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use warta_core::identity::Identity;
use warta_core::message::{Context, InboundContent};
use warta_core::time::Timestamp;
use warta_core::webhook::Message;

use super::content;
use super::wire::{Fault, Items, Loose};

/// A person as `contacts[]` names them (§2.1). Not read: `identity_key_hash`, `parent_user_id`.
#[derive(Deserialize)]
pub(super) struct Contact<'a> {
    #[serde(borrow)]
    profile: Option<Profile<'a>>,
    #[serde(borrow, default)]
    wa_id: Loose<'a>,
    #[serde(borrow, default)]
    user_id: Loose<'a>,
}

/// What the person shows of themselves.
#[derive(Deserialize)]
struct Profile<'a> {
    #[serde(borrow, default)]
    name: Loose<'a>,
    #[serde(borrow, default)]
    username: Loose<'a>,
}

/// What every message has (§2.2); the object named like `type` is read apart, except the commonest.
/// Not read: `from_parent_user_id`, known only for enrolled portfolios.
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
    #[serde(borrow)]
    context: Option<WireContext<'a>>,
    referral: Option<Value>,
    #[serde(borrow, default)]
    errors: Items<'a>,
    #[serde(borrow)]
    text: Option<content::Text<'a>>,
}

/// What a message refers to (§2.3). Not read: `from`, the writer of what is quoted.
#[derive(Deserialize)]
struct WireContext<'a> {
    #[serde(borrow, default)]
    id: Loose<'a>,
    #[serde(default)]
    forwarded: Option<bool>,
    #[serde(default)]
    frequently_forwarded: Option<bool>,
    referred_product: Option<Value>,
}

/// Reads one message; `fallback` is when it was sent if it does not say so itself.
pub(super) fn read(raw: &RawValue, contacts: &[Contact<'_>], fallback: Timestamp) -> Result<Message, String> {
    let wire: Wire<'_> = serde_json::from_str(raw.get()).map_err(|_| "it is not an object as expected")?;
    let provider_id = wire.id.owned().ok_or("it has no id")?;
    let kind = wire.kind.get().unwrap_or(if wire.text.is_some() { "text" } else { "unknown" });
    let content = match (kind, &wire.text) {
        ("text", Some(text)) => text.read()?,
        _ => content::read(kind, raw, wire.errors.read::<Fault<'_>>().first())?,
    };
    let (from, contact) = sender(&wire, contacts, &content).ok_or("it does not say who wrote it")?;
    let profile = contact.and_then(|contact| contact.profile.as_ref());
    let refers = wire.context.as_ref();
    Ok(Message {
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
            forwarded: refers.and_then(|refers| refers.forwarded).unwrap_or_default(),
            frequently_forwarded: refers.and_then(|refers| refers.frequently_forwarded).unwrap_or_default(),
            referred_product: refers.and_then(|refers| refers.referred_product.clone()),
            referral: wire.referral,
            group_id: wire.group_id.owned(),
        },
    })
}

/// Who wrote it. Either id may be missing, empty, or stand in the other's place (§2.6).
fn sender<'c>(
    wire: &Wire<'_>,
    contacts: &'c [Contact<'c>],
    content: &InboundContent,
) -> Option<(Identity, Option<&'c Contact<'c>>)> {
    let said = [wire.from_user_id.get(), wire.from.get()];
    let contact = match identity(said) {
        Some(own) => contacts.iter().find(|contact| contact.is(said, &own)),
        // Nobody is named: then it is the only one who can be meant.
        None => match contacts {
            [contact] => Some(contact),
            _ => None,
        },
    };
    let known = contact.map_or([None, None], Contact::ids);
    let [said_id, said_phone] = said;
    let [known_id, known_phone] = known;
    let named = identity([said_id, said_phone, known_id, known_phone]);
    // A notice of a changed id names its user only inside (§2.7); what they were called before finds their conversation.
    let noticed = || {
        let InboundContent::System(change) = content else { return None };
        identity([change.previous_bsuid.as_deref()])
            .or_else(|| identity([change.bsuid.as_deref(), change.phone.as_deref()]))
    };
    Some((named.or_else(noticed)?, contact))
}

/// Who these ids name: the first business-scoped id and the first phone number among them.
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

    /// Whether this is the person of these ids, which make up `identity`.
    fn is(&self, said: [Option<&str>; 2], own: &Identity) -> bool {
        let same = self.ids().iter().flatten().any(|id| said.contains(&Some(*id)));
        // Brazil's, Mexico's and Argentina's numbers come in two forms.
        same || identity(self.ids()).is_some_and(|other| {
            let keys = own.keys();
            other.keys().iter().any(|key| keys.contains(key))
        })
    }
}
