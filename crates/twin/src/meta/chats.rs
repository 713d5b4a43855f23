//! What a user does on the phone.

use serde_json::Value;

use super::{
    model::{Event, Meta},
    webhooks::Inbound,
};
use crate::chat::{NotTaken, Person};

impl Meta {
    /// True while the business shows that it is typing: until its next message, 25 s at most.
    pub(crate) fn typing(&self, phone_number_id: &str, user: &str) -> bool {
        self.limits().typing(phone_number_id, user, self.now_ms())
    }

    /// The user sends a message: Meta's message object, with `"context":{"id":…}` where it
    /// answers one. Media objects carry the id of [`Meta::store_media`]. Durable before it returns; gives the
    /// message id.
    pub(crate) async fn user_sends(
        &self,
        phone_number_id: &str,
        user: Person,
        content: Value,
    ) -> Result<String, NotTaken> {
        let inbound =
            Inbound::of(user, content).ok_or(NotTaken::Malformed("a message is an object with a type"))?;
        let ids = self.receive(phone_number_id, vec![inbound], false).await?;
        ids.into_iter().next().ok_or(NotTaken::Malformed("there was no message"))
    }

    /// The user looks at the chat: messages of the business become `read`. To be called whenever the chat
    /// is shown: when the page opens, comes back to the front, and shows a new message.
    pub(crate) async fn opened(&self, phone_number_id: &str, user: &str) {
        if !self.state().has_unread(phone_number_id, user) {
            return;
        }
        let event = Event::Opened {
            at_ms: self.now_ms(),
            phone_number_id: phone_number_id.to_owned(),
            user: user.to_owned(),
        };
        if let Err(error) = self.commit(event).await {
            tracing::error!(%error, "the twin could not write its journal");
        }
    }
}
