//! `/agents/{agent}/whatsapp/promote`: confirming and performing a promotion.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{RawQuery, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::channel::{Environment, State};
use warta_core::ids::ChannelId;
use warta_core::promotion::{Chosen, Section};
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::{Change, Error, NewSecret, Promotion, PromotionTarget, SecretKind};

use crate::chrome::Chrome;
use crate::form::Typed;
use crate::promotion::compare::{self, ComparedSection};
use crate::promotion::preflight::Preflight;
use crate::promotion::side::Pair;
use crate::texts::Lang;
use crate::view::{self, Life};
use crate::visitor::{Seat, Visitor};

/// How long the old app secrets of Published stay valid, so that events already sent by the provider can still be verified.
const OVERLAP: Duration = Duration::from_hours(24);

#[derive(Template)]
#[template(path = "promotion/confirm.html")]
struct Page {
    l: Lang,
    chrome: Chrome,
    agent: String,
    name: String,
    lives: (Life, Life),
    /// Somebody else changed a channel meanwhile; the page shows the current state.
    changed: bool,
    /// The sections chosen, with what changes in them.
    parts: Vec<ComparedSection>,
    blocked: Vec<Cow<'static, str>>,
    warned: Vec<String>,
    consequences: Vec<Cow<'static, str>>,
    expected: (i64, i64),
}

/// `GET`: asks for confirmation and shows the consequences.
pub(crate) async fn page(
    Shared(app): Shared<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let chosen = chosen(&Typed::parse(query.unwrap_or_default().as_bytes()));
    let pair = compare::pair(&app, &visitor, &seat).await?.ok_or_else(Problem::not_found)?;
    let found = Preflight::of(&app, (&visitor, &seat), &pair, &chosen, l).await?;
    let status = if found.blocked.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, shown(&app, (&visitor, &seat), (&pair, &chosen), found, l)).into_response())
}

/// `POST`: promotes.
pub(crate) async fn promote(
    Shared(app): Shared<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    headers: HeaderMap,
    typed: Typed,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let chosen = chosen(&typed);
    let pair = compare::pair(&app, &visitor, &seat).await?.ok_or_else(Problem::not_found)?;
    let found = Preflight::of(&app, (&visitor, &seat), &pair, &chosen, l).await?;
    if !found.blocked.is_empty() {
        let page = shown(&app, (&visitor, &seat), (&pair, &chosen), found, l);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    // What the person saw, not what is there now, must be what is promoted.
    let number = |name| typed.text(name).parse().unwrap_or(-1);
    let seen = (number("draft"), number("published"));
    let promoted = if seen == revisions(&pair) {
        let promotion = promotion(&app, &pair, &chosen, &found);
        let mut entry = visitor.entry(&app, Action::Promoted);
        entry.agent = Some(seat.agent.id);
        entry.channel = pair.published.as_ref().map(|channel| channel.id);
        (entry.subject, entry.changes) = subject(&app, &pair, &chosen, l);
        app.store.promote(visitor.scope(), promotion, &entry).await
    } else {
        Err(Error::Conflict { current: pair.draft.revision })
    };
    match promoted {
        Ok(()) => {
            app.directory.forget();
            let to = format!("/agents/{}/whatsapp/compare?done=promoted", seat.agent.id);
            Ok(Redirect::to(&to).into_response())
        }
        Err(Error::Conflict { .. } | Error::EnvironmentTaken | Error::AccountTaken) => {
            let pair = compare::pair(&app, &visitor, &seat).await?.ok_or_else(Problem::not_found)?;
            let found = Preflight::of(&app, (&visitor, &seat), &pair, &chosen, l).await?;
            let mut page = built(&app, (&visitor, &seat), (&pair, &chosen), found, l);
            page.changed = true;
            Ok((StatusCode::CONFLICT, view::page(&page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn chosen(typed: &Typed) -> Chosen {
    let words: Vec<&str> = typed.all("take").collect();
    Section::ALL.into_iter().filter(|section| words.contains(&section.as_str())).collect()
}

fn revisions(pair: &Pair) -> (i64, i64) {
    (pair.draft.revision, pair.published.as_ref().map_or(0, |channel| channel.revision))
}

fn promotion(app: &App, pair: &Pair, chosen: &Chosen, found: &Preflight) -> Promotion {
    let now = app.now();
    let to = if let Some(channel) = &pair.published {
        PromotionTarget::Existing(channel.id, channel.revision)
    } else {
        let id = ChannelId::from_uuid(app.minter.uuid(now));
        let secret = crate::channel::webhook_secret(app);
        let new = NewSecret { row: app.minter.uuid(now), kind: SecretKind::WebhookSecret, secret };
        PromotionTarget::New(id, vec![new])
    };
    Promotion {
        from: pair.draft.id,
        expected_from: pair.draft.revision,
        to,
        protocol: found.merged.published.protocol,
        settings_to: found.merged.published.settings.clone(),
        session_to: found.merged.published.session.clone(),
        settings_from: found.merged.draft.settings.clone(),
        state: pair.published.as_ref().map_or(State::Saved, |channel| channel.state),
        account: chosen.contains(&Section::Account),
        credentials: chosen.contains(&Section::Credentials),
        app_secrets_until: now.after(OVERLAP),
    }
}

/// The changes for the audit log: the sections, and the changed fields of Published.
fn subject(app: &App, pair: &Pair, chosen: &Chosen, l: Lang) -> (String, Vec<Change>) {
    let words: Vec<&str> = chosen.iter().map(|section| section.as_str()).collect();
    let parts = compare::parts(app, pair, l).into_iter().filter(|part| words.contains(&part.name));
    let lines = parts.flat_map(|part| part.rows).filter(|line| !line.alike);
    let changes = lines.map(|line| Change {
        field: line.label.into_owned(),
        before: line.published,
        after: line.draft,
    });
    (words.join(", "), changes.collect())
}

fn shown(app: &App, who: (&Visitor, &Seat), what: (&Pair, &Chosen), found: Preflight, l: Lang) -> Response {
    view::page(&built(app, who, what, found, l))
}

fn built(
    app: &App,
    (visitor, seat): (&Visitor, &Seat),
    (pair, chosen): (&Pair, &Chosen),
    found: Preflight,
    l: Lang,
) -> Page {
    let words: Vec<&str> = chosen.iter().map(|section| section.as_str()).collect();
    let mut parts = compare::parts(app, pair, l);
    parts.retain(|part| words.contains(&part.name));
    for part in &mut parts {
        part.rows.retain(|line| !line.alike);
    }
    Page {
        l,
        chrome: Chrome::of(visitor, l),
        agent: seat.agent.id.to_string(),
        name: seat.agent.name.clone(),
        lives: (Life::of(Environment::Published, l), Life::of(Environment::Draft, l)),
        changed: false,
        parts,
        blocked: found.blocked,
        warned: found.warned,
        consequences: found.consequences,
        expected: revisions(pair),
    }
}
