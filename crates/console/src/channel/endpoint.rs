//! What the section *Endpoint registration* shows.

use std::borrow::Cow;

use warta_core::channel::SecretKind;
use warta_gateway::upstream::registration::{self, Report};
use warta_gateway::webhook_address;
use warta_http::problem::Problem;
use warta_protocol::capabilities::Support;
use warta_store::Channel;

use crate::channel::desk::Desk;
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
