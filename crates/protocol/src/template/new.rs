//! A new template, or a change to one, as callers write it. Faults are reported with their JSON pointer. WhatsApp checks the
//! finer rules of components (facts/meta-cloud.md §7.2).

use serde_json::{Map, Value};
use warta_core::message::Invalid;

use super::Category;
use super::model::{kind, names};

/// The longest name (§7.2).
const LONGEST_NAME: usize = 512;
/// The types of components (§7.2).
const KINDS: [&str; 6] = ["header", "body", "footer", "buttons", "carousel", "limited_time_offer"];

/// A template to create.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTemplate {
    /// Lower-case letters, digits and `_`.
    pub name: String,
    /// Such as `id` or `en_US`.
    pub language: String,
    /// A known category.
    pub category: Category,
    /// Its components in WhatsApp's own format.
    pub components: Vec<Value>,
}

/// A change to a template. Name and language never change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The new category.
    pub category: Option<Category>,
    /// All new components.
    pub components: Option<Vec<Value>>,
}

impl NewTemplate {
    /// Reads a template to create.
    ///
    /// # Errors
    ///
    /// Every fault, with its JSON pointer.
    pub fn read(body: &Value) -> Result<Self, Vec<Invalid>> {
        let mut fields = Fields::of(body, &["name", "language", "category", "components"]);
        let name = fields.text("name", "must be 1 to 512 small letters, digits and _", is_name);
        let language =
            fields.text("language", "must be a language of WhatsApp's, such as id or en_US", is_language);
        let category = fields.category(true);
        let components = fields.components(true);
        match (name, language, category, components) {
            (Some(name), Some(language), Some(category), Some(components)) if fields.faults.is_empty() => {
                Ok(Self { name, language, category, components })
            }
            _ => Err(fields.faults),
        }
    }

    /// True if its variables have names instead of numbers.
    #[must_use]
    pub fn is_named(&self) -> bool {
        let parts = self.components.iter().filter(|part| matches!(kind(part).as_str(), "header" | "body"));
        let texts = parts.filter_map(|part| part.get("text")?.as_str());
        texts.flat_map(names).any(|name| !name.is_empty() && !name.bytes().all(|byte| byte.is_ascii_digit()))
    }
}

impl Change {
    /// Reads a change.
    ///
    /// # Errors
    ///
    /// Every fault, with its JSON pointer.
    pub fn read(body: &Value) -> Result<Self, Vec<Invalid>> {
        let mut fields = Fields::of(body, &["category", "components"]);
        let change = Self { category: fields.category(false), components: fields.components(false) };
        if fields.faults.is_empty() && change.category.is_none() && change.components.is_none() {
            fields.fault(String::new(), "must have category, components or both".to_owned());
        }
        if fields.faults.is_empty() { Ok(change) } else { Err(fields.faults) }
    }
}

/// The fields of a body, and their faults.
struct Fields<'a> {
    fields: Option<&'a Map<String, Value>>,
    faults: Vec<Invalid>,
}

impl<'a> Fields<'a> {
    fn of(body: &'a Value, known: &[&str]) -> Self {
        let mut read = Self { fields: body.as_object(), faults: Vec::new() };
        match read.fields {
            None => read.fault(String::new(), "must be a JSON object".to_owned()),
            Some(fields) => {
                for name in fields.keys().filter(|name| !known.contains(&name.as_str())) {
                    read.fault(
                        format!("/{}", escaped(name)),
                        format!("is not a field here; known are {}", known.join(", ")),
                    );
                }
            }
        }
        read
    }

    fn fault(&mut self, pointer: String, detail: String) {
        self.faults.push(Invalid { pointer, detail });
    }

