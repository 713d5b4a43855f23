//! The actions that the audit log records.

use crate::vocabulary::words;

words! {
    /// An action that was done or refused.
    Action {
        /// The first owner set the organization up.
        SetUp = "set_up",
        /// Somebody signed in.
        SignedIn = "signed_in",
        /// A sign-in was refused: wrong password or too many attempts.
        SignInRefused = "sign_in_refused",
        /// A person signed out, or ended one of their sign-ins.
        SignedOut = "signed_out",
        /// A signed-in person requested an action that their role does not permit (403).
        Refused = "refused",
        /// A one-time link for sign-in or a new password was created.
        LinkMade = "link_made",
        /// A person changed their name or language.
        PersonChanged = "person_changed",
        /// A person changed their password.
        PasswordChanged = "password_changed",
        /// A person set a new password with a one-time link.
        PasswordReset = "password_reset",
        /// The organization was renamed.
        OrganizationChanged = "organization_changed",
        /// A person was invited.
        PersonInvited = "person_invited",
        /// An invitation was revoked.
        InvitationRevoked = "invitation_revoked",
        /// A person was added by an operator's command.
        PersonAdded = "person_added",
        /// A person accepted an invitation.
        PersonJoined = "person_joined",
        /// A person got another role, in the organization or for an agent.
        RoleChanged = "role_changed",
        /// A person was removed from the organization or from an agent.
        PersonRemoved = "person_removed",
        /// An agent was added.
        AgentCreated = "agent_created",
        /// An agent's name, language or picture changed.
        AgentChanged = "agent_changed",
        /// An agent was deleted.
        AgentDeleted = "agent_deleted",
        /// An agent's endpoint or its signing secret changed, in one environment.
        DeploymentChanged = "deployment_changed",
        /// An agent's endpoint was removed, in one environment.
        DeploymentRemoved = "deployment_removed",
        /// A channel was created.
        ChannelCreated = "channel_created",
        /// A channel's protocol, account or settings changed.
        ChannelChanged = "channel_changed",
        /// A channel went live.
        ChannelWentLive = "channel_went_live",
        /// A channel was paused.
        ChannelPaused = "channel_paused",
        /// A channel was deleted.
        ChannelDeleted = "channel_deleted",
        /// A deleted channel was restored.
        ChannelRestored = "channel_restored",
        /// A secret was entered.
        SecretAdded = "secret_added",
        /// A secret was retired.
        SecretRetired = "secret_retired",
        /// The gateway renewed an access token; no person is involved.
        TokenRenewed = "token_renewed",
        /// A new webhook secret was generated.
        WebhookSecretRegenerated = "webhook_secret_regenerated",
        /// A hand-off link was created.
        HandoffMade = "handoff_made",
        /// A hand-off link was revoked.
        HandoffRevoked = "handoff_revoked",
        /// A step of a hand-off page was ticked or unticked.
        HandoffTicked = "handoff_ticked",
        /// One environment's channel was configured from the other's.
        Promoted = "promoted",
        /// An earlier revision of a channel was restored.
        RevisionRestored = "revision_restored",
        /// An API key was created.
        KeyCreated = "key_created",
        /// An API key was revoked.
        KeyRevoked = "key_revoked",
        /// A channel's webhook address was registered with the provider.
        EndpointRegistered = "endpoint_registered",
        /// A channel's webhook address was removed from the provider's settings.
        EndpointUnregistered = "endpoint_unregistered",
        /// A person ended a session.
        SessionEnded = "session_ended",
        /// A person let a paused agent go on in a conversation.
        AgentResumed = "agent_resumed",
        /// The loop-back test was run.
        LoopBackRun = "loop_back_run",
    }
}
