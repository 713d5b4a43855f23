//! What people do that is written down: the words of the audit.

use crate::vocabulary::words;

words! {
    /// Something that was done, or refused.
    Action {
        /// The first owner set the organization up.
        SetUp = "set_up",
        /// Somebody signed in.
        SignedIn = "signed_in",
        /// Somebody was not let in: wrong password, or too many tries.
        SignInRefused = "sign_in_refused",
        /// A sign-in was ended, by its person or by signing out.
        SignedOut = "signed_out",
        /// Somebody signed in asked for what their role may not (403).
        Refused = "refused",
        /// A one-time link to sign in or to choose a new password was made.
        LinkMade = "link_made",
        /// A person changed their name or language.
        PersonChanged = "person_changed",
        /// A person changed their password.
        PasswordChanged = "password_changed",
        /// A person chose a new password by a one-time link.
        PasswordReset = "password_reset",
        /// The organization was given another name.
        OrganizationChanged = "organization_changed",
        /// A person was invited.
        PersonInvited = "person_invited",
        /// An invitation was taken back.
        InvitationRevoked = "invitation_revoked",
        /// A person was added by an operator's command.
        PersonAdded = "person_added",
        /// A person accepted an invitation.
        PersonJoined = "person_joined",
        /// A person got another role, in the organization or for an agent.
        RoleChanged = "role_changed",
        /// A person was let go, from the organization or from an agent.
        PersonRemoved = "person_removed",
        /// An agent was added.
        AgentCreated = "agent_created",
        /// An agent got another name, language or picture.
        AgentChanged = "agent_changed",
        /// An agent was deleted.
        AgentDeleted = "agent_deleted",
        /// An agent's endpoint or its signing secret changed, in one environment.
        DeploymentChanged = "deployment_changed",
        /// An agent's endpoint was taken away, in one environment.
        DeploymentRemoved = "deployment_removed",
        /// A channel was begun.
        ChannelCreated = "channel_created",
        /// A channel's protocol, account or settings changed.
        ChannelChanged = "channel_changed",
        /// A channel went live.
        ChannelWentLive = "channel_went_live",
        /// A channel was paused.
        ChannelPaused = "channel_paused",
        /// A channel was deleted.
        ChannelDeleted = "channel_deleted",
        /// A deleted channel was brought back.
        ChannelRestored = "channel_restored",
        /// A secret was entered.
        SecretAdded = "secret_added",
        /// A secret was ended.
        SecretRetired = "secret_retired",
        /// An access token was renewed: by itself, for nobody.
        TokenRenewed = "token_renewed",
        /// A new webhook secret was generated.
        WebhookSecretRegenerated = "webhook_secret_regenerated",
        /// A hand-off link was made.
        HandoffMade = "handoff_made",
        /// A hand-off link was ended.
        HandoffRevoked = "handoff_revoked",
        /// A step of a hand-off page was ticked, or the tick was taken back.
        HandoffTicked = "handoff_ticked",
        /// One environment's channel was configured from the other's.
        Promoted = "promoted",
        /// An earlier revision of a channel was brought back.
        RevisionRestored = "revision_restored",
        /// An API key was made.
        KeyCreated = "key_created",
        /// An API key was ended.
        KeyRevoked = "key_revoked",
        /// A channel's webhook address was registered at the provider's.
        EndpointRegistered = "endpoint_registered",
        /// A channel's webhook address was taken out of the provider's settings.
        EndpointUnregistered = "endpoint_unregistered",
        /// A session was ended by hand.
        SessionEnded = "session_ended",
        /// The loop-back test was run.
        LoopBackRun = "loop_back_run",
    }
}
