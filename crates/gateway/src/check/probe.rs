//! Trying a deployment: a signed sample event, and what came of it.

use bytes::Bytes;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use warta_core::channel::{Environment, Protocol};
use warta_core::checkup::Silence;
use warta_core::identity::Identity;
use warta_core::ids::{ChannelId, ConversationId, EventId, MessageId, SessionId};
use warta_core::message::{Context, InboundContent, OutboundContent, Text};
use warta_core::secret::Secret;
use warta_core::time::Timestamp;
use warta_protocol::agent::reply::{self, NotTaken};
use warta_protocol::agent::{event, sign};
use warta_store::Channel;

use crate::app::App;

/// A number of the range that is kept free for films: nobody has it.
const NOBODYS_PHONE: &str = "12025550100";
/// `ZZ` is no country and will never be one (ISO 3166 keeps it for users).
const NOBODYS_BSUID: &str = "ZZ.WARTATEST";
/// Stands for the account while there is no channel.
const NO_ACCOUNT: &str = "sample";

/// What is tried.
#[derive(Debug)]
pub struct Target<'a> {
    /// Where.
    pub url: &'a str,
    /// Signs the event.
    pub secret: &'a Secret,
    /// Of which of the agent's two lives the event tells.
    pub environment: Environment,
    /// The channel there, if any.
    pub channel: Option<&'a Channel>,
    /// What the user that is not there says.
    pub said: &'a str,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tested {
    /// When it ended.
    pub at: Timestamp,
    /// The address that was called.
    pub url: String,
    /// How long it took.
    pub duration_ms: u64,
    /// What it was.
    pub outcome: Outcome,
}

/// How a test can end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// With an answer as it should be, except for what is left out.
    Answered {
        /// The HTTP status.
        status: u16,
        /// What would go to the user.
        replies: Vec<OutboundContent>,
        /// Whether the session would end.
        end_session: bool,
        /// What cannot be sent: place and reason.
        left_out: Vec<(String, String)>,
    },
    /// With a status that is no success.
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// With a body that is no answer.
    Unreadable {
        /// The HTTP status.
        status: u16,
        /// Where in the body; empty for the whole.
        pointer: String,
        /// What is wrong with it.
        detail: String,
    },
    /// Without an answer.
    Silent {
        /// Why.
        why: Silence,
    },
    /// Before it began: the secret is none that can sign.
    SecretUnusable,
}

/// Sends the sample event and reads the answer as if it were one to a user. Nothing is stored and nothing is sent on.
pub async fn run(app: &App, target: &Target<'_>) -> Tested {
    let started = app.now();
    let uuid = app.minter.uuid(started);
    let event = sample(target, uuid, started);
    let outcome = call(app, target, EventId::from_uuid(uuid), event).await;
    let at = app.now();
    Tested {
        at,
        url: target.url.to_owned(),
        duration_ms: u64::try_from(at.since(started).as_millis()).unwrap_or(u64::MAX),
        outcome,
    }
}

async fn call(app: &App, target: &Target<'_>, id: EventId, event: Vec<u8>) -> Outcome {
    let secrets = std::slice::from_ref(target.secret);
    let Ok(headers) = sign::headers(id, app.now(), &event, secrets) else {
        return Outcome::SecretUnusable;
    };
    let timeout = app.settings.agent_timeout;
    match app.egress.call(Method::POST, target.url, headers, Bytes::from(event), timeout).await {
        Err(error) => Outcome::Silent { why: error.into() },
        Ok(answer) => read(answer.status, &answer.body),
    }
}

fn read(status: u16, body: &[u8]) -> Outcome {
    match reply::read(status, body) {
        Ok(reply) if reply.unreadable => {
            let fault = reply.faults.into_iter().next();
            let (pointer, detail) = fault.map(|fault| (fault.pointer, fault.detail)).unwrap_or_default();
            Outcome::Unreadable { status, pointer, detail }
        }
        Ok(reply) => Outcome::Answered {
            status,
            replies: reply.replies.into_iter().map(|reply| reply.content).collect(),
            end_session: reply.end_session,
            left_out: reply.faults.into_iter().map(|fault| (fault.pointer, fault.detail)).collect(),
        },
        Err(NotTaken(status)) => Outcome::Refused { status },
    }
}

