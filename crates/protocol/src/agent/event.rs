//! Events for agents, in the JSON of DESIGN §5.

use serde::Serialize;
use serde_json::Value;
use warta_core::channel::{Environment, Protocol};
use warta_core::identity::{Bsuid, Identity};
use warta_core::ids::{ChannelId, ConversationId, EventId, MessageId, SessionId, UserId};
use warta_core::json;
use warta_core::message::{Context, InboundContent};
use warta_core::phone::Phone;
use warta_core::time::Timestamp;

/// A `message.received` event.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// The event's id, the same over all attempts.
    pub id: EventId,
    /// When the event happened.
    pub at: Timestamp,
    /// The environment: draft or published.
    pub environment: Environment,
    /// The channel.
    pub channel: Channel<'a>,
    /// The conversation. Its id includes the user.
    pub conversation: ConversationId,
    /// The user.
    pub user: User<'a>,
    /// The current session.
    pub session: Session,
    /// The user's messages, the oldest first.
    pub messages: &'a [Message<'a>],
    /// True for a synthetic message, sent by the console's test button, a check-up or a loop-back test. The agent sees
    /// `"synthetic": true` (otherwise the key is absent) and need not act on it. Its replies are shown or recorded, and never
    /// sent.
    pub synthetic: bool,
}

/// The channel of an event.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Channel<'a> {
    /// Its id.
    pub id: ChannelId,
    /// The number or account code.
    pub account: &'a str,
    /// The provider.
    pub protocol: Protocol,
}

/// The user, as last known.
#[derive(Debug, Clone, Copy)]
pub struct User<'a> {
    /// Their phone number and business-scoped id.
    pub identity: &'a Identity,
    /// Their display name.
    pub name: Option<&'a str>,
    /// Their user name.
    pub username: Option<&'a str>,
}

/// The current session.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Its state, such as `active`.
    pub state: &'static str,
    /// When it started.
    pub started_at: Timestamp,
}

/// A message from the user.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// Our id of the message.
    pub id: MessageId,
    /// Its content.
    pub content: &'a InboundContent,
    /// The message or referral that it refers to.
    pub context: &'a Context,
    /// Our id of the message that it answers, if known. It replaces the provider's id.
    pub reply_to: Option<MessageId>,
    /// When the user sent it.
    pub sent_at: Timestamp,
    /// When we received it.
    pub received_at: Timestamp,
}

/// Writes a `message.received` event.
#[must_use]
pub fn received(event: &Received<'_>) -> Vec<u8> {
    let wire = Wire {
        kind: "message.received",
        id: event.id,
        timestamp: event.at,
        environment: event.environment,
        channel: event.channel,
        conversation: WireConversation::of(event.conversation, &event.user),
        session: event.session,
        messages: event.messages.iter().map(WireMessage::from).collect(),
        synthetic: event.synthetic,
    };
    // All keys are texts and no part of it fails to serialise.
    json::bytes(&wire)
}

/// A change of a session.
#[derive(Debug, Clone, Copy)]
pub struct SessionChanged<'a> {
    /// The event's id, the same over all attempts.
    pub id: EventId,
    /// `session.started`, `session.prompted`, `session.resumed`, `session.ended` or `conversation.paused`.
    pub kind: &'static str,
    /// When it happened.
    pub at: Timestamp,
    /// The environment: draft or published.
    pub environment: Environment,
    /// The channel.
    pub channel: Channel<'a>,
    /// The conversation. Its id includes the user.
    pub conversation: ConversationId,
    /// The user.
    pub user: User<'a>,
    /// The session.
    pub session: SessionId,
    /// The question of a prompt: `ask_more` or `ask_end`.
    pub prompt: Option<&'a str>,
    /// The reason of an end: `inactive`, `user`, `agent`, `operator` or `window_closed`; of a pause `too_many_replies` or
    /// `same_reply`.
    pub reason: Option<&'a str>,
}

/// Writes a session event.
#[must_use]
pub fn session_changed(event: &SessionChanged<'_>) -> Vec<u8> {
    let mut session = serde_json::json!({ "id": event.session });
    if let Value::Object(session) = &mut session {
        session.extend(event.prompt.map(|prompt| ("prompt".to_owned(), prompt.into())));
        session.extend(event.reason.map(|reason| ("reason".to_owned(), reason.into())));
    }
    let wire = serde_json::json!({
        "type": event.kind,
        "id": event.id,
        "timestamp": event.at,
        "environment": event.environment,
        "channel": event.channel,
        "conversation": WireConversation::of(event.conversation, &event.user),
        "session": session,
    });
    wire.to_string().into_bytes()
}

#[derive(Serialize)]
struct Wire<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: EventId,
    timestamp: Timestamp,
    environment: Environment,
    channel: Channel<'a>,
    conversation: WireConversation<'a>,
    session: Session,
    messages: Vec<WireMessage<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    synthetic: bool,
}

#[derive(Serialize)]
struct WireConversation<'a> {
    id: ConversationId,
    user: WireUser<'a>,
}

impl<'a> WireConversation<'a> {
    fn of(id: ConversationId, user: &User<'a>) -> Self {
        let (bsuid, phone) = (user.identity.bsuid(), user.identity.phone());
        let user = WireUser { id: id.user(), bsuid, phone, name: user.name, username: user.username };
        Self { id, user }
    }
}

