//! The two providers, and where their words are kept.

use super::{Account, Message, State, Status, knobs::Knobs};
use crate::{coster, qontak};

/// Whose twin it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provider {
    Coster,
    Qontak,
}

/// A call to the business, as yet without an id of its own.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) url: String,
    /// The exact bytes.
    pub(crate) body: String,
    /// `X-Request-Id`, where the provider sends one.
    pub(crate) request_id: Option<String>,
}

/// What words a webhook is made of.
pub(crate) struct Words<'w> {
    pub(crate) state: &'w State,
    pub(crate) knobs: &'w Knobs,
    /// Where the twin is reached, without a final slash.
    pub(crate) base_url: &'w str,
    pub(crate) now_ms: i64,
}

impl Provider {
    /// First part of the paths, and the name of the file.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Coster => "coster",
            Self::Qontak => "qontak",
        }
    }

    /// As people write it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Coster => "Coster",
            Self::Qontak => "Qontak",
        }
    }

    /// Who tells the business of what a user wrote.
    pub(super) fn received(self, words: &Words<'_>, account: &Account, message: &Message) -> Vec<Post> {
        match self {
            Self::Coster => coster::webhook::received(words, account, message),
            Self::Qontak => qontak::webhook::received(words, account, message),
        }
    }

    /// Who tells it of a status of what it sent.
    pub(super) fn reached(
        self,
        words: &Words<'_>,
        account: &Account,
        message: &Message,
        status: Status,
    ) -> Vec<Post> {
        match self {
            Self::Coster => coster::webhook::reached(words, account, message, status),
            Self::Qontak => qontak::webhook::reached(words, account, message, status),
        }
    }
}
