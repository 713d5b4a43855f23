//! What providers last said about access tokens, for the page that is shown after a check.

use std::time::Duration;

use uuid::Uuid;
use warta_core::delivery::Failure;
use warta_core::time::Timestamp;
use warta_protocol::check::TokenFacts;

use super::Expiring;

/// How many tokens are remembered at most.
const MOST: usize = 1_000;

/// The result of checking a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// It works, for this.
    Worked(Box<TokenFacts>),
    /// The provider does not take it.
    Refused(Failure),
    /// The provider could not be asked, or could not answer: nothing is known.
    Unreached(Failure),
    /// The channel does not know yet whom to ask about what.
    Incomplete,
    /// The provider has no call by which a token could be tried: the first send will tell.
    Unasked,
}

/// The last result for each token, by its row, until the process ends.
#[derive(Debug)]
pub struct Tokens(Expiring<Uuid, Checked>);

impl Default for Tokens {
    fn default() -> Self {
        Self(Expiring::new(Duration::MAX, MOST))
    }
}

impl Tokens {
    /// What the provider last said about the token in this row.
    pub fn get(&self, row: Uuid, now: Timestamp) -> Option<Checked> {
        self.0.get(&row, now)
    }

    /// Remembers what the provider said about the token in this row.
    pub fn note(&self, row: Uuid, said: Checked, now: Timestamp) {
        self.0.put(row, said, now);
    }
}
