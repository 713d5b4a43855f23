//! Tasks on a provider's templates, and their results.

use warta_core::delivery::Failure;
use warta_core::message::{self, OutboundContent};
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use super::{Change, NewTemplate, Status, Template};
use crate::http::{Request, Response};

/// A task.
#[derive(Debug, Clone, Copy)]
pub enum Task<'a> {
    /// List templates.
    List(Listing<'a>),
    /// Read a template.
    Read {
        /// The provider's id of the template.
        id: &'a str,
    },
    /// Create a template.
    Create(&'a NewTemplate),
    /// Edit a template.
    Edit {
        /// The provider's id of the template.
        id: &'a str,
        /// The change.
        change: &'a Change,
    },
    /// Delete a template, in its language only.
    Delete {
        /// The provider's id of the template.
        id: &'a str,
        /// The name.
        name: &'a str,
    },
}

/// The templates to list.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'a> {
    /// Only templates whose name contains this.
    pub name: Option<&'a str>,
    /// Only templates with this status.
    pub status: Option<&'a Status>,
    /// The start of the page: [`Page::next`] of the page before, with the same filters.
    pub after: Option<&'a str>,
    /// The most templates on a page.
    pub limit: u32,
}

/// The result of a task.
#[derive(Debug, Clone, PartialEq)]
pub enum Done {
    /// The result of [`Task::List`].
    Page(Page),
    /// The result of [`Task::Read`] and [`Task::Create`].
    Template(Box<Template>),
    /// The result of [`Task::Edit`] and [`Task::Delete`].
    Changed,
}

/// A page of templates.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The readable templates.
    pub templates: Vec<Template>,
    /// The start of the next page, if there is one.
    pub next: Option<String>,
}

/// Why a task was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotDone {
    /// The provider has no such template.
    Missing,
    /// The provider refuses this task.
    Refused(Failure),
    /// The provider is unavailable or refuses the key.
    Failed(Failure),
}

/// A provider whose API knows templates.
pub trait Templates: Send + Sync {
    /// The request for a task. `None` exactly if [`crate::capabilities::Capabilities::template`] is not `Yes`.
    fn request(&self, key: &Secret, task: Task<'_>, now: Timestamp) -> Option<Request>;

    /// Reads the answer to [`Templates::request`].
    ///
    /// # Errors
    ///
    /// When the task was not done. A success that cannot be read is an error too.
    fn done(&self, task: Task<'_>, response: Response<'_>) -> Result<Done, NotDone>;

    /// The template of this content, if its id must be looked up before it can be sent: the provider sends templates by id, and
    /// this one is given by name. With the id in place of the name it can be sent.
    fn needs_id<'a>(&self, content: &'a OutboundContent) -> Option<&'a message::Template> {
        let _ = content;
        None
    }
}
