//! The content of a webhook, before it is assigned to a channel. Every protocol's parser returns it.

use warta_core::webhook::Item;

/// The content of a webhook.
#[derive(Debug, Default, PartialEq)]
pub struct Webhook {
    /// The readable items, in the order of the body.
    pub items: Vec<Routed>,
    /// The unreadable items.
    pub faults: Vec<Fault>,
    /// The number of statuses left out because they say nothing about delivery (`deleted`, `warning`).
    pub ignored: usize,
}

/// An item and the channel that it belongs to.
#[derive(Debug, PartialEq)]
pub struct Routed {
    /// The channel.
    pub route: Route,
    /// The item.
    pub item: Item,
}

/// How an item names its channel: one webhook URL may serve several numbers and accounts (DESIGN §4.8).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Route {
    /// By the id of its number: Meta's `phone_number_id`, Qontak's channel integration.
    Number(String),
    /// By the id of its account: Meta's WhatsApp Business Account, Coster's account.
    Account(String),
    /// Not at all: it belongs to the channel whose URL was called.
    Called,
}

/// An unreadable item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A JSON pointer to it, such as `/entry/0/changes/2/value/messages/7`.
    pub pointer: String,
    /// The reason. It holds no part of the body.
    pub reason: String,
}

/// An unreadable body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub(crate) String);
