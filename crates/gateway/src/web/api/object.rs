//! The message object, as every route answers it.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use warta_core::channel::Environment;
use warta_core::delivery::Failure;
use warta_core::ids::{ChannelId, ConversationId, MessageId};
use warta_core::message::{Direction, InboundContent, OutboundContent};
use warta_core::time::Timestamp;
use warta_store::{Content, MessageRow, TimelineEvent};

/// A message, in or out. Its content stands under the name of its `type`: `{"type":"text","text":{"body":"…"}}`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Message {
    /// Its id: `msg_…`, or `ntf_…` for a notification.
    #[schema(value_type = String, example = "msg_01kb3t5v9zc9rt2n6cy8q4h7mp")]
    id: MessageId,
    /// `message`, or `notification` for one with a template.
    #[schema(value_type = ObjectKind)]
    object: &'static str,
    /// Which way it goes.
    #[schema(value_type = DirectionWord)]
    direction: Direction,
    /// How far it has come. Inbound: `received`, `delivered` (to the agent), `dead`. Outbound: `scheduled`, `queued`,
    /// `dispatching`, `uncertain`, `accepted`, `sent`, `delivered`, `read`, `played`, `failed`, `canceled`, `expired`.
    /// It only moves forward.
    #[schema(example = "delivered")]
    status: &'static str,
    /// The agent's life it belongs to.
    #[schema(value_type = EnvironmentWord)]
    environment: Environment,
    /// The channel.
    #[schema(value_type = String, example = "chn_01kb3t5v9zc9rt2n6cy8q4h7mp")]
    channel: ChannelId,
    /// The conversation.
    #[schema(value_type = String, example = "cnv_01kb3t5v9zc9rt2n6cy8q4h7mp")]
    conversation: ConversationId,
    /// The kind of content, and the name of the field that holds it.
    #[serde(rename = "type")]
    #[schema(example = "text")]
    kind: &'static str,
    /// The content.
    #[serde(flatten)]
    #[schema(value_type = crate::web::docs::MessageContent)]
    content: Said,
    /// The provider's id of it, once there is one.
    #[schema(example = "wamid.HBgN…")]
    provider_message_id: Option<String>,
    /// The message it answers.
    #[schema(value_type = Option<String>)]
    reply_to: Option<MessageId>,
    /// How often we tried to hand it over: to the agent, or to the provider.
    attempts: u32,
    /// Whether the user may have got it twice: the provider did not say what became of the first attempt.
    possible_duplicate: bool,
    /// Why it did not work. Of a delivered message that came in: what in the agent's answer could not be sent.
    error: Option<MessageError>,
    /// When it was sent, by the provider's clock.
    #[schema(value_type = Option<String>, format = DateTime)]
    sent_at: Option<Timestamp>,
    /// When it came in, or was asked for.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// Why a message did not arrive.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessageError {
    /// A word that stays the same.
    #[schema(example = "window_closed")]
    code: String,
    /// The provider's own code.
    #[schema(example = 131_047)]
    provider_code: Option<i64>,
    /// A sentence for a person.
    detail: String,
}

/// What kind of object this is.
#[derive(ToSchema)]
#[schema(as = ObjectKind, rename_all = "snake_case")]
#[expect(dead_code, reason = "only its shape is used, in the API document")]
pub(crate) enum ObjectKind {
    /// Any message but a notification.
    Message,
    /// A message with a template.
    Notification,
}

/// Which way a message goes.
#[derive(ToSchema)]
#[schema(as = Direction, rename_all = "snake_case")]
#[expect(dead_code, reason = "only its shape is used, in the API document")]
pub(crate) enum DirectionWord {
    /// From the user.
    Inbound,
    /// To the user.
    Outbound,
}

/// Which of an agent's two lives.
#[derive(ToSchema)]
#[schema(as = Environment, rename_all = "snake_case")]
#[expect(dead_code, reason = "only its shape is used, in the API document")]
pub(crate) enum EnvironmentWord {
    /// Live users.
    Published,
    /// Internal testing.
    Draft,
}

/// The content under the name of its kind, whichever way it goes.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Said {
    In(InboundContent),
    Out(OutboundContent),
}

/// A message and what happened to it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessageWithEvents {
    /// The message.
    #[serde(flatten)]
    message: Message,
    /// What happened to it, the first first.
    events: Vec<MessageEvent>,
}

/// Something that happened to a message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessageEvent {
    /// What it is about: `status` (the provider told), `agent` (an attempt to reach the agent), `answer` (what the agent
    /// answered that cannot be sent), `send` (an attempt to send), `replay`.
    #[schema(example = "status")]
    kind: String,
    /// The state it led to, or the provider's word for it.
    #[schema(example = "delivered")]
    status: String,
    /// When we learnt it.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// When it happened, by the provider's clock.
    #[schema(value_type = Option<String>, format = DateTime)]
    provider_at: Option<Timestamp>,
    /// What else is known, such as an error or how long it took.
    #[schema(value_type = Option<Object>)]
    detail: Value,
}

/// A list of messages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"object": "list", "has_more": false, "next_cursor": null, "data": [{
    "id": "msg_01kb3t5v9zc9rt2n6cy8q4h7mp", "object": "message", "direction": "outbound", "status": "delivered",
    "environment": "published", "channel": "chn_01kb3t5v9zc9rt2n6cy8q4h7mp", "conversation": "cnv_01kb3t5v9zc9rt2n6cy8q4h7mp",
    "type": "text", "text": {"body": "Halo!"}, "provider_message_id": "wamid.HBgN", "reply_to": null, "attempts": 1,
    "possible_duplicate": false, "error": null, "sent_at": "2026-11-22T10:00:01.000Z", "created_at": "2026-11-22T10:00:00.123Z",
}]}))]
pub(crate) struct MessageList {
    /// Always `list`.
    #[schema(example = "list")]
    pub(crate) object: &'static str,
    /// The messages.
    pub(crate) data: Vec<Message>,
    /// Whether there are more.
    pub(crate) has_more: bool,
    /// What to pass as `cursor` to get them.
    pub(crate) next_cursor: Option<String>,
}

impl From<MessageRow> for Message {
    fn from(row: MessageRow) -> Self {
        let object = if row.id.is_notification() { "notification" } else { "message" };
        let (direction, status, kind) = (row.content.direction(), row.content.status(), row.content.kind());
        let content = match row.content {
            Content::Inbound { content, .. } => Said::In(content),
            Content::Outbound { content, .. } => Said::Out(content),
        };
        Self {
            id: row.id,
            object,
            direction,
            status,
            environment: row.environment,
            channel: row.channel,
            conversation: row.conversation,
            kind,
            content,
            provider_message_id: row.provider_id,
            reply_to: row.reply_to,
            attempts: row.attempts,
            possible_duplicate: row.possible_duplicate,
            error: row.failure.map(MessageError::from),
            sent_at: row.sent_at,
            created_at: row.created_at,
        }
    }
}

impl From<Failure> for MessageError {
    fn from(failure: Failure) -> Self {
        Self { code: failure.code, provider_code: failure.provider_code, detail: failure.detail }
    }
}

impl MessageWithEvents {
    /// A message and its timeline.
    pub(crate) fn new(row: MessageRow, timeline: Vec<TimelineEvent>) -> Self {
        let events = timeline.into_iter().map(|event| MessageEvent {
            kind: event.kind,
            status: event.status,
            at: event.at,
            provider_at: event.provider_at,
            detail: event.detail,
        });
        Self { message: row.into(), events: events.collect() }
    }
}
