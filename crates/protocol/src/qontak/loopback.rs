//! The webhook of a loop-back test, as Qontak would send it (§3.3).

use serde_json::json;

use super::Settings;
use crate::loopback::SyntheticMessage;

/// The body of the webhook. Its room has the id of the message, because nothing is sent to it.
#[must_use]
pub fn event(settings: &Settings, message: SyntheticMessage<'_>) -> Vec<u8> {
    let integration = &settings.channel_integration_id;
    json!({
        "id": message.id,
        "type": "text",
        "room_id": message.id,
        "is_campaign": false,
        "sender_type": "Models::Contact",
        "sender": { "name": message.name, "avatar": null },
        "participant_type": "customer",
        "text": message.text,
        "status": "created",
        "external_id": message.id,
        "local_id": null,
        "created_at": message.at,
        "buttons": [],
        "reply": null,
        "channel_integration": { "id": integration, "target_channel": "wa_cloud" },
        "room": {
            "id": message.id,
            "name": message.name,
            "status": "unassigned",
            "type": "Models::CustomerServiceRoom",
            "channel": "wa_cloud",
            "account_uniq_id": message.from,
            "channel_integration_id": integration,
            "session_at": message.at,
        },
        "webhook_event": "message_interaction",
        "data_event": "receive_message_from_customer",
    })
    .to_string()
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Provider;
    use crate::verify::Verified;
    use warta_core::message::InboundContent;
    use warta_core::time::Timestamp;
    use warta_core::webhook::Item;

    #[test]
    fn our_own_event_is_read_like_qontaks() {
        let settings = json!({"channel_integration_id": "0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa"});
        let settings = Settings::read(&settings).unwrap();
        let (from, at) = ("ZZ.WARTALOOPBACK".parse().unwrap(), Timestamp::from_millis(1_795_000_000_123));
        let message =
            SyntheticMessage { id: "warta.loopback.1", from: &from, name: "Warta", at, text: "Uji \u{2713}" };
        let body = event(&settings, message);
        let read = settings.parse(Verified::from_store(&body), Timestamp::from_millis(0)).unwrap();
        assert!(read.faults.is_empty() && settings.owns(&read.items[0].route), "{read:?}");
        let Item::Message(message) = &read.items[0].item else { panic!("{:?}", read.items) };
        assert!(message.from.is_nobody());
        assert_eq!((message.provider_id.as_str(), message.sent_at), ("warta.loopback.1", at));
        let InboundContent::Text(text) = &message.content else { panic!("{message:?}") };
        assert_eq!(text.body, "Uji \u{2713}");
    }
}
