//! Taking webhooks in: the hot path. Whatever waits becomes one JSON document and one blob of bodies, and one set of
//! statements stores it.

mod nul;
mod pack;
pub(crate) mod postgres;
pub(crate) mod sqlite;
mod users;

pub(crate) use users::Users;

use bytes::Bytes;
use uuid::Uuid;
use warta_core::ids::{ChannelId, EnvelopeId, MessageId, OrganizationId};
use warta_core::time::Timestamp;
use warta_core::webhook::Item;

use crate::db::Due;

/// A webhook to store.
#[derive(Debug, Clone)]
pub struct Ingest {
    /// Whose it is.
    pub organization: OrganizationId,
    /// The channel whose address was called.
    pub channel: ChannelId,
    /// The id of the envelope.
    pub envelope: EnvelopeId,
    /// When it came in.
    pub received_at: Timestamp,
    /// The body as it came in.
    pub body: Bytes,
    /// What it says, by the channel that it concerns.
    pub parts: Vec<Part>,
}

/// What a webhook says about one channel.
#[derive(Debug, Clone)]
pub struct Part {
    /// The channel.
    pub channel: ChannelId,
    /// What it says, in order.
    pub items: Vec<NewItem>,
}

/// One thing a webhook says, with the id it gets when it is new. Ids grow in the order of the items.
#[derive(Debug, Clone)]
pub struct NewItem {
    /// The id.
    pub id: Uuid,
    /// What it says.
    pub item: Item,
}

/// What became of a webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IngestOutcome {
    /// The messages that were new.
    pub inserted: Vec<MessageId>,
    /// How many messages were known already.
    pub duplicates: u64,
    /// Whether a number has something to send that waited for a status.
    pub(crate) numbers_due: bool,
}

/// Which actors these webhooks made due.
pub(crate) fn due(outcomes: &[IngestOutcome]) -> Due {
    Due {
        conversations: outcomes.iter().any(|outcome| !outcome.inserted.is_empty()),
        numbers: outcomes.iter().any(|outcome| outcome.numbers_due),
    }
}

/// What the statements that store a batch gave back: ids of messages that were new (`m`), numbers made due (`n`).
pub(crate) struct Stored {
    pub(crate) inserted: std::collections::HashSet<Uuid>,
    pub(crate) numbers_due: bool,
}

impl Stored {
    pub(crate) fn new(rows: Vec<(Uuid, String)>) -> Self {
        let numbers_due = rows.iter().any(|(_, kind)| kind == "n");
        let inserted = rows.into_iter().filter(|(_, kind)| kind == "m").map(|(id, _)| id).collect();
        Self { inserted, numbers_due }
    }

    /// What became of each webhook.
    pub(crate) fn outcomes<'a>(&self, ingests: impl Iterator<Item = &'a Ingest>) -> Vec<IngestOutcome> {
        ingests
            .map(|ingest| {
                let mut outcome = IngestOutcome { numbers_due: self.numbers_due, ..IngestOutcome::default() };
                for new in ingest.parts.iter().flat_map(|part| &part.items) {
                    if !matches!(new.item, Item::Message(_)) {
                        continue;
                    }
                    if self.inserted.contains(&new.id) {
                        outcome.inserted.push(MessageId::message(new.id));
                    } else {
                        outcome.duplicates += 1;
                    }
                }
                outcome
            })
            .collect()
    }
}
