//! `GET /agents/{agent}/whatsapp/compare`: Draft and Published side by side, and the selection of sections to promote.

use std::borrow::Cow;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use warta_core::channel::{Environment, Protocol};
use warta_core::permission::Permission;
use warta_core::promotion::{Row, Section};
use warta_gateway::app::App;
use warta_http::problem::Problem;

use crate::chrome::Chrome;
use crate::promotion::side::{self, Pair};
use crate::texts::Lang;
use crate::view::{self, Life};
use crate::visitor::{Seat, Visitor};

#[derive(Template)]
#[template(path = "promotion/compare.html")]
struct Page {
    l: Lang,
    chrome: Chrome,
    agent: String,
    name: String,
    note: Option<Cow<'static, str>>,
    lives: (Life, Life),
    /// The comparison; `None` without a Draft.
    compared: Option<Compared>,
}

/// Both channels, side by side.
struct Compared {
    /// There is a Published channel.
    published: bool,
    /// There is something to promote, and the visitor may.
    promotable: bool,
    alike: bool,
    parts: Vec<ComparedSection>,
}

/// A section with its fields.
pub(super) struct ComparedSection {
    /// The word in the form.
    pub(super) name: &'static str,
    pub(super) word: Cow<'static, str>,
    pub(super) take: Cow<'static, str>,
    pub(super) differs: bool,
    /// Selected by default: it differs and does not change the number.
    pub(super) ticked: bool,
    pub(super) rows: Vec<ComparedField>,
}

/// A field on both sides.
pub(super) struct ComparedField {
    pub(super) label: Cow<'static, str>,
    pub(super) published: Option<String>,
    pub(super) draft: Option<String>,
    pub(super) alike: bool,
}

/// The query parameters of the page.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct PageQuery {
    #[serde(default)]
    done: String,
}

pub(crate) async fn page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let pair = pair(&app, &visitor, &seat).await?;
    let may_promote = seat.may(Permission::ChangeChannel);
    let compared = pair.as_ref().map(|pair| {
        let parts = parts(&app, pair, l);
        let alike = parts.iter().all(|part| !part.differs);
        Compared { published: pair.published.is_some(), promotable: may_promote && !alike, alike, parts }
    });
    let page = Page {
        l,
        chrome: Chrome::of(&visitor, l),
        agent: seat.agent.id.to_string(),
        name: seat.agent.name.clone(),
        note: (query.done == "promoted").then(|| l.promote_done_note()),
        lives: (Life::of(Environment::Published, l), Life::of(Environment::Draft, l)),
        compared,
    };
    Ok(view::page(&page))
}

/// Both channels of the agent; none without a Draft.
pub(super) async fn pair(app: &App, visitor: &Visitor, seat: &Seat) -> Result<Option<Pair>, Problem> {
    let scope = visitor.scope();
    let draft = app.store.channel_of(scope, seat.agent.id, Environment::Draft).await?;
    let published = app.store.channel_of(scope, seat.agent.id, Environment::Published).await?;
    Ok(draft.map(|draft| Pair { draft, published }))
}

/// The sections of both, with every field that one of them has.
pub(super) fn parts(app: &App, pair: &Pair, l: Lang) -> Vec<ComparedSection> {
    let protocol = pair.draft.protocol;
    let torn = pair.to().protocol != protocol;
    let rows = pair.rows(&app.key_pepper, app.now(), l);
    let part = |section: Section| {
        let rows: Vec<&Row> =
            rows.iter().filter(|row| side::section(protocol, &row.name) == section).collect();
        let differs = rows.iter().any(|row| !row.is_alike());
        let word = side::word(section, l);
        ComparedSection {
            name: section.as_str(),
            take: l.compare_take(&word),
            word,
            differs,
            ticked: differs && !section.moves() && !(torn && section == Section::Protocol),
            rows: rows.into_iter().map(|row| line(protocol, row, l)).collect(),
        }
    };
    Section::ALL.map(part).into_iter().filter(|part| !part.rows.is_empty()).collect()
}

fn line(protocol: Protocol, row: &Row, l: Lang) -> ComparedField {
    ComparedField {
        label: side::label(protocol, &row.name, l),
        published: row.before.clone(),
        draft: row.after.clone(),
        alike: row.is_alike(),
    }
}
