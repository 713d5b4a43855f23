//! Links between the pages of a list.

use std::borrow::Cow;

use askama::Template;

use crate::texts::Lang;

/// The links under a page of a list. Rendered by `{{ pagination }}`.
#[derive(Debug, Template)]
#[template(path = "pagination.html")]
pub(crate) struct Pagination {
    /// To the first page, on any other page.
    first: Option<(String, Cow<'static, str>)>,
    /// To the next page, if there is one.
    next: Option<(String, Cow<'static, str>)>,
}

/// The template already escapes its output.
impl askama::filters::HtmlSafe for Pagination {}

impl Pagination {
    /// For a list with the newest first, from the addresses of the first and the next page.
    pub(crate) fn back_in_time(first: Option<String>, next: Option<String>, l: Lang) -> Self {
        Self {
            first: first.map(|path| (path, l.turn_newest())),
            next: next.map(|path| (path, l.turn_older())),
        }
    }

    /// For a list in another order.
    pub(crate) fn onwards(first: Option<String>, next: Option<String>, l: Lang) -> Self {
        Self { first: first.map(|path| (path, l.turn_first())), next: next.map(|path| (path, l.turn_next())) }
    }
}