    fn value(&self, name: &str) -> Option<&'a Value> {
        self.fields?.get(name).filter(|value| !value.is_null())
    }

    /// A required text that passes `good`.
    fn text(&mut self, name: &str, rule: &str, good: fn(&str) -> bool) -> Option<String> {
        let text = self.value(name).and_then(Value::as_str).filter(|text| good(text));
        if text.is_none() && self.fields.is_some() {
            self.fault(format!("/{name}"), rule.to_owned());
        }
        text.map(str::to_owned)
    }

    fn category(&mut self, needed: bool) -> Option<Category> {
        let value = self.value("category");
        if value.is_none() && !needed {
            return None;
        }
        let read = value.and_then(Value::as_str).and_then(|word| word.parse::<Category>().ok());
        let read = read.filter(|category| !matches!(category, Category::Other(_)));
        if read.is_none() && self.fields.is_some() {
            self.fault("/category".to_owned(), format!("must be one of: {}", Category::KNOWN.join(", ")));
        }
        read
    }

    fn components(&mut self, needed: bool) -> Option<Vec<Value>> {
        let value = self.value("components");
        if value.is_none() && !needed {
            return None;
        }
        self.fields?;
        let Some(parts) = value.and_then(Value::as_array).filter(|parts| !parts.is_empty()) else {
            let rule = "must be a list of WhatsApp's components with a BODY, such as [{\"type\": \"BODY\", \"text\": \"Halo\"}]";
            self.fault("/components".to_owned(), rule.to_owned());
            return None;
        };
        for (at, part) in parts.iter().enumerate() {
            if !KINDS.contains(&kind(part).as_str()) {
                let rule = format!("must be one of: {}", KINDS.join(", ").to_uppercase());
                self.fault(format!("/components/{at}/type"), rule);
            } else if parts.iter().take(at).any(|earlier| kind(earlier) == kind(part)) {
                self.fault(format!("/components/{at}/type"), "must stand there only once".to_owned());
            }
        }
        if !parts.iter().any(|part| kind(part) == "body") {
            self.fault("/components".to_owned(), "must have a BODY: no template goes without".to_owned());
        }
        Some(parts.clone())
    }
}

/// Escapes a name for a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(plain)
}

/// Checks the format of a language code. WhatsApp decides which languages exist (§7.12).
fn is_language(text: &str) -> bool {
    let (language, region) = text.split_once('_').unwrap_or((text, "XX"));
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && (2..=3).contains(&region.len())
        && region.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn good() -> Value {
        json!({"name": "order_update", "language": "id", "category": "UTILITY",
            "components": [{"type": "BODY", "text": "Halo {{1}}", "example": {"body_text": [["Budi"]]}}]})
    }

    #[test]
    fn a_template_is_read_and_knows_whether_its_variables_have_names() {
        let read = NewTemplate::read(&good()).unwrap();
        assert_eq!((read.category.clone(), read.is_named()), (Category::Utility, false));
        let mut named = good();
        named["components"][0]["text"] = json!("Halo {{nama}}");
        assert!(NewTemplate::read(&named).unwrap().is_named());
    }

    #[test]
    fn each_fault_names_its_place() {
        let with = |name: &str, value: Value| {
            let mut body = good();
            body[name] = value;
            body
        };
        for (body, places) in [
            (json!([]), vec![""]),
            (json!({}), vec!["/name", "/language", "/category", "/components"]),
            (with("name", json!("Order Update")), vec!["/name"]),
            (with("name", json!("x".repeat(513))), vec!["/name"]),
            (with("name", json!(7)), vec!["/name"]),
            (with("language", json!("Indonesian")), vec!["/language"]),
            (with("language", json!("en-US")), vec!["/language"]),
            (with("category", json!("NEWS")), vec!["/category"]),
            (with("components", json!([])), vec!["/components"]),
            (with("components", json!("Halo")), vec!["/components"]),
            (with("components", json!([{"type": "FOOTER", "text": "x"}])), vec!["/components"]),
            (with("components", json!([{"type": "BODY"}, {"type": "SONG"}])), vec!["/components/1/type"]),
            (with("components", json!([{"type": "BODY"}, {"type": "body"}])), vec!["/components/1/type"]),
            (with("a/b", json!(1)), vec!["/a~1b"]),
        ] {
            let faults = NewTemplate::read(&body).unwrap_err();
            let found: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
            assert_eq!(found, places, "{body}");
        }
    }

    #[test]
    fn a_change_needs_something_to_change() {
        assert_eq!(Change::read(&json!({})).unwrap_err()[0].pointer, "");
        assert_eq!(Change::read(&json!({"name": "x"})).unwrap_err()[0].pointer, "/name");
        assert_eq!(Change::read(&json!({"category": "x"})).unwrap_err()[0].pointer, "/category");
        let change = Change::read(&json!({"category": "marketing"})).unwrap();
        assert_eq!((change.category, change.components), (Some(Category::Marketing), None));
    }
}