#[derive(Serialize)]
struct WireUser<'a> {
    id: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    bsuid: Option<&'a Bsuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
}

#[derive(Serialize)]
struct WireMessage<'a> {
    id: MessageId,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    content: &'a InboundContent,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Context>,
    sent_at: Timestamp,
    received_at: Timestamp,
}

impl<'a> From<&Message<'a>> for WireMessage<'a> {
    fn from(message: &Message<'a>) -> Self {
        let mut context = message.context.clone();
        if let Some(id) = message.reply_to {
            context.reply_to = Some(id.to_string());
        }
        Self {
            id: message.id,
            kind: message.content.kind(),
            content: message.content,
            context: (!context.is_empty()).then_some(context),
            sent_at: message.sent_at,
            received_at: message.received_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const START: &str = "2026-11-22T10:00:00.000Z";

    fn written(identity: &Identity, messages: &[Message<'_>]) -> Value {
        let event = Received {
            id: "evt_01kb3t5v9zc9rt2n6cy8q4h7mp".parse().unwrap(),
            at: "2026-11-22T10:00:00.123Z".parse().unwrap(),
            environment: Environment::Draft,
            channel: Channel {
                id: "chn_01kb3t5v9zc9rt2n6cy8q4h7mp".parse().unwrap(),
                account: "6281100000001",
                protocol: Protocol::MetaCloud,
            },
            conversation: "cnv_01kb3t5v9zc9rt2n6cy8q4h7mp".parse().unwrap(),
            user: User { identity, name: Some("Budi"), username: None },
            session: Session {
                id: "ses_01kb3t5v9zc9rt2n6cy8q4h7mp".parse().unwrap(),
                state: "active",
                started_at: START.parse().unwrap(),
            },
            messages,
            synthetic: false,
        };
        serde_json::from_slice(&received(&event)).unwrap()
    }

    fn message<'a>(said: &'a InboundContent, context: &'a Context) -> Message<'a> {
        Message {
            id: "msg_01kb3t5v9zc9rt2n6cy8q4h7mp".parse().unwrap(),
            content: said,
            context,
            reply_to: None,
            sent_at: START.parse().unwrap(),
            received_at: START.parse().unwrap(),
        }
    }

    #[test]
    fn an_event_is_the_json_of_the_design() {
        let identity = Identity::Both("ID.12".parse().unwrap(), "6281255501234".parse().unwrap());
        let content = serde_json::from_value(json!({"text": {"body": "Halo"}})).unwrap();
        let event = written(&identity, &[message(&content, &Context::default())]);
        assert_eq!(
            event,
            json!({
                "type": "message.received", "id": "evt_01kb3t5v9zc9rt2n6cy8q4h7mp",
                "timestamp": "2026-11-22T10:00:00.123Z", "environment": "draft",
                "channel": {"id": "chn_01kb3t5v9zc9rt2n6cy8q4h7mp", "account": "6281100000001", "protocol": "meta_cloud"},
                "conversation": {"id": "cnv_01kb3t5v9zc9rt2n6cy8q4h7mp", "user": {
                    "id": "usr_01kb3t5v9zc9rt2n6cy8q4h7mp", "bsuid": "ID.12", "phone": "+6281255501234", "name": "Budi"}},
                "session": {"id": "ses_01kb3t5v9zc9rt2n6cy8q4h7mp", "state": "active", "started_at": START},
                "messages": [{"id": "msg_01kb3t5v9zc9rt2n6cy8q4h7mp", "type": "text", "text": {"body": "Halo"},
                    "sent_at": START, "received_at": START}],
            })
        );
    }

    #[test]
    fn every_kind_stands_under_its_own_name() {
        for content in [
            json!({"image": {"media_id": "1", "mime_type": "image/png"}}),
            json!({"contacts": [{"name": {"formatted_name": "Ani"}}]}),
            json!({"edit": {"original_message_id": "wamid.1", "content": {"text": {"body": "x"}}}}),
            json!({"revoke": {"original_message_id": "wamid.1"}}),
            json!({"unsupported": {"type": "poll_creation"}}),
        ] {
            let read: InboundContent = serde_json::from_value(content.clone()).unwrap();
            let identity = Identity::Bsuid("ID.12".parse().unwrap());
            let event = written(&identity, &[message(&read, &Context::default())]);
            let told = &event["messages"][0];
            let kind = told["type"].as_str().unwrap();
            assert_eq!(told[kind], content[kind]);
            assert_eq!(event["conversation"]["user"].get("phone"), None);
        }
    }

    #[test]
    fn a_message_known_to_us_is_quoted_by_our_id_and_another_by_the_providers() {
        let identity = Identity::Bsuid("ID.12".parse().unwrap());
        let said = serde_json::from_value(json!({"text": {"body": "Halo"}})).unwrap();
        let context = Context { reply_to: Some("wamid.OUT1".to_owned()), ..Context::default() };
        let unknown = message(&said, &context);
        let known = Message { reply_to: Some(unknown.id), ..unknown };
        let event = written(&identity, &[unknown, known]);
        assert_eq!(event["messages"][0]["context"], json!({"reply_to": "wamid.OUT1"}));
        assert_eq!(event["messages"][1]["context"], json!({"reply_to": "msg_01kb3t5v9zc9rt2n6cy8q4h7mp"}));
    }
}
