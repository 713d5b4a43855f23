//! The leaves of Qontak's JSON. Almost every one can be null (§3.3), and one of an unexpected type is read as absent.

use serde_json::Value;

/// A JSON object.
#[derive(Clone, Copy)]
pub(super) struct Object<'a>(pub(super) &'a Value);

impl<'a> Object<'a> {
    /// The text at this place, unless it is absent or empty.
    pub(super) fn text(self, at: &str) -> Option<&'a str> {
        self.0.pointer(at)?.as_str().filter(|text| !text.is_empty())
    }

    /// The first text that is there.
    pub(super) fn first(self, places: &[&str]) -> Option<&'a str> {
        places.iter().find_map(|at| self.text(at))
    }

    /// The text at this place as a `String`.
    pub(super) fn owned(self, at: &str) -> Option<String> {
        self.text(at).map(str::to_owned)
    }

    /// The number at this place, which may be written as text.
    pub(super) fn number(self, at: &str) -> Option<f64> {
        let value = self.0.pointer(at)?;
        let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
        number.filter(|number| number.is_finite())
    }

    /// The whole number at this place, which may be written as text.
    pub(super) fn integer(self, at: &str) -> Option<i64> {
        let value = self.0.pointer(at)?;
        value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
    }

    /// The object at this place.
    pub(super) fn object(self, at: &str) -> Option<Self> {
        self.0.pointer(at).filter(|value| value.is_object()).map(Self)
    }

    /// WhatsApp's own message, if Qontak passes it on: at the top, or as the room's last message if that is this one.
    pub(super) fn raw(self) -> Option<Self> {
        let top = || self.object("/raw_message/messages/0");
        let last = || {
            let same = self.text("/room/last_message/id")? == self.text("/id")?;
            self.object("/room/last_message/raw_message/messages/0").filter(|_| same)
        };
        top().or_else(last)
    }
}
