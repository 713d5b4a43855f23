//! Test accounts: reading them, the phone number of a new one, and the customer service window.

use super::{
    state::{Account as _, Rules},
    twin::ProviderTwin,
};
use crate::{chat, ids};

/// WhatsApp's customer service window.
pub(crate) const WINDOW_MS: i64 = 24 * 3_600_000;

/// Why an account could not be issued.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotIssued {
    #[error("the phone number must have 7 to 15 digits")]
    Phone,
    #[error("this phone number has an account already")]
    Taken,
    /// The account whose keys the new one was to share does not exist.
    #[error("{0}")]
    NoSuchAccount(&'static str),
    #[error("the journal could not be written")]
    Journal(#[from] std::io::Error),
}

impl<R: Rules> ProviderTwin<R> {
    /// All test accounts, oldest first.
    pub(crate) fn accounts(&self) -> Vec<R::Account> {
        let mut accounts: Vec<_> = self.state().accounts.values().cloned().collect();
        accounts.sort_by_key(R::Account::at_ms);
        accounts
    }

    /// The account with this id.
    pub(crate) fn account(&self, id: &str) -> Option<R::Account> {
        self.state().accounts.get(id).cloned()
    }

    /// The phone number of a new account, in digits: the given one, or a random one that begins with `prefix`.
    pub(crate) fn new_phone(&self, given: Option<&str>, prefix: &str) -> Result<String, NotIssued> {
        let phone = match given {
            Some(given) => chat::digits_of(given).ok_or(NotIssued::Phone)?,
            None => format!("{prefix}{}", ids::digits(8)),
        };
        let taken = self.state().accounts.values().any(|account| account.phone() == phone);
        if taken { Err(NotIssued::Taken) } else { Ok(phone) }
    }

    /// True if the user wrote to the account within the last 24 hours.
    pub(crate) fn window_is_open(&self, account: &str, user: &str) -> bool {
        let last_ms = self.state().last_inbound_ms(account, user);
        last_ms.is_some_and(|last_ms| self.now_ms() - last_ms < WINDOW_MS)
    }
}
