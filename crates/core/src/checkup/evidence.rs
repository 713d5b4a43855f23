//! What was seen, before it means anything.

use serde::{Deserialize, Serialize};

use super::finding::{Check, Silence};
use crate::channel::SecretKind;
use crate::policy::renewal::Failed;
use crate::time::Timestamp;

/// Everything that was seen about a channel at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// When it was gathered.
    pub at: Timestamp,
    /// The address that the provider is to call.
    pub callback: String,
    /// Addresses of the organization's other channels that know the same app secret: what comes there comes here too.
    pub siblings: Vec<String>,
    /// Whether the provider lives on this machine or its network (a twin), so that plain HTTP will do.
    pub provider_is_near: bool,
    /// Whether the channel is paused.
    pub paused: bool,
    /// The digits of the channel's account, where it is a phone number.
    pub digits: Option<String>,
    /// Our address, called as anybody outside would.
    pub reach: Probe,
    /// The webhook's handshakes.
    pub handshakes: Handshakes,
    /// The access token.
    pub token: Heard<Token>,
    /// Whether there is an access token at all.
    pub has_token: bool,
    /// Which secret the provider is asked with, where it is not the access token: what is said here of the token holds for it.
    #[serde(default = "access_token")]
    pub key: SecretKind,
    /// Whether the access token is renewed here.
    #[serde(default)]
    pub renewal: Renewal,
    /// Who is subscribed to the business account.
    pub subscribers: Heard<Vec<Subscriber>>,
    /// The app that should be: the one configured, else the token's.
    pub app: Option<String>,
    /// The number.
    pub number: Heard<Number>,
    /// Whether the business account lists the number.
    pub listed: Heard<bool>,
    /// Whether our address is registered, where the provider keeps such settings.
    #[serde(default)]
    pub registered: Heard<bool>,
    /// What there is to check with this provider; nothing told is everything.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// The app secret.
    pub secret: AppSecret,
    /// What came and went.
    pub traffic: Traffic,
    /// The agent.
    pub agent: Agent,
    /// What waits.
    pub backlog: Backlog,
    /// The provider's clock less ours, in milliseconds.
    pub clock_difference_ms: Option<i64>,
}

const fn access_token() -> SecretKind {
    SecretKind::AccessToken
}

/// What came of a call to ourselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Probe {
    /// We answered.
    Answered {
        /// How long it took.
        took_ms: i64,
    },
    /// Something answered that is not us, or not what we say.
    Strange(String),
    /// Nothing answered.
    Silent(Silence),
    /// It was not called.
    NotAsked,
}

/// What the provider said to a question.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard<T> {
    /// The answer.
    Said(T),
    /// It refused, in its words.
    Refused(String),
    /// It answered that it cannot just now, in its words.
    Unable(String),
    /// It did not answer.
    Silent(Silence),
    /// It was not asked: something it takes to ask is missing.
    #[default]
    NotAsked,
}

/// The webhook's handshakes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handshakes {
    /// Our own, with the real verify token, through the public address.
    pub own: Probe,
    /// Whether there is a verify token.
    pub has_secret: bool,
    /// When the provider last made it.
    pub seen_at: Option<Timestamp>,
    /// When somebody last came with a wrong verify token.
    pub refused_at: Option<Timestamp>,
}

/// What the provider says about the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Why it does not work; `None` when it does.
    pub refusal: Option<String>,
    /// The app it was made for.
    pub app: Option<String>,
    /// What it lacks.
    pub missing: Vec<String>,
    /// When it ends; `None` means never.
    pub expires_at: Option<Timestamp>,
}

/// Whether the access token is renewed here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Renewal {
    /// It is not: something it takes is not entered, or the provider has no such call.
    #[default]
    NotSet,
    /// It is, and it has not come to nothing since it last worked.
    Ready,
    /// The last one came to nothing.
    Failed(Failed),
}

/// An app that gets the account's events.
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
    /// As the provider writes it.
    pub display: Option<String>,
    /// The name that users see.
    pub name: Option<String>,
    /// The provider's word for its state.
    pub status: Option<String>,
    /// The provider's word for whether it can send.
    pub can_send: Option<String>,
    /// The provider's word for its quality.
    pub quality: Option<String>,
    /// Where its events go.
    pub callback: Option<String>,
}

/// The app secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppSecret {
    /// Whether there is one.
    pub configured: bool,
    /// Whether the provider says that it is the app's; `None` where it could not be asked.
    pub fits: Option<bool>,
    /// When a real event was last signed with it.
    pub proven_at: Option<Timestamp>,
    /// When an event last came that was not.
    pub refused_at: Option<Timestamp>,
}

/// What came and went.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Traffic {
    /// When a user last wrote.
    pub inbound_at: Option<Timestamp>,
    /// When the provider last took a message of ours.
    pub sent_at: Option<Timestamp>,
    /// When a status last came.
    pub status_at: Option<Timestamp>,
}

/// What came of a call to the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agent {
    /// It has no deployment for this environment.
    Missing,
    /// It answered as agreed.
    Answered {
        /// How long it took.
        took_ms: i64,
    },
    /// It answered with an error: the status, and what is wrong with the body.
    Refused(String),
    /// It did not answer.
    Silent(Silence),
    /// It was not asked: its secret is none that can sign.
    SecretUnusable,
}

/// What waits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Backlog {
    /// How many messages wait for the agent.
    pub for_agent: i64,
    /// How many wait to be sent.
    pub to_send: i64,
    /// Since when the oldest of both waits.
    pub oldest: Option<Timestamp>,
}
