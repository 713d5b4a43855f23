//! The section *Endpoint registration*: for providers that keep our address in settings which a whole organization shares.

use std::borrow::Cow;

use axum::response::Response;
use warta_core::audit::Action;
use warta_core::channel::SecretKind;
use warta_gateway::upstream::registration::{self, Act, NotDone, Report};
use warta_gateway::webhook_address;
use warta_http::problem::Problem;
use warta_protocol::capabilities::Support;
use warta_store::{Change, Channel};

use crate::channel::connection::{self, Draft};
use crate::channel::desk::Desk;
use crate::channel::live;
use crate::form::Typed;
use crate::texts::Lang;
use crate::view::Instant;

/// The section.
pub(super) struct Endpoint {
    /// Whether there is anything to register.
    pub(super) offered: bool,
    /// What to do where there is not.
    pub(super) instead: Cow<'static, str>,
    /// Nothing is signed: the webhook secret stands in the address.
    pub(super) secret_in_address: bool,
    /// Whether everything is there that it takes.
    pub(super) possible: bool,
    /// What was last found out.
    pub(super) report: Option<Shown>,
}

/// What was last found out.
pub(super) struct Shown {
    pub(super) at: Instant,
    pub(super) registered: bool,
    pub(super) rows: Vec<Row>,
    pub(super) others: String,
}

/// One event of the organization.
pub(super) struct Row {
    pub(super) event: String,
    pub(super) before: Cow<'static, str>,
    pub(super) after: Cow<'static, str>,
    pub(super) ours: Cow<'static, str>,
    pub(super) changed: bool,
}

impl Endpoint {
    pub(super) async fn of(desk: &Desk, channel: &Channel) -> Result<Self, Problem> {
        let l = desk.l;
        let (offered, instead) = match warta_protocol::entry(channel.protocol).capabilities.registration {
            Support::Yes | Support::AsText | Support::Here => (true, Cow::default()),
            Support::No(instead) => (false, l.say(instead).into()),
        };
        let report = if offered { registration::last(&desk.app, channel).await? } else { None };
        Ok(Self {
            offered,
            instead,
            secret_in_address: webhook_address::proof(channel.protocol) == SecretKind::WebhookSecret,
            possible: registration::is_possible(&desk.app, channel),
            report: report.map(|report| Shown::of(&report, l)),
        })
    }
}

impl Shown {
    fn of(report: &Report, l: Lang) -> Self {
        let word = |on: bool| if on { l.registration_on() } else { l.registration_off() };
        let rows = report.events.iter().filter(|event| event.after || event.before);
        Self {
            at: Instant::of(report.at, l),
            registered: report.registered,
            rows: rows
                .map(|event| Row {
                    event: event.event.clone(),
                    before: word(event.before),
                    after: word(event.after),
                    ours: if event.ours && event.after { l.registration_ours() } else { "–".into() },
                    changed: event.before != event.after,
                })
                .collect(),
            others: report.others.join(", "),
        }
    }
}

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
    let kept = serde_json::to_value(&report).unwrap_or_default();
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
