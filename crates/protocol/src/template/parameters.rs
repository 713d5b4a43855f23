//! Compares the parameters of a message with the variables of its template. WhatsApp checks the finer rules, such as the kind
//! of a file (facts/meta-cloud.md §5.6).

use serde_json::Value;
use warta_core::message::{Invalid, Template as Sent};

use super::Template;
use super::model::kind;

/// A component of a message, its index, and the place in the template that it fills.
struct SentComponent<'a> {
    at: usize,
    place: String,
    part: &'a Value,
}

/// The places where a message has more or fewer parameters than the template has variables. Empty if all are right.
#[must_use]
pub fn parameter_faults(template: &Template, sent: &Sent) -> Vec<Invalid> {
    let sent_components: Vec<SentComponent<'_>> =
        sent.components.iter().enumerate().map(sent_component).collect();
    let variables = template.variables();
    let wanted = |place: &str| variables.iter().filter(|one| one.place == place).count();
    let mut faults = Vec::new();
    let mut missed: Vec<&str> = Vec::new();
    for variable in &variables {
        let place = variable.place.as_str();
        if !missed.contains(&place) && !sent_components.iter().any(|one| one.place == place) {
            missed.push(place);
            faults.push(fault("/template/components".to_owned(), template, place, (wanted(place), 0)));
        }
    }
    for one in &sent_components {
        let wanted = wanted(&one.place);
        let count = one.part.get("parameters").and_then(Value::as_array).map_or(0, Vec::len);
        // A quick-reply button takes an optional payload.
        let free = one.place.starts_with("button.") && wanted == 0;
        if (one.place.starts_with("button.") || matches!(one.place.as_str(), "header" | "body"))
            && count != wanted
            && !free
        {
            let pointer = format!("/template/components/{}/parameters", one.at);
            faults.push(fault(pointer, template, &one.place, (wanted, count)));
        }
    }
    faults
}

fn sent_component((at, part): (usize, &Value)) -> SentComponent<'_> {
    let place = match kind(part).as_str() {
        "button" => match part.get("index") {
            Some(Value::String(index)) => format!("button.{}", index.trim()),
            Some(index) => format!("button.{index}"),
            None => "button".to_owned(),
        },
        kind => kind.to_owned(),
    };
    SentComponent { at, place, part }
}

fn fault(pointer: String, template: &Template, place: &str, (wanted, given): (usize, usize)) -> Invalid {
    let values = if wanted == 1 { "value" } else { "values" };
    let detail = format!(
        "gives {given} for {place}, and the template {} ({}) as it is declared takes {wanted} {values} there",
        template.name, template.language
    );
    Invalid { pointer, detail }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{Category, Status};
    use serde_json::json;

    fn template() -> Template {
        let components = json!([
            {"type": "HEADER", "format": "IMAGE"},
            {"type": "BODY", "text": "{{1}} and {{2}}"},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "x"}, {"type": "URL", "url": "https://a.example/{{1}}"}]}]);
        Template {
            id: "1".to_owned(),
            name: "a".to_owned(),
            language: "id".to_owned(),
            category: Category::Utility,
            status: Status::Declared,
            rejected_reason: None,
            quality: None,
            components: components.as_array().unwrap().clone(),
        }
    }

    fn places(components: &Value) -> Vec<String> {
        let components = components.as_array().unwrap().clone();
        let sent = Sent { name: "a".to_owned(), language: "id".to_owned(), components };
        parameter_faults(&template(), &sent).into_iter().map(|one| one.pointer).collect()
    }

    #[test]
    fn what_is_wanted_passes_whatever_else_a_tapped_button_carries() {
        let text = json!({"type": "text", "text": "x"});
        let mut all = json!([
            {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://a.example/1.png"}}]},
            {"type": "body", "parameters": [text, text]},
            {"type": "button", "sub_type": "quick_reply", "index": 0, "parameters": [{"type": "payload", "payload": "p"}]},
            {"type": "button", "sub_type": "url", "index": "1", "parameters": [text]}]);
        assert_eq!(places(&all), Vec::<String>::new());
        all[3]["index"] = json!(1);
        assert_eq!(places(&all), Vec::<String>::new(), "the place of a button may be a number");
    }

    #[test]
    fn what_is_missing_or_too_many_is_named_by_its_place() {
        assert_eq!(places(&json!([])), ["/template/components"; 3]);
        let text = json!({"type": "text", "text": "x"});
        let found = places(&json!([
            {"type": "header", "parameters": [text]},
            {"type": "body", "parameters": [text, text, text]},
            {"type": "button", "sub_type": "url", "index": "1"}]));
        assert_eq!(found, ["/template/components/1/parameters", "/template/components/2/parameters"]);
    }

    #[test]
    fn the_sentence_says_how_many_are_wanted() {
        let sent = Sent { name: "a".to_owned(), language: "id".to_owned(), components: Vec::new() };
        let faults = parameter_faults(&template(), &sent);
        assert_eq!(
            faults[1].detail,
            "gives 0 for body, and the template a (id) as it is declared takes 2 values there"
        );
    }
}
