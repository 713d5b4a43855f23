//! View parts of several pages: instants, the delivery track, message excerpts, environments.

use std::borrow::Cow;
use std::time::Duration;

use askama::Template;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use warta_core::channel::{Environment, Protocol};
use warta_core::message::{Direction, InboundContent, InboundMedia, OutboundContent, OutboundMedia};
use warta_core::time::Timestamp;
use warta_http::frame::PAGE_POLICY;
use warta_store::{Content, MessageRow, User};

use crate::texts::Lang;

/// Characters of a message excerpt.
const EXCERPT: usize = 120;

/// Renders a page into a response. A failure is logged and answered with the Internal problem.
pub(crate) fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (
            [
                (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
                (header::VARY, "X-Fragment, Accept-Language"),
                // With `no-referrer` browsers would not say either that a form was sent from here.
                (header::REFERRER_POLICY, "same-origin"),
            ],
            Html(html),
        )
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            warta_http::problem::Problem::new(
                warta_http::problem::Code::Internal,
                "The page could not be written.",
            )
            .into_response()
        }
    }
}

/// The label and CSS class of an environment.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    /// The class: `published` or `draft`.
    pub(crate) class: &'static str,
    /// The word.
    pub(crate) word: Cow<'static, str>,
}

impl Life {
    /// How an environment is shown.
    pub(crate) fn of(environment: Environment, l: Lang) -> Self {
        let word = match environment {
            Environment::Published => l.published(),
            Environment::Draft => l.draft(),
        };
        Self { class: environment.as_str(), word }
    }
}

/// An instant, in UTC.
#[derive(Debug, Clone)]
pub(crate) struct Instant {
    /// For machines and for the hint.
    pub(crate) exact: String,
    /// `23 Nov 05:00:18`
    pub(crate) short: String,
}

impl Instant {
    /// How an instant is shown.
    pub(crate) fn of(at: Timestamp, l: Lang) -> Self {
        const EN: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        const ID: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"];
        let exact = at.to_string();
        let part = |range| exact.get(range).unwrap_or_default();
        let month = part(5..7).parse::<usize>().unwrap_or_default().saturating_sub(1);
        let (months, clock) = match l {
            Lang::En => (EN, part(11..19).to_owned()),
            Lang::Id => (ID, part(11..19).replace(':', ".")),
        };
        let short = format!("{} {} {clock}", part(8..10), months.get(month).copied().unwrap_or_default());
        Self { exact, short }
    }
}

/// A duration as text: `340 ms`, `2.1 s`, `3 min`, `2 h`, `5 d`.
pub(crate) fn format_duration(duration: Duration) -> String {
    let (millis, seconds) = (duration.as_millis(), duration.as_secs());
    match seconds {
        0 => format!("{millis} ms"),
        1..=9 => format!("{seconds}.{} s", millis % 1_000 / 100),
        10..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        7_200..=172_799 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// The name of a protocol; the same in every language.
pub(crate) fn protocol_name(protocol: Protocol) -> &'static str {
    warta_protocol::entry(protocol).description.name
}

/// The delivery progress of a message, drawn as beads on a thread.
#[derive(Debug, Clone)]
pub(crate) struct Track {
    /// The colour: `wait`, `sent`, `good`, `read`, `bad`, `doubt`.
    pub(crate) tone: &'static str,
    /// The beads, from the left.
    pub(crate) beads: Vec<Bead>,
    /// The text beside it: nothing is told by shape and colour alone.
    pub(crate) word: Cow<'static, str>,
}

/// A bead of a track.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bead {
    /// Where on the thread.
    pub(crate) x: usize,
    /// Its state.
    pub(crate) state: BeadState,
}

/// The state of a bead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BeadState {
    /// Reached.
    Full,
    /// Still to come.
    Empty,
    /// Failed here.
    Broken,
}

impl Bead {
    /// Whether delivery failed here.
    pub(crate) fn is_broken(&self) -> bool {
        self.state == BeadState::Broken
    }

    /// Whether it was reached.
    pub(crate) fn is_full(&self) -> bool {
        self.state == BeadState::Full
    }
}

impl Track {
    /// The track of a message: four beads to the user, two to the agent.
    pub(crate) fn of(content: &Content, l: Lang) -> Self {
        let status = content.status();
        let (length, reached, broken, tone) = match (content.direction(), status) {
            (Direction::Inbound, "delivered") => (2, 2, false, "good"),
            (Direction::Inbound, "dead") => (2, 1, true, "bad"),
            (Direction::Inbound, _) => (2, 1, false, "wait"),
            (Direction::Outbound, "accepted" | "sent") => (4, 2, false, "sent"),
            (Direction::Outbound, "delivered") => (4, 3, false, "good"),
            (Direction::Outbound, "read" | "played") => (4, 4, false, "read"),
            (Direction::Outbound, "uncertain") => (4, 1, true, "doubt"),
            (Direction::Outbound, "failed" | "expired" | "canceled") => (4, 1, true, "bad"),
            (Direction::Outbound, _) => (4, 1, false, "wait"),
        };
        let state = |place: usize| match place {
            place if place < reached => BeadState::Full,
            place if place == reached && broken => BeadState::Broken,
            _ => BeadState::Empty,
        };
        // Past the break there is no thread.
        let shown = if broken { reached + 1 } else { length };
        let beads = (0..shown).map(|place| Bead { x: 6 + place * 16, state: state(place) }).collect();
        let word = match content.direction() {
            Direction::Inbound => l.agent_status(status),
            Direction::Outbound => l.status(status),
        };
        Self { tone, beads, word }
    }

