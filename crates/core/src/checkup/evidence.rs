//! The raw observations that the checks are judged from.

use serde::{Deserialize, Serialize};

use super::finding::{Check, Silence};
use crate::channel::SecretKind;
use crate::policy::renewal::Failed;
use crate::time::Timestamp;

/// All observations about a channel at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// When the evidence was gathered.
    pub at: Timestamp,
    /// The webhook address of this channel, as the provider should call it.
    pub callback: String,
    /// Webhook addresses of the organization's other channels with the same app secret. Events sent there reach this channel too.
    pub siblings: Vec<String>,
    /// True if the provider runs on this machine or its network (a twin). Plain HTTP is then acceptable.
    pub provider_is_near: bool,
    /// Whether the channel is paused.
    pub paused: bool,
    /// The digits of the channel's account, where it is a phone number.
    pub digits: Option<String>,
    /// The result of calling the gateway's public address.
    pub reach: Probe,
    /// The webhook's handshakes.
    pub handshakes: Handshakes,
    /// What the provider says about the access token.
    pub token: Heard<Token>,
    /// Whether the channel has the secret named in `key`.
    pub has_token: bool,
    /// The secret that calls to the provider use. If it is not the access token, the token fields describe this secret.
    #[serde(default = "access_token")]
    pub key: SecretKind,
    /// The state of token renewal.
    #[serde(default)]
    pub renewal: Renewal,
    /// The apps subscribed to the business account.
    pub subscribers: Heard<Vec<Subscriber>>,
    /// The app that should be subscribed: the configured one, else the token's.
    pub app: Option<String>,
    /// What the provider says about the number.
    pub number: Heard<Number>,
    /// Whether the business account lists the number.
    pub listed: Heard<bool>,
    /// Whether the gateway's address is registered, if the provider has such settings.
    #[serde(default)]
    pub registered: Heard<bool>,
    /// The checks that apply to this provider; empty means all.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// The app secret.
    pub secret: AppSecret,
    /// Times of the last messages and statuses.
    pub traffic: Traffic,
    /// The result of a test call to the agent.
    pub agent: Agent,
    /// The messages that wait.
    pub backlog: Backlog,
    /// The provider's clock minus the gateway's, in milliseconds.
    pub clock_difference_ms: Option<i64>,
}

const fn access_token() -> SecretKind {
    SecretKind::AccessToken
}

/// The result of a call to the gateway's own public address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Probe {
    /// The gateway answered.
    Answered {
        /// How long it took.
        took_ms: i64,
    },
    /// Something else answered, or the answer is not the gateway's.
    Strange(String),
    /// Nothing answered.
    Silent(Silence),
    /// No call was made.
    NotAsked,
}

/// The provider's answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard<T> {
    /// The answer.
    Said(T),
    /// The provider refused; its reason.
    Refused(String),
    /// The provider cannot answer at the moment; its reason.
    Unable(String),
    /// The provider did not answer.
    Silent(Silence),
    /// The question was not asked, because data it needs is missing.
    #[default]
    NotAsked,
}

/// The webhook's handshakes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handshakes {
    /// The gateway's own test handshake, with the real verify token, through the public address.
    pub own: Probe,
    /// Whether the channel has a verify token.
    pub has_secret: bool,
    /// When the provider last made the handshake.
    pub seen_at: Option<Timestamp>,
    /// When a handshake with a wrong verify token last came.
    pub refused_at: Option<Timestamp>,
}

/// What the provider says about the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Why the token does not work; `None` if it works.
    pub refusal: Option<String>,
    /// The app that the token was issued for.
    pub app: Option<String>,
    /// Required scopes that the token lacks.
    pub missing: Vec<String>,
    /// When the token expires; `None` means never.
    pub expires_at: Option<Timestamp>,
}

/// The state of token renewal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Renewal {
    /// The gateway does not renew the token: credentials are missing, or the provider offers no renewal.
    #[default]
    NotSet,
    /// The gateway renews the token, and the last renewal did not fail.
    Ready,
    /// The last renewal failed.
    Failed(Failed),
}

/// An app that receives the account's events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscriber {
    /// The app's id.
    pub app: String,
    /// Its name.
    pub name: String,
}

/// What the provider says about the number.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Number {
    /// The number as the provider formats it.
    pub display: Option<String>,
    /// The name shown to users.
    pub name: Option<String>,
    /// The provider's word for its state.
    pub status: Option<String>,
    /// The provider's word for the ability to send.
    pub can_send: Option<String>,
    /// The provider's word for its quality.
    pub quality: Option<String>,
    /// The address that receives the number's events.
    pub callback: Option<String>,
}

/// Observations about the app secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppSecret {
    /// Whether an app secret is entered.
    pub configured: bool,
    /// Whether the provider confirms that the secret belongs to the app; `None` if it could not be asked.
    pub fits: Option<bool>,
    /// When a real event was last signed with it.
    pub proven_at: Option<Timestamp>,
    /// When an event signed with another secret last came.
    pub refused_at: Option<Timestamp>,
}

/// Times of the last messages and statuses.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Traffic {
    /// When a user last wrote.
    pub inbound_at: Option<Timestamp>,
    /// When the provider last accepted an outbound message.
    pub sent_at: Option<Timestamp>,
    /// When a status last arrived.
    pub status_at: Option<Timestamp>,
}

/// The result of a test call to the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agent {
    /// The agent has no deployment for this environment.
    Missing,
    /// The agent answered according to the contract.
    Answered {
        /// How long it took.
        took_ms: i64,
    },
    /// The agent answered with an error; the HTTP status and the fault in the body.
    Refused(String),
    /// The agent did not answer.
    Silent(Silence),
    /// No call was made: the agent's secret cannot sign.
    SecretUnusable,
}

/// The messages that wait.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Backlog {
    /// Number of messages that wait for the agent.
    pub for_agent: i64,
    /// Number of messages that wait to be sent.
    pub to_send: i64,
    /// Since when the oldest of them waits.
    pub oldest: Option<Timestamp>,
}
