//! The exact result of a check, and the fix that helps.

use crate::vocabulary::words;

words! {
    /// The exact result of a check. Pages have a sentence for each code, and advice for each code that has a fix.
    Code {
        /// The gateway answers at its public address.
        Reached = "reached",
        /// Nothing answers at the gateway's public address.
        Unreachable = "unreachable",
        /// Another program answers at the gateway's public address.
        SomebodyElse = "somebody_else",
        /// The address is plain HTTP; providers call HTTPS only.
        NotSecure = "not_secure",
        /// The webhook handshake works, and the provider has made it.
        HandshakeSeen = "handshake_seen",
        /// The webhook handshake works; the provider has not made it yet.
        HandshakeReady = "handshake_ready",
        /// The gateway's address answers, but the handshake fails.
        HandshakeBlocked = "handshake_blocked",
        /// The provider's last handshake carried a wrong verify token.
        HandshakeRefused = "handshake_refused",
        /// The channel has no webhook secret.
        WebhookSecretMissing = "webhook_secret_missing",
        /// The provider accepts the token.
        TokenAccepted = "token_accepted",
        /// No token is entered.
        TokenMissing = "token_missing",
        /// No client secret is entered to sign calls with.
        ClientSecretMissing = "client_secret_missing",
        /// The provider refuses the token.
        TokenRefused = "token_refused",
        /// The provider does not answer.
        ProviderSilent = "provider_silent",
        /// The ids that this check needs are not entered yet.
        NotConfigured = "not_configured",
        /// Cannot be judged: the token does not work.
        NeedsToken = "needs_token",
        /// Cannot be judged: the token lacks the scope for the question.
        NeedsScopes = "needs_scopes",
        /// Cannot be judged until the app is subscribed.
        NeedsSubscription = "needs_subscription",
        /// Cannot be judged until the right number and account are entered.
        NeedsNumber = "needs_number",
        /// Cannot be judged until the gateway's address answers.
        NeedsReach = "needs_reach",
        /// The token has all required scopes.
        ScopesComplete = "scopes_complete",
        /// The token lacks a required scope.
        ScopesMissing = "scopes_missing",
        /// The token never expires.
        NeverExpires = "never_expires",
        /// The token expires, but not within a week.
        ExpiresLater = "expires_later",
        /// The token expires within a week.
        ExpiresSoon = "expires_soon",
        /// The gateway renews the token before it expires.
        RenewalReady = "renewal_ready",
        /// The credentials for a renewal are not entered.
        RenewalNotSet = "renewal_not_set",
        /// The provider refused to issue a new token.
        RenewalRefused = "renewal_refused",
        /// The number belongs to the account.
        NumberFound = "number_found",
        /// The account does not list the number.
        NumberElsewhere = "number_elsewhere",
        /// The token has no access to a number with this id.
        NumberUnknown = "number_unknown",
        /// The token has no access to an account with this id.
        AccountUnknown = "account_unknown",
        /// The number's digits differ from the channel's account.
        OtherDigits = "other_digits",
        /// The number is connected.
        Connected = "connected",
        /// The number works with limits.
        Limited = "limited",
        /// The number cannot send or receive.
        Disconnected = "disconnected",
        /// The provider rates the quality as high.
        QualityHigh = "quality_high",
        /// The provider rates the quality as medium.
        QualityMedium = "quality_medium",
        /// The provider rates the quality as low.
        QualityLow = "quality_low",
        /// The provider has not rated the quality yet.
        NotRated = "not_rated",
        /// The app is subscribed.
        Subscribed = "subscribed",
        /// The app is not subscribed.
        NotSubscribed = "not_subscribed",
        /// Events are sent to this channel's address.
        ComesHere = "comes_here",
        /// Events are sent to the address of another channel of this gateway with the same app secret.
        ComesThroughAnother = "comes_through_another",
        /// Events are sent to an address outside this gateway.
        GoesElsewhere = "goes_elsewhere",
        /// Events are sent to no address.
        GoesNowhere = "goes_nowhere",
        /// The gateway's address is registered for every event that a channel needs.
        Registered = "registered",
        /// The gateway's address is not registered, or not for every event.
        NotRegistered = "not_registered",
        /// An event proved the app secret.
        SignatureProven = "signature_proven",
        /// The provider confirms the app secret; no event has arrived yet.
        SecretFits = "secret_fits",
        /// No app secret is entered.
        SecretMissing = "secret_missing",
        /// The last event was signed with another secret.
        SignatureWrong = "signature_wrong",
        /// The provider confirms the app secret, but the last event's signature was wrong.
        SignatureBroken = "signature_broken",
        /// The app secret does not belong to the app id.
        SecretOfAnotherApp = "secret_of_another_app",
        /// No event has arrived yet.
        NoEventYet = "no_event_yet",
        /// A user has written.
        InboundSeen = "inbound_seen",
        /// No user has written yet.
        NoInboundYet = "no_inbound_yet",
        /// Statuses arrive.
        StatusSeen = "status_seen",
        /// Nothing has been sent yet.
        NothingSent = "nothing_sent",
        /// A message was sent a short time ago; its status has not arrived yet.
        StatusToCome = "status_to_come",
        /// A message was sent a while ago, and no status arrived.
        StatusesMissing = "statuses_missing",
        /// The agent answers.
        AgentAnswers = "agent_answers",
        /// The agent has no deployment for this environment.
        AgentMissing = "agent_missing",
        /// The agent does not answer.
        AgentSilent = "agent_silent",
        /// The agent answers with an error.
        AgentRefuses = "agent_refuses",
        /// The agent's secret cannot be used to sign calls.
        AgentSecretUnusable = "agent_secret_unusable",
        /// The backlog is empty.
        NothingWaits = "nothing_waits",
        /// The backlog is young: its oldest message has waited less than two minutes.
        FewWait = "few_wait",
        /// The oldest message has waited for minutes.
        WaitsLong = "waits_long",
        /// The oldest message has waited too long.
        WaitsTooLong = "waits_too_long",
        /// Messages wait because the channel is paused.
        WaitsPaused = "waits_paused",
        /// The clocks agree.
        ClockRight = "clock_right",
        /// The clocks differ.
        ClockOff = "clock_off",
    }
}

