//! `B/revisions`: the configuration of the channel after each change, the differences, and restoring an older one.

use std::borrow::Cow;

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use warta_core::audit::Action;
use warta_core::channel::{Account, Protocol, State};
use warta_core::promotion::{Row, side_by_side};
use warta_http::problem::Problem;
use warta_store::{Change, Channel, ChannelChange, Error, Revision};

use crate::channel::{ChannelContext, Head, Page};
use crate::chrome::Chrome;
use crate::form::Typed;
use crate::pagination::Pagination;
use crate::promotion::side;
use crate::texts::Lang;
use crate::view::{self, Instant};

/// Revisions on one page of the list.
const PAGE: u32 = 50;
/// What a restore leaves unchanged.
const KEPT: [&str; 4] = ["state", "access_token", "app_secret", "webhook_secret"];

#[derive(Template)]
#[template(path = "revisions/list.html")]
struct ListPage {
    l: Lang,
    chrome: Chrome,
    head: Head,
    note: Option<Cow<'static, str>>,
    lines: Vec<RevisionRow>,
    pagination: Pagination,
}

/// A revision in the list.
struct RevisionRow {
    number: i64,
    title: Cow<'static, str>,
    at: Instant,
    who: String,
    what: Cow<'static, str>,
    current: bool,
}

#[derive(Template)]
#[template(path = "revisions/one.html")]
struct RevisionPage {
    l: Lang,
    chrome: Chrome,
    head: Head,
    line: RevisionRow,
    before: Option<Against>,
    now: Against,
    whole: Vec<Difference>,
    may_restore: bool,
}

#[derive(Template)]
#[template(path = "revisions/restore.html")]
struct RestorePage {
    l: Lang,
    chrome: Chrome,
    head: Head,
    number: i64,
    title: Cow<'static, str>,
    changed: bool,
    blocked: Vec<Cow<'static, str>>,
    against: Against,
    consequences: Vec<Cow<'static, str>>,
    expected: i64,
}

/// The differences to another version, under a heading; the older version is on the left.
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

/// The query parameters of the list.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct PageQuery {
    before: Option<i64>,
    #[serde(default)]
    done: String,
}

/// The revision that the path names.
async fn revision(context: &ChannelContext) -> Result<Revision, Problem> {
    let number = context.part("number").parse().map_err(|_| Problem::not_found())?;
    let found = context.app.store.revision(context.scope(), context.channel()?.id, number).await?;
    found.ok_or_else(Problem::not_found)
}

/// `GET B/revisions`
pub(crate) async fn list(
    context: ChannelContext,
    Query(query): Query<PageQuery>,
) -> Result<Response, Problem> {
    let (l, channel) = (context.l, context.channel()?);
    let found = context.app.store.revisions(context.scope(), channel.id, query.before, PAGE).await?;
    let full = u32::try_from(found.len()).unwrap_or(PAGE) == PAGE;
    let last = found.last().map(|revision| revision.revision).filter(|number| full && *number > 1);
    let path = format!("{}/revisions", context.base());
    let older = last.map(|number| format!("{path}?before={number}"));
    let page = ListPage {
        l,
        chrome: Chrome::of(&context.visitor, l),
        head: context.head(Page::Revisions).await?,
        note: (query.done == "restored").then(|| l.restore_done_note()),
        lines: found.iter().map(|revision| line(revision, channel, l)).collect(),
        pagination: Pagination::back_in_time(query.before.map(|_| path), older, l),
    };
    Ok(view::page(&page))
}

/// `GET B/revisions/{number}`
pub(crate) async fn one(context: ChannelContext) -> Result<Response, Problem> {
    let (l, channel) = (context.l, context.channel()?);
    let revision = revision(&context).await?;
    let before = context.app.store.revisions(context.scope(), channel.id, Some(revision.revision), 1).await?;
    let fields = side::of_snapshot(&revision.snapshot, l);
    let shown = |row: Row| difference(revision.snapshot.protocol, row, l);
    let page = RevisionPage {
        l,
        chrome: Chrome::of(&context.visitor, l),
        head: context.head(Page::Revisions).await?,
        before: before.first().map(|before| Against {
            title: l.revision_before(before.revision),
            sides: (l.revision_previous(), l.revision_then()),
            rows: differing(&side::of_snapshot(&before.snapshot, l), &fields).map(shown).collect(),
        }),
        now: Against {
            title: l.revision_against_now(),
            sides: (l.revision_then(), l.revision_now()),
            rows: differing(&fields, &current(&context, channel).await?).map(shown).collect(),
        },
        whole: side_by_side(&json!({}), &fields).into_iter().map(shown).collect(),
        may_restore: context.may_change() && revision.revision != channel.revision,
        line: line(&revision, channel, l),
    };
    Ok(view::page(&page))
}

/// `GET B/revisions/{number}/restore`: asks for confirmation and shows the consequences.
pub(crate) async fn ask(context: ChannelContext) -> Result<Response, Problem> {
    let page = confirmation(&context, context.channel()?, &revision(&context).await?).await?;
    let status = if page.blocked.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, view::page(&page)).into_response())
}

