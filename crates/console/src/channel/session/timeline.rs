//! The timeline of a session: the steps after the user's last message.

use std::borrow::Cow;
use std::time::Duration;

use askama::Template;
use warta_core::policy::window;
use warta_core::session::{Mark, Settings, timeline};

use crate::texts::Lang;

/// The timeline. Rendered by `{{ timeline }}`.
#[derive(Debug, Template)]
#[template(path = "session/timeline.html")]
pub(crate) struct Timeline {
    l: Lang,
    steps: Vec<Step>,
    stretches: Vec<Stretch>,
    /// The current position of a rehearsal, in thousandths of the width.
    needle: Option<String>,
}

/// The template already escapes its output.
impl askama::filters::HtmlSafe for Timeline {}

/// One point on the timeline.
#[derive(Debug)]
struct Step {
    /// For the colour.
    tone: &'static str,
    what: Cow<'static, str>,
    after: String,
    /// Whether a rehearsal is past this point.
    past: bool,
}

/// The interval between two points, in thousandths of the width. The scale is logarithmic, so minutes and a day are both visible.
#[derive(Debug)]
struct Stretch {
    tone: &'static str,
    from: String,
    width: String,
}

impl Timeline {
    pub(super) fn of(settings: &Settings, l: Lang) -> Self {
        Self::at(settings, None, l)
    }

    /// The timeline with a needle at the time since the user's last message.
    pub(super) fn at(settings: &Settings, passed: Option<Duration>, l: Lang) -> Self {
        let moments = timeline(settings);
        let step = |mark, after: Duration| {
            let (tone, what) = match mark {
                Mark::Message => ("user", l.session_message()),
                Mark::AskMore => ("ask", l.session_ask_more()),
                Mark::AskEnd => ("ask", l.session_ask_end()),
                Mark::End => ("end", l.session_end()),
                Mark::WindowCloses => ("window", l.session_window()),
            };
            Step { tone, what, after: span(after, l), past: passed.is_some_and(|passed| passed >= after) }
        };
        let last = moments.last().map_or(window::LENGTH, |moment| moment.after);
        let place = |after: Duration| (logarithm(after) * 1_000.0 / logarithm(last)).min(1_000.0);
        let ends = moments.iter().skip(1);
        let stretch = |(from, to): (&warta_core::session::Moment, &warta_core::session::Moment)| {
            let (start, end) = (place(from.after), place(to.after));
            let tone = match from.mark {
                Mark::Message => "user",
                Mark::AskMore => "ask",
                Mark::AskEnd => "grace",
                Mark::End => "over",
                Mark::WindowCloses => "window",
            };
            Stretch { tone, from: format!("{start:.1}"), width: format!("{:.1}", end - start) }
        };
        Self {
            l,
            steps: moments.iter().map(|moment| step(moment.mark, moment.after)).collect(),
            stretches: moments.iter().zip(ends).map(stretch).collect(),
            needle: passed.map(|passed| format!("{:.1}", place(passed))),
        }
    }
}

fn logarithm(after: Duration) -> f64 {
    (after.as_secs_f64() / 60.0).ln_1p()
}

/// A time in hours and minutes.
fn span(after: Duration, l: Lang) -> String {
    let minutes = after.as_secs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => l.session_minutes(minutes).into_owned(),
        (hours, 0) => l.session_hours(hours).into_owned(),
        (hours, minutes) => format!("{} {}", l.session_hours(hours), l.session_minutes(minutes)),
    }
}
