//! Enums with a fixed word for each member. JSON, the database, URLs and messages all use the same word.

/// Defines an enum with one word for each member.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$item_doc])* $item),+ }

        impl $name {
            /// All members, in the order of definition.
            pub const ALL: &'static [Self] = &[$(Self::$item),+];

            /// The word of this member.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$item => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::vocabulary::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|member| member.as_str() == word)
                    .ok_or($crate::vocabulary::UnknownWord { expected: concat!($($word, " "),+) })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = String::deserialize(deserializer)?;
                word.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use words;

/// The text is not a member's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of: {}", expected.trim_end().replace(' ', ", "))]
pub struct UnknownWord {
    /// The members' words, separated by spaces.
    pub expected: &'static str,
}

#[cfg(test)]
mod tests {
    use crate::channel::Environment;

    #[test]
    fn an_unknown_word_is_refused_with_the_known_ones() {
        let error = "live".parse::<Environment>().unwrap_err();
        assert_eq!(error.to_string(), "must be one of: published, draft");
    }
}
