//! One reply of an agent, read so that as much as possible reaches the user: unknown fields are passed over, a bare text is a text,
//! and what breaks a limit is split or shortened.

use serde_json::{Map, Value};
use warta_core::message::fit::fit;
use warta_core::message::{Invalid, OutboundContent};

use super::part::{KINDS, NewReply, invalid, reaction_fault, unquoted};

/// How many unknown fields are passed over in one reply.
const UNKNOWN: usize = 20;

/// The messages of one reply. The first quotes the message that the reply names.
///
/// # Errors
///
/// Every fault that leaves nothing to send, each with its JSON pointer.
pub(super) fn messages(value: &Value) -> Result<Vec<NewReply>, Vec<Invalid>> {
    let one = |pointer: &str, detail: String| vec![invalid(pointer, detail)];
    let kinds = || KINDS.join(", ");
    if let Value::String(body) = value {
        return fitted(serde_json::json!({ "text": { "body": body } }), "text", None);
    }
    let Value::Object(fields) = value else {
        return Err(one(
            "",
            "must be an object with a type, such as {\"type\":\"text\",\"text\":{\"body\":\"…\"}}".to_owned(),
        ));
    };
    let named = fields.get("type").and_then(Value::as_str);
    // Without a type, the one field that is named like a kind says which it is.
    let kind = named.or_else(|| KINDS.iter().copied().find(|kind| fields.contains_key(*kind)));
    let Some(kind) = kind else {
        return Err(one("/type", format!("is missing; give one of: {}", kinds())));
    };
    if !KINDS.contains(&kind) {
        return Err(one("/type", format!("is not a kind of message; give one of: {}", kinds())));
    }
    let Some(object) = fields.get(kind) else {
        return Err(one(&format!("/{kind}"), format!("is missing; a message of type {kind} needs it")));
    };
    let bare_text = object.as_str().filter(|_| kind == "text");
    let object = bare_text.map_or_else(|| object.clone(), |body| serde_json::json!({ "body": body }));
    let reply_to = fields.get("reply_to").and_then(Value::as_str).and_then(|id| id.parse().ok());
    fitted(Value::Object(Map::from_iter([(kind.to_owned(), object)])), kind, reply_to)
}

fn fitted(
    mut content: Value,
    kind: &str,
    reply_to: Option<warta_core::ids::MessageId>,
) -> Result<Vec<NewReply>, Vec<Invalid>> {
    let mut read = serde_json::from_value::<OutboundContent>(content.clone());
    for _ in 0..UNKNOWN {
        let Err(error) = &read else { break };
        let Some(name) = unknown_field(&error.to_string()) else { break };
        remove(&mut content, &name);
        read = serde_json::from_value(content.clone());
    }
    let content = read.map_err(|error| vec![invalid(format!("/{kind}"), unquoted(&error.to_string()))])?;
    if let Some(fault) = reaction_fault(&content) {
        return Err(vec![fault]);
    }
    let mut reply_to = reply_to;
    Ok(fit(content)?.into_iter().map(|content| NewReply { content, reply_to: reply_to.take() }).collect())
}

/// The name in serde's error about an unknown field.
fn unknown_field(error: &str) -> Option<String> {
    let (name, _) = error.strip_prefix("unknown field `")?.split_once('`')?;
    Some(name.to_owned())
}

/// Removes the fields of this name, at every depth.
fn remove(value: &mut Value, name: &str) {
    match value {
        Value::Object(fields) => {
            fields.remove(name);
            fields.values_mut().for_each(|value| remove(value, name));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| remove(item, name)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn kinds(value: &Value) -> Vec<&'static str> {
        messages(value).unwrap().iter().map(|reply| reply.content.kind()).collect()
    }

    #[test]
    fn what_breaks_a_limit_is_said_in_another_form() {
        let button = |number: usize| json!({"id": number.to_string(), "title": format!("Choice {number}")});
        let buttons = |count| json!({"type": "buttons", "buttons": {"body": "b", "buttons": (0..count).map(button).collect::<Vec<_>>()}});
        assert_eq!(kinds(&json!({"type": "text", "text": {"body": "x ".repeat(2_500)}})), ["text", "text"]);
        assert_eq!(kinds(&buttons(3)), ["buttons"]);
        assert_eq!(kinds(&buttons(4)), ["list"]);
        assert_eq!(kinds(&buttons(11)), ["text"]);
    }

    #[test]
    fn what_is_unknown_costs_only_itself() {
        for value in [
            json!("Halo"),
            json!({"type": "text", "text": "Halo"}),
            json!({"text": {"body": "Halo"}}),
            json!({"type": "text", "text": {"body": "Halo", "colour": "red", "size": 3}, "trace": 1}),
            json!({"type": "text", "text": {"body": "Halo"}, "reply_to": "wamid.1"}),
        ] {
            let read = messages(&value).unwrap();
            let OutboundContent::Text(text) = &read[0].content else { panic!("{value}") };
            assert_eq!((text.body.as_str(), read[0].reply_to), ("Halo", None), "{value}");
        }
    }

    #[test]
    fn the_first_of_several_messages_quotes() {
        let id = "msg_01kb3t5v9zc9rt2n6cy8q4h7mp";
        let read =
            messages(&json!({"type": "text", "text": {"body": "x ".repeat(2_500)}, "reply_to": id})).unwrap();
        let quotes: Vec<_> = read.iter().map(|reply| reply.reply_to.is_some()).collect();
        assert_eq!(quotes, [true, false]);
    }

    #[test]
    fn a_reaction_to_nothing_known_is_a_fault() {
        let faults =
            messages(&json!({"type": "reaction", "reaction": {"message_id": "wamid.1"}})).unwrap_err();
        assert_eq!(faults[0].pointer, "/reaction/message_id");
    }
}
