//! The twin's state: the sum of the journal's events.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Account, Event, Media, Message, Status, Webhook, event::Attempt};
use crate::{
    chat::{ChatChange, ChatItem, Ticks, rank},
    journal::Sum,
    qontak::{Organization, Template},
};

/// Everything the twin knows.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// By id.
    pub(crate) accounts: BTreeMap<String, Account>,
    /// By id.
    pub(crate) organizations: BTreeMap<String, Organization>,
    /// Tokens that are no longer good.
    pub(crate) revoked: HashSet<String>,
    /// Templates beyond those that every organization has, by id.
    pub(crate) templates: BTreeMap<String, Template>,
    /// By id.
    pub(crate) media: HashMap<String, Media>,
    /// By id.
    pub(crate) messages: HashMap<String, Message>,
    /// By account and user.
    pub(crate) chats: HashMap<(String, String), Chat>,
    /// Webhooks nobody answered yet, by id.
    pub(crate) owed: HashMap<String, Owed>,
    /// Webhooks to try, by time. What is being tried is not in here.
    pub(crate) due: BTreeSet<(i64, String)>,
    /// Statuses to tell, by time. What is being told is not in here.
    pub(crate) pending: BTreeSet<(i64, String, Status)>,
    pub(crate) clock_offset_ms: i64,
}

/// Messages of one user with one account.
#[derive(Debug, Default)]
pub(crate) struct Chat {
    /// Message ids in order.
    pub(crate) items: Vec<String>,
    /// When the user wrote last.
    pub(crate) last_inbound_ms: Option<i64>,
    /// Qontak's room; none once it is resolved.
    pub(crate) room: Option<String>,
}

/// A webhook that is owed.
#[derive(Debug)]
pub(crate) struct Owed {
    pub(crate) webhook: Webhook,
    /// Tries so far.
    pub(crate) attempts: u32,
    /// When it is tried next.
    pub(crate) due_ms: i64,
}

impl Sum for State {
    type Event = Event;

    fn apply(&mut self, event: Event) -> Vec<ChatChange> {
        match event {
            Event::Account(account) => {
                self.accounts.insert(account.id.clone(), *account);
            }
            Event::Organization(organization) => {
                self.organizations.insert(organization.id.clone(), *organization);
            }
            Event::Token { token, good: true } => {
                self.revoked.remove(&token);
            }
            Event::Token { token, good: false } => {
                self.revoked.insert(token);
            }
            Event::Template(template) => {
                self.templates.insert(template.id.clone(), *template);
            }
            Event::Media(media) => {
                self.media.insert(media.id.clone(), media);
            }
            Event::Received { message, webhooks } => {
                for webhook in webhooks {
                    self.owe(webhook);
                }
                return vec![self.keep(*message)];
            }
            Event::Accepted(message) => return vec![self.keep(*message)],
            Event::Refused { .. } => {}
            Event::Status { id, status, webhooks, .. } => {
                for webhook in webhooks {
                    self.owe(webhook);
                }
                return self.reached(&id, status).into_iter().collect();
            }
            Event::Owed(webhook) => self.owe(webhook),
            Event::Attempt(attempt) => return self.tried(attempt).into_iter().collect(),
            Event::BusinessRead { account, user } => return vec![self.business_read(account, user)],
            Event::Resolved { account, user } => {
                self.chats.entry((account, user)).or_default().room = None;
            }
            Event::Aged { account, user, by_ms } => {
                let last = &mut self.chats.entry((account, user)).or_default().last_inbound_ms;
                *last = last.map(|last_ms| last_ms - by_ms);
            }
            Event::Clock { offset_ms } => self.clock_offset_ms = offset_ms,
        }
        Vec::new()
    }

    fn events(&self) -> Vec<Event> {
        let mut events = vec![Event::Clock { offset_ms: self.clock_offset_ms }];
        events.extend(self.organizations.values().cloned().map(|one| Event::Organization(Box::new(one))));
        events.extend(self.accounts.values().cloned().map(|one| Event::Account(Box::new(one))));
        events.extend(self.revoked.iter().map(|token| Event::Token { token: token.clone(), good: false }));
        events.extend(self.templates.values().cloned().map(|one| Event::Template(Box::new(one))));
        events.extend(self.media.values().cloned().map(Event::Media));
        for ((account, user), chat) in &self.chats {
            let messages = chat.items.iter().filter_map(|id| self.messages.get(id)).cloned();
            events.extend(messages.map(|message| {
                let webhooks = Vec::new();
                if message.from_user {
                    Event::Received { message: Box::new(message), webhooks }
                } else {
                    Event::Accepted(Box::new(message))
                }
            }));
            if chat.room.is_none() {
                events.push(Event::Resolved { account: account.clone(), user: user.clone() });
            }
        }
        events.extend(self.owed.values().map(|owed| Event::Owed(owed.webhook.clone())));
        events
    }
}

