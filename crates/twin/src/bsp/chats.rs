//! What a user does on the phone.

use serde_json::Value;

use super::{Bsp, Event, Message, Provider, Scenario, Webhook, Words};
use crate::{
    chat::{NotTaken, Person, Ticks},
    ids,
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
        let message = Message {
            id: match self.provider() {
                Provider::Coster => wamid.clone(),
                Provider::Qontak => ids::uuid(),
            },
            wamid,
            room: (self.provider() == Provider::Qontak).then(|| self.room_for(&account.id, &user.phone)),
            account: account.id.clone(),
            user: user.phone,
            name: user.name,
            from_user: true,
            content: Value::Object(content),
            at_ms: self.now_ms(),
            ticks: Ticks::Sent,
            failure: None,
            context_id,
            outbound: None,
        };
        let knobs = self.panel().take();
        let copies = if knobs.scenario == Scenario::Duplicate { 2 } else { 1 };
        let posts = {
            let state = self.state();
            let words =
                Words { state: &state, knobs: &knobs, base_url: self.base_url(), now_ms: message.at_ms };
            self.provider().received(&words, &account, &message)
        };
        let id = message.id.clone();
        let owe = |post| Webhook::of(post, ids::secret(8), copies, message.at_ms, Some(message.id.clone()));
        let webhooks = posts.into_iter().map(owe).collect();
        self.commit(Event::Received { message: Box::new(message), webhooks }).await?;
        Ok(id)
    }

    /// The user's open room; a new one where there is none.
    fn room_for(&self, account: &str, user: &str) -> String {
        let state = self.state();
        let chat = state.chats.get(&(account.to_owned(), user.to_owned()));
        chat.and_then(|chat| chat.room.clone()).unwrap_or_else(ids::uuid)
    }
}
