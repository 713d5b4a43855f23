//! The state of the Meta twin: what only Meta has, and how each event changes it.

use std::{collections::HashMap, io, path::Path};

use tokio_util::sync::CancellationToken;

use super::{
    account::{Account, TokenState},
    event::{AppSubscription, Callback, Event},
    faults::FaultSettings,
    limits::Limits,
    media::Media,
    message::{Head, Message, Outbound, Planned, User, Webhook},
    template::Template,
};
use crate::{
    chat::{ChatChange, Ticks, media_id},
    engine::{self, Attempt, ProviderTwin, Status},
};

/// The types and rules of Meta's twin.
pub(crate) struct MetaRules;

/// The Meta twin.
pub(crate) type Meta = ProviderTwin<MetaRules>;

/// Everything the Meta twin knows.
pub(crate) type State = engine::State<MetaRules>;

/// Durable state that only Meta has.
#[derive(Debug, Default)]
pub(crate) struct Own {
    /// By key.
    pub(crate) users: HashMap<String, User>,
    /// Keys of users by BSUID.
    pub(crate) bsuids: HashMap<String, String>,
    /// By app id.
    pub(crate) apps: HashMap<String, AppSubscription>,
    /// WABAs that send webhooks to their app, perhaps to a callback of their own; by WABA id.
    pub(crate) wabas: HashMap<String, Option<Callback>>,
    /// By phone number id.
    pub(crate) number_callbacks: HashMap<String, Callback>,
}

impl engine::Rules for MetaRules {
    type Event = Event;
    type Account = Account;
    type Head = Head;
    type Outbound = Outbound;
    type Webhook = Webhook;
    type Media = Media;
    type Template = Template;
    type Own = Own;
    type Faults = FaultSettings;
    type Memory = Limits;

    fn apply(state: &mut State, event: Event) -> Vec<ChatChange> {
        match event {
            Event::Account(account) => drop(state.accounts.insert(account.phone_number_id.clone(), *account)),
            Event::Token { phone_number_id, state: token, scopes, expires_at_ms } => {
                state.change_token(&phone_number_id, token, scopes.as_ref(), expires_at_ms);
            }
            Event::Number { phone_number_id, status } => {
                if let Some(account) = state.accounts.get_mut(&phone_number_id) {
                    account.status = status;
                }
            }
            Event::Quality { phone_number_id, quality } => {
                if let Some(account) = state.accounts.get_mut(&phone_number_id) {
                    account.quality = quality;
                }
            }
            Event::AppSecret { app_id, app_secret } => {
                for account in state.accounts.values_mut().filter(|account| account.app_id == app_id) {
                    account.app_secret.clone_from(&app_secret);
                }
            }
            Event::User(user) => state.know(user),
            Event::AppSubscribed { app_id, subscription } => {
                state.own.apps.insert(app_id, subscription);
            }
            Event::AppUnsubscribed { app_id } => drop(state.own.apps.remove(&app_id)),
            Event::WabaSubscribed { waba_id, callback } => drop(state.own.wabas.insert(waba_id, callback)),
            Event::WabaUnsubscribed { waba_id } => drop(state.own.wabas.remove(&waba_id)),
            Event::NumberCallback { phone_number_id, callback: Some(callback) } => {
                state.own.number_callbacks.insert(phone_number_id, callback);
            }
            Event::NumberCallback { phone_number_id, callback: None } => {
                state.own.number_callbacks.remove(&phone_number_id);
            }
            Event::Media(media) => drop(state.media.insert(media.id.clone(), media)),
            Event::MediaDeleted { id } => drop(state.media.remove(&id)),
            Event::Template(template) => drop(state.templates.insert(template.id.clone(), *template)),
            Event::Received { messages, users, webhooks, .. } => {
                for user in users {
                    state.know(user);
                }
                for webhook in webhooks {
                    state.add_webhook(webhook);
                }
                return messages.into_iter().map(|message| state.keep_message(message)).collect();
            }
            Event::Accepted { message, user, .. } => {
                state.know(user);
                return vec![state.keep_message(*message)];
            }
            Event::Kept(message) => return vec![state.keep_message(*message)],
            Event::Refused { .. } => {}
            Event::Status { wamid, status, webhook, .. } => {
                if let Some(webhook) = webhook {
                    state.add_webhook(webhook);
                }
                return state.reach_status(&wamid, status).into_iter().collect();
            }
            Event::Owed(webhook) => state.add_webhook(webhook),
            Event::Attempt(attempt) => return state.record_attempt(attempt),
            Event::BusinessRead { wamid, .. } => return state.business_read(&wamid).into_iter().collect(),
            Event::Opened { at_ms, phone_number_id, user } => state.opened(at_ms, &phone_number_id, &user),
            Event::Clock { offset_ms } => state.clock_offset_ms = offset_ms,
        }
        Vec::new()
    }

