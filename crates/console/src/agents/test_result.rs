//! The result of a test, and advice.

use std::borrow::Cow;
use std::time::Duration;

use askama::Template;
use warta_core::checkup::Silence;
use warta_gateway::check::probe::{Outcome, Tested};

use crate::texts::Lang;
use crate::view::{self, Instant};

/// The result of a test. Rendered by `{{ tested }}`.
#[derive(Debug, Template)]
#[template(path = "agents/tested.html")]
pub(super) struct TestResult {
    l: Lang,
    tone: &'static str,
    verdict: Cow<'static, str>,
    advice: Option<Cow<'static, str>>,
    /// The exact fault, where there is one in an answer: place and reason.
    faults: Vec<(String, String)>,
    status: Option<u16>,
    took: String,
    at: Instant,
    url: String,
    replies: Vec<Reply>,
    ends: bool,
}

/// A reply as the user would get it.
#[derive(Debug)]
struct Reply {
    kind: &'static str,
    text: String,
}

/// The template already escapes its output.
impl askama::filters::HtmlSafe for TestResult {}

impl TestResult {
    /// The view of a result.
    pub(super) fn of(tested: &Tested, l: Lang) -> Self {
        let took = view::format_duration(Duration::from_millis(tested.duration_ms));
        let (tone, verdict, advice) = words(&tested.outcome, &took, l);
        let mut shown = Self {
            l,
            tone,
            verdict,
            advice,
            faults: Vec::new(),
            status: None,
            took,
            at: Instant::of(tested.at, l),
            url: tested.url.clone(),
            replies: Vec::new(),
            ends: false,
        };
        match &tested.outcome {
            Outcome::Answered { status, replies, end_session, left_out } => {
                shown.status = Some(*status);
                shown.faults.clone_from(left_out);
                shown.ends = *end_session;
                let replies = replies.iter();
                shown.replies = replies
                    .map(|content| Reply { kind: content.kind(), text: view::outgoing(content, l) })
                    .collect();
            }
            Outcome::Refused { status } => shown.status = Some(*status),
            Outcome::Unreadable { status, pointer, detail } => {
                shown.status = Some(*status);
                shown.faults.push((pointer.clone(), detail.clone()));
            }
            Outcome::Silent { .. } | Outcome::SecretUnusable => {}
        }
        shown
    }
}

type Words = (&'static str, Cow<'static, str>, Option<Cow<'static, str>>);

fn words(outcome: &Outcome, took: &str, l: Lang) -> Words {
    match outcome {
        Outcome::Answered { left_out, .. } if !left_out.is_empty() => {
            ("doubt", l.test_left_out(), Some(l.test_left_out_advice()))
        }
        Outcome::Answered { replies, .. } if replies.is_empty() => {
            ("good", l.test_quiet(), Some(l.test_quiet_advice()))
        }
        Outcome::Answered { .. } => ("good", l.test_answered(), None),
        Outcome::Refused { status } => ("bad", l.test_refused(*status), Some(advice(*status, l))),
        Outcome::Unreadable { .. } => ("bad", l.test_unreadable(), Some(l.test_unreadable_advice())),
        Outcome::SecretUnusable => ("bad", l.test_secret(), Some(l.test_secret_advice())),
        Outcome::Silent { why } => match why {
            Silence::Forbidden => ("bad", l.test_forbidden(), Some(l.test_forbidden_advice())),
            Silence::NotConnected => ("bad", l.test_not_connected(), Some(l.test_not_connected_advice())),
            Silence::TimedOut => ("bad", l.test_timed_out(took), Some(l.test_timed_out_advice())),
            Silence::Broken => ("bad", l.test_broken(), Some(l.test_broken_advice())),
            Silence::TooLong => ("bad", l.test_too_long(), Some(l.test_too_long_advice())),
        },
    }
}

/// What to do about a status.
fn advice(status: u16, l: Lang) -> Cow<'static, str> {
    match status {
        300..=399 => l.test_redirected(),
        401 | 403 => l.test_unproven(),
        404 | 405 | 410 => l.test_nothing_there(),
        408 | 429 => l.test_busy(),
        500..=599 => l.test_failed_inside(),
        _ => l.test_other_status(),
    }
}