/// The event: as a user's would be, marked as nobody's. Conversation, user, session and message are made up from `uuid`, so
/// that they exist nowhere.
fn sample(target: &Target<'_>, uuid: Uuid, now: Timestamp) -> Vec<u8> {
    let id = target.channel.map_or_else(|| ChannelId::from_uuid(uuid), |channel| channel.id);
    let account = target.channel.and_then(|channel| channel.account.as_ref());
    let bsuid = NOBODYS_BSUID.parse().ok();
    let Some(identity) = Identity::new(bsuid, NOBODYS_PHONE.parse().ok()) else { return Vec::new() };
    event::received(&event::Received {
        id: EventId::from_uuid(uuid),
        at: now,
        environment: target.environment,
        channel: event::Channel {
            id,
            account: account.map_or(NO_ACCOUNT, |account| account.as_str()),
            protocol: target.channel.map_or(Protocol::MetaCloud, |channel| channel.protocol),
        },
        conversation: ConversationId::from_uuid(uuid),
        user: event::User { identity: &identity, name: Some("Warta"), username: None },
        session: event::Session { id: SessionId::from_uuid(uuid), state: "active", started_at: now },
        messages: &[event::Message {
            id: MessageId::message(uuid),
            content: &InboundContent::Text(Text { body: target.said.to_owned(), preview_url: false }),
            context: &Context::default(),
            reply_to: None,
            sent_at: now,
            received_at: now,
        }],
        synthetic: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn the_sample_says_that_nobody_wrote_it() {
        let secret = sign::generate_secret([1; 32]);
        let target = Target {
            url: "https://agent.example.com/",
            secret: &secret,
            environment: Environment::Draft,
            channel: None,
            said: "A test",
        };
        let uuid = Uuid::from_u128(0x019a_c1e0_0000_7000_8000_0000_0000_0001);
        let now: Timestamp = "2026-11-23T08:00:00.000Z".parse().unwrap();
        let event: Value = serde_json::from_slice(&sample(&target, uuid, now)).unwrap();
        assert_eq!(
            event,
            json!({
                "type": "message.received", "id": EventId::from_uuid(uuid), "synthetic": true,
                "timestamp": "2026-11-23T08:00:00.000Z", "environment": "draft",
                "channel": {"id": ChannelId::from_uuid(uuid), "account": "sample", "protocol": "meta_cloud"},
                "conversation": {"id": ConversationId::from_uuid(uuid), "user": {
                    "id": ConversationId::from_uuid(uuid).user(), "bsuid": "ZZ.WARTATEST", "phone": "+12025550100",
                    "name": "Warta"}},
                "session": {"id": SessionId::from_uuid(uuid), "state": "active", "started_at": now},
                "messages": [{"id": MessageId::message(uuid), "type": "text", "text": {"body": "A test"},
                    "sent_at": now, "received_at": now}],
            })
        );
    }

    #[test]
    fn an_answer_is_told_as_it_would_be_sent() {
        let body = json!({"replies": [{"type": "text", "text": {"body": "Halo"}}, {"type": "hologram"}], "end_session": true});
        let Outcome::Answered { status: 200, replies, end_session: true, left_out } =
            read(200, body.to_string().as_bytes())
        else {
            panic!("not answered")
        };
        assert_eq!(replies.iter().map(OutboundContent::kind).collect::<Vec<_>>(), ["text"]);
        assert_eq!(left_out[0].0, "/replies/1/type");
        assert_eq!(read(503, b""), Outcome::Refused { status: 503 });
        assert!(matches!(read(200, b"OK"), Outcome::Unreadable { status: 200, .. }));
    }

    #[test]
    fn what_came_of_it_is_kept_and_read_back() {
        for outcome in [
            read(200, br#"{"replies":[{"type":"text","text":{"body":"Halo"}}]}"#),
            read(401, b""),
            read(200, b"OK"),
            Outcome::Silent { why: Silence::TimedOut },
            Outcome::SecretUnusable,
        ] {
            let at = Timestamp::from_millis(1);
            let tested = Tested { at, url: "https://agent.example.com/".to_owned(), duration_ms: 7, outcome };
            let kept = serde_json::to_value(&tested).unwrap();
            assert_eq!(serde_json::from_value::<Tested>(kept).unwrap(), tested);
        }
    }
}
