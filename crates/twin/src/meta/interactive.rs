//! Interactive messages: shape and lengths of each kind (facts §5.4).

use std::collections::HashSet;

use serde_json::Value;

use super::{
    error::GraphError,
    fields::{file, optional, text},
};

const BODY_CHARS: usize = 1_024;
const LIST_BODY_CHARS: usize = 4_096;
const HEADER_CHARS: usize = 60;

/// The headers a kind may have.
enum Header {
    None,
    Text,
    Any,
}

/// Checks the `interactive` object.
pub(crate) fn check(object: &Value) -> Result<(), GraphError> {
    let kind = text(object, "interactive['type']", "type", 64)?;
    let action = object.get("action").filter(|action| action.is_object());
    let action = action.ok_or_else(|| GraphError::missing("interactive['action'] is required"))?;
    match kind {
        "button" => {
            frame(object, BODY_CHARS, &Header::Any)?;
            buttons(action)
        }
        "list" => {
            frame(object, LIST_BODY_CHARS, &Header::Text)?;
            list(action)
        }
        "cta_url" => {
            frame(object, BODY_CHARS, &Header::Any)?;
            let parameters = named(action, "cta_url")?;
            text(parameters, "Button title", "display_text", 20)?;
            let url = text(parameters, "action['parameters']['url']", "url", 2_000)?;
            web(url).ok_or_else(|| GraphError::value("action['parameters']['url'] is not a valid URL"))
        }
        "location_request_message" => {
            frame(object, BODY_CHARS, &Header::None)?;
            named(action, "send_location").map(drop)
        }
        "request_contact_info" => {
            frame(object, BODY_CHARS, &Header::None)?;
            named(action, "request_contact_info").map(drop)
        }
        "flow" => {
            frame(object, BODY_CHARS, &Header::Any)?;
            flow(named(action, "flow")?)
        }
        "catalog_message" => {
            frame(object, BODY_CHARS, &Header::None)?;
            catalog(action)
        }
        "address_message" => {
            frame(object, BODY_CHARS, &Header::Any)?;
            text(named(action, "address_message")?, "action['parameters']['country']", "country", 2).map(drop)
        }
        "product" => product(object, action),
        "product_list" => product_list(object, action),
        "carousel" => carousel(object, action),
        other => Err(GraphError::value(format!("interactive['type'] {other} is not supported"))),
    }
}

/// Body, header and footer.
fn frame(object: &Value, body_chars: usize, header: &Header) -> Result<(), GraphError> {
    let body = object.get("body").ok_or_else(|| GraphError::missing("interactive['body'] is required"))?;
    text(body, "Body text", "text", body_chars)?;
    if let Some(footer) = object.get("footer") {
        text(footer, "Footer text", "text", HEADER_CHARS)?;
    }
    let Some(given) = object.get("header") else { return Ok(()) };
    match (header, given["type"].as_str().unwrap_or_default()) {
        (Header::Text | Header::Any, "text") => text(given, "Header text", "text", HEADER_CHARS).map(drop),
        (Header::Any, kind @ ("image" | "video" | "document")) => {
            let object = given
                .get(kind)
                .ok_or_else(|| GraphError::missing(format!("header['{kind}'] is required")))?;
            file(object, kind)
        }
        (_, kind) => Err(GraphError::value(format!("A header of type \"{kind}\" is not allowed here"))),
    }
}

/// `action.parameters` of an action with this name.
fn named<'a>(action: &'a Value, name: &str) -> Result<&'a Value, GraphError> {
    if action["name"] != name {
        return Err(GraphError::value(format!("action['name'] must be {name}")));
    }
    Ok(&action["parameters"])
}

fn web(url: &str) -> Option<()> {
    let url = reqwest::Url::parse(url).ok()?;
    (url.scheme() == "https" || url.scheme() == "http").then_some(())
}

fn items<'a>(object: &'a Value, path: &str, key: &str, most: usize) -> Result<&'a Vec<Value>, GraphError> {
    let list = object.get(key).ok_or_else(|| GraphError::missing(format!("{path} is required")))?;
    let list =
        list.as_array().ok_or_else(|| GraphError::parameter(format!("Param {path} must be an array.")))?;
    if list.is_empty() || list.len() > most {
        return Err(GraphError::value(format!("{path}: Invalid count. Min allowed: 1, Max allowed: {most}")));
    }
    Ok(list)
}

fn distinct(seen: &mut HashSet<String>, what: &str, value: &str) -> Result<(), GraphError> {
    if seen.insert(format!("{what}/{value}")) {
        Ok(())
    } else {
        Err(GraphError::value(format!("Duplicate {what} \"{value}\"")))
    }
}

