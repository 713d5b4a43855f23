//! The id under which a template goes out, where the provider knows it by one and the message names it by name and language. A
//! part of stage 3.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use warta_core::delivery::{Failure, Scope, SendOutcome};
use warta_core::ids::ChannelId;
use warta_core::message::{self, OutboundContent};
use warta_core::secret::Secret;
use warta_core::time::Timestamp;
use warta_protocol::check::TOKEN_INVALID;
use warta_protocol::template::{Done, Listing, Task};

use crate::app::App;
use crate::directory::Line;
use crate::flow::templates::{self, NotDone, PAGE, PAGES};
use crate::flow::token;

/// Our word for a template that the provider does not know.
pub const TEMPLATE_NOT_FOUND: &str = "template_not_found";
/// How long an id that was looked up is good.
const LIFE: Duration = Duration::from_mins(10);
/// How many ids are kept.
const KEPT: usize = 10_000;

/// A channel's template, by name and language.
type Place = (ChannelId, String, String);

/// The ids that were looked up.
#[derive(Debug, Default)]
pub struct Ids(Mutex<HashMap<Place, (Timestamp, String)>>);

impl Ids {
    fn get(&self, key: &Place, now: Timestamp) -> Option<String> {
        let kept = self.kept();
        kept.get(key).filter(|(at, _)| now.since(*at) < LIFE).map(|(_, id)| id.clone())
    }

    fn put(&self, key: Place, id: String, now: Timestamp) {
        let mut kept = self.kept();
        if kept.len() >= KEPT {
            kept.retain(|_, (at, _)| now.since(*at) < LIFE);
        }
        if kept.len() < KEPT {
            kept.insert(key, (now, id));
        }
    }

    /// Forgets what is known of a template: its provider does not know the id.
    pub fn forget(&self, channel: ChannelId, content: &OutboundContent) {
        let OutboundContent::Template(template) = content else { return };
        self.kept().remove(&(channel, template.name.clone(), template.language.clone()));
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<Place, (Timestamp, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The content as the provider takes it: a template that goes out by an id has that in place of its name. `None` where it can stay
/// as it is.
///
/// # Errors
///
/// What becomes of the message instead. Nothing of it has left.
pub async fn named(
    app: &App,
    line: &Line,
    key: &Secret,
    content: &OutboundContent,
) -> Result<Option<OutboundContent>, SendOutcome> {
    let template = line.provider.templates().and_then(|templates| templates.needs_id(content));
    let Some(template) = template else { return Ok(None) };
    let place = (line.channel.id, template.name.clone(), template.language.clone());
    let now = app.now();
    let known = app.directory.template_ids.get(&place, now);
    let id = if let Some(id) = known {
        id
    } else {
        let id = look_up(app, line, key, template).await?;
        app.directory.template_ids.put(place, id.clone(), now);
        id
    };
    Ok(Some(OutboundContent::Template(message::Template { name: id, ..template.clone() })))
}

async fn look_up(
    app: &App,
    line: &Line,
    key: &Secret,
    template: &message::Template,
) -> Result<String, SendOutcome> {
    let (mut others, mut after) = (Vec::new(), None::<String>);
    for _ in 0..PAGES {
        let listing =
            Listing { name: Some(&template.name), status: None, after: after.as_deref(), limit: PAGE };
        let page = match templates::run_with(app, line, key, Task::List(listing)).await {
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
fn unsent(why: NotDone) -> SendOutcome {
    match why {
        NotDone::Failed(failure) if token::is_refused(&failure) => {
            SendOutcome::Refused { stops_channel: failure.code == TOKEN_INVALID, failure }
        }
        NotDone::Failed(failure) => {
            SendOutcome::NotSent { failure, scope: Scope::Message, retry_after: None }
        }
        NotDone::Refused(failure) => SendOutcome::Refused { failure, stops_channel: false },
        // Only what is kept here can come to the last two, and that has no ids of a provider's.
        NotDone::Missing | NotDone::Unsupported(_) | NotDone::Exists | NotDone::Store(_) => {
            let failure = Failure::new(TEMPLATE_NOT_FOUND, "The provider does not know this template.");
            SendOutcome::Refused { failure, stops_channel: false }
        }
    }
}
