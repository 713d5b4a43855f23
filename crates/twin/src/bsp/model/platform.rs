//! The two providers that share this twin, and how each words its webhooks.

use std::{io, path::Path};

use tokio_util::sync::CancellationToken;

use super::{
    account::Account,
    faults::FaultSettings,
    message::{Message, NewWebhook},
};
use crate::engine::{self, ProviderTwin, Status};

/// The types and rules that the twins of Coster and Qontak share.
pub(crate) struct BspRules;

/// The twin of Coster or of Qontak.
pub(crate) type Bsp = ProviderTwin<BspRules>;

/// Everything such a twin knows.
pub(crate) type State = engine::State<BspRules>;

/// The provider a twin stands in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Platform {
    Coster,
    Qontak,
}

/// The provider of a twin, and how it words its webhooks.
pub(crate) struct Identity {
    pub(crate) platform: Platform,
    /// The webhooks about a message of a user.
    pub(crate) received: fn(&WordingContext<'_>, &Account, &Message) -> Vec<NewWebhook>,
    /// The webhooks about a status of a send.
    pub(crate) reached: fn(&WordingContext<'_>, &Account, &Message, Status) -> Vec<NewWebhook>,
}

/// What a webhook is worded from, besides its message.
pub(crate) struct WordingContext<'w> {
    pub(crate) state: &'w State,
    pub(crate) faults: &'w FaultSettings,
    /// The base URL of the twins, without a final slash.
    pub(crate) base_url: &'w str,
    pub(crate) now_ms: i64,
}

impl Platform {
    /// First part of the paths, and name of the journal.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Coster => "coster",
            Self::Qontak => "qontak",
        }
    }

    /// The name for people.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Coster => "Coster",
            Self::Qontak => "Qontak",
        }
    }
}

impl Bsp {
    /// Opens the twin's files in this folder, creating them if missing. It closes with `closing`.
    pub(crate) fn open_in(dir: &Path, identity: Identity, closing: CancellationToken) -> io::Result<Self> {
        let (word, name) = (identity.platform.word(), identity.platform.name());
        let (journal, files) = (dir.join(format!("{word}.jsonl")), dir.join(format!("{word}-media")));
        Self::open(journal, files, name, identity, closing)
    }

    /// The provider it stands in for.
    pub(crate) fn platform(&self) -> Platform {
        self.memory.platform
    }
}
