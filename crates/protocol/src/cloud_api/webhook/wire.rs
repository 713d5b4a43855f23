//! The leaves of the Cloud API's JSON. A leaf of an unexpected type is read as absent; it is never an error.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use warta_core::time::Timestamp;

/// The methods of a visitor that reads values of these types as `$value`.
macro_rules! read_as {
    ($value:expr; $($kind:ident),+) => { $(read_as!(@ $kind $value);)+ };
    (@ bool $value:expr) => {
        fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> { Ok($value) }
    };
    (@ unit $value:expr) => {
        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> { Ok($value) }
    };
    (@ number $value:expr) => {
        fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> { Ok($value) }
        fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> { Ok($value) }
        fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> { Ok($value) }
    };
    (@ text $value:expr) => {
        fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> { Ok($value) }
    };
    (@ seq $value:expr) => {
        fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
            IgnoredAny.visit_seq(items).map(|_| $value)
        }
    };
    (@ map $value:expr) => {
        fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
            IgnoredAny.visit_map(fields).map(|_| $value)
        }
    };
}

/// A text, or a number read as text: Meta writes ids, times and sizes either way (§0.2). Anything else is absent.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Loose<'a>(Option<Cow<'a, str>>);

impl Loose<'_> {
    /// The text, even if it is empty.
    pub(crate) fn as_written(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The text, unless it is absent or empty.
    pub(crate) fn get(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }

    /// The text as a `String`, unless it is absent or empty.
    pub(crate) fn owned(&self) -> Option<String> {
        self.get().map(str::to_owned)
    }

    /// The text as a `String`. Empty if it is absent.
    pub(crate) fn or_empty(&self) -> String {
        self.owned().unwrap_or_default()
    }

    /// The text as a number.
    pub(crate) fn number<T: std::str::FromStr>(&self) -> Option<T> {
        self.get()?.trim().parse().ok()
    }

    /// The text as a time, in seconds since 1970. Milliseconds have been seen (§0.2): seconds reach eleven digits only in the
    /// year 5138.
    pub(crate) fn instant(&self) -> Option<Timestamp> {
        match self.number::<i64>()? {
            seconds @ 1..100_000_000_000 => Timestamp::from_secs(seconds),
            millis @ 100_000_000_000..100_000_000_000_000 => Some(Timestamp::from_millis(millis)),
            _ => None,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Loose<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Leaf;
        impl<'de> Visitor<'de> for Leaf {
            type Value = Loose<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Loose(Some(Cow::Borrowed(text))))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Loose(Some(Cow::Owned(text.to_owned()))))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Loose(Some(Cow::Owned(number.to_string()))))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Loose(Some(Cow::Owned(number.to_string()))))
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Loose(Some(Cow::Owned(number.to_string()))))
            }
            read_as!(Loose(None); bool, unit, seq, map);
        }
        deserializer.deserialize_any(Leaf)
    }
}

/// Yes or no, as a text too. Anything else is no.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Flag(pub(crate) bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct YesOrNo;
        impl<'de> Visitor<'de> for YesOrNo {
            type Value = Flag;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_bool<E: Error>(self, yes: bool) -> Result<Self::Value, E> {
                Ok(Flag(yes))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Flag(text == "true"))
            }
            read_as!(Flag(false); unit, number, seq, map);
        }
        deserializer.deserialize_any(YesOrNo)
    }
}

/// An object, or nothing: anything else is read as absent.
#[derive(Debug, Clone)]
pub(crate) struct Part<T>(Option<T>);

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Part<T> {
    /// The object.
    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
            type Value = Part<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(fields)).map(|object| Part(Some(object)))
            }
            read_as!(Part(None); bool, unit, number, text, seq);
        }
        deserializer.deserialize_any(Object(PhantomData))
    }
}

/// The unread items of a list, so that one can be unreadable without the others.
#[derive(Debug, Default)]
pub(crate) enum Items<'a> {
    /// There is no list.
    #[default]
    Absent,
    /// The items.
    List(Vec<&'a RawValue>),
    /// It is not a list.
    Other,
}

