//! A Qontak organization: its keys, its webhook settings (§3.1) and its templates. All its numbers share them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::ids;

/// Lifetime of a token, in seconds (§2.2).
const TOKEN_SECONDS: i64 = 29_823_918;

/// Events that are set together, by the name that their settings and their path share.
pub(crate) const INTERACTIONS: [(&str, &[&str]); 3] = [
    (
        "message_interaction",
        &[
            "receive_message_from_agent",
            "receive_message_from_customer",
            "status_message",
            "broadcast_log_status",
        ],
    ),
    ("room_interaction", &["room_resolved"]),
    ("waba_interaction", &["status_template"]),
];

/// The events of a kind.
pub(crate) fn events(kind: &str) -> &'static [&'static str] {
    INTERACTIONS.iter().find(|(word, _)| *word == kind).map_or(&[], |(_, events)| events)
}

/// An organization.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    /// When the access token expires.
    pub(crate) expires_at_ms: i64,
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    /// By the event's name.
    pub(crate) interactions: BTreeMap<String, Interaction>,
}

/// The settings of one event: on or off, and its subscribers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Interaction {
    pub(crate) enabled: bool,
    #[serde(rename = "hooks")]
    pub(crate) subscribers: Vec<Subscriber>,
}

/// A webhook URL.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Subscriber {
    pub(crate) id: String,
    pub(crate) url: String,
}

impl Organization {
    /// A new organization without subscribers.
    pub(crate) fn new(name: &str, now_ms: i64) -> Self {
        let slug: String =
            name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        Self {
            id: ids::uuid(),
            name: name.to_owned(),
            access_token: format!("qt_{}", ids::secret(24)),
            refresh_token: format!("qr_{}", ids::secret(24)),
            expires_at_ms: now_ms + TOKEN_SECONDS * 1000,
            username: format!("ops@{slug}.example"),
            password: format!("pw {}", ids::secret(8)),
            client_id: ids::secret(16),
            client_secret: ids::secret(24),
            interactions: BTreeMap::new(),
        }
    }

    /// Replaces the tokens by new ones.
    pub(crate) fn renew(&mut self, now_ms: i64) {
        self.access_token = format!("qt_{}", ids::secret(24));
        self.refresh_token = format!("qr_{}", ids::secret(24));
        self.expires_at_ms = now_ms + TOKEN_SECONDS * 1000;
    }

    /// The answer with the tokens (§2.2).
    pub(crate) fn tokens(&self, now_ms: i64) -> Value {
        json!({"access_token": self.access_token, "token_type": "Bearer",
            "expires_in": (self.expires_at_ms - now_ms) / 1000, "refresh_token": self.refresh_token,
            "created_at": self.expires_at_ms / 1000 - TOKEN_SECONDS})
    }

    /// The URLs subscribed to an event.
    pub(crate) fn subscribed_urls(&self, event: &str) -> Vec<&str> {
        let interaction = self.interactions.get(event).filter(|interaction| interaction.enabled);
        interaction.into_iter().flat_map(|one| &one.subscribers).map(|one| one.url.as_str()).collect()
    }

    /// Adds a URL to the events of a kind and switches each event on or off.
    pub(crate) fn set(&mut self, kind: &str, url: &str, on: impl Fn(&str) -> bool) {
        let id = ids::uuid();
        for event in events(kind) {
            let interaction = self.interactions.entry((*event).to_owned()).or_default();
            interaction.enabled = on(event);
            if interaction.subscribers.iter().all(|one| one.url != url) {
                interaction.subscribers.push(Subscriber { id: id.clone(), url: url.to_owned() });
            }
        }
    }

    /// All settings, the answer to every call about them (§3.1).
    pub(crate) fn settings(&self) -> Value {
        let mut all = Map::new();
        for (kind, events) in INTERACTIONS {
            for event in events {
                let set = self.interactions.get(*event).cloned().unwrap_or_default();
                let subscribers: Vec<_> = set
                    .subscribers
                    .iter()
                    .map(|one| json!({"id": one.id, "event": kind, "url": one.url}))
                    .collect();
                all.insert((*event).to_owned(), json!({"enabled": set.enabled, "webhooks": subscribers}));
            }
        }
        for event in [
            "room_created",
            "agent_assigned_to_room",
            "agent_unassigned_from_room",
            "custom_agent_allocation",
        ] {
            all.insert(event.to_owned(), json!({"enabled": false, "webhooks": []}));
        }
        all.insert("auto_assign_agent".to_owned(), false.into());
        all.insert("agent_can_takeover".to_owned(), true.into());
        all.insert("bot_can_settings_webhook".to_owned(), true.into());
        let office = json!({"enabled": true, "message": "We are here from 9 to 17."});
        all.insert("auto_responder_in_office_hours".to_owned(), office);
        Value::Object(all)
    }
}

/// A template.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Template {
    pub(crate) id: String,
    pub(crate) organization_id: String,
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) header: Value,
    pub(crate) body: String,
    pub(crate) footer: Value,
    pub(crate) buttons: Vec<Value>,
    pub(crate) status: String,
    pub(crate) category: String,
}

impl Template {
    /// Sets the status, Meta's decision or any other.
    pub(crate) fn judge(&mut self, status: &str) {
        status.clone_into(&mut self.status);
    }

    pub(crate) fn object(&self) -> Value {
        json!({"id": self.id, "organization_id": self.organization_id, "name": self.name,
            "language": self.language, "header": self.header, "body": self.body, "footer": self.footer,
            "buttons": self.buttons, "status": self.status, "category": self.category,
            "quality_rating": null, "quality_rating_text": "Neutral", "type": "campaign"})
    }
}
