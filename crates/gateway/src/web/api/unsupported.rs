//! The refusal of something that the channel's provider cannot do.

use warta_http::problem::{Code, Fault, Problem};
use warta_protocol::bilingual::Bilingual;
use warta_protocol::outgoing::UNSUPPORTED;

/// The refusal, with what to do instead.
pub(crate) fn unsupported(instead: Bilingual) -> Problem {
    let errors = vec![Fault::whole(UNSUPPORTED, instead.en)];
    Problem { code: Code::UnsupportedByProvider, detail: instead.en.to_owned(), errors }
}
