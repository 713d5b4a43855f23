//! Text that both databases can hold: PostgreSQL takes no NUL in it.

use std::borrow::Cow;

/// PostgreSQL cannot keep U+0000 in a text. JSON escapes it, so that only what stands beside the JSON need do without.
pub(super) fn without_nul(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "")) } else { Cow::Borrowed(text) }
}
