//! Issuing test accounts, and the credentials that a person pastes.

use serde::Deserialize;

use super::model::{Account, Event, Meta, NumberStatus, Quality, State, TokenState, all_scopes};
use crate::engine::NotIssued;

/// Request for a new account.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct NewAccount {
    /// Verified name of the number.
    pub(crate) name: String,
    /// Digits, with or without `+`; absent: an Indonesian number is made up.
    pub(crate) phone: Option<String>,
    /// Phone number id of an account whose WABA, app, token and secret the new one shares.
    pub(crate) same_app_as: Option<String>,
}

impl Meta {
    /// Issues a test account, durably.
    pub(crate) async fn create_account(&self, new: NewAccount) -> Result<Account, NotIssued> {
        let phone = self.new_phone(new.phone.as_deref(), "62811")?;
        let missing = NotIssued::NoSuchAccount("no account has the phone number id given in same_app_as");
        let sibling = new.same_app_as.map(|id| self.account(&id).ok_or(missing)).transpose()?;
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

    /// The credentials that a person pastes where a channel is set up, as names and values.
    pub(crate) fn credentials(&self, account: &Account) -> Vec<(&'static str, String)> {
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
