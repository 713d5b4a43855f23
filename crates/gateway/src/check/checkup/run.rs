//! A check-up: gathered, kept, and judged anew with what is stored here.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use warta_core::channel::State;
use warta_core::checkup::{self, Evidence, Finding};
use warta_core::json;
use warta_store::{Channel, Scope};

use crate::app::App;
use crate::check::checkup::gather::{app_secret, gather};
use crate::upstream::renewal;

/// What a check-up saw, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkup {
    /// The channel's revision then.
    pub revision: i64,
    /// What was seen.
    pub evidence: Evidence,
}

impl Checkup {
    /// The last check-up of a channel, where there was one that can be read.
    #[must_use]
    pub fn last(channel: &Channel) -> Option<Self> {
        serde_json::from_value(channel.checkup.clone()?).ok()
    }
}

/// What a check-up means, with what is stored here looked up anew.
///
/// # Errors
///
/// When the store fails.
pub async fn findings(
    app: &App,
    channel: &Channel,
    mut evidence: Evidence,
) -> Result<Vec<Finding>, warta_store::Error> {
    let scope = Scope::new(channel.organization);
    let (look, traffic, backlog) = tokio::try_join!(
        app.store.look(scope, channel.id),
        app.store.traffic(scope, channel.id),
        app.store.backlog(scope, channel.id),
    )?;
    evidence.paused = channel.state == State::Paused;
    evidence.handshakes.seen_at = look.handshake_at;
    evidence.handshakes.refused_at = look.handshake_refused_at;
    evidence.secret = app_secret(channel, &look, evidence.secret.fits, app.now());
    evidence.renewal = renewal::standing(app, channel, look.renewal);
    (evidence.traffic, evidence.backlog) = (traffic, backlog);
    Ok(checkup::findings(&evidence, app.now()))
}

/// Checks a channel and keeps what was found. `said` is what nobody says to the agent.
///
/// # Errors
///
/// When the store fails.
pub async fn run(app: &Arc<App>, channel: &Channel, said: &str) -> Result<Checkup, warta_store::Error> {
    let found = Checkup { revision: channel.revision, evidence: gather(app, channel, said).await? };
    let kept = json::value(&found);
    app.store.put_checkup(Scope::new(channel.organization), channel.id, &kept).await?;
    Ok(found)
}