    /// Where the thread ends.
    pub(crate) fn end(&self) -> usize {
        self.beads.last().map_or(6, |bead| bead.x)
    }
}

/// The text of a message.
pub(crate) fn said(row: &MessageRow, l: Lang) -> String {
    let text = match &row.content {
        Content::Inbound { content, .. } => inbound(content, l),
        Content::Outbound { content, .. } => outbound(content, l),
    };
    plain(&text)
}

/// The text of a message to a user.
pub(crate) fn outgoing(content: &OutboundContent, l: Lang) -> String {
    outbound(content, l).chars().map(visible).collect()
}

/// A short excerpt of a message, on one line.
pub(crate) fn excerpt(row: &MessageRow, l: Lang) -> String {
    let one_line = said(row, l).split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = one_line.chars().take(EXCERPT).collect();
    if one_line.chars().count() > EXCERPT {
        short.push('…');
    }
    short
}

/// Foreign text made safe to show within our own.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(visible).collect()
}

/// Replaces bidirectional control characters, which could make a text look like another one, by a visible character.
fn visible(character: char) -> char {
    match character {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => '\u{fffd}',
        other => other,
    }
}

fn inbound(content: &InboundContent, l: Lang) -> String {
    let file = |name: Cow<'_, str>, media: &InboundMedia| {
        with(&name, media.caption.as_ref().or(media.filename.as_ref()))
    };
    match content {
        InboundContent::Text(text) => text.body.clone(),
        InboundContent::Image(media) => file(l.photo(), media),
        InboundContent::Video(media) => file(l.video(), media),
        InboundContent::Audio(media) => file(if media.voice { l.voice() } else { l.sound() }, media),
        InboundContent::Document(media) => file(l.file(), media),
        InboundContent::Sticker(media) => file(l.sticker(), media),
        InboundContent::Location(place) => {
            with(&l.location(), place.name.as_ref().or(place.address.as_ref()))
        }
        InboundContent::Contacts(cards) => l.contact_cards(cards.len()).into_owned(),
        InboundContent::ButtonReply(reply) => reply.title.clone(),
        InboundContent::ListReply(reply) => reply.title.clone(),
        InboundContent::FlowReply(reply) => with(&l.form(), reply.body.as_ref()),
        InboundContent::Reaction(reaction) => {
            reaction.emoji.clone().unwrap_or_else(|| l.reaction_gone().into_owned())
        }
        InboundContent::Order(order) => with(&l.order(), order.text.as_ref()),
        InboundContent::Edit { content, .. } => {
            let now = content.as_ref().map(|content| inbound(content, l));
            with(&l.edited(), now.as_ref())
        }
        InboundContent::Revoke { .. } => l.revoked().into_owned(),
        InboundContent::System(change) => with(&l.notice(), Some(&change.kind)),
        InboundContent::Unsupported(what) => with(&l.unsupported(), Some(&what.raw_type)),
    }
}

fn outbound(content: &OutboundContent, l: Lang) -> String {
    let file = |name: Cow<'_, str>, media: &OutboundMedia| {
        with(&name, media.caption.as_ref().or(media.filename.as_ref()))
    };
    match content {
        OutboundContent::Text(text) => text.body.clone(),
        OutboundContent::Image(media) => file(l.photo(), media),
        OutboundContent::Video(media) => file(l.video(), media),
        OutboundContent::Audio(media) => file(if media.voice { l.voice() } else { l.sound() }, media),
        OutboundContent::Document(media) => file(l.file(), media),
        OutboundContent::Sticker(media) => file(l.sticker(), media),
        OutboundContent::Location(place) => {
            with(&l.location(), place.name.as_ref().or(place.address.as_ref()))
        }
        OutboundContent::Contacts(cards) => l.contact_cards(cards.len()).into_owned(),
        OutboundContent::Buttons(buttons) => buttons.body.clone(),
        OutboundContent::List(list) => list.body.clone(),
        OutboundContent::CtaUrl(page) => page.body.clone(),
        OutboundContent::LocationRequest(request) => request.body.clone(),
        OutboundContent::Reaction(reaction) => {
            reaction.emoji.clone().unwrap_or_else(|| l.reaction_gone().into_owned())
        }
        OutboundContent::Template(template) => format!("{} ({})", template.name, template.language),
    }
}

fn with(name: &str, more: Option<&String>) -> String {
    match more {
        Some(more) if !more.is_empty() => format!("{name}: {more}"),
        _ => name.to_owned(),
    }
}

/// A user by the best name we have.
pub(crate) fn user(user: &User, l: Lang) -> String {
    let number = user.identity.phone().map(ToString::to_string);
    user.name
        .clone()
        .or_else(|| user.username.clone())
        .or(number)
        .unwrap_or_else(|| l.no_name().into_owned())
        .chars()
        .map(visible)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_are_told_in_one_unit() {
        for (millis, text) in [
            (340, "340 ms"),
            (2_140, "2.1 s"),
            (61_000, "61 s"),
            (180_000, "3 min"),
            (7_200_000, "2 h"),
            (432_000_000, "5 d"),
        ] {
            assert_eq!(format_duration(Duration::from_millis(millis)), text);
        }
    }

    #[test]
    fn an_instant_is_told_in_each_language() {
        let at = "2026-05-07T12:00:11.123Z".parse().unwrap();
        assert_eq!(Instant::of(at, Lang::En).short, "07 May 12:00:11");
        assert_eq!(Instant::of(at, Lang::Id).short, "07 Mei 12.00.11");
    }

    #[test]
    fn what_turns_writing_round_is_shown() {
        assert_eq!("a\u{202e}b".chars().map(visible).collect::<String>(), "a\u{fffd}b");
    }
}
