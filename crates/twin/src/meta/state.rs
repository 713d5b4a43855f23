//! The twin's state: the sum of the journal's events. Only the journal applies them, after they are on disk,
//! at start and in operation alike.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    accounts::{Account, TokenState},
    event::{Attempt, Event, Message, Planned, Status, User, Webhook},
    media::Media,
    subscriptions::{AppSubscription, Callback},
    templates::Template,
};
use crate::{
    chat::{ChatChange, ChatItem, Failure, Ticks, rank},
    journal::Sum,
};

/// Everything the twin knows.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// By phone number id.
    pub(crate) accounts: BTreeMap<String, Account>,
    /// By key.
    pub(crate) users: HashMap<String, User>,
    /// Keys of users by BSUID.
    pub(crate) bsuids: HashMap<String, String>,
    /// By message id.
    pub(crate) messages: HashMap<String, Message>,
    /// By phone number id and user key.
    pub(crate) chats: HashMap<(String, String), Chat>,
    /// Webhooks nobody answered with 200 yet, by id.
    pub(crate) owed: HashMap<String, Owed>,
    /// Webhooks to try, by time. What is being tried is not in here.
    pub(crate) due: BTreeSet<(i64, String)>,
    /// Statuses to send, by time. What is being sent is not in here.
    pub(crate) pending: BTreeSet<(i64, String, Status)>,
    /// By app id.
    pub(crate) apps: HashMap<String, AppSubscription>,
    /// WABAs that send webhooks to their app, perhaps to an address of their own; by WABA id.
    pub(crate) wabas: HashMap<String, Option<Callback>>,
    /// By phone number id.
    pub(crate) number_callbacks: HashMap<String, Callback>,
    /// By media id.
    pub(crate) media: HashMap<String, Media>,
    /// Templates that are not as every account has them, by their id.
    pub(crate) templates: BTreeMap<String, Template>,
    pub(crate) clock_offset_ms: i64,
}

