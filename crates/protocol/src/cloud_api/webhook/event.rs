//! The other fields of a webhook (§4): events of the channel. Each is stored as an event; none is an error.

use serde_json::{Map, Value};
use warta_core::time::Timestamp;
use warta_core::webhook::ChannelEvent;

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $field:literal),+ $(,)?) => {
        /// An event of a channel.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Event { $($(#[$doc])* $name),+ }

        impl Event {
            /// Every event, in the order of the definition.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its name: Meta's name of the field, if it is a field.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $field),+ }
            }
        }
    };
}

events! {
    /// A template was approved, rejected, paused, … (§4.1).
    TemplateStatus = "message_template_status_update",
    /// A template's quality changed (§4.1).
    TemplateQuality = "message_template_quality_update",
    /// A template's category changed, or will change (§4.1).
    TemplateCategory = "template_category_update",
    /// A template's components changed (§4.1).
    TemplateComponents = "message_template_components_update",
    /// A number's quality or throughput changed (§4.2).
    NumberQuality = "phone_number_quality_update",
    /// A number's display name was reviewed (§4.2).
    NumberName = "phone_number_name_update",
    /// An account was restricted, banned, connected, … (§4.2).
    AccountUpdate = "account_update",
    /// Meta warns about an account or number (§4.2).
    AccountAlert = "account_alerts",
    /// An account was reviewed (§4.2).
    AccountReview = "account_review_update",
    /// An account's limits changed (§4.2).
    Capability = "business_capability_update",
    /// A number's PIN was changed or requested (§4.2).
    Security = "security",
    /// A business user name was approved, reserved or deleted (§4.2).
    BusinessUsername = "business_username_updates",
    /// A user stopped or resumed marketing messages (§4.3).
    UserPreference = "user_preferences",
    /// A flow changed, or has problems (§4.4).
    Flow = "flows",
    /// A person answered from the Business app: the conversation has been taken over (§4.5).
    Echo = "smb_message_echoes",
    /// A contact in the Business app changed (§4.5).
    AppStateSync = "smb_app_state_sync",
    /// Part of the Business app's history (§4.5).
    History = "history",
    /// An event of a thread that another responder owns. It is not for the agent (§4.6).
    Standby = "standby",
    /// A thread changed its owner (§4.6).
    Handover = "messaging_handovers",
    /// An error of the whole number, reported with its messages (§2.5).
    ValueErrors = "messages.errors",
    /// An unknown status.
    UnknownStatus = "messages.unknown_status",
    /// An unknown field. The event's kind is the field's name.
    Unknown = "unknown",
}

impl Event {
    /// The event of a field's value. Meta's own sample of a quality update carries the name of the status update, but its keys
    /// differ (§4.1).
    #[must_use]
    pub fn of(field: Option<&str>, value: &Value) -> Self {
        if value.get("new_quality_score").is_some() {
            return Self::TemplateQuality;
        }
        let known = Self::ALL.iter().copied().find(|event| Some(event.as_str()) == field);
        known.unwrap_or(Self::Unknown)
    }

    /// True for the name of a field that stands in [`Event::ALL`].
    pub(crate) fn is_known(field: &str) -> bool {
        Self::ALL.iter().any(|event| event.as_str() == field)
    }

    /// The list in the value, if a value holds several events.
    const fn list(self) -> Option<&'static str> {
        match self {
            Self::UserPreference => Some("user_preferences"),
            Self::Echo => Some("message_echoes"),
            Self::AppStateSync => Some("state_sync"),
            Self::History => Some("history"),
            Self::TemplateStatus
            | Self::TemplateQuality
            | Self::TemplateCategory
            | Self::TemplateComponents
            | Self::NumberQuality
            | Self::NumberName
            | Self::AccountUpdate
            | Self::AccountAlert
            | Self::AccountReview
            | Self::Capability
            | Self::Security
            | Self::BusinessUsername
            | Self::Flow
            | Self::Standby
            | Self::Handover
            | Self::ValueErrors
            | Self::UnknownStatus
            | Self::Unknown => None,
        }
    }

    /// Reads the value of a field other than `messages`. `time` is the time of the entry.
    pub(crate) fn read(field: Option<&str>, mut value: Value, time: Option<Timestamp>) -> Vec<ChannelEvent> {
        let event = Self::of(field, &value);
        let kind = match (event, field) {
            (Self::Unknown, Some(field)) => field,
            (event, _) => event.as_str(),
        };
        let single = |value| {
            let detail = normal(value);
            ChannelEvent { kind: kind.to_owned(), at: instant(detail.get("timestamp")).or(time), detail }
        };
        match event.list().and_then(|list| value.get_mut(list)?.as_array_mut()) {
            Some(items) if !items.is_empty() => items.drain(..).map(single).collect(),
            _ => vec![single(value)],
        }
    }
}

/// Seconds since 1970, as number or text, or milliseconds (§0.2).
fn instant(value: Option<&Value>) -> Option<Timestamp> {
    let text = value?.to_string();
    serde_json::from_str::<super::wire::Loose<'_>>(&text).ok()?.instant()
}

/// Normalizes an object: template ids as text, languages with `_` (§4.1 shows both forms of each).
fn normal(value: Value) -> Value {
    let Value::Object(mut fields) = value else {
        return Value::Object(Map::from_iter([("value".to_owned(), value)]));
    };
    if let Some(id) = fields.get_mut("message_template_id")
        && id.is_number()
    {
        *id = Value::String(id.to_string());
    }
    if let Some(Value::String(language)) = fields.get_mut("message_template_language") {
        *language = language.replace('-', "_");
    }
    Value::Object(fields)
}
