//! What is done with a channel's templates at its provider's, while somebody waits.

use std::sync::Arc;
use std::time::Duration;

use warta_core::delivery::Failure;
use warta_core::ids::ApiKeyId;
use warta_core::secret::Secret;
use warta_protocol::bilingual::Bilingual;
use warta_protocol::capabilities::Support;
use warta_protocol::outgoing::NOT_CONNECTED;
use warta_protocol::template::{Done, Listing, Page, Status, Task, Template};

use crate::app::App;
use crate::directory::ChannelRuntime;
use crate::egress;
use crate::upstream::template_failure::TemplateFailure;
use crate::upstream::{declarations, key};

/// How long one call may take.
const CALL: Duration = Duration::from_secs(10);
/// How many templates are asked for at once where all of a name are looked through.
pub(super) const PAGE: u32 = 25;
/// How many such pages are looked through at the most.
pub(super) const PAGES: usize = 40;

/// Does something with the first key that the provider takes, or here, where templates are declared. `by` is the API key of who
/// asks for it.
///
/// # Errors
///
/// When nothing came of it.
pub async fn run(
    app: &Arc<App>,
    runtime: &ChannelRuntime,
    by: ApiKeyId,
    task: Task<'_>,
) -> Result<Done, TemplateFailure> {
    match support(runtime, task) {
        Support::No(instead) => return Err(TemplateFailure::Unsupported(instead)),
        Support::Here => return declarations::run(app, runtime, by, task).await,
        Support::Yes | Support::AsText => {}
    }
    if let Task::List(Listing { status: Some(Status::Declared), .. }) = task {
        // A word of ours: no provider has such.
        return Ok(Done::Page(Page { templates: Vec::new(), next: None }));
    }
    key::try_each(app, runtime, |key| async move { run_with(app, runtime, &key, task).await }).await
}

/// What to do instead, where the channel's provider has no call for this.
#[must_use]
pub fn unsupported(runtime: &ChannelRuntime, task: Task<'_>) -> Option<Bilingual> {
    if let Support::No(instead) = support(runtime, task) { Some(instead) } else { None }
}

fn support(runtime: &ChannelRuntime, task: Task<'_>) -> Support {
    warta_protocol::entry(runtime.channel.protocol).capabilities.template(task)
}

/// [`run`] with this key alone.
pub(super) async fn run_with(
    app: &App,
    runtime: &ChannelRuntime,
    key: &Secret,
    task: Task<'_>,
) -> Result<Done, TemplateFailure> {
    let absent =
        || TemplateFailure::Failed(Failure::new("provider_error", "This provider has no call for it."));
    let templates = runtime.provider.templates().ok_or_else(absent)?;
    let request = templates.request(key, task, app.now()).ok_or_else(absent)?;
    match app.egress.execute(request, CALL).await {
        Ok(answer) => Ok(templates.done(task, answer.response())?),
        Err(error) => Err(TemplateFailure::Failed(silent(task, error))),
    }
}

fn silent(task: Task<'_>, error: egress::Error) -> Failure {
    let mut detail = format!("The provider did not answer: {error}.");
    match task {
        Task::List(_) | Task::Read { .. } if error == egress::Error::TooLong => {
            detail.push_str(" Ask for fewer at once, with limit.");
        }
        Task::List(_) | Task::Read { .. } => {}
        Task::Create(_) | Task::Edit { .. } | Task::Delete { .. } if error.nothing_left() => {}
        Task::Create(_) | Task::Edit { .. } | Task::Delete { .. } => {
            detail.push_str(" It may have been done all the same: list the templates before you ask again.");
        }
    }
    let code = if error.nothing_left() { NOT_CONNECTED } else { "no_answer" };
    Failure::new(code, detail)
}

/// A template of the channel's own account, by the provider's id of it. A token may reach the templates of other accounts: those
/// are not this channel's.
///
/// # Errors
///
/// When it is not there, or nothing is known of it.
pub async fn find(
    app: &Arc<App>,
    runtime: &ChannelRuntime,
    by: ApiKeyId,
    id: &str,
) -> Result<Template, TemplateFailure> {
    let Done::Template(read) = run(app, runtime, by, Task::Read { id }).await? else {
        return Err(TemplateFailure::Missing);
    };
    if read.is_declared() {
        return Ok(*read);
    }
    let own = search(app, runtime, by, &read.name, |one| one.id.eq_ignore_ascii_case(id)).await?;
    own.first().cloned().ok_or(TemplateFailure::Missing)
}

/// Looks through the templates whose name holds `name`, up to the first page on which one is wanted; gives the wanted ones.
async fn search(
    app: &Arc<App>,
    runtime: &ChannelRuntime,
    by: ApiKeyId,
    name: &str,
    wanted: impl Fn(&Template) -> bool,
) -> Result<Vec<Template>, TemplateFailure> {
    let mut after: Option<String> = None;
    for _ in 0..PAGES {
        let listing = Listing { name: Some(name), status: None, after: after.as_deref(), limit: PAGE };
        let Done::Page(Page { templates, next }) = run(app, runtime, by, Task::List(listing)).await? else {
            break;
        };
        let found: Vec<_> = templates.into_iter().filter(&wanted).collect();
        if !found.is_empty() || next.is_none() {
            return Ok(found);
        }
        after = next;
    }
    Ok(Vec::new())
}
