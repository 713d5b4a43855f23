//! Template messages: checks the values of each component (facts §5.6) and gives the text the user sees.

use serde_json::{Map, Value, json};

use super::{
    error::GraphError,
    fields::{self, text},
};
use crate::json::put;

/// Longest body with its values filled in (§7.2).
const BODY_CHARS: usize = 1_024;

/// Checks a template message against the list and adds the text the user sees; any other message passes. Also gives the
/// category, `service` for other messages.
pub(crate) fn fill(all: &[Value], mut content: Value) -> Result<(Value, String), GraphError> {
    let Some(send) = content.get("template") else { return Ok((content, "service".to_owned())) };
    let name = send["name"].as_str().ok_or_else(|| GraphError::required("template[name]"))?;
    let language = send.get("language").and_then(|language| language.get("code")?.as_str());
    let language = language.ok_or_else(|| GraphError::required("template[language][code]"))?;
    let missing =
        || GraphError::new(132_001).details(format!("template name ({name}) does not exist in {language}"));
    let template = all.iter().find(|one| one["name"] == name && one["language"] == language);
    let template = template.ok_or_else(missing)?;
    match template["status"].as_str() {
        Some("APPROVED") => {}
        Some("PAUSED") => return Err(GraphError::new(132_015)),
        Some("DISABLED") => return Err(GraphError::new(132_016)),
        _ => return Err(missing()),
    }
    let shown = show(template, send)?;
    let category = template["category"].as_str().unwrap_or_default().to_lowercase();
    put(&mut content, "shown", shown);
    Ok((content, category))
}

/// Checks the values of a send and fills them in: `{"header":…,"body":…,"footer":…,"buttons":[…]}`.
fn show(template: &Value, send: &Value) -> Result<Value, GraphError> {
    let empty = Vec::new();
    let given = match send.get("components") {
        None => &empty,
        Some(given) => given
            .as_array()
            .ok_or_else(|| GraphError::parameter("Param template['components'] must be an array."))?,
    };
    let named = template["parameter_format"] == "NAMED";
    let mut shown = Map::new();
    for component in template["components"].as_array().into_iter().flatten() {
        let kind = component["type"].as_str().unwrap_or_default().to_lowercase();
        let parameters = parameters(given, &kind);
        match kind.as_str() {
            "header" => shown.insert(kind, header(component, &parameters, named)?),
            "body" => {
                let filled = filled(component, "body", &parameters, named)?;
                if filled.chars().count() > BODY_CHARS {
                    return Err(GraphError::new(132_005));
                }
                shown.insert(kind, filled.into())
            }
            "footer" => shown.insert(kind, component["text"].clone()),
            _ => shown.insert("buttons".to_owned(), buttons(component, given)?),
        };
    }
    Ok(shown.into())
}

/// Values given for a component.
fn parameters<'a>(given: &'a [Value], kind: &str) -> Vec<&'a Value> {
    given
        .iter()
        .filter(|component| is(component, "type", kind))
        .flat_map(|component| component["parameters"].as_array().into_iter().flatten())
        .collect()
}

fn is(object: &Value, key: &str, word: &str) -> bool {
    object[key].as_str().is_some_and(|given| given.eq_ignore_ascii_case(word))
}

fn header(component: &Value, parameters: &[&Value], named: bool) -> Result<Value, GraphError> {
    let format = component["format"].as_str().unwrap_or("TEXT");
    if format == "TEXT" {
        let text = filled(component, "header", parameters, named)?;
        return Ok(json!({"type": "text", "text": text}));
    }
    let kind = format.to_lowercase();
    let mismatch = |received: &str| {
        GraphError::new(132_012)
            .details(format!("header: Format mismatch, expected {format}, received {received}"))
    };
    let [parameter] = parameters else { return Err(mismatch("UNKNOWN")) };
    if !is(parameter, "type", &kind) || !parameter[&kind].is_object() {
        return Err(mismatch(&parameter["type"].as_str().unwrap_or("UNKNOWN").to_uppercase()));
    }
    if kind == "location" {
        fields::location(&parameter[&kind])?;
    } else {
        fields::file(&parameter[&kind], &kind)?;
    }
    Ok(json!({"type": kind, &kind: parameter[&kind]}))
}

/// The component's text with its values in place.
fn filled(component: &Value, kind: &str, parameters: &[&Value], named: bool) -> Result<String, GraphError> {
    let mut shown = component["text"].as_str().unwrap_or_default().to_owned();
    let places = places(&shown);
    if places.len() != parameters.len() {
        return Err(GraphError::new(132_000).details(format!(
            "{kind}: number of localizable_params ({}) does not match the expected number of params ({})",
            parameters.len(),
            places.len()
        )));
    }
    for (place, parameter) in places.iter().zip(parameters) {
        let parameter = if named {
            let wanted = parameters.iter().find(|one| one["parameter_name"] == place.as_str());
            wanted.ok_or_else(|| {
                GraphError::new(132_012).details(format!("{kind}: no value for the parameter {place}"))
            })?
        } else {
            parameter
        };
        shown = shown.replace(&format!("{{{{{place}}}}}"), value(parameter, kind)?);
    }
    Ok(shown)
}

/// Names of the placeholders, in order.
fn places(text: &str) -> Vec<String> {
    text.split("{{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0.to_owned())).collect()
}

/// The text of one value.
fn value<'a>(parameter: &'a Value, kind: &str) -> Result<&'a str, GraphError> {
    match parameter["type"].as_str() {
        Some("text") => {
            let given = text(parameter, &format!("{kind} parameter"), "text", 4_096)?;
            if given.contains(['\n', '\t']) || given.contains("     ") {
                return Err(GraphError::new(132_018).details(
                    "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
                ));
            }
            Ok(given)
        }
        Some(kind @ ("currency" | "date_time")) => text(&parameter[kind], kind, "fallback_value", 4_096),
        other => Err(GraphError::new(132_012)
            .details(format!("{kind}: a parameter of type {} does not fit", other.unwrap_or("UNKNOWN")))),
    }
}

fn buttons(component: &Value, given: &[Value]) -> Result<Value, GraphError> {
    let mut shown = Vec::new();
    for (place, button) in component["buttons"].as_array().into_iter().flatten().enumerate() {
        let value = given.iter().find(|one| {
            is(one, "type", "button") && (one["index"] == place || one["index"] == place.to_string().as_str())
        });
        let parameter = value.and_then(|value| value.get("parameters")?.get(0));
        let label = button["text"].as_str().unwrap_or_default();
        let mut one = json!({"type": button["type"], "text": label});
        match button["type"].as_str() {
            Some("QUICK_REPLY") => {
                let payload = parameter.and_then(|parameter| parameter["payload"].as_str()).unwrap_or(label);
                put(&mut one, "payload", payload);
            }
            Some("URL") => {
                let url = button["url"].as_str().unwrap_or_default();
                let end = parameter.and_then(|parameter| parameter["text"].as_str());
                if url.contains("{{1}}") && end.is_none_or(str::is_empty) {
                    let details =
                        format!("buttons: Button at index {place} of type Url requires a parameter");
                    return Err(GraphError::missing(details));
                }
                put(&mut one, "url", url.replace("{{1}}", end.unwrap_or_default()));
            }
            _ => {}
        }
        shown.push(one);
    }
    Ok(shown.into())
}
