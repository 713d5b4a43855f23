//! What a form of the connection page shows instead of the saved values.

use std::borrow::Cow;

use warta_protocol::describe::FieldSpec;

use crate::form::{Field, Kind, Typed};
use crate::texts::Lang;

/// Unsaved input and its faults, and the outcome of the last action.
#[derive(Default)]
pub(super) struct Draft<'a> {
    pub(super) typed: Option<&'a Typed>,
    pub(super) faults: Vec<(&'static str, Cow<'static, str>)>,
    /// The code of the last action's outcome.
    pub(super) done: Cow<'a, str>,
    /// The section where the outcome is shown.
    pub(super) at: Cow<'a, str>,
    /// Why the endpoint was not registered.
    pub(super) endpoint_fault: Option<Cow<'static, str>>,
}

/// An empty form field for a field of the protocol's description.
pub(super) fn bare(spec: &'static FieldSpec, kind: Kind, l: Lang) -> Field {
    Field::new(l, spec.name, kind, l.say(spec.label))
        .help(l.say(spec.help))
        .example(spec.example)
        .pattern(spec.format.pattern())
}