words! {
    /// The one action that would fix the fault.
    Fix {
        /// Enter credentials.
        Credentials = "credentials",
        /// Correct the account's ids.
        Account = "account",
        /// Set the webhook up at the provider, or hand its details over.
        Webhook = "webhook",
        /// Correct the agent's deployment.
        Agent = "agent",
        /// Register the gateway's address with the provider.
        Register = "register",
        /// Subscribe the app to the account. The gateway can do it.
        Subscribe = "subscribe",
        /// Point the number's webhook at this channel. The gateway can do it.
        LeadHere = "lead_here",
        /// Send a message to the number.
        Write = "write",
        /// Change the channel's state.
        State = "state",
        /// Run the check again.
        Again = "again",
    }
}

impl Code {
    /// The fix for this result; `None` if nothing is wrong or another check has the fix.
    #[must_use]
    pub const fn fix(self) -> Option<Fix> {
        match self {
            Self::TokenMissing
            | Self::ClientSecretMissing
            | Self::TokenRefused
            | Self::ScopesMissing
            | Self::ExpiresSoon
            | Self::RenewalRefused
            | Self::SecretMissing
            | Self::SignatureWrong
            | Self::SecretOfAnotherApp => Some(Fix::Credentials),
            Self::NotConfigured
            | Self::NumberElsewhere
            | Self::NumberUnknown
            | Self::AccountUnknown
            | Self::OtherDigits => Some(Fix::Account),
            Self::HandshakeRefused | Self::HandshakeReady | Self::WebhookSecretMissing => Some(Fix::Webhook),
            Self::NotSubscribed => Some(Fix::Subscribe),
            Self::NotRegistered => Some(Fix::Register),
            Self::GoesElsewhere | Self::GoesNowhere => Some(Fix::LeadHere),
            Self::NoEventYet | Self::SecretFits | Self::NoInboundYet | Self::NothingSent => Some(Fix::Write),
            Self::AgentMissing | Self::AgentSilent | Self::AgentRefuses | Self::AgentSecretUnusable => {
                Some(Fix::Agent)
            }
            Self::WaitsPaused => Some(Fix::State),
            Self::Unreachable
            | Self::SomebodyElse
            | Self::NotSecure
            | Self::HandshakeBlocked
            | Self::ProviderSilent
            | Self::Limited
            | Self::Disconnected
            | Self::QualityMedium
            | Self::QualityLow
            | Self::SignatureBroken
            | Self::StatusToCome
            | Self::StatusesMissing
            | Self::WaitsLong
            | Self::WaitsTooLong
            | Self::ClockOff => Some(Fix::Again),
            // `Needs…`: another check has the fix. The rest are no faults.
            Self::NeedsToken
            | Self::NeedsScopes
            | Self::NeedsSubscription
            | Self::NeedsNumber
            | Self::NeedsReach
            | Self::Reached
            | Self::HandshakeSeen
            | Self::TokenAccepted
            | Self::ScopesComplete
            | Self::NeverExpires
            | Self::ExpiresLater
            | Self::RenewalReady
            | Self::RenewalNotSet
            | Self::NumberFound
            | Self::Connected
            | Self::QualityHigh
            | Self::NotRated
            | Self::Subscribed
            | Self::ComesHere
            | Self::ComesThroughAnother
            | Self::SignatureProven
            | Self::Registered
            | Self::InboundSeen
            | Self::StatusSeen
            | Self::AgentAnswers
            | Self::NothingWaits
            | Self::FewWait
            | Self::ClockRight => None,
        }
    }
}
