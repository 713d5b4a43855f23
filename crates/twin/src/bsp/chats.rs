//! What a user does on the phone.

use serde_json::{Value, json};

use super::model::{Bsp, Event, Head, Message, Platform, Scenario, State, Webhook, WordingContext};
use crate::{
    chat::{NotTaken, Person, Ticks},
    ids,
    json::put,
};

impl Bsp {
    /// The user sends a message: Meta's object, `{"type":"text","text":{…}}`, with `"context":{"id":…}` where it
    /// answers one. Durable before it returns; gives the message id.
    pub(crate) async fn user_sends(
        &self,
        account: &str,
        user: Person,
        content: Value,
    ) -> Result<String, NotTaken> {
        let account = self.account(account).ok_or(NotTaken::NoSuchAccount)?;
        let Value::Object(mut content) = content else {
            return Err(NotTaken::Malformed("a message is an object with a type"));
        };
        if !content.get("type").is_some_and(Value::is_string) {
            return Err(NotTaken::Malformed("a message is an object with a type"));
        }
        let context_id =
            content.remove("context").and_then(|context| context.get("id")?.as_str().map(str::to_owned));
        let wamid = ids::wamid(&user.phone, ids::Direction::Inbound);
        let (id, room) = match self.platform() {
            Platform::Coster => (wamid.clone(), None),
            Platform::Qontak => (ids::uuid(), Some(self.room_for(&account.id, &user.phone))),
        };
        let message = Message {
            head: Head { id, wamid, account: account.id.clone(), name: user.name, room },
            user: user.phone,
            from_user: true,
            content: Value::Object(content),
            at_ms: self.now_ms(),
            ticks: Ticks::Sent,
            failure: None,
            context_id,
            outbound: None,
        };
        let faults = self.faults.take();
        let copies = if faults.scenario == Scenario::Duplicate { 2 } else { 1 };
        let (id, at_ms) = (message.head.id.clone(), message.at_ms);
        let new = {
            let state = self.state();
            let (base_url, faults) = (self.base_url(), &faults);
            let wording = WordingContext { state: &state, faults, base_url, now_ms: at_ms };
            (self.memory.received)(&wording, &account, &message)
        };
        let owed = |new| Webhook::of(new, ids::secret(8), copies, at_ms, Some(id.clone()));
        let webhooks = new.into_iter().map(owed).collect();
        self.commit(Event::Received { message: Box::new(message), webhooks }).await?;
        Ok(id)
    }

    /// The user's open room; a new one where there is none.
    fn room_for(&self, account: &str, user: &str) -> String {
        self.state().room(account, user).cloned().unwrap_or_else(ids::uuid)
    }
}

/// The message as Meta writes it.
pub(crate) fn as_meta(state: &State, message: &Message) -> Value {
    let mut item = message.content.clone();
    put(&mut item, "from", message.user.as_str());
    put(&mut item, "id", message.head.wamid.as_str());
    put(&mut item, "timestamp", (message.at_ms / 1000).to_string());
    if let Some(quoted) = message.context_id.as_ref().and_then(|id| state.messages.get(id)) {
        put(&mut item, "context", json!({"id": quoted.head.wamid}));
    }
    item
}