impl State {
    /// The chat of a user with an account, oldest first.
    pub(crate) fn chat(&self, account: &str, user: &str) -> Vec<ChatItem> {
        let chat = self.chats.get(&(account.to_owned(), user.to_owned()));
        let messages = chat.into_iter().flat_map(|chat| &chat.items).filter_map(|id| self.messages.get(id));
        messages
            .map(|message| ChatItem {
                id: message.id.clone(),
                from_user: message.from_user,
                content: message.content.clone(),
                at_ms: message.at_ms,
                ticks: message.ticks,
                error: message.failure.clone().filter(|_| message.ticks == Ticks::Failed),
                context_id: message.context_id.clone(),
            })
            .collect()
    }

    /// Users who have a chat with this account, the most recent first.
    pub(crate) fn users_of(&self, account: &str) -> Vec<String> {
        let last = |chat: &Chat| chat.items.last().and_then(|id| self.messages.get(id)).map(|m| m.at_ms);
        let chats = self.chats.iter().filter(|((owner, _), _)| owner == account);
        let mut users: Vec<_> = chats.map(|((_, user), chat)| (last(chat), user.clone())).collect();
        users.sort_by(|one, other| other.cmp(one));
        users.into_iter().map(|(_, user)| user).collect()
    }

    /// Whether a file is shown in one of the account's chats.
    pub(crate) fn shows_file(&self, account: &str, id: &str) -> bool {
        let mut messages = self.messages.values().filter(|message| message.account == account);
        messages.any(|message| crate::meta::id_in(&message.content) == Some(id))
    }

    /// When the user last wrote to the account.
    pub(crate) fn last_inbound_ms(&self, account: &str, user: &str) -> Option<i64> {
        self.chats.get(&(account.to_owned(), user.to_owned()))?.last_inbound_ms
    }

    fn owe(&mut self, webhook: Webhook) {
        let due_ms = webhook.at_ms;
        self.due.insert((due_ms, webhook.id.clone()));
        self.owed.insert(webhook.id.clone(), Owed { webhook, attempts: 0, due_ms });
    }

    fn keep(&mut self, message: Message) -> ChatChange {
        let change = changed(&message);
        for (status, due_ms) in message.outbound.iter().flat_map(|outbound| &outbound.plan) {
            self.pending.insert((*due_ms, message.id.clone(), *status));
        }
        let chat = self.chats.entry((change.account.clone(), change.user.clone())).or_default();
        if !self.messages.contains_key(&message.id) {
            chat.items.push(message.id.clone());
        }
        if message.from_user {
            chat.last_inbound_ms = chat.last_inbound_ms.max(Some(message.at_ms));
            chat.room.clone_from(&message.room);
        }
        self.messages.insert(message.id.clone(), message);
        change
    }

    fn reached(&mut self, id: &str, status: Status) -> Option<ChatChange> {
        let message = self.messages.get_mut(id)?;
        if let Some(outbound) = &mut message.outbound {
            for (_, due_ms) in outbound.plan.iter().filter(|(planned, _)| *planned == status) {
                self.pending.remove(&(*due_ms, id.to_owned(), status));
            }
            outbound.plan.retain(|(planned, _)| *planned != status);
        }
        let ticks = status.ticks();
        if rank(ticks) > rank(message.ticks) {
            message.ticks = ticks;
        }
        Some(changed(message))
    }

    fn tried(&mut self, attempt: Attempt) -> Option<ChatChange> {
        let owed = self.owed.get_mut(&attempt.webhook)?;
        owed.attempts = attempt.number;
        // When the journal is read back, the former time is still in the list.
        self.due.remove(&(owed.due_ms, attempt.webhook.clone()));
        if let Some(next_ms) = attempt.next_ms {
            owed.due_ms = next_ms;
            self.due.insert((next_ms, attempt.webhook));
            return None;
        }
        let about = self.owed.remove(&attempt.webhook)?.webhook.about?;
        attempt.http_status.filter(|status| (200..300).contains(status))?;
        let message = self.messages.get_mut(&about).filter(|m| m.from_user && m.ticks == Ticks::Sent)?;
        message.ticks = Ticks::Delivered;
        Some(changed(message))
    }

    fn business_read(&mut self, account: String, user: String) -> ChatChange {
        let chat = self.chats.get(&(account.clone(), user.clone()));
        for id in chat.into_iter().flat_map(|chat| &chat.items) {
            if let Some(message) = self.messages.get_mut(id).filter(|message| message.from_user) {
                message.ticks = Ticks::Read;
            }
        }
        ChatChange { account, user }
    }
}

fn changed(message: &Message) -> ChatChange {
    ChatChange { account: message.account.clone(), user: message.user.clone() }
}
