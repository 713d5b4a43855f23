//! Meta's checks of a new template (facts §7.1, §7.2, §7.12). Types and categories may be in upper or lower case.

use serde_json::{Value, json};

use super::error::GraphError;
use crate::json::put;

/// Longest name, and longest texts of the parts.
const NAME: usize = 512;
const BODY: usize = 1_024;
const LINE: usize = 60;
const LABEL: usize = 25;
const URL: usize = 2_000;
/// Most buttons.
const BUTTONS: usize = 10;
const CATEGORIES: [&str; 3] = ["MARKETING", "UTILITY", "AUTHENTICATION"];
/// The types of buttons, and how many of each are allowed.
const KINDS: [(&str, usize); 11] = [
    ("QUICK_REPLY", 10),
    ("URL", 2),
    ("PHONE_NUMBER", 1),
    ("COPY_CODE", 1),
    ("OTP", 1),
    ("FLOW", 1),
    ("CATALOG", 1),
    ("MPM", 1),
    ("SPM", 1),
    ("VOICE_CALL", 1),
    ("REQUEST_CONTACT_INFO", 1),
];
const LANGUAGES: &str = "af sq ar ar_EG ar_AE ar_LB ar_MA ar_QA az be_BY bn bn_IN bg ca zh_CN zh_HK zh_TW hr cs da prs_AF nl nl_BE \
    en en_GB en_US en_AE en_AU en_CA en_GH en_IE en_IN en_JM en_MY en_NZ en_QA en_SG en_UG en_ZA et fil fi fr fr_BE fr_CA fr_CH fr_CI \
    fr_MA ka de de_AT de_CH el gu ha he hi hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt mk ms ml mr nb ps_AF fa pl pt_BR pt_PT pa ro \
    ru sr si_LK sk sl es es_AR es_CL es_CO es_CR es_DO es_EC es_HN es_MX es_PA es_PE es_ES es_UY sw sv ta te th tr uk ur uz vi zu";

/// The name, checked.
pub(super) fn name(name: Option<String>) -> Result<String, GraphError> {
    let name = name.ok_or_else(|| GraphError::required("name"))?;
    let plain = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'_';
    if name.is_empty() || name.len() > NAME || !name.bytes().all(plain) {
        return Err(GraphError::parameter(
            "Param name must match ^[a-z0-9_]+$ and have at most 512 characters.",
        ));
    }
    Ok(name)
}

/// The language, checked.
pub(super) fn language(language: Option<String>) -> Result<String, GraphError> {
    let language = language.ok_or_else(|| GraphError::required("language"))?;
    if LANGUAGES.split(' ').any(|known| known == language) {
        return Ok(language);
    }
    let why = format!("The language {language} is not supported.");
    Err(GraphError::template(2_388_049, "Language Not Supported", why))
}

/// The category, checked, in capitals.
pub(super) fn category(category: Option<String>) -> Result<String, GraphError> {
    let category = category.ok_or_else(|| GraphError::required("category"))?.to_uppercase();
    if CATEGORIES.contains(&category.as_str()) {
        return Ok(category);
    }
    Err(GraphError::parameter(format!("Param category must be one of {{{}}}", CATEGORIES.join(", "))))
}

/// The components as Meta returns them: types in capitals, and files by URL instead of a handle (§7.4).
pub(super) fn components(given: Option<&Value>, named: bool) -> Result<Value, GraphError> {
    let given = given.ok_or_else(|| GraphError::required("components"))?;
    let given =
        given.as_array().ok_or_else(|| GraphError::parameter("Param components must be an array."))?;
    let mut kept = Vec::new();
    for component in given {
        let mut component = capitals(component)?;
        let kind = word(&component, "type").to_owned();
        if kept.iter().any(|earlier: &Value| earlier["type"] == kind.as_str()) {
            return Err(GraphError::parameter(format!("Component {kind} is given more than once.")));
        }
        match kind.as_str() {
            "HEADER" => header(&mut component, named)?,
            "BODY" => body(&component, named)?,
            "FOOTER" => footer(&component)?,
            "BUTTONS" => buttons(&mut component)?,
            "LIMITED_TIME_OFFER" | "CAROUSEL" => {}
            _ => return Err(GraphError::parameter(format!("Unexpected component type {kind}."))),
        }
        kept.push(component);
    }
    if kept.iter().any(|component| component["type"] == "BODY") {
        return Ok(kept.into());
    }
    Err(GraphError::parameter("A component of type BODY is required."))
}

