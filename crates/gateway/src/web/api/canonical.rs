//! One order for the fields of JSON, whatever features of `serde_json` a build turns on.

use serde_json::Value;

/// The same value with every object's fields in alphabetical order.
pub(crate) fn canonical(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(canonical).collect()),
        Value::Object(fields) => {
            let mut fields: Vec<_> =
                fields.iter().map(|(name, value)| (name.clone(), canonical(value))).collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(fields.into_iter().collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_fields_does_not_matter() {
        let [one, other] = [r#"{"b":[{"y":1,"x":2}],"a":null}"#, r#"{"a":null,"b":[{"x":2,"y":1}]}"#]
            .map(|text| canonical(&serde_json::from_str(text).unwrap()).to_string());
        assert_eq!(one, other);
        assert_eq!(one, r#"{"a":null,"b":[{"x":2,"y":1}]}"#);
    }
}