/// Messages of one user with one number.
#[derive(Debug, Default)]
pub(crate) struct Chat {
    /// Message ids in order.
    pub(crate) items: Vec<String>,
    /// When the user wrote last.
    pub(crate) last_inbound_ms: Option<i64>,
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
                self.accounts.insert(account.phone_number_id.clone(), *account);
            }
            Event::Token { phone_number_id, state, scopes, expires_at_ms } => {
                self.change_token(&phone_number_id, state, scopes.as_ref(), expires_at_ms);
            }
            Event::Number { phone_number_id, status } => {
                if let Some(account) = self.accounts.get_mut(&phone_number_id) {
                    account.status = status;
                }
            }
            Event::Quality { phone_number_id, quality } => {
                if let Some(account) = self.accounts.get_mut(&phone_number_id) {
                    account.quality = quality;
                }
            }
            Event::AppSecret { app_id, app_secret } => {
                for account in self.accounts.values_mut().filter(|account| account.app_id == app_id) {
                    account.app_secret.clone_from(&app_secret);
                }
            }
            Event::User(user) => self.know(user),
            Event::AppSubscribed { app_id, subscription } => {
                self.apps.insert(app_id, subscription);
            }
            Event::AppUnsubscribed { app_id } => {
                self.apps.remove(&app_id);
            }
            Event::WabaSubscribed { waba_id, callback } => {
                self.wabas.insert(waba_id, callback);
            }
            Event::WabaUnsubscribed { waba_id } => {
                self.wabas.remove(&waba_id);
            }
            Event::NumberCallback { phone_number_id, callback: Some(callback) } => {
                self.number_callbacks.insert(phone_number_id, callback);
            }
            Event::NumberCallback { phone_number_id, callback: None } => {
                self.number_callbacks.remove(&phone_number_id);
            }
            Event::Media(media) => {
                self.media.insert(media.id.clone(), media);
            }
            Event::MediaDeleted { id } => {
                self.media.remove(&id);
            }
            Event::Template(template) => {
                self.templates.insert(template.id.clone(), *template);
            }
            Event::Received { messages, users, webhooks, .. } => {
                for user in users {
                    self.know(user);
                }
                for webhook in webhooks {
                    self.owe(webhook);
                }
                return messages.into_iter().map(|message| self.keep(message)).collect();
            }
            Event::Accepted { message, user, .. } => {
                self.know(user);
                return vec![self.keep(*message)];
            }
            Event::Kept(message) => return vec![self.keep(*message)],
            Event::Refused { .. } => {}
            Event::Status { wamid, status, webhook, .. } => {
                if let Some(webhook) = webhook {
                    self.owe(webhook);
                }
                return self.reached(&wamid, status).into_iter().collect();
            }
            Event::Owed(webhook) => self.owe(webhook),
            Event::Attempt(attempt) => return self.tried(attempt),
            Event::BusinessRead { wamid, .. } => return self.business_read(&wamid).into_iter().collect(),
            Event::Opened { at_ms, phone_number_id, user } => self.opened(at_ms, &phone_number_id, &user),
            Event::Clock { offset_ms } => self.clock_offset_ms = offset_ms,
        }
        Vec::new()
    }

    fn events(&self) -> Vec<Event> {
        self.snapshot()
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

    /// The user a phone number (digits) or BSUID belongs to. Brazilian, Mexican and Argentine numbers are
    /// found in either of their forms.
    pub(crate) fn user(&self, phone_or_bsuid: &str) -> Option<&User> {
        self.users
            .get(phone_or_bsuid)
            .or_else(|| self.users.get(self.bsuids.get(phone_or_bsuid)?))
            .or_else(|| self.users.get(&super::users::other_form(phone_or_bsuid)?))
    }

    /// See [`super::Meta::chat`].
    pub(crate) fn chat(&self, phone_number_id: &str, user: &str) -> Vec<ChatItem> {
        self.in_chat(phone_number_id, user).map(item).collect()
    }

    /// See [`super::Meta::users`].
    pub(crate) fn users_of(&self, phone_number_id: &str) -> Vec<String> {
        let last =
            |chat: &Chat| chat.items.last().and_then(|id| self.messages.get(id)).map_or(0, |m| m.at_ms);
        let mut users: Vec<_> = self
            .chats
            .iter()
            .filter(|((number, _), _)| number == phone_number_id)
            .map(|((_, user), chat)| (last(chat), user.clone()))
            .collect();
        users.sort_by(|one, other| other.cmp(one));
        users.into_iter().map(|(_, user)| user).collect()
    }

    /// Whether a message waits for the user to open the chat.
    pub(crate) fn has_unread(&self, phone_number_id: &str, user: &str) -> bool {
        self.in_chat(phone_number_id, user)
            .any(|message| message.outbound.as_ref().is_some_and(|outbound| outbound.read_from_ms.is_some()))
    }

    /// Webhooks and statuses that concern this message and are still to come.
    pub(crate) fn owes_about(&self, wamid: &str) -> bool {
        self.messages.get(wamid).and_then(|m| m.outbound.as_ref()).is_some_and(|o| !o.plan.is_empty())
            || self.owed.values().any(|owed| owed.webhook.about.iter().any(|about| about == wamid))
    }

    fn in_chat(&self, phone_number_id: &str, user: &str) -> impl Iterator<Item = &Message> {
        self.chats
            .get(&(phone_number_id.to_owned(), user.to_owned()))
            .into_iter()
            .flat_map(|chat| &chat.items)
            .filter_map(|id| self.messages.get(id))
    }

    fn owe(&mut self, webhook: Webhook) {
        let due_ms = webhook.at_ms;
        self.due.insert((due_ms, webhook.id.clone()));
        self.owed.insert(webhook.id.clone(), Owed { webhook, attempts: 0, due_ms });
    }

    fn keep(&mut self, message: Message) -> ChatChange {
        let change = changed(&message);
        for planned in message.outbound.iter().flat_map(|outbound| &outbound.plan) {
            self.pending.insert((planned.due_ms, message.wamid.clone(), planned.status));
        }
        if let Some(media) = super::media::id_in(&message.content).and_then(|id| self.media.get_mut(id)) {
            media.phone_number_id.get_or_insert_with(|| message.phone_number_id.clone());
        }
        let chat = self.chats.entry((change.account.clone(), change.user.clone())).or_default();
        // A message may come twice by hand, with the same id; the phone shows it once.
        if !self.messages.contains_key(&message.wamid) {
            chat.items.push(message.wamid.clone());
        }
        if message.from_user {
            chat.last_inbound_ms = chat.last_inbound_ms.max(Some(message.at_ms));
        }
        self.messages.insert(message.wamid.clone(), message);
        change
    }

    fn reached(&mut self, wamid: &str, status: Status) -> Option<ChatChange> {
        let message = self.messages.get_mut(wamid)?;
        if let Some(outbound) = &mut message.outbound {
            for planned in outbound.plan.iter().filter(|planned| planned.status == status) {
                self.pending.remove(&(planned.due_ms, wamid.to_owned(), status));
            }
            outbound.plan.retain(|planned| planned.status != status);
        }
        let ticks = match status {
            Status::Sent => Ticks::Sent,
            Status::Delivered => Ticks::Delivered,
            Status::Read => Ticks::Read,
            Status::Failed => Ticks::Failed,
        };
        if ticks == Ticks::Failed || rank(ticks) > rank(message.ticks) {
            message.ticks = ticks;
        }
        Some(changed(message))
    }

    fn tried(&mut self, attempt: Attempt) -> Vec<ChatChange> {
        let Some(owed) = self.owed.get_mut(&attempt.webhook) else { return Vec::new() };
        owed.attempts = attempt.number;
        // When the journal is read back, the former time is still in the list.
        self.due.remove(&(owed.due_ms, attempt.webhook.clone()));
        if let Some(next_ms) = attempt.next_ms {
            owed.due_ms = next_ms;
            self.due.insert((next_ms, attempt.webhook));
            return Vec::new();
        }
        let about = self.owed.remove(&attempt.webhook).map(|owed| owed.webhook.about).unwrap_or_default();
        if attempt.http_status != Some(200) {
            return Vec::new();
        }
        about
            .iter()
            .filter_map(|wamid| {
                let message =
                    self.messages.get_mut(wamid).filter(|m| m.from_user && m.ticks == Ticks::Sent)?;
                message.ticks = Ticks::Delivered;
                Some(changed(message))
            })
            .collect()
    }

    fn business_read(&mut self, wamid: &str) -> Option<ChatChange> {
        let change = changed(self.messages.get(wamid)?);
        let chat = self.chats.get(&(change.account.clone(), change.user.clone()))?;
        // Upwards from the message: what lies before a read one was read with it.
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
            self.pending.insert((due_ms, id.clone(), Status::Read));
        }
    }
}

fn changed(message: &Message) -> ChatChange {
    ChatChange { account: message.phone_number_id.clone(), user: message.user.clone() }
}

fn item(message: &Message) -> ChatItem {
    ChatItem {
        id: message.wamid.clone(),
        from_user: message.from_user,
        content: message.content.clone(),
        at_ms: message.at_ms,
        ticks: message.ticks,
        error: message.failure.clone().filter(|_| message.ticks == Ticks::Failed),
        context_id: message.context_id.clone(),
    }
}

impl Failure {
    /// The failure with this code, titled as Meta does.
    pub(crate) fn of(code: u32) -> Self {
        Self { code, title: super::error::title(code).to_owned() }
    }
}