impl<'a> Items<'a> {
    /// The items. Empty if there is no list.
    pub(crate) fn list(&self) -> &[&'a RawValue] {
        match self {
            Self::List(items) => items,
            Self::Absent | Self::Other => &[],
        }
    }

    /// The items that can be read as `T`.
    pub(crate) fn read<T: Deserialize<'a>>(&self) -> Vec<T> {
        self.list().iter().filter_map(|item| serde_json::from_str(item.get()).ok()).collect()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Items<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Items::List(list))
            }
            read_as!(Items::Absent; unit);
            read_as!(Items::Other; bool, number, text, map);
        }
        deserializer.deserialize_any(List)
    }
}

/// One of `errors[]` in messages, statuses and values (§3.1). Not read: `href`, which is always the same page.
#[derive(Debug, Default, Clone, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Fault<'a> {
    #[serde(borrow)]
    pub(crate) code: Loose<'a>,
    #[serde(borrow)]
    pub(crate) title: Loose<'a>,
    #[serde(borrow)]
    pub(crate) message: Loose<'a>,
    /// The On-Premises API's place for `error_data`. Coster still uses it.
    #[serde(borrow)]
    pub(crate) details: Loose<'a>,
    #[serde(borrow)]
    pub(crate) error_data: Part<FaultData<'a>>,
}

/// The details of an error.
#[derive(Debug, Default, Clone, serde::Deserialize)]
#[serde(default)]
pub(crate) struct FaultData<'a> {
    #[serde(borrow)]
    pub(crate) details: Loose<'a>,
}

impl Fault<'_> {
    /// The most detailed of its texts.
    pub(crate) fn detail(&self) -> Option<&str> {
        let details = self.error_data.get().and_then(|data| data.details.get());
        details.or_else(|| self.details.get()).or_else(|| self.message.get()).or_else(|| self.title.get())
    }
}

/// Where and how JSON is malformed, without the text of the body that serde may quote.
pub(crate) fn json_fault(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let what = match error.classify() {
        Category::Eof => "it ends too early",
        Category::Syntax => "it is malformed",
        Category::Data => "it is not of the expected shape",
        Category::Io => "it cannot be read",
    };
    format!("{what} at line {}, column {}", error.line(), error.column())
}

/// Reads one item.
pub(crate) fn read_item<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, String> {
    serde_json::from_str(raw.get()).map_err(|error| json_fault(&error))
}

/// An item as an object. Anything else is wrapped in one.
pub(super) fn as_object(raw: &RawValue) -> serde_json::Value {
    match serde_json::from_str(raw.get()).ok() {
        Some(serde_json::Value::Object(fields)) => serde_json::Value::Object(fields),
        other => serde_json::json!({ "value": other }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_and_numbers_are_texts_and_the_rest_is_absent() {
        for (json, text) in [
            (r#""551200340056007""#, Some("551200340056007")),
            ("551200340056007", Some("551200340056007")),
            (r#""Ol\u00e1""#, Some("Olá")),
            (r#""""#, None),
            ("null", None),
            ("true", None),
            (r#"[1,{"a":2}]"#, None),
            (r#"{"a":[1]}"#, None),
        ] {
            let leaf: Loose<'_> = serde_json::from_str(json).unwrap();
            assert_eq!(leaf.get(), text, "{json}");
        }
    }

    #[test]
    fn seconds_and_milliseconds_are_the_same_instant() {
        for (value, millis) in [
            (json!("1794052811"), Some(1_794_052_811_000)),
            (json!(1_794_052_811), Some(1_794_052_811_000)),
            (json!("1794052811123"), Some(1_794_052_811_123)),
            (json!("0"), None),
            (json!("-5"), None),
            (json!("soon"), None),
            (json!(i64::MAX), None),
        ] {
            let text = value.to_string();
            let leaf: Loose<'_> = serde_json::from_str(&text).unwrap();
            assert_eq!(leaf.instant().map(Timestamp::as_millis), millis, "{text}");
        }
    }
}
