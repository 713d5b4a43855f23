//! *Play it*: a rehearsal of the session rules in memory, with its own clock and a private conversation. The server keeps no state:
//! the page carries the whole rehearsal, so any node can continue it.

use std::borrow::Cow;
use std::time::Duration;

use askama::Template;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use warta_core::json;
use warta_core::session::{Rehearsal, Settings, State, TimedAction, UserAction, rehearse};
use warta_core::time::Timestamp;
use warta_http::problem::Problem;

use super::form::{Form, LANGUAGES};
use super::phone::{Phone, clock, values};
use super::timeline::Timeline;
use crate::channel::connection;
use crate::channel::context::ChannelContext;
use crate::channel::draft::Draft;
use crate::channel::head::{Head, Page};
use crate::chrome::Chrome;
use crate::form::Typed;
use crate::texts::Lang;
use crate::view;

/// The selectable speeds of the clock; 0 is paused.
const SPEEDS: [u32; 4] = [60, 300, 1_000, 0];
/// The most user actions in one rehearsal.
const MOVES: usize = 200;
/// The most characters of one message.
const LONGEST: usize = 1_024;
/// The longest rehearsal, by its own clock.
const LAST: Duration = Duration::from_hours(24 * 7);

/// The state of a rehearsal, carried by the page as JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct RehearsalState {
    settings: Settings,
    language: String,
    speed: u32,
    /// The rehearsal's clock …
    clock_ms: u64,
    /// … at this real time.
    seen_at: Timestamp,
    moves: Vec<TimedAction>,
}

#[derive(Template)]
#[template(path = "session/play.html")]
struct Play {
    l: Lang,
    chrome: Chrome,
    head: Head,
    speeds: Vec<(u32, bool, Cow<'static, str>)>,
    languages: Vec<(&'static str, bool, Cow<'static, str>)>,
    stage: Stage,
}

/// The part of the page that changes.
#[derive(Template)]
#[template(path = "session/stage.html")]
struct Stage {
    l: Lang,
    tape: String,
    phone: Phone,
    timeline: Timeline,
    clock: String,
    /// The next step and the time until it, if the user does nothing.
    next: Option<(Cow<'static, str>, String)>,
    full: bool,
}

/// The template already escapes its output.
impl askama::filters::HtmlSafe for Stage {}

/// `GET B/connection/session/play`: with the settings that are saved.
pub(crate) async fn open(context: ChannelContext) -> Result<Response, Problem> {
    let tape = RehearsalState::new(
        context.channel()?.session.clone(),
        context.seat.agent.language.clone(),
        context.app.now(),
    );
    show(&context, &tape).await
}

/// `POST B/connection/session/play`: starts a rehearsal with the settings in the form, or continues one. With the header
/// `X-Fragment` only the part that changes.
pub(crate) async fn again(
    context: ChannelContext,
    headers: HeaderMap,
    typed: Typed,
) -> Result<Response, Problem> {
    let now = context.app.now();
    let Some(mut tape) = RehearsalState::read(&typed) else {
        let channel = context.channel()?;
        let form = Form::sent(&typed).unwrap_or_else(|| Form::of(&channel.session));
        let (settings, problems) = form.settings();
        if !problems.is_empty() {
            let draft =
                Draft { typed: Some(&typed), faults: form.faults(&problems, context.l), ..Draft::default() };
            return connection::show(&context, channel, draft).await;
        }
        return show(&context, &RehearsalState::new(settings, context.seat.agent.language.clone(), now))
            .await;
    };
    tape.act(&typed, &context.seat.agent.name, now);
    if headers.contains_key("X-Fragment") {
        return Ok(view::page(&Stage::of(&tape, &context.seat.agent.name, context.l)));
    }
    show(&context, &tape).await
}

async fn show(context: &ChannelContext, tape: &RehearsalState) -> Result<Response, Problem> {
    let l = context.l;
    let word = |speed| match speed {
        0 => l.session_play_still(),
        speed => l.session_play_speed(speed),
    };
    let page = Play {
        l,
        chrome: Chrome::of(&context.visitor, l),
        head: context.head(Page::Connection).await?,
        speeds: SPEEDS.map(|speed| (speed, speed == tape.speed, word(speed))).into(),
        languages: LANGUAGES.map(|code| (code, code == tape.language, l.language_name(code))).into(),
        stage: Stage::of(tape, &context.seat.agent.name, l),
    };
    Ok(view::page(&page).into_response())
}

impl RehearsalState {
    /// A rehearsal at its first message.
    fn new(settings: Settings, language: String, now: Timestamp) -> Self {
        let first = TimedAction { at_ms: 0, what: UserAction::Write("Halo".to_owned()) };
        Self { settings, language, speed: 60, clock_ms: 0, seen_at: now, moves: vec![first] }
    }

