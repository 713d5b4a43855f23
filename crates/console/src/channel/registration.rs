//! The section *Endpoint registration*: for providers whose webhook address is a setting of the whole provider organization.

use std::borrow::Cow;

use axum::response::Response;
use warta_core::audit::Action;
use warta_core::json;
use warta_gateway::upstream::registration::{self, Act, NotDone};
use warta_http::problem::Problem;
use warta_store::Change;

use crate::channel::connection;
use crate::channel::context::ChannelContext;
use crate::channel::draft::Draft;
use crate::channel::live;
use crate::form::Typed;
use crate::texts::Lang;

/// `POST B/connection/registration`: registers our address with the provider, removes it, or reads what is registered.
pub(crate) async fn register(context: ChannelContext, typed: Typed) -> Result<Response, Problem> {
    let (channel, l) = (context.channel()?, context.l);
    let (act, action, done) = match typed.text("act") {
        "register" => (Act::Register, Some(Action::EndpointRegistered), "registered"),
        "unregister" => (Act::Unregister, Some(Action::EndpointUnregistered), "unregistered"),
        "look" => (Act::Look, None, "looked"),
        _ => return Err(Problem::not_found()),
    };
    let report = match registration::run(&context.app, channel, act).await {
        Ok(report) => report,
        Err(not) => {
            let draft = Draft { endpoint_fault: Some(words(&not, l)), ..Draft::default() };
            return connection::show(&context, channel, draft).await;
        }
    };
    let changes = report.events.iter().filter(|event| event.before != event.after).map(|event| Change {
        field: event.event.clone(),
        before: Some(event.before.to_string()),
        after: Some(event.after.to_string()),
    });
    let entry = context.entry(action.unwrap_or(Action::EndpointRegistered), done, changes.collect());
    let kept = json::value(&report);
    let entry = action.is_some().then_some(entry);
    context.app.store.put_registration(context.scope(), channel.id, &kept, entry.as_ref()).await?;
    live::run_checkup(&context, channel.id).await?;
    Ok(context.done(done, "registration"))
}

/// Why the registration failed, and what to do.
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
