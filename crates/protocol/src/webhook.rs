//! What a webhook says, before anybody knows which channel it concerns: the one shape that every protocol's parser fills.

use warta_core::webhook::Item;

/// What a webhook says.
#[derive(Debug, Default, PartialEq)]
pub struct Webhook {
    /// What could be read, in the order it stood there.
    pub items: Vec<Routed>,
    /// What could not.
    pub faults: Vec<Fault>,
    /// How many statuses were left out because they say nothing about delivery (`deleted`, `warning`).
    pub ignored: usize,
}

/// An item and whom it concerns.
#[derive(Debug, PartialEq)]
pub struct Routed {
    /// Whom.
    pub route: Route,
    /// What.
    pub item: Item,
}

/// Whom an item concerns: one callback address may serve several numbers and accounts (DESIGN §4.8).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Route {
    /// The number with this id: Meta's `phone_number_id`, Qontak's channel integration.
    Number(String),
    /// The account with this id: Meta's WhatsApp Business Account, Coster's account.
    Account(String),
    /// The channel whose address was called: the body names nobody.
    Called,
}

/// An item that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A JSON pointer to it, such as `/entry/0/changes/2/value/messages/7`.
    pub pointer: String,
    /// Why. It holds no part of the body.
    pub reason: String,
}

/// A body of which nothing can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub(crate) String);