    /// Reads the state from a form; `None` if it is missing or invalid.
    fn read(typed: &Typed) -> Option<Self> {
        let tape: Self = serde_json::from_str(typed.exact("tape")).ok()?;
        let sound = tape.settings.problems().is_empty() && tape.moves.len() <= MOVES;
        sound.then_some(tape)
    }

    fn played(&self, business: &str) -> Rehearsal {
        let texts = self.settings.texts(&self.language);
        rehearse(&self.settings, &texts, values(business), &self.moves, self.clock())
    }

    fn clock(&self) -> Duration {
        Duration::from_millis(self.clock_ms)
    }

    /// Advances the clock to `now`, then performs the requested action.
    fn act(&mut self, typed: &Typed, business: &str, now: Timestamp) {
        let passed = now.since(self.seen_at).saturating_mul(self.speed);
        self.turn_to(self.clock().saturating_add(passed));
        self.seen_at = now;
        if let Some(speed) = typed.text("speed").parse().ok().filter(|speed| SPEEDS.contains(speed)) {
            self.speed = speed;
        }
        if let Some(code) = LANGUAGES.iter().find(|code| **code == typed.text("language")) {
            (*code).clone_into(&mut self.language);
        }
        let tapped = typed.text("tap");
        if !tapped.is_empty() {
            let title = self.title_of(tapped, business);
            return self.user(UserAction::Tap { id: tapped.to_owned(), title });
        }
        match typed.text("act") {
            "say" if !typed.text("text").is_empty() => {
                self.user(UserAction::Write(typed.text("text").chars().take(LONGEST).collect()));
            }
            "skip" => {
                let played = self.played(business);
                let window = played.window_closes.filter(|closes| *closes > self.clock());
                if let Some(next) = played.next.or(window) {
                    self.turn_to(next);
                }
            }
            "again" => {
                let (speed, language) = (self.speed, self.language.clone());
                *self = Self { speed, ..Self::new(self.settings.clone(), language, now) };
            }
            _ => {}
        }
    }

    fn turn_to(&mut self, clock: Duration) {
        self.clock_ms = u64::try_from(clock.min(LAST).as_millis()).unwrap_or_default();
    }

    fn user(&mut self, what: UserAction) {
        if self.moves.len() < MOVES {
            self.moves.push(TimedAction { at_ms: self.clock_ms, what });
        }
    }

    /// The title of a button on the phone.
    fn title_of(&self, id: &str, business: &str) -> String {
        let played = self.played(business);
        let questions = played.events.iter().filter_map(|timed| timed.event.question());
        let mut buttons = questions.flat_map(|question| &question.buttons);
        buttons.find(|button| button.id == id).map(|button| button.title.clone()).unwrap_or_default()
    }
}

impl Stage {
    fn of(tape: &RehearsalState, business: &str, l: Lang) -> Self {
        let played = tape.played(business);
        let last = tape.moves.iter().map(|one| one.at_ms).max().unwrap_or_default();
        let passed = tape.clock().saturating_sub(Duration::from_millis(last));
        Self {
            l,
            next: next(tape, &played, l),
            phone: Phone::of(&played.events, business, l),
            timeline: Timeline::at(&tape.settings, Some(passed), l),
            clock: clock(tape.clock()),
            full: tape.moves.len() >= MOVES || tape.clock() >= LAST,
            tape: json::text(tape),
        }
    }
}

fn next(tape: &RehearsalState, played: &Rehearsal, l: Lang) -> Option<(Cow<'static, str>, String)> {
    let at = played.next?;
    let what = match &played.state {
        State::Active(_) if tape.settings.ask => l.session_ask_more(),
        State::AskedMore(_) => l.session_ask_end(),
        State::None | State::Active(_) | State::AskedEnd(_) | State::Ended { .. } => l.session_end(),
    };
    Some((what, clock(at.saturating_sub(tape.clock()))))
}
