//! The result of the loop-back test: each step with its time, and why it stopped.

use std::borrow::Cow;
use std::time::Duration;

use warta_core::channel::{SecretKind, State};
use warta_core::time::Timestamp;
use warta_gateway::app::App;
use warta_gateway::check::loopback::{self, Posted, Run, Trail};
use warta_gateway::webhook_address;
use warta_store::{Channel, MessageRow};

use crate::texts::Lang;
use crate::view::{self, Instant};

/// How long a step may take before it counts as stopped.
const PATIENCE: Duration = Duration::from_secs(5);

/// The section of the page.
pub(super) struct LoopBack {
    /// Why it cannot run now, and the label of the button that changes that.
    pub(super) not_now: Option<(Cow<'static, str>, Cow<'static, str>)>,
    pub(super) steps: Vec<Step>,
    /// The result as colour and text. `None` if it never ran.
    pub(super) verdict: Option<(&'static str, Cow<'static, str>)>,
    /// The agent's replies.
    pub(super) replies: Vec<String>,
}

/// A step of the test.
pub(super) struct Step {
    pub(super) tone: &'static str,
    pub(super) label: Cow<'static, str>,
    pub(super) at: Option<Instant>,
    pub(super) took: Option<String>,
}

impl LoopBack {
    pub(super) async fn of(app: &App, channel: &Channel, l: Lang) -> Result<Self, warta_store::Error> {
        let not_now = match channel.state {
            State::Live => None,
            State::Saved => Some((l.loopback_not_live(), l.loopback_go_live())),
            State::Paused => Some((l.loopback_paused(), l.loopback_resume())),
        };
        let Some(run) = loopback::last(app, channel).await? else {
            return Ok(Self { not_now, steps: Vec::new(), verdict: None, replies: Vec::new() });
        };
        let trail = loopback::follow(app, channel, &run).await?;
        let in_address = webhook_address::proof(channel.protocol) == SecretKind::WebhookSecret;
        let accepted = if in_address { l.loopback_accepted_address() } else { l.loopback_accepted() };
        let (steps, verdict) = walk(&run, &trail, (app.now(), accepted), l);
        let replies = trail.replies.iter().map(|reply| view::excerpt(reply, l)).collect();
        Ok(Self { not_now, steps, verdict: Some(verdict), replies })
    }
}

type Verdict = (&'static str, Cow<'static, str>);

/// The steps up to the end or the first failure, and the result.
fn walk(
    run: &Run,
    trail: &Trail,
    (now, accepted): (Timestamp, Cow<'static, str>),
    l: Lang,
) -> (Vec<Step>, Verdict) {
    let mut steps = vec![Step::good(l.loopback_sent(), Some(run.at), None, l)];
    let took_ms = match &run.posted {
        Posted::Answered { status: 200, took_ms } => *took_ms,
        Posted::Answered { status: 401, .. } if trail.refused => {
            return stop(steps, l.loopback_signature(), l);
        }
        Posted::Answered { status: status @ (401 | 403 | 407), .. } => {
            return stop(steps, l.loopback_forbidden(*status), l);
        }
        Posted::Answered { status, .. } => return stop(steps, l.loopback_status(*status), l),
        Posted::Silent { why } => return stop(steps, l.loopback_silent(l.silence(*why)), l),
    };
    let late = now.since(run.at) > PATIENCE;
    let Some(message) = &trail.message else {
        return if late { stop(steps, l.loopback_elsewhere(), l) } else { (steps, wait(l)) };
    };
    steps.push(Step::good(accepted, None, Some(took_ms), l));
    steps.push(Step::good(l.loopback_stored(), Some(message.created_at), None, l));
    if message.content.status() == "dead" {
        let why = message.failure.as_ref().map_or("", |failure| failure.detail.as_str());
        return stop(steps, l.loopback_agent_failed(why), l);
    }
    let Some((at, took_ms)) = trail.asked else { return (steps, wait(l)) };
    steps.push(Step::good(l.loopback_asked(), Some(at), Some(took_ms), l));
    let recorded = |reply: &&MessageRow| reply.content.status() == "accepted";
    let count = trail.replies.iter().filter(recorded).count();
    if count < trail.replies.len() {
        return (steps, wait(l));
    }
    let label = if count == 0 { l.loopback_quiet() } else { l.loopback_replies(count) };
    steps.push(Step::good(label, None, None, l));
    (steps, ("good", l.loopback_whole()))
}

fn wait(l: Lang) -> Verdict {
    ("wait", l.loopback_under_way())
}

fn stop(mut steps: Vec<Step>, why: Cow<'static, str>, l: Lang) -> (Vec<Step>, Verdict) {
    steps.push(Step { tone: "bad", label: why, at: None, took: None });
    (steps, ("bad", l.loopback_stopped()))
}

impl Step {
    fn good(label: Cow<'static, str>, at: Option<Timestamp>, took_ms: Option<i64>, l: Lang) -> Self {
        let took = took_ms.map(|ms| view::format_duration(Duration::from_millis(ms.unsigned_abs())));
        Self { tone: "good", label, at: at.map(|at| Instant::of(at, l)), took }
    }
}
