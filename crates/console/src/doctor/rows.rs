//! The rows of the check-up: for each check the finding, the evidence, its time, and the fix.

use std::borrow::Cow;
use std::time::Duration;

use warta_core::checkup::{Check, Detail, Finding, Fix, Label, Outcome, Shown};

use crate::texts::Lang;
use crate::view::{self, Instant};

/// A check.
pub(super) struct CheckRow {
    /// The check's word, for the address of the row.
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// The colour: `good`, `doubt`, `bad`, `wait`, `none`.
    pub(super) tone: &'static str,
    pub(super) word: &'static str,
    pub(super) said: &'static str,
    pub(super) advice: &'static str,
    pub(super) evidence: Vec<Seen>,
    pub(super) at: Instant,
    pub(super) way_out: Option<WayOut>,
}

/// A piece of evidence.
pub(super) struct Seen {
    pub(super) label: &'static str,
    pub(super) value: Cow<'static, str>,
    /// For instants.
    pub(super) at: Option<Instant>,
}

/// The fix.
pub(super) struct WayOut {
    pub(super) label: &'static str,
    /// Where the link leads, or the form posts to.
    pub(super) path: String,
    /// The fix that is posted; `None` for a link.
    pub(super) post: Option<&'static str>,
}

/// Where pages are.
pub(super) struct Paths<'a> {
    /// `/agents/{agent}/whatsapp/{environment}`
    pub(super) base: &'a str,
    /// `/agents/{agent}`
    pub(super) agent: &'a str,
    /// Whether the visitor may use fixes that post a form.
    pub(super) may_change: bool,
}

impl CheckRow {
    /// How a finding is shown.
    pub(super) fn of(finding: &Finding, paths: &Paths<'_>, l: Lang) -> Self {
        let (said, advice) = l.finding(finding.code);
        Self {
            id: finding.check.as_str(),
            name: l.check(finding.check),
            tone: tone(finding.outcome),
            word: l.outcome(finding.outcome),
            said,
            advice,
            evidence: finding.evidence.iter().map(|detail| Seen::of(detail, l)).collect(),
            at: Instant::of(finding.at, l),
            way_out: finding.code.fix().and_then(|fix| WayOut::of(fix, finding.check, paths, l)),
        }
    }
}

const fn tone(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Good => "good",
        Outcome::Warning => "doubt",
        Outcome::Bad => "bad",
        Outcome::Unknown => "wait",
        Outcome::NotApplicable => "none",
    }
}

impl Seen {
    fn of(detail: &Detail, l: Lang) -> Self {
        let (value, at) = match &detail.value {
            Shown::Text(text) => (Cow::Owned(text.clone()), None),
            Shown::At(instant) => (Cow::Borrowed(""), Some(Instant::of(*instant, l))),
            Shown::Silence(why) => (l.silence(*why).into(), None),
            Shown::Count(count) => (Cow::Owned(l.count(*count)), None),
            Shown::Millis(ms) if detail.label == Label::Difference => (l.clock_difference(*ms), None),
            Shown::Millis(ms) => {
                (Cow::Owned(view::format_duration(Duration::from_millis(ms.unsigned_abs()))), None)
            }
        };
        Self { label: l.evidence(detail.label), value, at }
    }
}

impl WayOut {
    fn of(fix: Fix, check: Check, paths: &Paths<'_>, l: Lang) -> Option<Self> {
        let Paths { base, agent, may_change } = *paths;
        let (path, post) = match fix {
            Fix::Credentials => (format!("{base}/connection#credentials"), None),
            Fix::Account => (format!("{base}/connection#account-section"), None),
            Fix::Register => (format!("{base}/connection#registration"), None),
            Fix::Webhook => (format!("{base}/handoff"), None),
            Fix::Agent => (agent.to_owned(), None),
            Fix::State => (format!("{base}/connection#live"), None),
            Fix::Write => ("#first".to_owned(), None),
            Fix::Subscribe | Fix::LeadHere => (format!("{base}/mend"), Some(fix.as_str())),
            Fix::Again => (format!("{base}/checkup"), Some(check.as_str())),
        };
        (post.is_none() || may_change).then(|| Self { label: l.fix(fix), path, post })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use warta_core::checkup::Silence;

    #[test]
    fn why_nobody_answered_is_told_in_the_language_of_the_page() {
        for why in Silence::ALL.iter().copied() {
            let detail = Detail { label: Label::Answer, value: Shown::Silence(why) };
            let [en, id] = [Lang::En, Lang::Id].map(|l| Seen::of(&detail, l).value);
            assert!(!en.is_empty() && !id.is_empty() && en != id, "{why}: {en} / {id}");
        }
    }
}
