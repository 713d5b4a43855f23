//! What is said where nothing comes of a call about templates, and whom the calls are made for.

use std::sync::Arc;

use warta_core::message::Invalid;
use warta_http::problem::{Code, Fault, Problem};
use warta_protocol::template::Task;

use crate::app::App;
use crate::directory::ChannelRuntime;
use crate::upstream::template_failure::TemplateFailure;
use crate::upstream::templates;
use crate::web::access::Caller;
use crate::web::api::unsupported::unsupported;

/// The runtime of the caller's channel, whose provider has a call for `task`.
///
/// # Errors
///
/// When its settings are not complete, and when there is no such call.
pub(super) async fn channel_for(
    app: &App,
    caller: &Caller,
    task: Task<'_>,
) -> Result<Arc<ChannelRuntime>, Problem> {
    let runtime = app.directory.channel(&app.store, caller.channel, app.now()).await?;
    let runtime = runtime.ok_or_else(|| {
        Problem::new(
            Code::ProviderFailed,
            "The channel is not set up: enter its ids and token in the console.",
        )
    })?;
    match templates::unsupported(&runtime, task) {
        Some(instead) => Err(TemplateFailure::Unsupported(instead).into()),
        None => Ok(runtime),
    }
}

/// A body that is not what it should be.
pub(super) fn invalid(faults: Vec<Invalid>) -> Problem {
    Problem::invalid(faults.into_iter().map(|fault| Fault::content("", fault)).collect())
}

impl From<TemplateFailure> for Problem {
    fn from(why: TemplateFailure) -> Self {
        match why {
            TemplateFailure::Unsupported(instead) => unsupported(instead),
            TemplateFailure::Missing => Self::new(Code::NotFound, "The channel has no such template."),
            TemplateFailure::Exists => Self::new(
                Code::TemplateExists,
                "The channel has a declared template of this name and language.",
            ),
            TemplateFailure::Store(error) => error.into(),
            TemplateFailure::Refused(failure) => {
                let errors = vec![Fault::whole(failure.code, failure.detail.clone())];
                Self { code: Code::ProviderRefused, detail: failure.detail, errors }
            }
            TemplateFailure::Failed(failure) => Self::new(Code::ProviderFailed, failure.detail),
        }
    }
}
