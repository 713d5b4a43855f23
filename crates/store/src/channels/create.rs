//! Setting a channel up.

use std::collections::HashMap;

use serde_json::Value;
use warta_core::channel::{Account, Environment, Protocol, State};
use warta_core::ids::{AgentId, ChannelId, OrganizationId};
use warta_core::session;

use crate::audit::{self, Entry};
use crate::channels::revisions;
use crate::channels::rows::{self, Channel};
use crate::channels::secrets::{self, NewSecret};
use crate::db::{Tx, on};
use crate::error::Error;
use crate::seal::SealingKey;
use crate::store::Store;

/// A channel to create.
#[derive(Debug, Clone)]
pub struct NewChannel {
    /// Whose.
    pub organization: OrganizationId,
    /// Its id.
    pub id: ChannelId,
    /// Whose WhatsApp it is.
    pub agent: AgentId,
    /// In which environment.
    pub environment: Environment,
    /// The provider.
    pub protocol: Protocol,
    /// Where it stands.
    pub state: State,
    /// What identifies it to the provider; only a channel that is not in use can be without.
    pub account: Option<Account>,
    /// The protocol's own settings. They may lack something while the channel is not in use.
    pub settings: Value,
    /// How sessions end.
    pub session: session::Settings,
    /// Its secrets.
    pub secrets: Vec<NewSecret>,
}

impl Store {
    /// Adds a channel, with its secrets and its number: its revision 1.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such agent, [`Error::Incomplete`], [`Error::EnvironmentTaken`],
    /// [`Error::AccountTaken`], or the database's.
    pub async fn create_channel(&self, new: NewChannel, entry: &Entry) -> Result<(), Error> {
        let (key, entry) = (self.key().clone(), entry.clone());
        self.write(move |tx| {
            Box::pin(async move {
                let organization = new.organization;
                create(tx, &key, new, &entry).await?;
                audit::insert(tx, organization.uuid(), &entry).await
            })
        })
        .await
    }
}

/// Adds a channel, without a word to the audit.
pub(super) async fn create(
    tx: &mut Tx,
    key: &SealingKey,
    new: NewChannel,
    entry: &Entry,
) -> Result<Channel, Error> {
    // Held, so that it cannot be deleted meanwhile.
    const AGENT: &str = "
        UPDATE agent SET name = name WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
    const SQL: &str = "
        INSERT INTO channel (organization_id, id, agent_id, environment, protocol, state, account, settings, session,
          revision, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10)";
    const NUMBER: &str = "INSERT INTO number (organization_id, channel_id) VALUES ($1, $2)";
    rows::complete(new.state, new.account.as_ref())?;
    let (organization, id, at) = (new.organization.uuid(), new.id.uuid(), entry.at.as_millis());
    let agents = on!(tx, c => sqlx::query(AGENT).bind(organization).bind(new.agent.uuid())
        .execute(c).await?.rows_affected());
    if agents == 0 {
        return Err(Error::NotFound);
    }
    let inserted = on!(tx, c => sqlx::query(SQL)
        .bind(organization).bind(id).bind(new.agent.uuid()).bind(new.environment.as_str())
        .bind(new.protocol.as_str()).bind(new.state.as_str()).bind(rows::account_word(new.account.as_ref()))
        .bind(new.settings.to_string()).bind(rows::session_word(&new.session)).bind(at)
        .execute(c).await.map(|done| done.rows_affected()));
    inserted.map_err(rows::taken)?;
    on!(tx, c => sqlx::query(NUMBER).bind(organization).bind(id).execute(c).await?.rows_affected());
    for secret in &new.secrets {
        secrets::insert(tx, key, (organization, id), secret, entry).await?;
    }
    let channel = Channel {
        organization: new.organization,
        id: new.id,
        agent: new.agent,
        environment: new.environment,
        protocol: new.protocol,
        state: new.state,
        account: new.account,
        settings: new.settings,
        session: new.session,
        revision: 1,
        checkup: None,
        secrets: HashMap::new(),
    };
    revisions::insert(tx, &channel, "created", entry).await?;
    Ok(channel)
}
