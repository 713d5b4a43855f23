//! What a check found, in words that pages translate.

use serde::{Deserialize, Serialize};

use super::code::Code;
use crate::time::Timestamp;
use crate::vocabulary::words;

words! {
    /// One thing that must be right, in the order in which it is shown.
    Check {
        /// Our address answers from outside, as configured.
        Reachable = "reachable",
        /// The webhook's handshake is answered, and the provider has made it.
        Handshake = "handshake",
        /// The provider accepts the access token.
        Token = "token",
        /// The token may do all that is needed.
        Scopes = "scopes",
        /// The token does not end soon.
        TokenExpiry = "token_expiry",
        /// The token is renewed here before it ends.
        Renewal = "renewal",
        /// The number belongs to the business account.
        NumberBelongs = "number_belongs",
        /// The number is connected.
        NumberStatus = "number_status",
        /// People do not complain about the number.
        NumberQuality = "number_quality",
        /// The app is subscribed to the business account.
        Subscription = "subscription",
        /// Events of the number are sent to us.
        OverrideTarget = "override_target",
        /// Our address stands in the settings that the provider keeps for the organization.
        Registration = "registration",
        /// The app secret fits: a real event proved it.
        Signature = "signature",
        /// When a user last wrote.
        LastInbound = "last_inbound",
        /// When the provider last told how far a message has come.
        LastStatus = "last_status",
        /// The agent answers.
        Agent = "agent",
        /// Nothing waits for long.
        Backlog = "backlog",
        /// Our clock and the provider's agree.
        Clock = "clock",
    }
}

words! {
    /// How a check came out.
    Outcome {
        /// As it should be.
        Good = "good",
        /// It works, and somebody should look.
        Warning = "warning",
        /// It does not work.
        Bad = "bad",
        /// It cannot be known now.
        Unknown = "unknown",
        /// There is nothing to check.
        NotApplicable = "not_applicable",
    }
}

words! {
    /// What a piece of evidence is.
    Label {
        /// An address of ours.
        Address = "address",
        /// How long an answer took.
        Took = "took",
        /// What the other side said.
        Answer = "answer",
        /// When the provider last made the handshake.
        LastHandshake = "last_handshake",
        /// When the provider last came with a wrong verify token.
        LastRefused = "last_refused",
        /// The app of the token.
        App = "app",
        /// Scopes that are missing.
        Missing = "missing",
        /// When it ends.
        Ends = "ends",
        /// The number.
        Number = "number",
        /// The name that users see.
        Name = "name",
        /// The provider's word for the state.
        ProviderWord = "provider_word",
        /// Where events go.
        Target = "target",
        /// Where events should go.
        Expected = "expected",
        /// When it was last proven.
        LastProven = "last_proven",
        /// When it last happened.
        Last = "last",
        /// How many wait for the agent.
        WaitForAgent = "wait_for_agent",
        /// How many wait to be sent.
        WaitToSend = "wait_to_send",
        /// Since when the oldest waits.
        OldestSince = "oldest_since",
        /// By how much clocks differ.
        Difference = "difference",
    }
}

words! {
    /// Why a call got no answer.
    Silence {
        /// The address leads where nothing may be called.
        Forbidden = "forbidden",
        /// No connection came about.
        NotConnected = "not_connected",
        /// It took too long.
        TimedOut = "timed_out",
        /// The connection broke.
        Broken = "broken",
        /// The answer was too long.
        TooLong = "too_long",
    }
}

/// A value of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// As it is.
    Text(String),
    /// An instant.
    At(Timestamp),
    /// A count.
    Count(i64),
    /// A stretch of time, in milliseconds.
    Millis(i64),
    /// Why there was no answer.
    Silence(Silence),
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// What it is.
    pub label: Label,
    /// What was seen.
    pub value: Shown,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which check.
    pub check: Check,
    /// How it came out.
    pub outcome: Outcome,
    /// What exactly.
    pub code: Code,
    /// What was seen.
    pub evidence: Vec<Detail>,
    /// When.
    pub at: Timestamp,
}

impl Check {
    /// Whether it is judged by what is stored here, and so at any time without asking anybody.
    #[must_use]
    pub const fn is_at_hand(self) -> bool {
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
