//! Reading the settings of a channel, as the database keeps them and a person enters them, and what can be wrong with them.

use serde_json::Value;
use url::Url;

/// Why settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {detail}")]
pub struct InvalidSettings {
    /// The field concerned, such as `phone_number_id`.
    pub field: &'static str,
    /// Whether it is not there at all: a channel that is not yet in use may lack it.
    pub missing: bool,
    /// What is wrong and what would be right.
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

/// Settings, read field by field. What cannot be read is gathered.
pub(crate) struct Fields<'a> {
    settings: &'a Value,
    faults: Vec<InvalidSettings>,
}

impl<'a> Fields<'a> {
    pub(crate) const fn of(settings: &'a Value) -> Self {
        Self { settings, faults: Vec::new() }
    }

    /// A field in the form into which `check` brings it; `None` where there is none or it is wrong. An empty one counts as absent.
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

    /// Everything that was missing or not as it should be.
    pub(crate) fn faults(self) -> Vec<InvalidSettings> {
        self.faults
    }
}

/// Where an API is, without a slash at the end. `like` is one that is right.
pub(crate) fn base_url(field: &'static str, text: &str, like: &str) -> Result<String, InvalidSettings> {
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
