//! Where a page about a channel stands: the agent and the environment of its path.

use serde::Deserialize;
use warta_core::audit::Action;
use warta_core::channel::Environment;
use warta_core::ids::AuditId;
use warta_store::{Change, Channel, Entry};

use crate::app::App;
use crate::web::access::{Seat, Visitor};
use crate::web::problem::Problem;

/// The environment of a path under `/agents/{agent}/whatsapp/{environment}`. The guard has taken the agent.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Place {
    environment: String,
}

impl Place {
    /// The place with this word of a path for its environment.
    pub(crate) fn new(environment: &str) -> Self {
        Self { environment: environment.to_owned() }
    }

    /// The environment; another word is no page of ours.
    pub(crate) fn environment(&self) -> Result<Environment, Problem> {
        self.environment.parse().map_err(|_| Problem::not_found())
    }

    /// The channel; without one there is no page about it.
    pub(crate) async fn channel(
        &self,
        app: &App,
        visitor: &Visitor,
        seat: &Seat,
    ) -> Result<Channel, Problem> {
        let environment = self.environment()?;
        let found = app.store.channel_of(visitor.scope(), seat.agent.id, environment).await?;
        found.ok_or_else(Problem::not_found)
    }

    /// The path of a page beside the channel's, such as `handoff`.
    pub(crate) fn at(&self, seat: &Seat, page: &str) -> String {
        format!("/agents/{}/whatsapp/{}/{page}", seat.agent.id, self.environment)
    }
}

/// What the audit keeps of something done to a channel.
pub(crate) fn entry(
    app: &App,
    visitor: &Visitor,
    channel: &Channel,
    action: Action,
    (subject, changes): (String, Vec<Change>),
) -> Entry {
    let at = app.now();
    Entry {
        id: AuditId::from_uuid(app.minter.uuid(at)),
        by: visitor.by(),
        action,
        agent: Some(channel.agent),
        channel: Some(channel.id),
        subject,
        changes,
        at,
    }
}
