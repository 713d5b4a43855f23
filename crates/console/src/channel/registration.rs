//! The section *Endpoint registration*: for providers that keep our address in settings which a whole organization shares.

use std::borrow::Cow;

use axum::response::Response;
use warta_core::audit::Action;
use warta_core::json;
use warta_gateway::upstream::registration::{self, Act, NotDone};
use warta_http::problem::Problem;
use warta_store::Change;

use crate::channel::connection;
use crate::channel::desk::Desk;
use crate::channel::draft::Draft;
use crate::channel::live;
use crate::form::Typed;
use crate::texts::Lang;

/// `POST B/connection/registration`: registers our address at the provider's, takes it away, or looks.
pub(crate) async fn register(desk: Desk, typed: Typed) -> Result<Response, Problem> {
    let (channel, l) = (desk.channel()?, desk.l);
    let (act, action, done) = match typed.text("act") {
        "register" => (Act::Register, Some(Action::EndpointRegistered), "registered"),
        "unregister" => (Act::Unregister, Some(Action::EndpointUnregistered), "unregistered"),
        "look" => (Act::Look, None, "looked"),
        _ => return Err(Problem::not_found()),
    };
    let report = match registration::run(&desk.app, channel, act).await {
        Ok(report) => report,
        Err(not) => {
            let draft = Draft { endpoint_fault: Some(words(&not, l)), ..Draft::default() };
            return connection::show(&desk, channel, draft).await;
        }
    };
    let changes = report.events.iter().filter(|event| event.before != event.after).map(|event| Change {
        field: event.event.clone(),
        before: Some(event.before.to_string()),
        after: Some(event.after.to_string()),
    });
    let entry = desk.entry(action.unwrap_or(Action::EndpointRegistered), done, changes.collect());
    let kept = json::value(&report);
    let entry = action.is_some().then_some(entry);
    desk.app.store.put_registration(desk.scope(), channel.id, &kept, entry.as_ref()).await?;
    live::look(&desk, channel.id).await?;
    Ok(desk.done(done, "registration"))
}

/// Why it did not come about, and what to do.
fn words(not: &NotDone, l: Lang) -> Cow<'static, str> {
    match not {
        NotDone::Unsupported => l.registration_unsupported(),
        NotDone::Incomplete => l.registration_incomplete(),
        NotDone::Unreachable(why) => l.registration_unreachable(l.silence(*why)),
        NotDone::SomebodyElse(what) => l.registration_unreachable(what),
        NotDone::Refused(failure) => l.registration_refused(&failure.detail),
        NotDone::Silent(why) => l.registration_silent(l.silence(*why)),
        NotDone::NotSeen => l.registration_not_seen(),
        NotDone::Shared => l.registration_shared(),
        NotDone::OthersLost(who) => l.registration_others_lost(who),
    }
}
