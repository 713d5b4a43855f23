//! Webhooks about users' messages, and the envelope of every webhook (facts §1.8, §2).

use std::io;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use super::model::{
    Account, Event, FaultSettings, Head, Media, Message, Meta, User, Webhook, encoding, media::URL_MS,
};
use crate::{
    chat::{NotTaken, Person, Ticks, media_id},
    json::put,
};

/// A message from a user, not yet stored.
#[derive(Clone, Debug)]
pub(crate) struct Inbound {
    pub(crate) user: User,
    /// The message object without its envelope keys (`from`, `id`, `timestamp`), unless the caller set them.
    pub(crate) content: Map<String, Value>,
}

impl Inbound {
    /// A message of a person with a phone; none when the content is no object with a `type`.
    pub(crate) fn of(person: Person, content: Value) -> Option<Self> {
        match content {
            Value::Object(content) if content.get("type").is_some_and(Value::is_string) => {
                Some(Self { user: User::of(person), content })
            }
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_) => None,
        }
    }
}

impl Meta {
    /// Receives messages of users for a number: stores them, with one webhook for all of them
    /// (`batch`) or one each. Gives their ids.
    pub(crate) async fn receive(
        &self,
        phone_number_id: &str,
        inbound: Vec<Inbound>,
        batch: bool,
    ) -> Result<Vec<String>, NotTaken> {
        let account = self.account(phone_number_id).ok_or(NotTaken::NoSuchAccount)?;
        let (at_ms, faults) = (self.now_ms(), self.faults.settings());
        let mut taken: Vec<(User, Message)> = Vec::with_capacity(inbound.len());
        for one in inbound {
            self.limits().received(phone_number_id, faults.throughput_mps, at_ms);
            taken.push(self.message_of(&account, one, at_ms));
        }
        let chunks = taken.chunks(if batch { taken.len().max(1) } else { 1 });
        let webhooks = chunks.map(|chunk| inbound_webhook(&account, chunk, &faults, at_ms)).collect();
        let ids = taken.iter().map(|(_, message)| message.head.wamid.clone()).collect();
        let (users, messages) = taken.into_iter().unzip();
        self.commit(Event::Received { at_ms, messages, users, webhooks }).await?;
        Ok(ids)
    }

    fn message_of(&self, account: &Account, inbound: Inbound, at_ms: i64) -> (User, Message) {
        let user = self.state().recognise(inbound.user);
        let mut content = inbound.content;
        let text = |content: &Map<String, Value>, key: &str| content.get(key)?.as_str().map(str::to_owned);
        let wamid = text(&content, "id")
            .unwrap_or_else(|| crate::ids::wamid(&user.key, crate::ids::Direction::Inbound));
        let written_ms =
            text(&content, "timestamp").and_then(|seconds| seconds.parse::<i64>().ok()).map(|s| s * 1000);
        for envelope in ["id", "timestamp"] {
            content.remove(envelope);
        }
        let context_id = content.get_mut("context").and_then(Value::as_object_mut).and_then(|context| {
            let id = context.get("id")?.as_str()?.to_owned();
            context.entry("from").or_insert_with(|| account.phone.clone().into());
            Some(id)
        });
        let media = media_id(&Value::Object(content.clone())).and_then(|id| self.media(id));
        if let (Some(media), Some(kind)) = (media, text(&content, "type")) {
            describe(&mut content, &kind, &media, self.base_url(), at_ms + URL_MS);
        }
        let message = Message {
            head: Head { wamid, phone_number_id: account.phone_number_id.clone() },
            user: user.key.clone(),
            from_user: true,
            content: Value::Object(content),
            at_ms: written_ms.unwrap_or(at_ms),
            ticks: Ticks::Sent,
            failure: None,
            context_id,
            outbound: None,
        };
        (user, message)
    }

    /// Adds a webhook with any value of any field.
    pub(crate) async fn add_change(
        &self,
        account: &Account,
        field: &str,
        value: &Value,
    ) -> io::Result<String> {
        let (at_ms, faults) = (self.now_ms(), self.faults.settings());
        let webhook = webhook(account, field, value, &faults, at_ms);
        let id = webhook.id.clone();
        self.commit(Event::Owed(webhook)).await?;
        Ok(id)
    }
}

/// A webhook with this change value in its envelope.
pub(crate) fn webhook(
    account: &Account,
    field: &str,
    value: &Value,
    faults: &FaultSettings,
    at_ms: i64,
) -> Webhook {
    let mut entry = json!({"id": account.waba_id, "changes": [{"value": value, "field": field}]});
    if field != "messages" {
        put(&mut entry, "time", at_ms / 1000);
    }
    let body = json!({"object": "whatsapp_business_account", "entry": [entry]});
    Webhook {
        id: format!("whk_{}", crate::ids::secret(10)),
        phone_number_id: account.phone_number_id.clone(),
        field: field.to_owned(),
        body: encoding::text(&body, faults),
        at_ms,
        about: Vec::new(),
    }
}

/// The head of a `messages` value.
pub(crate) fn value_of(account: &Account) -> Value {
    json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": account.phone, "phone_number_id": account.phone_number_id},
    })
}

fn inbound_webhook(
    account: &Account,
    taken: &[(User, Message)],
    faults: &FaultSettings,
    at_ms: i64,
) -> Webhook {
    let mut value = value_of(account);
    let mut contacts: Vec<Value> = Vec::new();
    for (user, message) in taken {
        let contact = contact(user);
        // A system message has no contacts block (§2.7).
        if message.kind() != "system" && !contacts.contains(&contact) {
            contacts.push(contact);
        }
    }
    if !contacts.is_empty() {
        put(&mut value, "contacts", contacts);
    }
    let messages: Vec<_> = taken.iter().map(|(user, message)| inbound_item(user, message)).collect();
    put(&mut value, "messages", messages);
    let about = taken.iter().map(|(_, message)| message.head.wamid.clone()).collect();
    Webhook { about, ..webhook(account, "messages", &value, faults, at_ms) }
}

fn contact(user: &User) -> Value {
    let mut contact = json!({"user_id": user.bsuid});
    if let Some(name) = &user.name {
        put(&mut contact, "profile", json!({"name": name}));
    }
    if let Some(phone) = &user.phone {
        put(&mut contact, "wa_id", phone.as_str());
    }
    contact
}

fn inbound_item(user: &User, message: &Message) -> Value {
    let mut item = json!({
        "from_user_id": user.bsuid,
        "id": message.head.wamid,
        "timestamp": (message.at_ms / 1000).to_string(),
    });
    if let Some(phone) = &user.phone {
        put(&mut item, "from", phone.as_str());
    }
    for (key, part) in message.content.as_object().into_iter().flatten() {
        put(&mut item, key, part.clone());
    }
    item
}

/// Adds the description of a stored file to a message object.
fn describe(content: &mut Map<String, Value>, kind: &str, media: &Media, base_url: &str, until_ms: i64) {
    let Some(object) = content.get_mut(kind).and_then(Value::as_object_mut) else { return };
    object.entry("mime_type").or_insert_with(|| media.mime_type.clone().into());
    // Webhooks have the hash in base64, look-ups in hex (§6).
    let sha256 = STANDARD.encode(hex::decode(&media.sha256).unwrap_or_default());
    object.entry("sha256").or_insert_with(|| sha256.into());
    object.entry("url").or_insert_with(|| media.url(base_url, until_ms).into());
}
