//! Buttons and lists: Qontak's shapes and limits (§2.6), and what the phone shows of them.

use serde_json::{Value, json};

use super::answer::Refusal;
use crate::json::put;

/// Checks an interactive message; gives Meta's object of it.
pub(super) fn check(request: &Value) -> Result<Value, Refusal> {
    let interactive = request.get("interactive").filter(|object| object.is_object());
    let interactive = interactive.ok_or_else(|| Refusal::invalid("interactive is missing"))?;
    let body = text(interactive, "body", 1_024)?;
    let mut shown = json!({"body": {"text": body}});
    if let Some(header) = interactive.get("header").filter(|header| !header.is_null()) {
        if header["format"] != "text" {
            return Err(Refusal::invalid("header format does not have a valid value"));
        }
        put(&mut shown, "header", json!({"type": "text", "text": text(header, "text", 60)?}));
    }
    if interactive.get("footer").is_some_and(|footer| !footer.is_null()) {
        put(&mut shown, "footer", json!({"text": text(interactive, "footer", 60)?}));
    }
    let kind = request["type"].as_str().unwrap_or_default();
    let (buttons, lists) = (interactive.get("buttons"), interactive.get("lists"));
    let action = match (kind, buttons, lists) {
        ("button", Some(buttons), None) => json!({"buttons": taps(buttons)?}),
        ("list", None, Some(lists)) => list(lists)?,
        ("button" | "list", _, _) => {
            return Err(Refusal::invalid("exactly one of buttons and lists is needed"));
        }
        _ => return Err(Refusal::invalid("type does not have a valid value")),
    };
    put(&mut shown, "type", kind);
    put(&mut shown, "action", action);
    Ok(json!({"type": "interactive", "interactive": shown}))
}

fn taps(buttons: &Value) -> Result<Value, Refusal> {
    items(buttons, "buttons", 3)?
        .iter()
        .map(|button| {
            let reply = json!({"id": text(button, "id", 256)?, "title": text(button, "title", 20)?});
            Ok(json!({"type": "reply", "reply": reply}))
        })
        .collect()
}

fn list(lists: &Value) -> Result<Value, Refusal> {
    let button = text(lists, "button", 20)?;
    let mut count = 0;
    let sections: Result<Vec<Value>, Refusal> = items(&lists["sections"], "sections", 10)?
        .iter()
        .map(|section| {
            let rows: Result<Vec<Value>, Refusal> = items(&section["rows"], "rows", 10)?
                .iter()
                .map(|row| {
                    count += 1;
                    let mut shown = json!({"id": text(row, "id", 200)?, "title": text(row, "title", 24)?});
                    if row.get("description").is_some_and(|description| !description.is_null()) {
                        put(&mut shown, "description", text(row, "description", 72)?);
                    }
                    Ok(shown)
                })
                .collect();
            Ok(json!({"title": section["title"], "rows": rows?}))
        })
        .collect();
    let sections = sections?;
    if count > 10 {
        return Err(Refusal::invalid("rows has more than 10 items"));
    }
    Ok(json!({"button": button, "sections": sections}))
}

fn items<'v>(list: &'v Value, name: &str, most: usize) -> Result<&'v Vec<Value>, Refusal> {
    let list = list.as_array().ok_or_else(|| Refusal::invalid(format!("{name} is missing")))?;
    if list.is_empty() || list.len() > most {
        return Err(Refusal::invalid(format!("{name} must have 1 to {most} items")));
    }
    Ok(list)
}

fn text<'v>(object: &'v Value, key: &str, most: usize) -> Result<&'v str, Refusal> {
    let text = object.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(|| Refusal::invalid(format!("{key} is missing")))?;
    if text.chars().count() > most {
        return Err(Refusal::invalid(format!("{key} is too long (maximum is {most} characters)")));
    }
    Ok(text)
}
