//! What can be wrong with the settings of a channel, as the database keeps them and a person enters them.

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
