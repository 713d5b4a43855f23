//! `B/revisions`: how the channel was configured after each change, what each changed, and the way back.

use std::borrow::Cow;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use warta_core::audit::Action;
use warta_core::channel;
use warta_core::permission::Permission;
use warta_protocol::Settings;
use warta_store::{Change, Channel, ChannelChange, Error, Revision};

use crate::app::App;
use crate::flow::promotion::{Row, side_by_side};
use crate::web::console::channel::Head;
use crate::web::console::chrome::Chrome;
use crate::web::console::form::Typed;
use crate::web::console::place::{self, Place};
use crate::web::console::promotion::side;
use crate::web::console::texts::Lang;
use crate::web::console::view::{self, Assets, Instant, Life};
use crate::web::problem::Problem;
use crate::web::visitor::{Seat, Visitor};

/// How many stand on a page.
const PAGE: u32 = 50;
/// What a restore does not bring back.
const KEPT: [&str; 4] = ["state", "access_token", "app_secret", "webhook_secret"];

#[derive(Template)]
#[template(path = "revisions/list.html")]
struct List {
    l: Lang,
    assets: Assets,
    chrome: Chrome,
    head: Head,
    life: Life,
    base: String,
    note: Option<Cow<'static, str>>,
    lines: Vec<Line>,
    older: Option<i64>,
}

/// A revision in the list.
struct Line {
    number: i64,
    title: Cow<'static, str>,
    at: Instant,
    who: String,
    what: Cow<'static, str>,
    current: bool,
}

#[derive(Template)]
#[template(path = "revisions/one.html")]
struct One {
    l: Lang,
    assets: Assets,
    chrome: Chrome,
    head: Head,
    life: Life,
    base: String,
    line: Line,
    before: Option<Against>,
    now: Against,
    whole: Vec<Difference>,
    may_restore: bool,
}

#[derive(Template)]
#[template(path = "revisions/restore.html")]
struct Restore {
    l: Lang,
    assets: Assets,
    chrome: Chrome,
    head: Head,
    life: Life,
    base: String,
    number: i64,
    title: Cow<'static, str>,
    changed: bool,
    blocked: Vec<Cow<'static, str>>,
    against: Against,
    consequences: Vec<Cow<'static, str>>,
    expected: i64,
}

/// What differs, under a heading; left is what was earlier.
struct Against {
    title: Cow<'static, str>,
    sides: (Cow<'static, str>, Cow<'static, str>),
    rows: Vec<Difference>,
}

struct Difference {
    label: Cow<'static, str>,
    left: Option<String>,
    right: Option<String>,
}

/// What a list was called with.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    before: Option<i64>,
    #[serde(default)]
    done: String,
}

/// The environment and the number of a path.
#[derive(Debug, Deserialize)]
pub(crate) struct Numbered {
    environment: String,
    number: String,
}

impl Numbered {
    fn place(&self) -> Place {
        Place::new(&self.environment)
    }

    async fn revision(&self, app: &App, visitor: &Visitor, channel: &Channel) -> Result<Revision, Problem> {
        let number = self.number.parse().map_err(|_| Problem::not_found())?;
        let found = app.store.revision(visitor.scope(), channel.id, number).await?;
        found.ok_or_else(Problem::not_found)
    }
}

/// `GET B/revisions`
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    Path(place): Path<Place>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let channel = place.channel(&app, &visitor, &seat).await?;
    let found = app.store.revisions(visitor.scope(), channel.id, asked.before, PAGE).await?;
    let full = u32::try_from(found.len()).unwrap_or(PAGE) == PAGE;
    let last = found.last().map(|revision| revision.revision).filter(|number| full && *number > 1);
    let page = List {
        l,
        assets: Assets,
        chrome: Chrome::of(&visitor, l),
        head: Head::of(&app, &visitor, &seat, &channel, l).await?,
        life: Life::of(channel.environment, l),
        base: place.at(&seat, ""),
        note: (asked.done == "restored").then(|| l.restore_done_note()),
        lines: found.iter().map(|revision| line(revision, &channel, l)).collect(),
        older: last,
    };
    Ok(view::page(&page))
}

/// `GET B/revisions/{number}`
pub(crate) async fn one(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    Path(numbered): Path<Numbered>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let place = numbered.place();
    let channel = place.channel(&app, &visitor, &seat).await?;
    let revision = numbered.revision(&app, &visitor, &channel).await?;
    let before = app.store.revisions(visitor.scope(), channel.id, Some(revision.revision), 1).await?;
    let current = current(&app, &visitor, &channel).await?;
    let fields = side::of_snapshot(&revision.snapshot);
    let protocol = revision.snapshot.protocol;
    let shown = |row: Row| difference(protocol, row, l);
    let page = One {
        l,
        assets: Assets,
        chrome: Chrome::of(&visitor, l),
        head: Head::of(&app, &visitor, &seat, &channel, l).await?,
        life: Life::of(channel.environment, l),
        base: place.at(&seat, ""),
        before: before.first().map(|before| Against {
            title: l.revision_before(before.revision),
            sides: (l.revision_previous(), l.revision_then()),
            rows: differing(&side::of_snapshot(&before.snapshot), &fields).map(shown).collect(),
        }),
        now: Against {
            title: l.revision_against_now(),
            sides: (l.revision_then(), l.revision_now()),
            rows: differing(&fields, &current).map(shown).collect(),
        },
        whole: side_by_side(&json!({}), &fields).into_iter().map(shown).collect(),
        may_restore: seat.may(Permission::ChangeChannel) && revision.revision != channel.revision,
        line: line(&revision, &channel, l),
    };
    Ok(view::page(&page))
}

