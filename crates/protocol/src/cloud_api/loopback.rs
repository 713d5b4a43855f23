//! The synthetic message of a loop-back test as a change of the field `messages` (§1.8, §2.5).

use serde_json::{Value, json};

use crate::loopback::SyntheticMessage;

/// The entries of a webhook with this message alone.
pub(crate) fn entries(account: &str, number: &str, message: SyntheticMessage<'_>) -> Value {
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "", "phone_number_id": number },
        "contacts": [{ "profile": { "name": message.name }, "user_id": message.from }],
        "messages": [{
            "from_user_id": message.from,
            "id": message.id,
            "timestamp": message.at.as_secs().to_string(),
            "type": "text",
            "text": { "body": message.text },
        }],
    });
    json!([{ "id": account, "changes": [{ "field": "messages", "value": value }] }])
}
