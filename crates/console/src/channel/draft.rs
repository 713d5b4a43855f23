//! What a form of the connection page shows instead of the saved values.

use std::borrow::Cow;

use warta_protocol::describe::FieldSpec;

use crate::form::{Field, Kind, Typed};
use crate::texts::Lang;

/// What differs from what is saved: what was typed, and what is wrong with it.
#[derive(Default)]
pub(super) struct Draft<'a> {
    pub(super) typed: Option<&'a Typed>,
    pub(super) faults: Vec<(&'static str, Cow<'static, str>)>,
    /// One word for what was done or not done.
    pub(super) done: Cow<'a, str>,
    /// In which section.
    pub(super) at: Cow<'a, str>,
    /// Why the endpoint was not registered.
    pub(super) endpoint_fault: Option<Cow<'static, str>>,
}

/// A field of a description, empty.
pub(super) fn bare(spec: &'static FieldSpec, kind: Kind, l: Lang) -> Field {
    Field::new(l, spec.name, kind, l.say(spec.label))
        .help(l.say(spec.help))
        .example(spec.example)
        .pattern(spec.format.pattern())
}