/// `POST B/revisions/{number}/restore`
pub(crate) async fn restore(context: ChannelContext, typed: Typed) -> Result<Response, Problem> {
    let (l, channel, revision) = (context.l, context.channel()?, revision(&context).await?);
    let page = confirmation(&context, channel, &revision).await?;
    if !page.blocked.is_empty() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, view::page(&page)).into_response());
    }
    let expected = typed.text("expected").parse().unwrap_or(-1);
    let back = ChannelChange {
        protocol: Some(revision.snapshot.protocol),
        account: Some(revision.snapshot.account.clone()),
        settings: Some(revision.snapshot.settings.clone()),
        session: Some(revision.snapshot.session.clone()),
        state: None,
    };
    let change =
        |row: Difference| Change { field: row.label.into_owned(), before: row.left, after: row.right };
    let changes = page.against.rows.into_iter().map(change).collect();
    let entry = context.entry(Action::RevisionRestored, &l.revision(revision.revision), changes);
    let to = (channel.id, expected);
    match context.app.store.change_channel(context.scope(), to, back, "restored", &entry).await {
        Ok(_) => {
            context.app.directory.forget();
            Ok(Redirect::to(&format!("{}/revisions?done=restored", context.base())).into_response())
        }
        Err(Error::Conflict { .. } | Error::AccountTaken | Error::Incomplete) => {
            let mut page = confirmation(&context, &context.again().await?, &revision).await?;
            page.changed = true;
            Ok((StatusCode::CONFLICT, view::page(&page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn confirmation(
    context: &ChannelContext,
    channel: &Channel,
    revision: &Revision,
) -> Result<RestorePage, Problem> {
    let (l, then) = (context.l, &revision.snapshot);
    let (now, fields) = (current(context, channel).await?, side::of_snapshot(then, l));
    let rows = differing(&now, &fields).filter(|row| !KEPT.contains(&row.name.as_str()));
    let mut consequences = vec![l.restore_new(), l.restore_secrets(), l.restore_state()];
    if then.account != channel.account {
        let word = |account: Option<&Account>| {
            account.map_or_else(|| l.compare_empty().into_owned(), ToString::to_string)
        };
        let (before, after) = (word(channel.account.as_ref()), word(then.account.as_ref()));
        consequences.insert(0, l.restore_account(&before, &after));
    }
    if channel.state == State::Live {
        consequences.push(l.restore_live());
    }
    Ok(RestorePage {
        l,
        chrome: Chrome::of(&context.visitor, l),
        head: context.head(Page::Revisions).await?,
        number: revision.revision,
        title: l.restore_title(revision.revision),
        changed: false,
        blocked: blocked(context, channel, revision).await?,
        against: Against {
            title: l.restore_what(),
            sides: (l.revision_now(), l.revision_then()),
            rows: rows.map(|row| difference(then.protocol, row, l)).collect(),
        },
        consequences,
        expected: channel.revision,
    })
}

/// Why a channel in use cannot go back to a revision.
async fn blocked(
    context: &ChannelContext,
    channel: &Channel,
    revision: &Revision,
) -> Result<Vec<Cow<'static, str>>, Problem> {
    let (l, then) = (context.l, &revision.snapshot);
    if channel.state == State::Saved {
        return Ok(Vec::new());
    }
    let faults = warta_protocol::faults(then.protocol, &then.settings);
    let mut blocked: Vec<_> = faults.iter().map(|fault| l.restore_unfit(&fault.to_string())).collect();
    match &then.account {
        None => blocked.push(l.restore_unfit(&l.section_account())),
        Some(account) => {
            let owner = context.app.store.channel_of_account(then.protocol, account).await?;
            let own = (channel.organization, channel.agent, channel.environment);
            if owner.is_some_and(|owner| owner != own) {
                blocked.push(l.restore_taken());
            }
        }
    }
    Ok(blocked)
}

/// The current configuration: the newest revision, or the channel's row if the channel was created before revisions existed.
async fn current(context: &ChannelContext, channel: &Channel) -> Result<Value, Problem> {
    let newest = context.app.store.revision(context.scope(), channel.id, channel.revision).await?;
    Ok(newest.map_or_else(
        || side::of_row(channel, context.l),
        |newest| side::of_snapshot(&newest.snapshot, context.l),
    ))
}

fn differing(left: &Value, right: &Value) -> impl Iterator<Item = Row> + use<> {
    side_by_side(left, right).into_iter().filter(|row| !row.is_alike())
}

fn difference(protocol: Protocol, row: Row, l: Lang) -> Difference {
    Difference { label: side::label(protocol, &row.name, l), left: row.before, right: row.after }
}

fn line(revision: &Revision, channel: &Channel, l: Lang) -> RevisionRow {
    RevisionRow {
        number: revision.revision,
        title: l.revision(revision.revision),
        at: Instant::of(revision.at, l),
        who: revision.actor.clone(),
        what: l.revision_change(&revision.change),
        current: revision.revision == channel.revision,
    }
}
