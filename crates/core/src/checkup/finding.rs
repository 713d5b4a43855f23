//! The result of a check, as closed sets of words. The console translates them.

use serde::{Deserialize, Serialize};

use super::code::Code;
use crate::time::Timestamp;
use crate::vocabulary::words;

words! {
    /// A check, in the order in which pages show it.
    Check {
        /// The configured public address answers.
        Reachable = "reachable",
        /// The webhook handshake works, and the provider has made it.
        Handshake = "handshake",
        /// The provider accepts the access token.
        Token = "token",
        /// The token has all required scopes.
        Scopes = "scopes",
        /// The token does not expire soon.
        TokenExpiry = "token_expiry",
        /// The gateway renews the token before it expires.
        Renewal = "renewal",
        /// The number belongs to the business account.
        NumberBelongs = "number_belongs",
        /// The number is connected.
        NumberStatus = "number_status",
        /// The provider's quality rating of the number is good.
        NumberQuality = "number_quality",
        /// The app is subscribed to the business account.
        Subscription = "subscription",
        /// The number's events are sent to this gateway.
        OverrideTarget = "override_target",
        /// The provider's organization settings contain this gateway's address.
        Registration = "registration",
        /// The app secret is right: a real event was signed with it.
        Signature = "signature",
        /// When a user last wrote.
        LastInbound = "last_inbound",
        /// When the provider last reported a message status.
        LastStatus = "last_status",
        /// The agent answers.
        Agent = "agent",
        /// No message waits for long.
        Backlog = "backlog",
        /// The gateway's clock and the provider's agree.
        Clock = "clock",
    }
}

words! {
    /// The verdict of a check.
    Outcome {
        /// No fault.
        Good = "good",
        /// It works, but a person should look at it.
        Warning = "warning",
        /// It does not work.
        Bad = "bad",
        /// It cannot be judged now.
        Unknown = "unknown",
        /// There is nothing to judge.
        NotApplicable = "not_applicable",
    }
}

words! {
    /// The label of a detail.
    Label {
        /// An address of this gateway.
        Address = "address",
        /// How long an answer took.
        Took = "took",
        /// The other side's answer.
        Answer = "answer",
        /// When the provider last made the handshake.
        LastHandshake = "last_handshake",
        /// When a request last carried a wrong verify token or signature.
        LastRefused = "last_refused",
        /// An app at the provider.
        App = "app",
        /// Missing scopes.
        Missing = "missing",
        /// Expiry time.
        Ends = "ends",
        /// The number.
        Number = "number",
        /// The name shown to users.
        Name = "name",
        /// The provider's word for the state.
        ProviderWord = "provider_word",
        /// The address that receives the events.
        Target = "target",
        /// The address that should receive the events.
        Expected = "expected",
        /// When the secret was last proven right.
        LastProven = "last_proven",
        /// When it last happened.
        Last = "last",
        /// Number of messages that wait for the agent.
        WaitForAgent = "wait_for_agent",
        /// Number of messages that wait to be sent.
        WaitToSend = "wait_to_send",
        /// Since when the oldest message waits.
        OldestSince = "oldest_since",
        /// Difference between the clocks.
        Difference = "difference",
    }
}

words! {
    /// Why a call got no answer.
    Silence {
        /// The address is private or otherwise forbidden for outgoing calls.
        Forbidden = "forbidden",
        /// No connection could be opened.
        NotConnected = "not_connected",
        /// The call timed out.
        TimedOut = "timed_out",
        /// The connection broke before the answer was complete.
        Broken = "broken",
        /// The answer exceeded the size limit.
        TooLong = "too_long",
    }
}

/// The value of a detail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// Text, shown unchanged.
    Text(String),
    /// An instant.
    At(Timestamp),
    /// A count.
    Count(i64),
    /// A duration in milliseconds.
    Millis(i64),
    /// The reason for no answer.
    Silence(Silence),
}

/// A labelled value that supports a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// The label.
    pub label: Label,
    /// The value.
    pub value: Shown,
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The check.
    pub check: Check,
    /// The verdict.
    pub outcome: Outcome,
    /// The exact result.
    pub code: Code,
    /// The details that support it.
    pub evidence: Vec<Detail>,
    /// When the evidence was gathered.
    pub at: Timestamp,
}

impl Check {
    /// True if the check is judged from stored data alone, so it needs no outside call.
    #[must_use]
    pub const fn is_local(self) -> bool {
        match self {
            Self::Renewal | Self::Signature | Self::LastInbound | Self::LastStatus | Self::Backlog => true,
            Self::Reachable
            | Self::Handshake
            | Self::Token
            | Self::Scopes
            | Self::TokenExpiry
            | Self::NumberBelongs
            | Self::NumberStatus
            | Self::NumberQuality
            | Self::Subscription
            | Self::OverrideTarget
            | Self::Registration
            | Self::Agent
            | Self::Clock => false,
        }
    }
}
