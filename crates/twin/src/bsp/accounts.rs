//! Issuing test accounts, and the credentials that a person pastes.

use serde::Deserialize;

use super::model::{Account, Bsp, Event, Keys, Organization, Platform};
use crate::{engine::NotIssued, ids};

/// Request for a new account.
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

impl Bsp {
    /// Issues a test account, durably.
    pub(crate) async fn create_account(&self, new: NewAccount) -> Result<Account, NotIssued> {
        let phone = self.new_phone(new.phone.as_deref(), "62812")?;
        let missing = NotIssued::NoSuchAccount("no Qontak account has the id given in same_organization_as");
        let sibling = new.same_organization_as.as_ref().map(|id| {
            let account = self.account(id);
            account.and_then(|one| one.organization().map(str::to_owned)).ok_or(missing)
        });
        let organization_id = sibling.transpose()?;
        let (id, keys) = match self.platform() {
            Platform::Coster => {
                let keys = Keys::Coster {
                    division_id: ids::secret(16),
                    bot_token: format!("cb_{}", ids::secret(24)),
                    push_token: format!("cp_{}", ids::secret(24)),
                    callback: None,
                };
                (ids::secret(16), keys)
            }
            Platform::Qontak => {
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

    /// The credentials that a person pastes where a channel is set up, as names and values.
    pub(crate) fn credentials(&self, account: &Account) -> Vec<(&'static str, String)> {
        let base = format!("{}/{}", self.base_url(), self.platform().word());
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
                if let Some(organization) = self.state().own.organizations.get(organization_id) {
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
