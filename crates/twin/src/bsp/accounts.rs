//! Test accounts: a number with the ids and secrets its provider gives.

use serde::{Deserialize, Serialize};

use super::{Bsp, Event, Provider};
use crate::{chat, ids, qontak::Organization};

/// A test account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Account {
    /// Coster's account id, Qontak's channel integration id.
    pub(crate) id: String,
    /// Name of the business.
    pub(crate) name: String,
    /// Digits without `+`.
    pub(crate) phone: String,
    /// Meta's id of the number, as it shows in webhooks.
    pub(crate) phone_number_id: String,
    /// Meta's id of the account, as it shows in webhooks.
    pub(crate) waba_id: String,
    pub(crate) keys: Keys,
    /// When it was issued.
    pub(crate) at_ms: i64,
}

/// What opens an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Keys {
    /// §6.1.
    Coster {
        division_id: String,
        bot_token: String,
        push_token: String,
        /// Where webhooks go: Coster's own people set it (§6.8).
        hook: Option<String>,
    },
    /// The keys are the organization's (§2.2).
    Qontak { organization_id: String, is_active: bool },
}

/// What to issue.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccount {
    /// Name of the business.
    pub(crate) name: String,
    /// Digits, with or without `+`; absent: an Indonesian number is made up.
    #[serde(default)]
    pub(crate) phone: Option<String>,
    /// Channel integration id of an account whose Qontak organization the new one joins.
    #[serde(default)]
    pub(crate) same_organization_as: Option<String>,
}

/// Why an account was not issued.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotIssued {
    #[error("the phone number must have 7 to 15 digits")]
    Phone,
    #[error("this phone number has an account already")]
    Taken,
    #[error("no Qontak account has the id given in same_organization_as")]
    NoSuchAccount,
    #[error("the journal could not be written")]
    Journal(#[from] std::io::Error),
}

impl Bsp {
    /// Issues a test account, durably.
    pub(crate) async fn create_account(&self, new: NewAccount) -> Result<Account, NotIssued> {
        let phone = match new.phone.as_deref() {
            Some(given) => chat::digits_of(given).ok_or(NotIssued::Phone)?,
            None => format!("62812{}", ids::digits(8)),
        };
        let organization_id = {
            let state = self.state();
            if state.accounts.values().any(|account| account.phone == phone) {
                return Err(NotIssued::Taken);
            }
            let sibling = new.same_organization_as.as_ref().map(|id| {
                let organization = state.accounts.get(id).and_then(Account::organization);
                organization.map(str::to_owned).ok_or(NotIssued::NoSuchAccount)
            });
            sibling.transpose()?
        };
        let (id, keys) = match self.provider() {
            Provider::Coster => {
                let keys = Keys::Coster {
                    division_id: ids::secret(16),
                    bot_token: format!("cb_{}", ids::secret(24)),
                    push_token: format!("cp_{}", ids::secret(24)),
                    hook: None,
                };
                (ids::secret(16), keys)
            }
            Provider::Qontak => {
                let organization_id = if let Some(id) = organization_id {
                    id
                } else {
                    let organization = Organization::new(&new.name, self.now_ms());
                    let id = organization.id.clone();
                    self.commit(Event::Organization(Box::new(organization))).await?;
                    id
                };
                (ids::uuid(), Keys::Qontak { organization_id, is_active: true })
            }
        };
        let account = Account {
            id,
            name: new.name,
            phone,
            phone_number_id: ids::digits(15),
            waba_id: ids::digits(15),
            keys,
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

    /// The account with this id.
    pub(crate) fn account(&self, id: &str) -> Option<Account> {
        self.state().accounts.get(id).cloned()
    }

    /// What a person pastes where a channel is set up, line by line.
    pub(crate) fn block(&self, account: &Account) -> Vec<(&'static str, String)> {
        let base = format!("{}/{}", self.base_url(), self.provider().word());
        let mut block = vec![("name", account.name.clone()), ("account", account.phone.clone())];
        match &account.keys {
            Keys::Coster { division_id, bot_token, push_token, .. } => block.extend([
                ("account_id", account.id.clone()),
                ("division_id", division_id.clone()),
                ("access_token", bot_token.clone()),
                ("push_token", push_token.clone()),
                ("bot_base_url", base.clone()),
                ("push_base_url", base),
            ]),
            Keys::Qontak { organization_id, .. } => {
                block.push(("channel_integration_id", account.id.clone()));
                if let Some(organization) = self.state().organizations.get(organization_id) {
                    block.extend([
                        ("access_token", organization.access_token.clone()),
                        ("base_url", format!("{base}/api/open/v1")),
                        ("token_url", format!("{base}/oauth/token")),
                        ("username", organization.username.clone()),
                        ("password", organization.password.clone()),
                        ("client_id", organization.client_id.clone()),
                        ("client_secret", organization.client_secret.clone()),
                        ("refresh_token", organization.refresh_token.clone()),
                    ]);
                }
            }
        }
        block
    }
}

impl Account {
    /// The Qontak organization it belongs to.
    pub(crate) fn organization(&self) -> Option<&str> {
        match &self.keys {
            Keys::Qontak { organization_id, .. } => Some(organization_id),
            Keys::Coster { .. } => None,
        }
    }
}
