//! What can be done with a provider's templates, and what can come of it.

use warta_core::delivery::Failure;
use warta_core::message::{self, OutboundContent};
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use super::{Change, NewTemplate, Status, Template};
use crate::http::{Request, Response};

/// Something to be done.
#[derive(Debug, Clone, Copy)]
pub enum Task<'a> {
    /// List them.
    List(Listing<'a>),
    /// Read one.
    Read {
        /// The provider's id of it.
        id: &'a str,
    },
    /// Make one.
    Create(&'a NewTemplate),
    /// Change one.
    Edit {
        /// The provider's id of it.
        id: &'a str,
        /// What is to be another.
        change: &'a Change,
    },
    /// Delete one, in its language alone.
    Delete {
        /// The provider's id of it.
        id: &'a str,
        /// Its name.
        name: &'a str,
    },
}

/// Which templates are to be listed.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'a> {
    /// Only those whose name holds this.
    pub name: Option<&'a str>,
    /// Only those of which the provider says this.
    pub status: Option<&'a Status>,
    /// Where to go on: [`Page::next`] of the page before, asked for with all else the same.
    pub after: Option<&'a str>,
    /// How many at the most.
    pub limit: u32,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Done {
    /// Of [`Task::List`].
    Page(Page),
    /// Of [`Task::Read`] and [`Task::Create`].
    Template(Box<Template>),
    /// Of [`Task::Edit`] and [`Task::Delete`].
    Changed,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Those that could be read.
    pub templates: Vec<Template>,
    /// Where it goes on, where it does.
    pub next: Option<String>,
}

/// Why nothing came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotDone {
    /// The provider has no such template.
    Missing,
    /// It says no to just this, in its words.
    Refused(Failure),
    /// It can do nothing now, or nothing with this key.
    Failed(Failure),
}

/// A provider whose API knows templates.
pub trait Templates: Send + Sync {
    /// The request for a task. `None` exactly where [`crate::capabilities::Capabilities::template`] is not `Yes`.
    fn request(&self, key: &Secret, task: Task<'_>, now: Timestamp) -> Option<Request>;

    /// Reads the answer to [`Templates::request`].
    ///
    /// # Errors
    ///
    /// When the task was not done. A success that cannot be read is an error too.
    fn done(&self, task: Task<'_>, response: Response<'_>) -> Result<Done, NotDone>;

    /// The template whose id must be looked up before the content can be sent: the provider sends templates by id, and this one is
    /// named. With the id in place of the name it can be sent.
    fn needs_id<'a>(&self, content: &'a OutboundContent) -> Option<&'a message::Template> {
        let _ = content;
        None
    }
}
