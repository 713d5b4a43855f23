//! What only the twins of Coster and Qontak know, and how each event changes it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    account::Account,
    event::Event,
    faults::FaultSettings,
    message::{Head, Media, Message, Outbound, Webhook},
    organization::{Organization, Template},
    platform::{BspRules, Identity, State},
};
use crate::{
    chat::{ChatChange, Ticks, media_id},
    engine::{Attempt, Rules},
};

/// Durable state beyond what all twins have.
#[derive(Debug, Default)]
pub(crate) struct Own {
    /// Qontak's organizations, by id.
    pub(crate) organizations: BTreeMap<String, Organization>,
    /// Tokens that are no longer valid.
    pub(crate) revoked: HashSet<String>,
    /// Qontak's open rooms, by account and user; none once it is resolved.
    pub(crate) rooms: HashMap<(String, String), String>,
}

impl Rules for BspRules {
    type Event = Event;
    type Account = Account;
    type Head = Head;
    type Outbound = Outbound;
    type Webhook = Webhook;
    type Media = Media;
    type Template = Template;
    type Own = Own;
    type Faults = FaultSettings;
    type Memory = Identity;

    fn apply(state: &mut State, event: Event) -> Vec<ChatChange> {
        match event {
            Event::Account(account) => drop(state.accounts.insert(account.id.clone(), *account)),
            Event::Organization(organization) => {
                state.own.organizations.insert(organization.id.clone(), *organization);
            }
            Event::Token { token, good: true } => {
                state.own.revoked.remove(&token);
            }
            Event::Token { token, good: false } => {
                state.own.revoked.insert(token);
            }
            Event::Template(template) => drop(state.templates.insert(template.id.clone(), *template)),
            Event::Media(media) => drop(state.media.insert(media.id.clone(), media)),
            Event::Received { message, webhooks } => {
                for webhook in webhooks {
                    state.add_webhook(webhook);
                }
                return vec![state.keep_message(*message)];
            }
            Event::Accepted(message) => return vec![state.keep_message(*message)],
            Event::Refused { .. } => {}
            Event::Status { id, status, webhooks, .. } => {
                for webhook in webhooks {
                    state.add_webhook(webhook);
                }
                return state.reach_status(&id, status).into_iter().collect();
            }
            Event::Owed(webhook) => state.add_webhook(webhook),
            Event::Attempt(attempt) => return state.record_attempt(attempt),
            Event::BusinessRead { account, user } => return vec![state.business_read(account, user)],
            Event::Resolved { account, user } => {
                state.chats.entry((account.clone(), user.clone())).or_default();
                state.own.rooms.remove(&(account, user));
            }
            Event::Aged { account, user, by_ms } => {
                let last = &mut state.chats.entry((account, user)).or_default().last_inbound_ms;
                *last = last.map(|last_ms| last_ms - by_ms);
            }
            Event::Clock { offset_ms } => state.clock_offset_ms = offset_ms,
        }
        Vec::new()
    }

    fn events(state: &State) -> Vec<Event> {
        let mut events = vec![Event::Clock { offset_ms: state.clock_offset_ms }];
        events
            .extend(state.own.organizations.values().cloned().map(|one| Event::Organization(Box::new(one))));
        events.extend(state.accounts.values().cloned().map(|one| Event::Account(Box::new(one))));
        events
            .extend(state.own.revoked.iter().map(|token| Event::Token { token: token.clone(), good: false }));
        events.extend(state.templates.values().cloned().map(|one| Event::Template(Box::new(one))));
        events.extend(state.media.values().cloned().map(Event::Media));
        for key @ (account, user) in state.chats.keys() {
            events.extend(state.messages_of(account, user).cloned().map(|message| {
                let webhooks = Vec::new();
                if message.from_user {
                    Event::Received { message: Box::new(message), webhooks }
                } else {
                    Event::Accepted(Box::new(message))
                }
            }));
            if !state.own.rooms.contains_key(key) {
                events.push(Event::Resolved { account: account.clone(), user: user.clone() });
            }
        }
        events.extend(state.undelivered.values().map(|owed| Event::Owed(owed.webhook.clone())));
        events
    }