/// `GET B/revisions/{number}/restore`: what would follow.
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    Path(numbered): Path<Numbered>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let page = confirmation(&app, (&visitor, &seat), &numbered, l).await?;
    let status = if page.blocked.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, view::page(&page)).into_response())
}

/// `POST B/revisions/{number}/restore`
pub(crate) async fn restore(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    Path(numbered): Path<Numbered>,
    headers: HeaderMap,
    typed: Typed,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let page = confirmation(&app, (&visitor, &seat), &numbered, l).await?;
    if !page.blocked.is_empty() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, view::page(&page)).into_response());
    }
    let channel = numbered.place().channel(&app, &visitor, &seat).await?;
    let revision = numbered.revision(&app, &visitor, &channel).await?;
    let expected = typed.text("expected").parse().unwrap_or(-1);
    let back = ChannelChange {
        protocol: Some(revision.snapshot.protocol),
        account: Some(revision.snapshot.account.clone()),
        settings: Some(revision.snapshot.settings.clone()),
        state: None,
    };
    let changes = page.against.rows.into_iter().map(|row| Change {
        field: row.label.into_owned(),
        before: row.left,
        after: row.right,
    });
    let subject = (l.revision(revision.revision).into_owned(), changes.collect());
    let entry = place::entry(&app, &visitor, &channel, Action::RevisionRestored, subject);
    let done =
        app.store.change_channel(visitor.scope(), (channel.id, expected), back, "restored", &entry).await;
    match done {
        Ok(_) => {
            app.directory.forget();
            Ok(Redirect::to(&numbered.place().at(&seat, "revisions?done=restored")).into_response())
        }
        Err(Error::Conflict { .. } | Error::AccountTaken | Error::Incomplete) => {
            let mut page = confirmation(&app, (&visitor, &seat), &numbered, l).await?;
            page.changed = true;
            Ok((StatusCode::CONFLICT, view::page(&page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn confirmation(
    app: &App,
    (visitor, seat): (&Visitor, &Seat),
    numbered: &Numbered,
    l: Lang,
) -> Result<Restore, Problem> {
    let place = numbered.place();
    let channel = place.channel(app, visitor, seat).await?;
    let revision = numbered.revision(app, visitor, &channel).await?;
    let (then, now) = (&revision.snapshot, current(app, visitor, &channel).await?);
    let fields = side::of_snapshot(then);
    let rows = differing(&now, &fields).filter(|row| !KEPT.contains(&row.name.as_str()));
    let against = Against {
        title: l.restore_what(),
        sides: (l.revision_now(), l.revision_then()),
        rows: rows.map(|row| difference(then.protocol, row, l)).collect(),
    };
    let mut consequences = vec![l.restore_new(), l.restore_secrets(), l.restore_state()];
    if then.account != channel.account {
        let word = |account: Option<&channel::Account>| {
            account.map_or_else(|| l.compare_empty().into_owned(), ToString::to_string)
        };
        consequences
            .insert(0, l.restore_account(&word(channel.account.as_ref()), &word(then.account.as_ref())));
    }
    if channel.state == channel::State::Live {
        consequences.push(l.restore_live());
    }
    Ok(Restore {
        l,
        assets: Assets,
        chrome: Chrome::of(visitor, l),
        head: Head::of(app, visitor, seat, &channel, l).await?,
        life: Life::of(channel.environment, l),
        base: place.at(seat, ""),
        number: revision.revision,
        title: l.restore_title(revision.revision),
        changed: false,
        blocked: blocked(app, &channel, &revision, l).await?,
        against,
        consequences,
        expected: channel.revision,
    })
}

/// Why a channel in use cannot go back to a revision.
async fn blocked(
    app: &App,
    channel: &Channel,
    revision: &Revision,
    l: Lang,
) -> Result<Vec<Cow<'static, str>>, Problem> {
    let (then, mut blocked) = (&revision.snapshot, Vec::new());
    if channel.state == channel::State::Saved {
        return Ok(blocked);
    }
    if let Err(fault) = Settings::read(then.protocol, &then.settings) {
        blocked.push(l.restore_unfit(&fault.to_string()));
    }
    match &then.account {
        None => blocked.push(l.restore_unfit(&l.section_account())),
        Some(account) => {
            let owner = app.store.channel_of_account(then.protocol, account).await?;
            let own = (channel.organization, channel.agent, channel.environment);
            if owner.is_some_and(|owner| owner != own) {
                blocked.push(l.restore_taken());
            }
        }
    }
    Ok(blocked)
}

/// How the channel is configured now, as its newest revision has it; as its row has it when it is older than revisions.
async fn current(app: &App, visitor: &Visitor, channel: &Channel) -> Result<Value, Problem> {
    let newest = app.store.revision(visitor.scope(), channel.id, channel.revision).await?;
    Ok(newest.map_or_else(|| side::of_row(channel), |newest| side::of_snapshot(&newest.snapshot)))
}

fn differing(left: &Value, right: &Value) -> impl Iterator<Item = Row> + use<> {
    side_by_side(left, right).into_iter().filter(|row| !row.is_alike())
}

fn difference(protocol: channel::Protocol, row: Row, l: Lang) -> Difference {
    Difference { label: side::label(protocol, &row.name, l), left: row.before, right: row.after }
}

fn line(revision: &Revision, channel: &Channel, l: Lang) -> Line {
    Line {
        number: revision.revision,
        title: l.revision(revision.revision),
        at: Instant::of(revision.at, l),
        who: revision.actor.clone(),
        what: l.revision_change(&revision.change),
        current: revision.revision == channel.revision,
    }
}
