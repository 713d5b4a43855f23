//! A template in WhatsApp's own components, with any provider (facts/meta-cloud.md §7).

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde_json::Value;

/// Defines an enum of a provider's words, with a variant for unknown ones.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $word:ident = $text:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $($(#[$doc])* $word,)+
            /// An unknown word, in lower case.
            Other(String),
        }

        impl $name {
            /// Every known word.
            pub const KNOWN: &'static [&'static str] = &[$($text),+];

            /// The word, in lower case.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$word => $text,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl FromStr for $name {
            type Err = Infallible;

            /// Reads a provider's word, ignoring case.
            fn from_str(word: &str) -> Result<Self, Infallible> {
                let word: String = word.trim().to_lowercase();
                Ok(match word.as_str() {
                    $($text => Self::$word,)+
                    _ => Self::Other(word.chars().filter(|one| !one.is_control()).take(64).collect()),
                })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// The purpose of a template. WhatsApp may assign another category than the requested one.
    Category {
        /// Offers and news.
        Marketing = "marketing",
        /// About something the user did or ordered.
        Utility = "utility",
        /// One-time codes.
        Authentication = "authentication",
    }
}

words! {
    /// The status of a template (§7.4).
    Status {
        /// It may be sent.
        Approved = "approved",
        /// It is being reviewed.
        Pending = "pending",
        /// It was rejected.
        Rejected = "rejected",
        /// It is paused for low quality.
        Paused = "paused",
        /// It was paused too often.
        Disabled = "disabled",
        /// A rejection is being reviewed again.
        InAppeal = "in_appeal",
        /// The account has too many templates.
        LimitExceeded = "limit_exceeded",
        /// It was not used for a long time.
        Archived = "archived",
        /// It was deleted.
        Deleted = "deleted",
        /// It is being deleted.
        PendingDeletion = "pending_deletion",
        /// It was declared in the gateway; the provider's API does not know it.
        Declared = "declared",
    }
}

/// A template of a provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// The provider's id of it.
    pub id: String,
    /// Its name, unique together with the language.
    pub name: String,
    /// Its language, such as `id` or `en_US`.
    pub language: String,
    /// Its purpose.
    pub category: Category,
    /// Its status.
    pub status: Status,
    /// Why it was rejected, in the provider's word.
    pub rejected_reason: Option<String>,
    /// Its quality rating, in the provider's word in lower case.
    pub quality: Option<String>,
    /// Header, body, footer and buttons in WhatsApp's own shape.
    pub components: Vec<Value>,
}

/// A variable of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its place: `header`, `body`, or `button.0` and so on.
    pub place: String,
    /// Its name: `1` and so on, or a word.
    pub name: String,
    /// The kind of its value: `text`, or the kind of file in the header.
    pub kind: String,
    /// The example that the template was reviewed with.
    pub example: Option<String>,
}

impl Template {
    /// True if it can be sent now.
    #[must_use]
    pub fn is_sendable(&self) -> bool {
        matches!(self.status, Status::Approved | Status::Declared)
    }

    /// True if it was declared in the gateway.
    #[must_use]
    pub fn is_declared(&self) -> bool {
        self.status == Status::Declared
    }

    /// Its variables, in the order of its components.
    #[must_use]
    pub fn variables(&self) -> Vec<Variable> {
        let mut found = Vec::new();
        for component in &self.components {
            match kind(component).as_str() {
                "header" => header(component, &mut found),
                "body" => texts(component, "body", &mut found),
                "buttons" => buttons(component, &mut found),
                _ => {}
            }
        }
        found
    }
}

/// The type of a component or button, in lower case.
pub(super) fn kind(part: &Value) -> String {
    text(part, "type").to_lowercase()
}

fn text<'a>(part: &'a Value, name: &str) -> &'a str {
    part.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The names of the variables in a text, each once, in order.
pub(super) fn names(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for part in text.split("{{").skip(1) {
        let Some((name, _)) = part.split_once("}}") else { continue };
        if !names.contains(&name.trim()) {
            names.push(name.trim());
        }
    }
    names
}

fn header(component: &Value, found: &mut Vec<Variable>) {
    match text(component, "format").to_lowercase().as_str() {
        "" | "text" => texts(component, "header", found),
        kind => found.push(Variable {
            place: "header".to_owned(),
            name: "1".to_owned(),
            kind: kind.to_owned(),
            example: None,
        }),
    }
}