    fn attempt(attempt: Attempt) -> Event {
        Event::Attempt(attempt)
    }

    fn clock(offset_ms: i64) -> Event {
        Event::Clock { offset_ms }
    }

    fn is_delivered(http_status: u16) -> bool {
        (200..300).contains(&http_status)
    }
}

impl State {
    /// True if a message of the account contains this file.
    pub(crate) fn shows_file(&self, account: &str, id: &str) -> bool {
        let mut messages = self.messages.values().filter(|message| message.head.account == account);
        messages.any(|message| media_id(&message.content) == Some(id))
    }

    /// The room of a chat.
    pub(crate) fn room(&self, account: &str, user: &str) -> Option<&String> {
        self.own.rooms.get(&(account.to_owned(), user.to_owned()))
    }

    /// Adds a message. A message of the user opens its room.
    fn keep_message(&mut self, message: Message) -> ChatChange {
        if let Some(room) = message.head.room.as_ref().filter(|_| message.from_user) {
            self.own.rooms.insert((message.head.account.clone(), message.user.clone()), room.clone());
        }
        self.add_message(message)
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_compacted_journal_adds_up_to_the_same_state() {
        let inbound = json!({"id": "m1", "wamid": "wamid.1", "account": "a", "user": "628", "name": "Budi",
            "from_user": true, "content": {"type": "text"}, "at_ms": 5, "ticks": "sent", "room": "r1"});
        let outbound = json!({"id": "m2", "wamid": "wamid.2", "account": "a", "user": "628", "name": "",
            "from_user": false, "content": {"type": "text"}, "at_ms": 6, "ticks": "none", "room": "r1",
            "outbound": {"key": "k", "said": {}, "category": "service", "plan": [["sent", 7], ["read", 8]]}});
        let webhook = |id: &str| json!({"id": id, "url": "http://127.0.0.1/", "body": "{}", "copies": 1, "at_ms": 5, "about": "m1"});
        let lines = [
            json!({"event": "clock", "offset_ms": 9}),
            json!({"event": "token", "token": "t", "good": false}),
            json!({"event": "received", "message": inbound, "webhooks": [webhook("w1"), webhook("w2")]}),
            json!({"event": "accepted", "id": "m2", "wamid": "wamid.2", "account": "a", "user": "628", "name": "",
                "from_user": false, "content": outbound["content"], "at_ms": 6, "ticks": "none", "room": "r1",
                "outbound": outbound["outbound"]}),
            json!({"event": "status", "at_ms": 7, "id": "m2", "status": "sent", "webhooks": []}),
            json!({"event": "attempt", "at_ms": 7, "webhook": "w1", "number": 1, "url": "http://127.0.0.1/",
                "http_status": 204}),
        ];
        let mut state = State::default();
        for line in lines {
            BspRules::apply(&mut state, serde_json::from_value(line).unwrap());
        }

        let mut again = State::default();
        for event in BspRules::events(&state) {
            BspRules::apply(
                &mut again,
                serde_json::from_str(&serde_json::to_string(&event).unwrap()).unwrap(),
            );
        }

        assert_eq!(state.messages["m1"].ticks, Ticks::Delivered);
        assert_eq!(again.messages["m1"].ticks, Ticks::Delivered);
        assert_eq!(again.messages["m2"].ticks, Ticks::Sent);
        assert_eq!(again.clock_offset_ms, 9);
        assert_eq!(again.own.revoked, state.own.revoked);
        assert_eq!(again.own.rooms, state.own.rooms);
        assert_eq!(again.room("a", "628").map(String::as_str), Some("r1"));
        assert_eq!(again.undelivered.keys().collect::<Vec<_>>(), ["w2"]);
        assert_eq!(again.due_statuses, state.due_statuses);
        assert_eq!(again.due_statuses.len(), 1);
    }
}
