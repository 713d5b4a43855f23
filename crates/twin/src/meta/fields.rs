//! Checks of single fields of a message: texts, switches, files and places (facts §5).

use reqwest::Url;
use serde_json::Value;

use super::error::GraphError;

const CAPTION_CHARS: usize = 1_024;

/// A required text of limited length.
pub(crate) fn text<'a>(object: &'a Value, path: &str, key: &str, most: usize) -> Result<&'a str, GraphError> {
    let text = match object.get(key) {
        Some(Value::String(text)) => text,
        Some(_) => return Err(GraphError::parameter(format!("Param {path} must be a string."))),
        None => return Err(GraphError::missing(format!("{path} is required"))),
    };
    let length = text.chars().count();
    if length == 0 || text.trim().is_empty() || length > most {
        return Err(GraphError::value(format!("{path} length invalid. Min length: 1, Max length: {most}")));
    }
    Ok(text)
}

/// A text that may be missing, of limited length.
pub(crate) fn optional(object: &Value, path: &str, key: &str, most: usize) -> Result<(), GraphError> {
    object.get(key).map_or(Ok(()), |_| text(object, path, key, most).map(drop))
}

pub(crate) fn flag(object: &Value, key: &str) -> Result<(), GraphError> {
    match object.get(key) {
        None | Some(Value::Bool(_)) => Ok(()),
        Some(_) => Err(GraphError::parameter(format!("Param {key} must be a boolean."))),
    }
}

/// A file by `id` or by `link`, exactly one of them.
pub(crate) fn file(object: &Value, kind: &str) -> Result<(), GraphError> {
    match (object.get("id"), object.get("link")) {
        (Some(_), None) => drop(text(object, &format!("{kind}['id']"), "id", 128)?),
        (None, Some(_)) => {
            let link = text(object, &format!("{kind}['link']"), "link", 2_048)?;
            let url = Url::parse(link).ok().filter(|url| url.scheme() == "https" || url.scheme() == "http");
            url.ok_or_else(|| GraphError::value(format!("{kind}['link'] is not a valid URL")))?;
        }
        _ => {
            return Err(GraphError::parameter(format!(
                "Exactly one of {kind}['id'] and {kind}['link'] is needed"
            )));
        }
    }
    flag(object, "voice")?;
    if object.get("caption").is_some() && (kind == "audio" || kind == "sticker") {
        return Err(GraphError::parameter(format!("Unexpected key \"caption\" on param \"{kind}\".")));
    }
    optional(object, &format!("{kind}['caption']"), "caption", CAPTION_CHARS)?;
    optional(object, &format!("{kind}['filename']"), "filename", 240)
}

/// A location; the coordinates may be strings.
pub(crate) fn location(object: &Value) -> Result<(), GraphError> {
    for (key, most) in [("latitude", 90.0), ("longitude", 180.0)] {
        let path = format!("location['{key}']");
        let given = object.get(key).ok_or_else(|| GraphError::missing(format!("{path} is required")))?;
        let number = given.as_f64().or_else(|| given.as_str()?.parse().ok());
        if !number.is_some_and(|number| number.abs() <= most) {
            return Err(GraphError::value(format!("{path} is not a coordinate")));
        }
    }
    optional(object, "location['name']", "name", 1_000)?;
    optional(object, "location['address']", "address", 1_000)
}