    fn events(state: &State) -> Vec<Event> {
        state.snapshot()
    }

    fn attempt(attempt: Attempt) -> Event {
        Event::Attempt(attempt)
    }

    fn clock(offset_ms: i64) -> Event {
        Event::Clock { offset_ms }
    }

    fn is_delivered(http_status: u16) -> bool {
        http_status == 200
    }
}

impl Meta {
    /// Opens the twin's files in this folder, creating them if missing.
    pub(crate) fn open_in(dir: &Path, closing: CancellationToken) -> io::Result<Self> {
        let (journal, files) = (dir.join("meta.jsonl"), dir.join("media"));
        Self::open(journal, files, "facebookexternalua", Limits::default(), closing)
    }

    /// Rates and typing indicators.
    pub(crate) fn limits(&self) -> &Limits {
        &self.memory
    }
}

impl State {
    /// All accounts of a token change with it.
    fn change_token(
        &mut self,
        phone_number_id: &str,
        state: TokenState,
        scopes: Option<&Vec<String>>,
        expires_at_ms: Option<i64>,
    ) {
        let Some(token) = self.accounts.get(phone_number_id).map(|account| account.access_token.clone())
        else {
            return;
        };
        for account in self.accounts.values_mut().filter(|account| account.access_token == token) {
            account.token = state;
            account.expires_at_ms = expires_at_ms.unwrap_or(account.expires_at_ms);
            if let Some(scopes) = scopes {
                account.scopes.clone_from(scopes);
            }
        }
    }

    /// True if a message becomes read when the user opens the chat.
    pub(crate) fn has_unread(&self, phone_number_id: &str, user: &str) -> bool {
        self.messages_of(phone_number_id, user)
            .any(|message| message.outbound.as_ref().is_some_and(|outbound| outbound.read_from_ms.is_some()))
    }

    /// True if a status or webhook about this message is still to come.
    pub(crate) fn has_unreported(&self, wamid: &str) -> bool {
        self.messages.get(wamid).and_then(|m| m.outbound.as_ref()).is_some_and(|o| !o.plan.is_empty())
            || self.undelivered.values().any(|owed| owed.webhook.about.iter().any(|about| about == wamid))
    }

    /// Adds a message. A file without an owner becomes the property of the number it was sent to.
    fn keep_message(&mut self, message: Message) -> ChatChange {
        if let Some(media) = media_id(&message.content).and_then(|id| self.media.get_mut(id)) {
            media.phone_number_id.get_or_insert_with(|| message.head.phone_number_id.clone());
        }
        self.add_message(message)
    }

    fn business_read(&mut self, wamid: &str) -> Option<ChatChange> {
        let change = self.messages.get(wamid)?.chat();
        let chat = self.chats.get(&(change.account.clone(), change.user.clone()))?;
        // From the message upwards, until one that is read already.
        for id in chat.items.iter().rev().skip_while(|id| *id != wamid) {
            let Some(message) = self.messages.get_mut(id).filter(|message| message.from_user) else {
                continue;
            };
            if message.ticks == Ticks::Read {
                break;
            }
            message.ticks = Ticks::Read;
        }
        Some(change)
    }

    fn opened(&mut self, at_ms: i64, phone_number_id: &str, user: &str) {
        let Some(chat) = self.chats.get(&(phone_number_id.to_owned(), user.to_owned())) else { return };
        for id in &chat.items {
            let Some(outbound) = self.messages.get_mut(id).and_then(|m| m.outbound.as_mut()) else {
                continue;
            };
            let Some(from_ms) = outbound.read_from_ms.take() else { continue };
            let due_ms = from_ms.max(at_ms);
            outbound.plan.push(Planned { status: Status::Read, due_ms, stamp_ms: due_ms });
            self.due_statuses.insert((due_ms, id.clone(), Status::Read));
        }
    }
}
