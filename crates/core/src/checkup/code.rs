//! What exactly a check found, and what would help.

use crate::vocabulary::words;

words! {
    /// What exactly a check found. Each has its words and its way out.
    Code {
        /// Our address answers.
        Reached = "reached",
        /// Nothing answers at our address.
        Unreachable = "unreachable",
        /// Something else answers at our address.
        SomebodyElse = "somebody_else",
        /// The address is plain HTTP, which the provider does not call.
        NotSecure = "not_secure",
        /// The handshake is answered, and the provider has made it.
        HandshakeSeen = "handshake_seen",
        /// The handshake is answered; the provider has not made it yet.
        HandshakeReady = "handshake_ready",
        /// The handshake fails though our address answers.
        HandshakeBlocked = "handshake_blocked",
        /// The provider last came with another verify token.
        HandshakeRefused = "handshake_refused",
        /// The channel has no webhook secret.
        WebhookSecretMissing = "webhook_secret_missing",
        /// The provider accepts the token.
        TokenAccepted = "token_accepted",
        /// There is no token.
        TokenMissing = "token_missing",
        /// There is no client secret to sign calls with.
        ClientSecretMissing = "client_secret_missing",
        /// The provider refuses the token.
        TokenRefused = "token_refused",
        /// The provider does not answer.
        ProviderSilent = "provider_silent",
        /// The ids that this needs are not entered yet.
        NotConfigured = "not_configured",
        /// It cannot be read without a good token.
        NeedsToken = "needs_token",
        /// It cannot be read without the missing scope.
        NeedsScopes = "needs_scopes",
        /// It cannot be known before the app is subscribed.
        NeedsSubscription = "needs_subscription",
        /// It cannot be known before the right number and account are entered.
        NeedsNumber = "needs_number",
        /// It cannot be known before our address answers.
        NeedsReach = "needs_reach",
        /// All scopes are there.
        ScopesComplete = "scopes_complete",
        /// A scope is missing.
        ScopesMissing = "scopes_missing",
        /// The token never ends.
        NeverExpires = "never_expires",
        /// The token ends, not soon.
        ExpiresLater = "expires_later",
        /// The token ends within a week.
        ExpiresSoon = "expires_soon",
        /// The token is renewed here when it is worn.
        RenewalReady = "renewal_ready",
        /// What a renewal takes is not entered.
        RenewalNotSet = "renewal_not_set",
        /// The provider gave out no new token.
        RenewalRefused = "renewal_refused",
        /// The number is one of the account's.
        NumberFound = "number_found",
        /// The account has no such number.
        NumberElsewhere = "number_elsewhere",
        /// The token reaches no number with this id.
        NumberUnknown = "number_unknown",
        /// The token reaches no account with this id.
        AccountUnknown = "account_unknown",
        /// The number has other digits than the channel's account.
        OtherDigits = "other_digits",
        /// The number is connected.
        Connected = "connected",
        /// The number works with limits.
        Limited = "limited",
        /// The number cannot send or receive.
        Disconnected = "disconnected",
        /// People are content.
        QualityHigh = "quality_high",
        /// Some people complain.
        QualityMedium = "quality_medium",
        /// Many people complain.
        QualityLow = "quality_low",
        /// The provider has not rated it yet.
        NotRated = "not_rated",
        /// The app is subscribed.
        Subscribed = "subscribed",
        /// The app is not subscribed.
        NotSubscribed = "not_subscribed",
        /// Events come to this channel's address.
        ComesHere = "comes_here",
        /// Events come to the address of another channel here that knows the same app secret.
        ComesThroughAnother = "comes_through_another",
        /// Events go to somebody else.
        GoesElsewhere = "goes_elsewhere",
        /// Events go nowhere.
        GoesNowhere = "goes_nowhere",
        /// Our address is registered for everything that a channel needs.
        Registered = "registered",
        /// Our address is not registered, or not for everything.
        NotRegistered = "not_registered",
        /// An event proved the app secret.
        SignatureProven = "signature_proven",
        /// The app secret is right, says the provider; no event has come yet.
        SecretFits = "secret_fits",
        /// There is no app secret.
        SecretMissing = "secret_missing",
        /// The last event was signed with another secret.
        SignatureWrong = "signature_wrong",
        /// The app secret is right, and yet the last event's signature was wrong.
        SignatureBroken = "signature_broken",
        /// The app secret is not that of the app id.
        SecretOfAnotherApp = "secret_of_another_app",
        /// No event has come yet.
        NoEventYet = "no_event_yet",
        /// A user has written.
        InboundSeen = "inbound_seen",
        /// No user has written yet.
        NoInboundYet = "no_inbound_yet",
        /// Statuses come.
        StatusSeen = "status_seen",
        /// Nothing has been sent yet.
        NothingSent = "nothing_sent",
        /// Something was sent, and its status is still to come.
        StatusToCome = "status_to_come",
        /// Something was sent a while ago, and no status came.
        StatusesMissing = "statuses_missing",
        /// The agent answers.
        AgentAnswers = "agent_answers",
        /// The agent has no deployment for this environment.
        AgentMissing = "agent_missing",
        /// The agent does not answer.
        AgentSilent = "agent_silent",
        /// The agent answers with an error.
        AgentRefuses = "agent_refuses",
        /// Nothing can be signed for the agent with its secret.
        AgentSecretUnusable = "agent_secret_unusable",
        /// Nothing waits.
        NothingWaits = "nothing_waits",
        /// A few wait, as they should.
        FewWait = "few_wait",
        /// Something has waited for minutes.
        WaitsLong = "waits_long",
        /// Something has waited too long.
        WaitsTooLong = "waits_too_long",
        /// The channel is paused, so things wait.
        WaitsPaused = "waits_paused",
        /// The clocks agree.
        ClockRight = "clock_right",
        /// The clocks differ.
        ClockOff = "clock_off",
    }
}

words! {
    /// The one thing that would help.
    Fix {
        /// Enter credentials.
        Credentials = "credentials",
        /// Correct the account's ids.
        Account = "account",
        /// Hand the webhook's details over, or set them up.
        Webhook = "webhook",
        /// Correct the agent's deployment.
        Agent = "agent",
        /// Register our address at the provider's.
        Register = "register",
        /// Subscribe the app to the account: done by us.
        Subscribe = "subscribe",
        /// Lead the number's events here: done by us.
        LeadHere = "lead_here",
        /// Write to the number.
        Write = "write",
        /// Look at the channel's state.
        State = "state",
        /// Check again.
        Again = "again",
    }
}

impl Code {
    /// What would help, where something would.
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
            // The first few: another check says what to do.
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
