//! A text in both languages of the console.

/// A text in the languages of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bilingual {
    /// English.
    pub en: &'static str,
    /// Indonesian.
    pub id: &'static str,
}
