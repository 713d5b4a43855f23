//! What the section *Endpoint registration* shows.

use std::borrow::Cow;

use warta_core::channel::SecretKind;
use warta_gateway::upstream::registration::{self, Report};
use warta_gateway::webhook_address;
use warta_http::problem::Problem;
use warta_protocol::capabilities::Support;
use warta_store::Channel;

use crate::channel::context::ChannelContext;
use crate::texts::Lang;
use crate::view::Instant;

/// The section.
pub(super) struct Endpoint {
    /// Whether this protocol has endpoint registration.
    pub(super) offered: bool,
    /// What to do instead, for other protocols.
    pub(super) instead: Cow<'static, str>,
    /// True if events are not signed and the webhook secret is part of the address.
    pub(super) secret_in_address: bool,
    /// Whether everything needed for a registration is configured.
    pub(super) possible: bool,
    /// The last known registration.
    pub(super) report: Option<LastRegistration>,
}

/// The last known registration.
pub(super) struct LastRegistration {
    pub(super) at: Instant,
    pub(super) registered: bool,
    pub(super) rows: Vec<EventRow>,
    pub(super) others: String,
}

/// One event of the organization.
pub(super) struct EventRow {
    pub(super) event: String,
    pub(super) before: Cow<'static, str>,
    pub(super) after: Cow<'static, str>,
    pub(super) ours: Cow<'static, str>,
    pub(super) changed: bool,
}

impl Endpoint {
    pub(super) async fn of(context: &ChannelContext, channel: &Channel) -> Result<Self, Problem> {
        let l = context.l;
        let (offered, instead) = match warta_protocol::entry(channel.protocol).capabilities.registration {
            Support::Yes | Support::AsText | Support::Here => (true, Cow::default()),
            Support::No(instead) => (false, l.say(instead).into()),
        };
        let report = if offered { registration::last(&context.app, channel).await? } else { None };
        Ok(Self {
            offered,
            instead,
            secret_in_address: webhook_address::proof(channel.protocol) == SecretKind::WebhookSecret,
            possible: registration::is_possible(&context.app, channel),
            report: report.map(|report| LastRegistration::of(&report, l)),
        })
    }
}

impl LastRegistration {
    fn of(report: &Report, l: Lang) -> Self {
        let word = |on: bool| if on { l.registration_on() } else { l.registration_off() };
        let rows = report.events.iter().filter(|event| event.after || event.before);
        Self {
            at: Instant::of(report.at, l),
            registered: report.registered,
            rows: rows
                .map(|event| EventRow {
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