fn word<'a>(part: &'a Value, key: &str) -> &'a str {
    part[key].as_str().unwrap_or_default()
}

/// A component with its type and its format in capitals.
fn capitals(part: &Value) -> Result<Value, GraphError> {
    let mut part = part.clone();
    for key in ["type", "format"] {
        if let Some(word) = part.get(key).and_then(Value::as_str).map(str::to_uppercase) {
            put(&mut part, key, word);
        }
    }
    if word(&part, "type").is_empty() {
        return Err(GraphError::required("components[type]"));
    }
    Ok(part)
}

fn too_long(what: &str, most: usize) -> GraphError {
    let why = format!("The {what} has more than {most} characters.");
    GraphError::template(2_388_040, "Character Limit Exceeded", why)
}

fn header(component: &mut Value, named: bool) -> Result<(), GraphError> {
    let wrong =
        |why: &str| GraphError::template(2_388_047, "Message Header Format Is Incorrect", why.to_owned());
    match word(component, "format") {
        "TEXT" => {
            let text = word(component, "text");
            if text.is_empty() || text.contains(['\n', '*']) {
                return Err(wrong("The header's text must be there, without formatting."));
            }
            if text.chars().count() > LINE {
                return Err(too_long("header", LINE));
            }
            if places(text).len() > 1 {
                return Err(wrong("The header can have one variable."));
            }
            variables(component, "header", named)
        }
        "IMAGE" | "VIDEO" | "DOCUMENT" | "GIF" => {
            let handle = component
                .pointer("/example/header_handle/0")
                .and_then(Value::as_str)
                .filter(|handle| !handle.is_empty());
            if handle.is_none() {
                return Err(example("header"));
            }
            put(component, "example", json!({"header_handle": ["https://scontent.example/v/t61/header"]}));
            Ok(())
        }
        "LOCATION" | "PRODUCT" => Ok(()),
        _ => Err(wrong("The header needs a format.")),
    }
}

fn body(component: &Value, named: bool) -> Result<(), GraphError> {
    // Meta writes the text of an authentication template itself.
    if component["add_security_recommendation"].is_boolean() && component.get("text").is_none() {
        return Ok(());
    }
    let text = word(component, "text");
    if text.is_empty() {
        let why = "The body needs a text.".to_owned();
        return Err(GraphError::template(2_388_072, "Message Body Format Is Incorrect", why));
    }
    if text.chars().count() > BODY {
        return Err(too_long("body", BODY));
    }
    if text.trim().starts_with("{{") || text.trim().ends_with("}}") {
        let why = "Variables can't be at the start or end of the template.".to_owned();
        return Err(GraphError::template(2_388_299, "Leading Or Trailing Variables", why));
    }
    variables(component, "body", named)
}

fn footer(component: &Value) -> Result<(), GraphError> {
    if component["code_expiration_minutes"].is_number() {
        return Ok(());
    }
    let text = word(component, "text");
    if text.is_empty() || text.contains("{{") {
        let why = "The footer needs a text without variables.".to_owned();
        return Err(GraphError::template(2_388_073, "Message Footer Format Is Incorrect", why));
    }
    if text.chars().count() > LINE { Err(too_long("footer", LINE)) } else { Ok(()) }
}

/// Names of the variables, each once, in order.
fn places(text: &str) -> Vec<&str> {
    let mut all: Vec<&str> = Vec::new();
    for (place, _) in text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")) {
        if !all.contains(&place) {
            all.push(place);
        }
    }
    all
}

