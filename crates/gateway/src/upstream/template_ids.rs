//! The id under which a template goes out, where the provider knows it by one and the message names it by name and language. A
//! part of stage 3.

use std::fmt::Write;

use warta_core::delivery::{Failure, Scope, SendOutcome};
use warta_core::message::{self, OutboundContent};
use warta_core::secret::Secret;
use warta_protocol::check::TOKEN_INVALID;
use warta_protocol::template::{Done, Listing, Task};

use crate::app::App;
use crate::directory::ChannelRuntime;
use crate::upstream::template_failure::TemplateFailure;
use crate::upstream::templates::{self, PAGE, PAGES};
use crate::upstream::token;

/// Our word for a template that the provider does not know.
pub const TEMPLATE_NOT_FOUND: &str = "template_not_found";
/// The content as the provider takes it: a template that goes out by an id has that in place of its name. `None` where it can stay
/// as it is.
///
/// # Errors
///
/// What becomes of the message instead. Nothing of it has left.
pub async fn named(
    app: &App,
    runtime: &ChannelRuntime,
    key: &Secret,
    content: &OutboundContent,
) -> Result<Option<OutboundContent>, SendOutcome> {
    let template = runtime.provider.templates().and_then(|templates| templates.needs_id(content));
    let Some(template) = template else { return Ok(None) };
    let (channel, now) = (runtime.channel.id, app.now());
    let id = if let Some(id) = app.memory.template_ids.get(channel, template, now) {
        id
    } else {
        let id = look_up(app, runtime, key, template).await?;
        app.memory.template_ids.put(channel, template, id.clone(), now);
        id
    };
    Ok(Some(OutboundContent::Template(message::Template { name: id, ..template.clone() })))
}

async fn look_up(
    app: &App,
    runtime: &ChannelRuntime,
    key: &Secret,
    template: &message::Template,
) -> Result<String, SendOutcome> {
    let (mut others, mut after) = (Vec::new(), None::<String>);
    for _ in 0..PAGES {
        let listing =
            Listing { name: Some(&template.name), status: None, after: after.as_deref(), limit: PAGE };
        let page = match templates::run_with(app, runtime, key, Task::List(listing)).await {
            Ok(Done::Page(page)) => page,
            Ok(Done::Template(_) | Done::Changed) => break,
            Err(why) => return Err(unsent(why)),
        };
        for one in page.templates.into_iter().filter(|one| one.name == template.name) {
            if one.language == template.language && one.is_sendable() {
                return Ok(one.id);
            }
            others.push(format!("{} ({})", one.language, one.status));
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let mut detail = format!("There is no approved template {} in {}.", template.name, template.language);
    if !others.is_empty() {
        // Writing into a text does not fail.
        write!(detail, " There is: {}.", others.join(", ")).ok();
    }
    let failure = Failure::new(TEMPLATE_NOT_FOUND, detail);
    Err(SendOutcome::Refused { failure, stops_channel: false })
}

/// A message whose template could not be looked up: it waits, unless the key is no good.
fn unsent(why: TemplateFailure) -> SendOutcome {
    match why {
        TemplateFailure::Failed(failure) if token::is_refused(&failure) => {
            SendOutcome::Refused { stops_channel: failure.code == TOKEN_INVALID, failure }
        }
        TemplateFailure::Failed(failure) => {
            SendOutcome::NotSent { failure, scope: Scope::Message, retry_after: None }
        }
        TemplateFailure::Refused(failure) => SendOutcome::Refused { failure, stops_channel: false },
        // Only what is kept here can come to the last two, and that has no ids of a provider's.
        TemplateFailure::Missing
        | TemplateFailure::Unsupported(_)
        | TemplateFailure::Exists
        | TemplateFailure::Store(_) => {
            let failure = Failure::new(TEMPLATE_NOT_FOUND, "The provider does not know this template.");
            SendOutcome::Refused { failure, stops_channel: false }
        }
    }
}
