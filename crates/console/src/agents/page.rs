//! `GET /agents/{agent}`: the agent's identity, its two channels and its two deployments.

use std::borrow::Cow;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use warta_core::channel::Environment;
use warta_core::permission::Permission;
use warta_core::time::Timestamp;
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::{AuditFilter, Channel};

use crate::activity::{self, Aside};
use crate::agents::avatar::Avatar;
use crate::agents::deployment_section::DeploymentSection;
use crate::agents::{fallback_fields, identity};
use crate::chrome::Chrome;
use crate::form::{Field, focus_fault};
use crate::pill::Pill;
use crate::texts::Lang;
use crate::view::{self, Life};
use crate::visitor::{Seat, Visitor};

/// The query parameters of the page.
#[derive(Debug, Deserialize)]
pub(crate) struct PageQuery {
    #[serde(default)]
    done: String,
}

/// The page.
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let mut page = Page::read(&app, &visitor, &seat, l).await?;
    page.done = l.agent_done(&query.done);
    Ok(page.answer(StatusCode::OK))
}

/// The page's data. Handlers render it again with faults.
#[derive(Template)]
#[template(path = "agents/page.html")]
pub(super) struct Page {
    l: Lang,
    chrome: Chrome,
    id: String,
    name: String,
    language: Cow<'static, str>,
    avatar: Avatar,
    done: Option<Cow<'static, str>>,
    at_fault: bool,
    may_change: bool,
    may_manage: bool,
    cards: [Card; 2],
    activity: Aside,
    published: DeploymentSection,
    draft: DeploymentSection,
    pub(super) identity: [Field; 2],
    pub(super) fallback: [Field; 2],
    pub(super) picture_fault: Option<Cow<'static, str>>,
}

/// The summary of a channel.
struct Card {
    life: Life,
    environment: Environment,
    pill: Pill,
    account: Option<String>,
    protocol: &'static str,
    /// True if there is nothing to set up yet.
    not_yet: bool,
}

impl Page {
    /// Reads it.
    pub(super) async fn read(app: &App, visitor: &Visitor, seat: &Seat, l: Lang) -> Result<Self, Problem> {
        let agent = &seat.agent;
        let may_change = seat.may(Permission::ChangeChannel);
        let channel = |environment| app.store.channel_of(visitor.scope(), agent.id, environment);
        let published_channel = channel(Environment::Published).await?;
        let draft_channel = channel(Environment::Draft).await?;
        let published = (agent, published_channel.as_ref());
        let published =
            DeploymentSection::read(app, visitor, published, Environment::Published, (may_change, l)).await?;
        let draft = (agent, draft_channel.as_ref());
        let draft = DeploymentSection::read(app, visitor, draft, Environment::Draft, (may_change, l)).await?;
        let filter = AuditFilter { agent: Some(agent.id), ..AuditFilter::default() };
        Ok(Self {
            l,
            chrome: Chrome::of(visitor, l),
            id: agent.id.to_string(),
            name: agent.name.clone(),
            language: l.language_name(&agent.language),
            avatar: Avatar::of(agent),
            done: None,
            at_fault: false,
            may_change,
            may_manage: seat.may(Permission::ManageAgent),
            cards: [
                Card::of(Environment::Published, published_channel.as_ref(), &published, (app.now(), l)),
                Card::of(Environment::Draft, draft_channel.as_ref(), &draft, (app.now(), l)),
            ],
            published,
            draft,
            activity: activity::aside(&app.store, visitor.scope(), &filter, l).await?,
            identity: identity::fields(l, &agent.name, &agent.language),
            fallback: fallback_fields::fields(l, &agent.fallback),
            picture_fault: None,
        })
    }

    /// One of the two deployments.
    pub(super) fn deployment(&mut self, environment: Environment) -> &mut DeploymentSection {
        match environment {
            Environment::Published => &mut self.published,
            Environment::Draft => &mut self.draft,
        }
    }

    /// Renders the page into a response and focuses the first invalid field.
    pub(super) fn answer(mut self, status: StatusCode) -> Response {
        let fields = self.published.fields.iter_mut().chain(&mut self.draft.fields);
        let fields = fields.chain(&mut self.identity).chain(&mut self.fallback);
        self.at_fault = focus_fault(fields) || self.picture_fault.is_some();
        (status, view::page(&self)).into_response()
    }
}

impl Card {
    fn of(
        environment: Environment,
        channel: Option<&Channel>,
        deployment: &DeploymentSection,
        (now, l): (Timestamp, Lang),
    ) -> Self {
        Self {
            life: Life::of(environment, l),
            environment,
            pill: Pill::of(channel, now, l),
            account: channel.and_then(|channel| channel.account.as_ref()).map(ToString::to_string),
            protocol: channel.map_or("", |channel| view::protocol_name(channel.protocol)),
            not_yet: channel.is_none() && !deployment.exists(),
        }
    }
}
