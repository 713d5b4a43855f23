//! Contact cards as WhatsApp writes them, which Meta, Coster and Qontak pass on. What of a card cannot be read is left out of it.

use serde::Deserialize;
use serde_json::Value;
use warta_core::message::Contact;

/// The readable cards. Empty if there is none.
pub(crate) fn read(cards: &Value) -> Vec<Contact> {
    let all = cards.as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(|card| Contact::deserialize(readable(card.clone())?).ok()).collect()
}

/// The parts of a card that are of the type they should be. `None` if it is no card at all.
fn readable(mut card: Value) -> Option<Value> {
    for (name, part) in card.as_object_mut()? {
        match name.as_str() {
            "name" | "org" => texts_only(part),
            "phones" | "emails" | "urls" | "addresses" => {
                let mut items = std::mem::take(part).as_array().cloned().unwrap_or_default();
                items.retain(Value::is_object);
                items.iter_mut().for_each(texts_only);
                *part = Value::Array(items);
            }
            _ => text_only(part),
        }
    }
    let fields = card.as_object_mut()?;
    fields.retain(|_, part| !part.is_null());
    Some(card)
}

/// Leaves the texts of an object. What is no object becomes null.
fn texts_only(part: &mut Value) {
    match part.as_object_mut() {
        Some(fields) => {
            fields.values_mut().for_each(text_only);
            fields.retain(|_, field| !field.is_null());
        }
        None => *part = Value::Null,
    }
}

/// Leaves a text, and a number as text. Anything else becomes null.
fn text_only(part: &mut Value) {
    *part = match std::mem::take(part) {
        Value::String(text) => Value::String(text),
        Value::Number(number) => Value::String(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => Value::Null,
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_bad_part_costs_itself() {
        let cards = json!([7, {"name": {"formatted_name": "Budi", "first_name": ["x"]}, "birthday": {}, "origin": null,
            "phones": [3, {"phone": 628, "wa_id": false, "type": "CELL"}], "emails": "x", "org": "y"}, {"name": null}]);
        let read = serde_json::to_value(read(&cards)).unwrap();
        assert_eq!(
            read,
            json!([{"name": {"formatted_name": "Budi"}, "phones": [{"phone": "628", "type": "CELL"}]},
            {"name": {"formatted_name": ""}}])
        );
        assert!(super::read(&json!("x")).is_empty());
    }
}