fn texts(component: &Value, place: &str, found: &mut Vec<Variable>) {
    for (at, name) in names(text(component, "text")).into_iter().enumerate() {
        found.push(Variable {
            place: place.to_owned(),
            name: name.to_owned(),
            kind: "text".to_owned(),
            example: example(component, place, at, name),
        });
    }
}

/// The example of a variable: by its name, or by its index in a list or in a list of lists (§7.1).
fn example(component: &Value, place: &str, at: usize, name: &str) -> Option<String> {
    let examples = component.get("example")?;
    let named = examples.get(format!("{place}_text_named_params")).and_then(Value::as_array);
    if let Some(one) = named.and_then(|all| all.iter().find(|one| text(one, "param_name") == name)) {
        return Some(text(one, "example").to_owned());
    }
    let list = examples.get(format!("{place}_text"))?;
    let list = list.get(0).filter(|first| first.is_array()).unwrap_or(list);
    list.get(at)?.as_str().map(str::to_owned)
}

fn buttons(component: &Value, found: &mut Vec<Variable>) {
    let buttons = component.get("buttons").and_then(Value::as_array).into_iter().flatten();
    for (at, button) in buttons.enumerate() {
        let given = match kind(button).as_str() {
            "url" => !names(text(button, "url")).is_empty(),
            "otp" | "copy_code" => true,
            _ => false,
        };
        if !given {
            continue;
        }
        let example = button.get("example").and_then(|example| example.get(0).unwrap_or(example).as_str());
        found.push(Variable {
            place: format!("button.{at}"),
            name: "1".to_owned(),
            kind: "text".to_owned(),
            example: example.map(str::to_owned),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn unknown_words_are_kept_and_known_ones_are_read_in_any_letters() {
        let read = |word: &str| word.parse::<Status>().unwrap();
        assert_eq!((read("APPROVED"), read("in_appeal")), (Status::Approved, Status::InAppeal));
        assert_eq!(read("LEVITATED").as_str(), "levitated");
        for word in Status::KNOWN {
            assert!(!matches!(read(word), Status::Other(_)), "{word}");
        }
    }

    #[test]
    fn what_has_to_be_given_is_found_in_every_part() {
        let template = |components: Value| Template {
            id: "1".to_owned(),
            name: "a".to_owned(),
            language: "id".to_owned(),
            category: Category::Utility,
            status: Status::Approved,
            rejected_reason: None,
            quality: None,
            components: components.as_array().unwrap().clone(),
        };
        let found = |components: Value| -> Vec<(String, String, String, Option<String>)> {
            let all = template(components).variables().into_iter();
            all.map(|one| (one.place, one.name, one.kind, one.example)).collect()
        };
        let row = |place: &str, name: &str, kind: &str, example: Option<&str>| {
            (place.to_owned(), name.to_owned(), kind.to_owned(), example.map(str::to_owned))
        };
        assert_eq!(
            found(json!([
                {"type": "HEADER", "format": "TEXT", "text": "Visit on {{day}}",
                    "example": {"header_text_named_params": [{"param_name": "day", "example": "Friday"}]}},
                {"type": "BODY", "text": "{{1}} and {{2}} and {{1}}", "example": {"body_text": [["Rina", "09:00"]]}},
                {"type": "FOOTER", "text": "x"},
                {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "x"},
                    {"type": "URL", "url": "https://a.example/{{1}}", "example": ["https://a.example/7"]}]}
            ])),
            [
                row("header", "day", "text", Some("Friday")),
                row("body", "1", "text", Some("Rina")),
                row("body", "2", "text", Some("09:00")),
                row("button.1", "1", "text", Some("https://a.example/7")),
            ]
        );
        assert_eq!(
            found(
                json!([{"type": "header", "format": "IMAGE"}, {"type": "body", "text": "{{1}}", "example": {"body_text": ["Budi"]}}])
            ),
            [row("header", "1", "image", None), row("body", "1", "text", Some("Budi"))]
        );
        assert_eq!(found(json!([null, 7, {"type": "BODY"}, {"type": "BUTTONS", "buttons": {}}, {}])), []);
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_its_variables_read_without_panic(body in "\\PC*", example in "\\PC*") {
            let components = vec![json!({"type": "BODY", "text": body, "example": {"body_text": example}})];
            let template = Template { id: String::new(), name: String::new(), language: String::new(), category: Category::Utility,
                status: Status::Approved, rejected_reason: None, quality: None, components };
            drop(template.variables());
        }
    }
}