fn variables(component: &Value, part: &str, named: bool) -> Result<(), GraphError> {
    let text = word(component, "text");
    let places = places(text);
    if places.is_empty() {
        return Ok(());
    }
    if text.contains("}}{{") {
        return Err(GraphError::parameter(format!(
            "Variables in the {part} can't stand next to each other."
        )));
    }
    let examples = &component["example"];
    if named {
        let plain = |place: &&str| place.bytes().all(|sign| sign.is_ascii_lowercase() || sign == b'_');
        if !places.iter().all(plain) {
            return Err(GraphError::parameter(format!(
                "A variable of the {part} is not named as it may be."
            )));
        }
        let given = examples[format!("{part}_text_named_params")].as_array();
        let has = |place: &&str| {
            given
                .into_iter()
                .flatten()
                .any(|one| one["param_name"] == **place && !word(one, "example").is_empty())
        };
        return if places.iter().all(has) { Ok(()) } else { Err(example(part)) };
    }
    if !places.iter().zip(1_usize..).all(|(place, number)| *place == number.to_string()) {
        return Err(GraphError::parameter(format!("Variables of the {part} must be numbered from 1.")));
    }
    let list = &examples[format!("{part}_text")];
    let list = if list[0].is_array() { &list[0] } else { list };
    let given = list.as_array().map_or(0, Vec::len);
    if given == places.len() { Ok(()) } else { Err(example(part)) }
}

fn example(part: &str) -> GraphError {
    let why = format!("The {part} needs an example for each of its variables.");
    GraphError::template(2_388_043, "Message Template Is Missing Sample Content", why)
}

fn buttons(component: &mut Value) -> Result<(), GraphError> {
    let given = component["buttons"].as_array().filter(|all| (1..=BUTTONS).contains(&all.len()));
    let given = given.ok_or_else(|| GraphError::parameter("Param buttons must have 1 to 10 items."))?;
    let kept: Vec<Value> = given.iter().map(capitals).collect::<Result<_, _>>()?;
    for button in &kept {
        let kind = word(button, "type");
        let most = KINDS.iter().find(|(known, _)| *known == kind);
        let (_, most) =
            most.ok_or_else(|| GraphError::parameter(format!("Unexpected button type {kind}.")))?;
        if kept.iter().filter(|one| one["type"] == kind).count() > *most {
            return Err(GraphError::parameter(format!("At most {most} buttons can be of type {kind}.")));
        }
        button_text(button, kind)?;
    }
    let groups = kept.chunk_by(|one, next| (one["type"] == "QUICK_REPLY") == (next["type"] == "QUICK_REPLY"));
    if groups.filter(|group| group.iter().all(|one| one["type"] == "QUICK_REPLY")).count() > 1 {
        return Err(GraphError::parameter(
            "Invalid combination of buttons: quick replies must stand together.",
        ));
    }
    put(component, "buttons", kept);
    Ok(())
}

fn button_text(button: &Value, kind: &str) -> Result<(), GraphError> {
    let text = word(button, "text");
    if matches!(kind, "QUICK_REPLY" | "URL" | "PHONE_NUMBER") && text.is_empty() {
        return Err(GraphError::required("buttons[text]"));
    }
    if text.chars().count() > LABEL {
        return Err(too_long("button", LABEL));
    }
    if kind == "PHONE_NUMBER" && word(button, "phone_number").is_empty() {
        return Err(GraphError::required("buttons[phone_number]"));
    }
    if kind != "URL" {
        return Ok(());
    }
    let url = word(button, "url");
    if !url.starts_with("http") || url.len() > URL {
        return Err(GraphError::parameter("Param url of a button is not a valid URL."));
    }
    match places(url).as_slice() {
        [] => Ok(()),
        ["1"] if url.ends_with("{{1}}") => {
            if button.pointer("/example/0").is_some_and(Value::is_string) {
                Ok(())
            } else {
                Err(example("button"))
            }
        }
        _ => Err(GraphError::parameter("A button's URL can have the variable {{1}} at its end.")),
    }
}
