//! The way through a list that is shown page by page.

use std::borrow::Cow;

use askama::Template;

use crate::texts::Lang;

/// The links under a page of a list. Written by `{{ turn }}`.
#[derive(Debug, Template)]
#[template(path = "turn.html")]
pub(crate) struct Turn {
    /// Back to where the list begins, from anywhere else.
    first: Option<(String, Cow<'static, str>)>,
    /// On to the next page, where there is one.
    next: Option<(String, Cow<'static, str>)>,
}

/// It escapes what it shows itself.
impl askama::filters::HtmlSafe for Turn {}

impl Turn {
    /// Through a list that begins with the newest: the addresses of its first page and of the next.
    pub(crate) fn back_in_time(first: Option<String>, next: Option<String>, l: Lang) -> Self {
        Self {
            first: first.map(|path| (path, l.turn_newest())),
            next: next.map(|path| (path, l.turn_older())),
        }
    }

    /// Through a list in another order.
    pub(crate) fn onwards(first: Option<String>, next: Option<String>, l: Lang) -> Self {
        Self { first: first.map(|path| (path, l.turn_first())), next: next.map(|path| (path, l.turn_next())) }
    }
}
