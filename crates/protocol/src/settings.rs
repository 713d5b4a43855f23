//! Reading the settings of a channel, from the database or from a form, and reporting what is wrong with them.

use serde_json::Value;
use url::Url;

/// A field that is missing or invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {detail}")]
pub struct InvalidSettings {
    /// The name of the field, such as `phone_number_id`.
    pub field: &'static str,
    /// True if the field is absent. A channel that is not yet live may lack it.
    pub missing: bool,
    /// What is wrong, and what would be right.
    pub detail: String,
}

impl InvalidSettings {
    pub(crate) fn new(field: &'static str, detail: impl Into<String>) -> Self {
        Self { field, missing: false, detail: detail.into() }
    }

    pub(crate) fn missing(field: &'static str) -> Self {
        Self { field, missing: true, detail: "is missing".to_owned() }
    }
}

/// What a protocol reads from settings: each field or its default, and every fault.
pub(crate) type Read<T> = (T, Vec<InvalidSettings>);

/// The settings, or their first fault.
pub(crate) fn complete<T>((settings, faults): Read<T>) -> Result<T, InvalidSettings> {
    faults.into_iter().next().map_or(Ok(settings), Err)
}

/// Settings that are read field by field. It gathers the faults.
pub(crate) struct Fields<'a> {
    settings: &'a Value,
    faults: Vec<InvalidSettings>,
}

impl<'a> Fields<'a> {
    pub(crate) const fn of(settings: &'a Value) -> Self {
        Self { settings, faults: Vec::new() }
    }

    /// A field as `check` returns it. `None` if it is absent, empty or invalid.
    pub(crate) fn field(
        &mut self,
        name: &'static str,
        required: bool,
        check: impl FnOnce(&'static str, &str) -> Result<String, InvalidSettings>,
    ) -> Option<String> {
        let text = match self.settings.get(name) {
            None | Some(Value::Null) => "",
            Some(Value::String(text)) => text.trim(),
            Some(_) => {
                self.faults.push(InvalidSettings::new(name, "must be a text"));
                return None;
            }
        };
        if text.is_empty() {
            self.faults.extend(required.then(|| InvalidSettings::missing(name)));
            return None;
        }
        check(name, text).map_err(|fault| self.faults.push(fault)).ok()
    }

    /// A base URL without a trailing slash. An absent one is `default`.
    pub(crate) fn base_url(&mut self, name: &'static str, default: &str) -> String {
        self.field(name, false, |name, text| base_url(name, text, default))
            .unwrap_or_else(|| default.to_owned())
    }

    /// One of `words`. `None` if it is absent or invalid.
    pub(crate) fn choice(&mut self, name: &'static str, words: [&'static str; 2]) -> Option<&'static str> {
        let chosen = self.field(name, false, |name, text| {
            let [first, second] = words;
            let known = words.contains(&text).then(|| text.to_owned());
            known.ok_or_else(|| InvalidSettings::new(name, format!("must be {first} or {second}")))
        })?;
        words.into_iter().find(|word| *word == chosen)
    }

    /// Every field that was missing or invalid.
    pub(crate) fn faults(self) -> Vec<InvalidSettings> {
        self.faults
    }
}

/// A base URL without a trailing slash. `like` is an example for the fault.
fn base_url(field: &'static str, text: &str, like: &str) -> Result<String, InvalidSettings> {
    let wrong = || {
        InvalidSettings::new(field, format!("must be an address such as {like}, without query or sign-in"))
    };
    let url = Url::parse(text).map_err(|_| wrong())?;
    let web = matches!(url.scheme(), "https" | "http") && url.has_host();
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if web && plain { Ok(url.as_str().trim_end_matches('/').to_owned()) } else { Err(wrong()) }
}

/// True if a text is a UUID of any version.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_field_is_read_missing_or_wrong() {
        let settings = json!({"a": " x ", "b": "", "c": 7, "d": "wrong"});
        let mut fields = Fields::of(&settings);
        let keep = |_: &'static str, text: &str| Ok(text.to_owned());
        assert_eq!(fields.field("a", true, keep).as_deref(), Some("x"));
        for (name, required) in [("b", true), ("e", true), ("e", false), ("c", false)] {
            assert_eq!(fields.field(name, required, keep), None);
        }
        assert_eq!(fields.field("d", false, |name, _| Err(InvalidSettings::new(name, "no"))), None);
        let faults: Vec<_> = fields.faults().iter().map(|fault| (fault.field, fault.missing)).collect();
        assert_eq!(faults, [("b", true), ("e", true), ("c", false), ("d", false)]);
    }

    #[test]
    fn an_address_is_one_of_the_web_and_holds_no_secret() {
        let read = |text| base_url("base_url", text, "https://a.example");
        assert_eq!(read("http://127.0.0.1:8081/meta/").as_deref(), Ok("http://127.0.0.1:8081/meta"));
        for text in [
            "a.example",
            "ftp://a.example",
            "https://u:p@a.example",
            "https://a.example?x",
            "https://a.example#x",
        ] {
            let fault = read(text).unwrap_err();
            assert!(
                fault.field == "base_url" && fault.detail.contains("https://a.example,"),
                "{text}: {fault}"
            );
        }
    }
}
