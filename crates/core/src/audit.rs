//! What is kept of who did what.

use crate::channel::words;

words! {
    /// Something somebody did.
    Action {
        /// An agent was made.
        AgentCreated = "agent_created",
        /// An agent changed.
        AgentChanged = "agent_changed",
        /// An agent was deleted.
        AgentDeleted = "agent_deleted",
        /// A deployment changed.
        DeploymentChanged = "deployment_changed",
        /// A deployment was removed.
        DeploymentRemoved = "deployment_removed",
        /// A channel was made.
        ChannelCreated = "channel_created",
        /// A channel changed.
        ChannelChanged = "channel_changed",
        /// A channel went live.
        ChannelWentLive = "channel_went_live",
        /// A channel was paused.
        ChannelPaused = "channel_paused",
        /// A channel was deleted.
        ChannelDeleted = "channel_deleted",
        /// A channel was restored.
        ChannelRestored = "channel_restored",
        /// A secret was added.
        SecretAdded = "secret_added",
        /// A secret was retired.
        SecretRetired = "secret_retired",
        /// A hand-off page was made.
        HandoffMade = "handoff_made",
        /// A hand-off page was revoked.
        HandoffRevoked = "handoff_revoked",
        /// A step was ticked.
        HandoffTicked = "handoff_ticked",
        /// Promoted.
        Promoted = "promoted",
    }
}
