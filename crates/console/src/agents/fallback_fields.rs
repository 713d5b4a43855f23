//! The fields of what users are told when something the agent said cannot be sent: one for each language.

use std::collections::BTreeMap;

use crate::form::{Field, Kind};
use crate::texts::Lang;

/// Each language an agent can have, with the name of its field.
pub(super) const LANGUAGES: [(Lang, &str); 2] = [(Lang::En, "fallback_en"), (Lang::Id, "fallback_id")];

/// The fields with these texts.
pub(super) fn fields(l: Lang, texts: &BTreeMap<String, String>) -> [Field; 2] {
    LANGUAGES.map(|(language, name)| {
        let label = l.fallback_in(&l.language_name(language.code()));
        let text = texts.get(language.code()).map_or("", String::as_str);
        Field::new(l, name, Kind::Text, label).optional().value(text)
    })
}
