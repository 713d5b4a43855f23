//! The sheet as pages show it, and as plain text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use askama::Template;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;
use warta_gateway::app::App;
use warta_gateway::webhook_address;
use warta_protocol::handoff::{Fact, Sheet, SheetInput, Step};
use warta_store::{Channel, SecretKind};

use crate::texts::Lang;
use crate::view::Instant;

/// When each step was ticked, by its name.
pub(super) type Ticks = BTreeMap<String, Timestamp>;

/// The sheet of a channel. With `masked` only the end of the verify token is shown.
pub(super) fn of(app: &App, channel: &Channel, masked: bool) -> Option<Sheet> {
    let secret = channel.secrets(SecretKind::WebhookSecret, app.now()).next();
    let secret = secret.map(|secret| {
        if masked { Secret::new(&format!("••••{}", secret.last_four())) } else { secret.clone() }
    });
    let callback =
        if masked { webhook_address::shown(app, channel) } else { webhook_address::address(app, channel)? };
    Some((warta_protocol::entry(channel.protocol).sheet)(SheetInput {
        callback_url: &callback,
        webhook_secret: secret.as_ref(),
        account: channel.account.as_ref(),
        settings: &channel.settings,
    }))
}

/// The sheet as a piece of a page.
#[derive(Template)]
#[template(path = "handoff/sheet.html")]
pub(super) struct SheetView {
    l: Lang,
    facts: Vec<FactShown>,
    steps: Vec<StepShown>,
    /// Steps can be ticked here: the sheet stands in a form.
    ticking: bool,
    plain: String,
}

/// The template already escapes its output.
impl askama::filters::HtmlSafe for SheetView {}

struct FactShown {
    /// The id of the element that holds the value.
    at: String,
    label: &'static str,
    value: String,
}

struct StepShown {
    name: &'static str,
    title: &'static str,
    detail: &'static str,
    facts: Vec<FactShown>,
    lines: Vec<String>,
    done: Option<Instant>,
}

impl SheetView {
    /// The sheet under this heading, for looking at or for ticking.
    pub(super) fn of(sheet: &Sheet, heading: &str, ticks: &Ticks, ticking: bool, l: Lang) -> Self {
        let shown = |place: &str, fact: &Fact| FactShown {
            at: format!("{place}-{}", fact.name),
            label: l.say(fact.label),
            value: fact.value.clone(),
        };
        let step = |step: &'static Step| StepShown {
            name: step.name,
            title: l.say(step.title),
            detail: l.say(step.detail),
            facts: sheet.facts_of(step).map(|fact| shown(step.name, fact)).collect(),
            lines: sheet.lines(step).collect(),
            done: ticks.get(step.name).map(|at| Instant::of(*at, l)),
        };
        Self {
            l,
            facts: sheet.facts.iter().map(|fact| shown("fact", fact)).collect(),
            steps: sheet.steps.iter().map(step).collect(),
            ticking,
            plain: plain(sheet, heading, l),
        }
    }

    /// How many steps are done, of how many.
    fn count(&self) -> Cow<'static, str> {
        let done = self.steps.iter().filter(|step| step.done.is_some()).count();
        self.l.handoff_ticked_count(done, self.steps.len())
    }
}

/// The whole sheet as a block of text, to paste into a letter or a ticket.
fn plain(sheet: &Sheet, heading: &str, l: Lang) -> String {
    let mut lines = vec![heading.to_owned(), String::new()];
    lines.extend(sheet.facts.iter().map(|fact| format!("{}: {}", l.say(fact.label), fact.value)));
    for (index, step) in sheet.steps.iter().enumerate() {
        lines.push(format!("\n{}. {}", index + 1, l.say(step.title)));
        lines.push(format!("   {}", l.say(step.detail)));
        lines.extend(sheet.lines(step).map(|line| format!("   - {line}")));
    }
    lines.join("\n")
}
