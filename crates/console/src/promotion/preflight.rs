//! The checks before a promotion, and its consequences.

use std::borrow::Cow;

use warta_core::channel::{Environment, SecretKind, State};
use warta_core::checkup::Outcome;
use warta_core::promotion::{self, Chosen, Merged, Section, Unfit};
use warta_gateway::app::App;
use warta_gateway::check::checkup::{self, Checkup};
use warta_http::problem::Problem;
use warta_protocol::describe::FieldSpec;
use warta_store::Channel;

use crate::promotion::side::{self, Pair};
use crate::texts::Lang;
use crate::visitor::{Seat, Visitor};

/// The result of the checks.
#[derive(Debug)]
pub(super) struct Preflight {
    /// Both channels afterwards.
    pub(super) merged: Merged,
    /// What prevents the promotion.
    pub(super) blocked: Vec<Cow<'static, str>>,
    /// Faults from the last check-up of Draft.
    pub(super) warned: Vec<String>,
    /// What follows.
    pub(super) consequences: Vec<Cow<'static, str>>,
}

impl Preflight {
    pub(super) async fn of(
        app: &App,
        (visitor, seat): (&Visitor, &Seat),
        pair: &Pair,
        chosen: &Chosen,
        l: Lang,
    ) -> Result<Self, Problem> {
        let (from, to) = (pair.from(), pair.to());
        let protocol = from.protocol;
        let merged = promotion::merge(&from, &to, chosen, |name| side::section(protocol, name));
        let mut blocked = Vec::new();
        match promotion::fits(from.protocol, to.protocol, chosen) {
            Ok(()) => {}
            Err(Unfit::Nothing) => blocked.push(l.promote_nothing()),
            Err(Unfit::Torn) => blocked.push(l.promote_torn()),
        }
        // What Published is not in use for, it need not have.
        if pair.published.as_ref().is_some_and(|channel| channel.state != State::Saved) {
            blocked.extend(lacking(app, pair, chosen, &merged, l));
        }
        if chosen.contains(&Section::Account)
            && let Some(account) = &merged.published.account
        {
            let owner = app.store.channel_of_account(merged.published.protocol, account).await?;
            let own = |environment| (visitor.organization, seat.agent.id, environment);
            let ours = [own(Environment::Draft), own(Environment::Published)];
            if owner.is_some_and(|owner| !ours.contains(&owner)) {
                blocked.push(l.promote_clash());
            }
        }
        let warned = warnings(app, &pair.draft, l).await?;
        Ok(Self { merged, blocked, warned, consequences: consequences(pair, chosen, l) })
    }
}

/// Faults from the last check-up of a channel, as text.
async fn warnings(app: &App, channel: &Channel, l: Lang) -> Result<Vec<String>, Problem> {
    let Some(last) = Checkup::last(channel) else { return Ok(Vec::new()) };
    let findings = checkup::findings(app, channel, last.evidence).await?;
    let wrong = findings.iter().filter(|finding| matches!(finding.outcome, Outcome::Bad | Outcome::Warning));
    Ok(wrong.map(|finding| format!("{}: {}", l.check(finding.check), l.finding(finding.code).0)).collect())
}

/// What a Published channel in use would be missing.
fn lacking(app: &App, pair: &Pair, chosen: &Chosen, merged: &Merged, l: Lang) -> Vec<Cow<'static, str>> {
    let mut lacking = Vec::new();
    if merged.published.account.is_none() {
        lacking.push(l.promote_no_account());
    }
    let faults = warta_protocol::faults(merged.published.protocol, &merged.published.settings);
    lacking.extend(faults.iter().map(|fault| {
        l.promote_setting(&side::label(merged.published.protocol, fault.field, l), &fault.detail)
    }));
    let source =
        if chosen.contains(&Section::Credentials) { Some(&pair.draft) } else { pair.published.as_ref() };
    let has = |kind: SecretKind| {
        source.is_some_and(|channel: &Channel| channel.secrets(kind, app.now()).next().is_some())
    };
    let provider = warta_protocol::read(merged.published.protocol, &merged.published.settings);
    let needed = |spec: &FieldSpec| provider.as_ref().map_or(spec.required, |provider| provider.needs(spec));
    let secrets = warta_protocol::entry(merged.published.protocol).description.secrets();
    let missing = secrets.filter(|(kind, spec)| needed(spec) && !has(*kind));
    lacking.extend(missing.map(|(_, spec)| l.promote_no_secret(l.say(spec.label))));
    lacking
}

fn consequences(pair: &Pair, chosen: &Chosen, l: Lang) -> Vec<Cow<'static, str>> {
    let mut list = Vec::new();
    let before = pair.published.as_ref().and_then(|channel| channel.account.as_ref());
    let (account, credentials) = (chosen.contains(&Section::Account), chosen.contains(&Section::Credentials));
    if account {
        list.extend(pair.draft.account.as_ref().map(|moving| l.promote_moves_number(moving.as_str())));
        list.extend(before.map(|before| l.promote_leaves_number(before.as_str())));
        list.push(l.promote_subscription());
        list.push(l.promote_conversations());
        if before.is_some() {
            list.push(l.promote_queue());
        }
    }
    if credentials {
        list.push(l.promote_moves_credentials());
    }
    match (account, credentials) {
        (true, false) => list.push(l.promote_token_alone()),
        (false, true) => list.push(l.promote_number_stays()),
        (true, true) | (false, false) => {}
    }
    match pair.published.as_ref().map(|channel| channel.state) {
        Some(State::Live) => list.push(l.promote_at_once()),
        Some(State::Paused | State::Saved) => {}
        None => list.push(l.compare_not_published()),
    }
    list.extend([l.promote_stays(), l.promote_undo()]);
    list
}
