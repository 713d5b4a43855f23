//! What an agent probably meant by a body that is not an answer, so that the console can show the right form. Nothing of the body is
//! repeated: it may be words for the user.

use serde_json::{Map, Value};

/// The right form of one text.
const TEXT: &str = r#"{"replies":[{"type":"text","text":{"body":"…"}}]}"#;
/// The right form of several messages.
const LIST: &str = r#"{"replies":[…]}"#;
/// Names that agents give to what they want to say.
const SPOKEN: &[&str] =
    &["reply", "response", "answer", "message", "messages", "text", "content", "output", "body", "result"];

/// For a body that is not JSON.
pub(super) fn of_text(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    format!(
        "The answer is not JSON (line {line}, column {column}), so nothing was sent. To say something, answer with {TEXT}; to \
         say nothing, answer with an empty body."
    )
}

/// For JSON that is not an answer.
pub(super) fn of_json(answer: &Value) -> String {
    let nearest = match answer {
        Value::Object(fields) => return of_object(fields),
        Value::Array(items) if items.iter().any(Value::is_object) => LIST,
        Value::Array(_) | Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => TEXT,
    };
    format!("The answer is not a JSON object, so nothing was sent. Answer with {nearest}.")
}

/// True if JSON that is not an answer probably holds words for the user.
pub(super) fn speaks(answer: &Value) -> bool {
    match answer {
        Value::Object(fields) => fields.contains_key("type") || spoken(fields).is_some(),
        Value::Array(items) => !items.is_empty(),
        Value::String(text) => !text.trim().is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What an object holds under a name by which agents speak.
fn spoken(fields: &Map<String, Value>) -> Option<(&'static str, &Value)> {
    SPOKEN.iter().find_map(|name| {
        fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| (*name, value))
    })
}

/// For a `replies` that is not a list.
pub(super) fn of_replies(replies: &Value) -> String {
    let nearest = if replies.is_object() { r#"{"replies":[{…}]}"# } else { TEXT };
    format!("This must be a list, so nothing was sent. Answer with {nearest}.")
}

fn of_object(fields: &Map<String, Value>) -> String {
    if fields.get("type").is_some_and(Value::is_string) {
        return format!(
            "The answer is one message without the list around it, so nothing was sent. Answer with {LIST}."
        );
    }
    match spoken(fields) {
        Some((name, value)) => {
            let nearest = if value.is_string() { TEXT } else { LIST };
            format!(
                "The answer has \"{name}\" instead of \"replies\", so nothing was sent. Answer with {nearest}."
            )
        }
        None => format!(
            "The answer has no \"replies\", so nothing was sent. To say something, answer with {TEXT}; to say nothing, answer \
             with an empty body or 204."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_nearest_right_form_is_told() {
        for (answer, wanted) in [
            (json!({"reply": "Halo"}), TEXT),
            (json!({"Response": [{"type": "text"}]}), LIST),
            (json!({"type": "text", "text": {"body": "Halo"}}), LIST),
            (json!({"ok": true}), TEXT),
            (json!([{"type": "text"}]), LIST),
            (json!("Halo"), TEXT),
        ] {
            let told = of_json(&answer);
            assert!(told.contains(wanted), "{answer}: {told}");
            assert!(!told.contains("Halo"), "{told}");
        }
    }
}
