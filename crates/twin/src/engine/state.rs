//! The state of a twin, the sum of its journal's events, and the types a provider brings into it. Only the journal
//! applies events, after they are on disk, at start and in operation alike.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Serialize, de::DeserializeOwned};

use super::message::{Attempt, Head, Message, Outbound, Status, Undelivered, Webhook};
use crate::chat::ChatChange;

/// The types and rules of one provider.
pub(crate) trait Rules: Sized + Send + Sync + 'static {
    /// One line of the journal.
    type Event: Serialize + DeserializeOwned + Send + 'static;
    type Account: Account;
    type Head: Head;
    type Outbound: Outbound;
    type Webhook: Webhook;
    /// Description of a stored file.
    type Media: Send;
    type Template: Send;
    /// Durable state that only this provider has.
    type Own: Default + Send;
    /// Faults that the control interface can order.
    type Faults: Clone + Default + Serialize + DeserializeOwned + Send + 'static;
    /// What the running twin holds in memory besides; a restart forgets it.
    type Memory: Send + Sync + 'static;

    /// Adds one event to the state; gives the chats it changed.
    fn apply(state: &mut State<Self>, event: Self::Event) -> Vec<ChatChange>;

    /// Events that add up to the state, without what is finished.
    fn events(state: &State<Self>) -> Vec<Self::Event>;

    /// The event of an attempt to deliver a webhook.
    fn attempt(attempt: Attempt) -> Self::Event;

    /// The event that moves the clock.
    fn clock(offset_ms: i64) -> Self::Event;

    /// Whether an answer with this HTTP status means that the webhook is delivered.
    fn is_delivered(http_status: u16) -> bool;
}

/// A test account.
pub(crate) trait Account: Clone + Send + 'static {
    /// Digits without `+`.
    fn phone(&self) -> &str;
    /// When it was issued.
    fn at_ms(&self) -> i64;
}

/// Everything one twin knows.
pub(crate) struct State<R: Rules> {
    /// By account id (Meta: phone number id).
    pub(crate) accounts: BTreeMap<String, R::Account>,
    /// By message id.
    pub(crate) messages: HashMap<String, Message<R::Head, R::Outbound>>,
    /// By account id and user.
    pub(crate) chats: HashMap<(String, String), Chat>,
    /// Webhooks not yet delivered, by id.
    pub(crate) undelivered: HashMap<String, Undelivered<R::Webhook>>,
    /// Webhooks to send, by time; without those being sent now.
    pub(crate) due_webhooks: BTreeSet<(i64, String)>,
    /// Statuses to report, by time; without those being reported now.
    pub(crate) due_statuses: BTreeSet<(i64, String, Status)>,
    /// By media id.
    pub(crate) media: HashMap<String, R::Media>,
    /// Templates beyond those every account starts with, by id.
    pub(crate) templates: BTreeMap<String, R::Template>,
    pub(crate) clock_offset_ms: i64,
    pub(crate) own: R::Own,
}

/// Messages of one user with one account.
#[derive(Debug, Default)]
pub(crate) struct Chat {
    /// Message ids in order.
    pub(crate) items: Vec<String>,
    /// When the user wrote last.
    pub(crate) last_inbound_ms: Option<i64>,
}

impl<R: Rules> Default for State<R> {
    fn default() -> Self {
        Self {
            accounts: BTreeMap::new(),
            messages: HashMap::new(),
            chats: HashMap::new(),
            undelivered: HashMap::new(),
            due_webhooks: BTreeSet::new(),
            due_statuses: BTreeSet::new(),
            media: HashMap::new(),
            templates: BTreeMap::new(),
            clock_offset_ms: 0,
            own: R::Own::default(),
        }
    }
}