fn buttons(action: &Value) -> Result<(), GraphError> {
    let mut seen = HashSet::new();
    for button in items(action, "action['buttons']", "buttons", 3)? {
        if button["type"] != "reply" {
            return Err(GraphError::value("Button type must be reply"));
        }
        let reply = button.get("reply").ok_or_else(|| GraphError::missing("Button reply is required"))?;
        distinct(&mut seen, "Button id", text(reply, "Button id", "id", 256)?)?;
        distinct(&mut seen, "Button title", text(reply, "Button title", "title", 20)?)?;
    }
    Ok(())
}

fn list(action: &Value) -> Result<(), GraphError> {
    text(action, "Button text", "button", 20)?;
    let sections = items(action, "action['sections']", "sections", 10)?;
    let (mut seen, mut count) = (HashSet::new(), 0);
    for section in sections {
        if sections.len() > 1 {
            text(section, "Section title", "title", 24)?;
        } else {
            optional(section, "Section title", "title", 24)?;
        }
        for row in items(section, "section['rows']", "rows", 10)? {
            distinct(&mut seen, "Row id", text(row, "Row id", "id", 200)?)?;
            text(row, "Row title", "title", 24)?;
            optional(row, "Row description", "description", 72)?;
            count += 1;
        }
    }
    if count > 10 {
        return Err(GraphError::value(format!("Total row count exceed max allowed count: 10, got {count}")));
    }
    Ok(())
}

fn flow(parameters: &Value) -> Result<(), GraphError> {
    text(parameters, "flow_message_version", "flow_message_version", 8)?;
    text(parameters, "flow_cta", "flow_cta", 30)?;
    if parameters.get("flow_id").is_some() == parameters.get("flow_name").is_some() {
        return Err(GraphError::value("Exactly one of flow_id and flow_name is needed"));
    }
    Ok(())
}

fn catalog(action: &Value) -> Result<(), GraphError> {
    named(action, "catalog_message")?;
    if action["parameters"].as_object().is_some_and(serde_json::Map::is_empty) {
        return Err(GraphError::value("action['parameters'] cannot be empty."));
    }
    Ok(())
}

fn product(object: &Value, action: &Value) -> Result<(), GraphError> {
    if object.get("header").is_some() {
        return Err(GraphError::value("A header is not allowed here"));
    }
    text(action, "action['catalog_id']", "catalog_id", 64)?;
    text(action, "action['product_retailer_id']", "product_retailer_id", 200).map(drop)
}

fn product_list(object: &Value, action: &Value) -> Result<(), GraphError> {
    frame(object, BODY_CHARS, &Header::Text)?;
    if object.get("header").is_none() {
        return Err(GraphError::missing("interactive['header'] is required"));
    }
    text(action, "action['catalog_id']", "catalog_id", 64)?;
    let mut count = 0;
    for section in items(action, "action['sections']", "sections", 10)? {
        for product in items(section, "section['product_items']", "product_items", 30)? {
            text(product, "product_retailer_id", "product_retailer_id", 200)?;
            count += 1;
        }
    }
    if count > 30 {
        return Err(GraphError::value(format!("at most 30 products are allowed, got {count}")));
    }
    Ok(())
}

fn carousel(object: &Value, action: &Value) -> Result<(), GraphError> {
    if object.get("header").or_else(|| object.get("footer")).is_some() {
        return Err(GraphError::value("A header or footer is not allowed here"));
    }
    frame(object, BODY_CHARS, &Header::None)?;
    let cards = items(action, "action['cards']", "cards", 10)?;
    if cards.len() < 2 {
        return Err(GraphError::value("action['cards']: Invalid count. Min allowed: 2, Max allowed: 10"));
    }
    let header = |card: &Value| card.get("header").and_then(|header| header.get("type")).cloned();
    for (place, card) in cards.iter().enumerate() {
        if card["card_index"] != place || header(card) != cards.first().and_then(header) {
            return Err(GraphError::value("cards are numbered from 0 and have headers of one kind"));
        }
        if let Some(body) = card.get("body") {
            text(body, "Card body text", "text", 160)?;
        }
        match card["type"].as_str() {
            Some("product") => {
                text(&card["action"], "product_retailer_id", "product_retailer_id", 200)?;
            }
            Some("cta_url") => {
                let parameters = named(&card["action"], "cta_url")?;
                text(parameters, "Button title", "display_text", 20)?;
                text(parameters, "action['parameters']['url']", "url", 2_000)?;
            }
            _ => return Err(GraphError::value("card['type'] must be cta_url or product")),
        }
    }
    Ok(())
}
