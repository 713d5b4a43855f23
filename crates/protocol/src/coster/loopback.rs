//! The webhook of a loop-back test, as Coster would send it (§6.5).

use serde_json::json;

use super::Settings;
use crate::cloud_api;
use crate::loopback::SyntheticMessage;

/// The body of the webhook.
#[must_use]
pub fn event(settings: &Settings, message: SyntheticMessage<'_>) -> Vec<u8> {
    let entry = cloud_api::loopback::entries("", "", message);
    json!({
        "id": message.id,
        "mid": message.id,
        "channel_id": "whatsapp-cloud",
        "account": { "id": settings.account_id },
        "data": { "object": "whatsapp_business_account", "entry": entry },
    })
    .to_string()
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Provider;
    use crate::verify::Verified;
    use warta_core::message::InboundContent;
    use warta_core::time::Timestamp;
    use warta_core::webhook::Item;

    #[test]
    fn our_own_event_is_read_like_costers_and_is_this_channels() {
        let settings = Settings::read(&json!({"account_id": "0011AABB", "division_id": "d"})).unwrap();
        let (from, at) = ("ZZ.WARTALOOPBACK".parse().unwrap(), Timestamp::from_millis(1_795_000_000_000));
        let message = SyntheticMessage {
            id: "wamid.warta.loopback.1",
            from: &from,
            name: "Warta",
            at,
            text: "Uji \u{2713}",
        };
        let body = event(&settings, message);
        let read = settings.parse(Verified::from_store(&body), at).unwrap();
        assert!(read.faults.is_empty(), "{:?}", read.faults);
        assert!(settings.owns(&read.items[0].route), "{:?}", read.items);
        let Item::Message(message) = &read.items[0].item else { panic!("{:?}", read.items) };
        assert!(message.from.is_nobody());
        assert_eq!((message.provider_id.as_str(), message.sent_at), ("wamid.warta.loopback.1", at));
        let InboundContent::Text(text) = &message.content else { panic!("{message:?}") };
        assert_eq!(text.body, "Uji \u{2713}");
    }
}
