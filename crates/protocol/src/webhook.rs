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

impl Webhook {
    /// The items in the order in which they happened: messages by the provider's time, then by their place in the body; a webhook may
    /// hold a later message before an earlier one. Whatever else there is comes first, in its place.
    #[must_use]
    pub fn in_order(mut self) -> Vec<Routed> {
        let written_at = |routed: &Routed| match &routed.item {
            Item::Message(message) => Some(message.sent_at),
            Item::Status(_) | Item::Event(_) => None,
        };
        self.items.sort_by_key(written_at);
        self.items
    }
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
