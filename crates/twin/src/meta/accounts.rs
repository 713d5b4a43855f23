//! Test accounts: a number with its WABA, app, token and secret.

use serde::{Deserialize, Serialize};

use super::{Meta, event::Event, state::State};

/// Reads and changes of WABA, templates, subscriptions and numbers.
pub(crate) const MANAGEMENT: &str = "whatsapp_business_management";
/// Sends and media.
pub(crate) const MESSAGING: &str = "whatsapp_business_messaging";

/// A test account, as one block to paste.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Account {
    /// Verified name of the number.
    pub(crate) name: String,
    /// Digits without `+`.
    pub(crate) phone: String,
    /// `+62 811-0000-0001`.
    pub(crate) display_phone_number: String,
    pub(crate) phone_number_id: String,
    pub(crate) waba_id: String,
    pub(crate) app_id: String,
    pub(crate) app_secret: String,
    pub(crate) access_token: String,
    #[serde(default)]
    pub(crate) token: TokenState,
    /// What the token may do.
    #[serde(default = "all_scopes")]
    pub(crate) scopes: Vec<String>,
    /// When the token ends by itself; 0: never.
    #[serde(default)]
    pub(crate) expires_at_ms: i64,
    #[serde(default)]
    pub(crate) status: NumberStatus,
    #[serde(default)]
    pub(crate) quality: Quality,
    /// When it was issued.
    pub(crate) at_ms: i64,
}

/// What the token is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TokenState {
    #[default]
    Valid,
    Revoked,
    Expired,
}

/// `status` of a phone number (facts/meta-cloud.md §8.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum NumberStatus {
    #[default]
    Connected,
    Pending,
    Flagged,
    Restricted,
    RateLimited,
    Banned,
    Deleted,
    Disconnected,
    Migrated,
    Unverified,
    Unknown,
}

/// `quality_rating` of a phone number (facts/meta-cloud.md §8.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Quality {
    #[default]
    Green,
    Yellow,
    Red,
    Unknown,
}

/// What a system user's token is given (§8.4).
fn all_scopes() -> Vec<String> {
    [MANAGEMENT, MESSAGING, "public_profile"].map(str::to_owned).to_vec()
}

/// What to issue.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct NewAccount {
    /// Verified name of the number.
    pub(crate) name: String,
    /// Digits, with or without `+`; absent: an Indonesian number is made up.
    pub(crate) phone: Option<String>,
    /// Phone number id of an account whose WABA, app, token and secret the new one shares.
    pub(crate) same_app_as: Option<String>,
}

/// Why an account was not issued.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotIssued {
    #[error("the phone number must have 7 to 15 digits")]
    Phone,
    #[error("this phone number has an account already")]
    Taken,
    #[error("no account has the phone number id given in same_app_as")]
    NoSuchAccount,
    #[error("the journal could not be written")]
    Journal(#[from] std::io::Error),
}

impl Meta {
    /// Issues a test account, durably.
    pub(crate) async fn create_account(&self, new: NewAccount) -> Result<Account, NotIssued> {
        let phone = match new.phone.as_deref() {
            Some(given) => crate::chat::digits_of(given).ok_or(NotIssued::Phone)?,
            None => format!("62811{}", crate::ids::digits(8)),
        };
        let sibling = {
            let state = self.state();
            if state.accounts.values().any(|account| account.phone == phone) {
                return Err(NotIssued::Taken);
            }
            new.same_app_as.as_ref().map(|id| state.accounts.get(id).cloned().ok_or(NotIssued::NoSuchAccount))
        };
        let sibling = sibling.transpose()?;
        let account = Account {
            name: new.name,
            display_phone_number: display(&phone),
            phone,
            phone_number_id: crate::ids::digits(15),
            waba_id: sibling.as_ref().map_or_else(|| crate::ids::digits(15), |like| like.waba_id.clone()),
            app_id: sibling.as_ref().map_or_else(|| crate::ids::digits(15), |like| like.app_id.clone()),
            app_secret: sibling
                .as_ref()
                .map_or_else(|| crate::ids::secret(16), |like| like.app_secret.clone()),
            access_token: sibling.map_or_else(crate::ids::access_token, |like| like.access_token),
            token: TokenState::Valid,
            scopes: all_scopes(),
            expires_at_ms: 0,
            status: NumberStatus::Connected,
            quality: Quality::Green,
            at_ms: self.now_ms(),
        };
        self.commit(Event::Account(Box::new(account.clone()))).await?;
        Ok(account)
    }

    /// All test accounts, oldest first.
    pub(crate) fn accounts(&self) -> Vec<Account> {
        let mut accounts: Vec<_> = self.state().accounts.values().cloned().collect();
        accounts.sort_by_key(|account| account.at_ms);
        accounts
    }

    /// The account of a number.
    pub(crate) fn account(&self, phone_number_id: &str) -> Option<Account> {
        self.state().accounts.get(phone_number_id).cloned()
    }

    /// What a person pastes where a channel is set up, line by line.
    pub(crate) fn block(&self, account: &Account) -> Vec<(&'static str, String)> {
        vec![
            ("name", account.name.clone()),
            ("account", account.phone.clone()),
            ("display_phone_number", account.display_phone_number.clone()),
            ("phone_number_id", account.phone_number_id.clone()),
            ("waba_id", account.waba_id.clone()),
            ("app_id", account.app_id.clone()),
            ("app_secret", account.app_secret.clone()),
            ("access_token", account.access_token.clone()),
            ("graph_base_url", format!("{}/meta", self.base_url())),
        ]
    }

    /// Where a person opens the phone that talks to this account.
    pub(crate) fn phone_url(&self, account: &Account) -> String {
        format!("{}/phone/{}", self.base_url(), account.phone_number_id)
    }
}

/// A number as Graph shows it: `+62 811-0000-0001`.
fn display(phone: &str) -> String {
    let code = if phone.starts_with('1') || phone.starts_with('7') { 1 } else { 2 };
    let (code, rest) = phone.split_at_checked(code).unwrap_or((phone, ""));
    let (area, rest) = rest.split_at_checked(3).unwrap_or((rest, ""));
    let (middle, last) = rest.split_at_checked(rest.len().saturating_sub(4)).unwrap_or(("", rest));
    format!("+{code} {area}-{middle}-{last}").replace("--", "-")
}

impl State {
    /// Accounts of one WABA, oldest first.
    pub(crate) fn of_waba(&self, waba_id: &str) -> Vec<&Account> {
        let mut accounts: Vec<_> =
            self.accounts.values().filter(|account| account.waba_id == waba_id).collect();
        accounts.sort_by_key(|account| account.at_ms);
        accounts
    }
}

impl Account {
    /// What the token is worth at an instant.
    pub(crate) const fn token_at(&self, now_ms: i64) -> TokenState {
        let over = self.expires_at_ms != 0 && self.expires_at_ms <= now_ms;
        if over && matches!(self.token, TokenState::Valid) { TokenState::Expired } else { self.token }
    }
}

impl NumberStatus {
    /// The code a send from such a number is refused with.
    pub(crate) const fn refusal(self) -> Option<u32> {
        match self {
            Self::Connected | Self::Flagged => None,
            Self::RateLimited => Some(131_048),
            Self::Restricted | Self::Banned => Some(131_031),
            Self::Pending
            | Self::Deleted
            | Self::Disconnected
            | Self::Migrated
            | Self::Unverified
            | Self::Unknown => Some(133_010),
        }
    }
}
