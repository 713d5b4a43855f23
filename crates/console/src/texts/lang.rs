//! The two languages, and the form in which texts are written down: one that lacks a language does not compile.

use axum::http::{HeaderMap, header};

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lang {
    /// English.
    En,
    /// Indonesian.
    Id,
}

impl Lang {
    /// The first language a browser asks for that we have; English when it asks for none of them.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let asked =
            headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut languages = asked.split(',').filter_map(|part| part.trim().get(..2));
        languages
            .find_map(|language| match language.to_ascii_lowercase().as_str() {
                "en" => Some(Self::En),
                "id" => Some(Self::Id),
                _ => None,
            })
            .unwrap_or(Self::En)
    }

    /// The language of this code, if we have it.
    pub(crate) fn named(code: &str) -> Option<Self> {
        [Self::En, Self::Id].into_iter().find(|language| language.code() == code)
    }

    /// For `<html lang>`.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Id => "id",
        }
    }

    /// A count with its thousands parted.
    pub(crate) fn count(self, count: i64) -> String {
        let point = match self {
            Self::En => ',',
            Self::Id => '.',
        };
        let digits = count.unsigned_abs().to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(point);
            }
            text.push(digit);
        }
        text
    }
}

macro_rules! texts {
    ($($name:ident ( $($argument:ident : $type:ty),* ) $en:expr, $id:expr;)+) => {
        impl Lang {
            $(
                #[doc = concat!("`", stringify!($en), "`")]
                pub(crate) fn $name(self $(, $argument: $type)*) -> std::borrow::Cow<'static, str> {
                    match self {
                        Self::En => std::borrow::Cow::from($en),
                        Self::Id => std::borrow::Cow::from($id),
                    }
                }
            )+
        }
    };
}
pub(crate) use texts;

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_first_known_language_is_taken() {
        for (asked, language) in [
            ("id-ID,id;q=0.9,en;q=0.8", Lang::Id),
            ("fr, en-GB", Lang::En),
            ("ja", Lang::En),
            ("", Lang::En),
            ("é, id", Lang::En),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_bytes(asked.as_bytes()).unwrap());
            assert_eq!(Lang::of(&headers), language, "{asked}");
        }
    }

    #[test]
    fn thousands_are_parted_as_each_language_does() {
        assert_eq!(Lang::En.count(1_234_567), "1,234,567");
        assert_eq!(Lang::Id.count(1_054), "1.054");
        assert_eq!(Lang::En.count(999), "999");
    }
}
