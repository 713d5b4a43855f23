//! Promotion: what an agent's Draft channel has become is put on its Published one, in one transaction.

use serde_json::Value;
use warta_core::channel::{Environment, Protocol, SecretKind, State};
use warta_core::ids::ChannelId;
use warta_core::session;
use warta_core::time::Timestamp;

use crate::audit::{self, Entry};
use crate::channels::create::{self, NewChannel};
use crate::channels::rows::Channel;
use crate::channels::secrets::{self, NewSecret};
use crate::channels::write::{self, hold, put};
use crate::db::Tx;
use crate::error::Error;
use crate::scope::Scope;
use crate::seal::SealingKey;
use crate::store::Store;

/// What is put from Draft on Published. Ids, webhook secrets, API keys and conversations never move.
#[derive(Debug, Clone)]
pub struct Promotion {
    /// The Draft channel.
    pub from: ChannelId,
    /// The revision it is expected at.
    pub expected_from: i64,
    /// The Published channel.
    pub to: PromotionTarget,
    /// Its protocol afterwards.
    pub protocol: Protocol,
    /// Its settings afterwards, all of them.
    pub settings_to: Value,
    /// How sessions end on it afterwards.
    pub session_to: session::Settings,
    /// Its state afterwards.
    pub state: State,
    /// Moves the account: Draft has none afterwards and is no longer in use.
    pub account: bool,
    /// Moves every secret that the provider gave ([`SecretKind::moves`]): Draft has none afterwards and is no longer in use. Those
    /// Published had end now, its app secrets at `app_secrets_until`.
    pub credentials: bool,
    /// When the app secrets that Published had end: what its provider has sent already must still verify.
    pub app_secrets_until: Timestamp,
    /// Draft's settings afterwards, all of them; taken when something moves.
    pub settings_from: Value,
}

/// The Published channel of a promotion.
#[derive(Debug, Clone)]
pub enum PromotionTarget {
    /// The one there is, at the revision expected.
    Existing(ChannelId, i64),
    /// None yet: this one is made, with these secrets (the webhook secret).
    New(ChannelId, Vec<NewSecret>),
}

impl Store {
    /// Promotes. Both channels change in one transaction.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] also when the two are not Draft and Published of one agent; [`Error::Conflict`] with the revision
    /// of the one that changed meanwhile; [`Error::EnvironmentTaken`], [`Error::AccountTaken`], [`Error::Incomplete`], or
    /// the database's.
    pub async fn promote(&self, scope: Scope, promotion: Promotion, entry: &Entry) -> Result<(), Error> {
        let (key, entry) = (self.key().clone(), entry.clone());
        self.write(move |tx| {
            Box::pin(async move {
                promote(tx, &key, scope, promotion, &entry).await?;
                audit::insert(tx, scope.uuid(), &entry).await
            })
        })
        .await
    }
}

async fn promote(
    tx: &mut Tx,
    key: &SealingKey,
    scope: Scope,
    promotion: Promotion,
    entry: &Entry,
) -> Result<(), Error> {
    let mut from = hold(tx, (scope.uuid(), promotion.from.uuid()), Some(promotion.expected_from)).await?;
    if from.environment != Environment::Draft {
        return Err(Error::NotFound);
    }
    let mut to = target(tx, key, &from, promotion.to, entry).await?;
    if to.environment != Environment::Published || to.agent != from.agent {
        return Err(Error::NotFound);
    }
    let account = from.account.clone();
    if promotion.account {
        from.account = None;
    }
    if promotion.credentials {
        let (organization, old, new) = (scope.uuid(), from.id.uuid(), to.id.uuid());
        for kind in SecretKind::ALL.iter().copied().filter(|kind| kind.moves()) {
            let until = if kind.verifies() { promotion.app_secrets_until } else { entry.at };
            secrets::end(tx, (organization, new), kind, until).await?;
            secrets::relocate(tx, key, (organization, old, new), kind, entry.at).await?;
        }
        for place in [(organization, old), (organization, new)] {
            write::forget_failed_renewal(tx, place).await?;
        }
    }
    // Draft first: it lets the account go before Published takes it.
    if promotion.account || promotion.credentials {
        from.settings = promotion.settings_from;
        from.state = State::Saved;
        put(tx, &mut from, "promoted", entry).await?;
    }
    if promotion.account {
        to.account = account;
    }
    to.protocol = promotion.protocol;
    to.settings = promotion.settings_to;
    to.session = promotion.session_to;
    to.state = promotion.state;
    put(tx, &mut to, "promoted", entry).await
}

/// The Published channel, held; made when there is none yet.
async fn target(
    tx: &mut Tx,
    key: &SealingKey,
    from: &Channel,
    target: PromotionTarget,
    entry: &Entry,
) -> Result<Channel, Error> {
    match target {
        PromotionTarget::Existing(id, expected) => {
            hold(tx, (from.organization.uuid(), id.uuid()), Some(expected)).await
        }
        PromotionTarget::New(id, secrets) => {
            let new = NewChannel {
                organization: from.organization,
                id,
                agent: from.agent,
                environment: Environment::Published,
                protocol: from.protocol,
                state: State::Saved,
                account: None,
                settings: Value::Object(serde_json::Map::new()),
                session: session::Settings::default(),
                secrets,
            };
            create::create(tx, key, new, entry).await
        }
    }
}
