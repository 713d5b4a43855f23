//! Chats: what the state knows of messages, and how events change them.

use super::{
    message::{Head as _, Message, Outbound as _, Status},
    state::{Chat, Rules, State},
};
use crate::chat::{ChatChange, ChatItem, Ticks, rank};

impl<R: Rules> State<R> {
    /// The chat of a user with an account, oldest message first.
    pub(crate) fn chat(&self, account: &str, user: &str) -> Vec<ChatItem> {
        self.messages_of(account, user).map(Message::item).collect()
    }

    /// The messages of a chat, oldest first.
    pub(crate) fn messages_of(
        &self,
        account: &str,
        user: &str,
    ) -> impl DoubleEndedIterator<Item = &Message<R::Head, R::Outbound>> {
        let chat = self.chats.get(&(account.to_owned(), user.to_owned()));
        chat.into_iter().flat_map(|chat| &chat.items).filter_map(|id| self.messages.get(id))
    }

    /// Users who have a chat with this account, the most recent first.
    pub(crate) fn users_of(&self, account: &str) -> Vec<String> {
        let last = |chat: &Chat| chat.items.last().and_then(|id| self.messages.get(id)).map(|m| m.at_ms);
        let chats = self.chats.iter().filter(|((owner, _), _)| owner == account);
        let mut users: Vec<_> = chats.map(|((_, user), chat)| (last(chat), user.clone())).collect();
        users.sort_by(|one, other| other.cmp(one));
        users.into_iter().map(|(_, user)| user).collect()
    }

    /// When the user last wrote to the account.
    pub(crate) fn last_inbound_ms(&self, account: &str, user: &str) -> Option<i64> {
        self.chats.get(&(account.to_owned(), user.to_owned()))?.last_inbound_ms
    }

    /// Statuses not yet reported, over all messages.
    pub(crate) fn statuses_planned(&self) -> usize {
        self.messages
            .values()
            .filter_map(|message| message.outbound.as_ref())
            .map(|o| o.planned().len())
            .sum()
    }

    /// Adds a message, or replaces the one with its id.
    pub(crate) fn add_message(&mut self, message: Message<R::Head, R::Outbound>) -> ChatChange {
        let (id, change) = (message.head.id().to_owned(), message.chat());
        for (status, due_ms) in message.outbound.iter().flat_map(R::Outbound::planned) {
            self.due_statuses.insert((due_ms, id.clone(), status));
        }
        let chat = self.chats.entry((change.account.clone(), change.user.clone())).or_default();
        // The control interface may send the same id twice; the phone shows the message once.
        if !self.messages.contains_key(&id) {
            chat.items.push(id.clone());
        }
        if message.from_user {
            chat.last_inbound_ms = chat.last_inbound_ms.max(Some(message.at_ms));
        }
        self.messages.insert(id, message);
        change
    }

    /// A send reached a status.
    pub(crate) fn reach_status(&mut self, id: &str, status: Status) -> Option<ChatChange> {
        let message = self.messages.get_mut(id)?;
        if let Some(outbound) = &mut message.outbound {
            for (_, due_ms) in outbound.planned().into_iter().filter(|(planned, _)| *planned == status) {
                self.due_statuses.remove(&(due_ms, id.to_owned(), status));
            }
            outbound.remove(status);
        }
        if rank(status.ticks()) > rank(message.ticks) {
            message.ticks = status.ticks();
        }
        Some(message.chat())
    }

    /// The business accepted the webhook about a user's message.
    pub(super) fn user_message_delivered(&mut self, id: &str) -> Option<ChatChange> {
        let message = self.messages.get_mut(id).filter(|m| m.from_user && m.ticks == Ticks::Sent)?;
        message.ticks = Ticks::Delivered;
        Some(message.chat())
    }
}
