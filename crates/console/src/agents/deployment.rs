//! One of an agent's two deployments: where the agent is reached, and what signs what it is sent.

use std::borrow::Cow;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use warta_core::audit::Action;
use warta_core::channel::Environment;
use warta_core::message::Direction;
use warta_core::secret::Secret;
use warta_gateway::app::App;
use warta_gateway::check::probe::Tested;
use warta_gateway::egress::Egress;
use warta_http::problem::Problem;
use warta_protocol::agent::sign;
use warta_store::{Agent, Channel, Deployment, MessageFilter, MessageRow};

use crate::agents::address;
use crate::agents::page::Page;
use crate::agents::secret::{self, Reveal};
use crate::agents::tested::Shown;
use crate::agents::written::{change, entry};
use crate::form::{Field, Kind, Typed};
use crate::texts::Lang;
use crate::view::{Instant, Life};
use crate::visitor::{Seat, Visitor};

/// How many of the last messages are looked at for how the agent does.
const LOOKED_AT: u32 = 50;

/// The environment of a path under `/agents/{agent}/deployments/{environment}`.
#[derive(Debug, Deserialize)]
pub(crate) struct At {
    environment: String,
}

impl At {
    /// The environment; another word is no page of ours.
    pub(super) fn environment(&self) -> Result<Environment, Problem> {
        self.environment.parse().map_err(|_| Problem::not_found())
    }
}

/// What was typed.
pub(super) struct Asked {
    /// The address.
    pub(super) url: String,
    /// A signing secret of the agent's own; empty for the one that is there, or a new one.
    pub(super) secret: String,
}

impl Asked {
    /// Reads the fields of one deployment.
    pub(super) fn read(typed: &Typed, environment: Environment) -> Self {
        let (url, secret) = names(environment);
        Self { url: typed.text(url).to_owned(), secret: typed.text(secret).to_owned() }
    }

    /// What is wrong with address and secret.
    pub(super) fn faults(&self, egress: &Egress, l: Lang) -> [Option<Cow<'static, str>>; 2] {
        let fit = self.secret.is_empty() || sign::check(&Secret::new(&self.secret)).is_ok();
        [address::checked(egress, &self.url, l).err(), (!fit).then(|| l.secret_unfit())]
    }
}

/// The fields of a page that shows both deployments need names of their own.
const fn names(environment: Environment) -> (&'static str, &'static str) {
    match environment {
        Environment::Published => ("published_url", "published_secret"),
        Environment::Draft => ("draft_url", "draft_secret"),
    }
}

/// The fields of a deployment, holding this address.
pub(super) fn fields(l: Lang, environment: Environment, url: &str, exists: bool) -> [Field; 2] {
    let (url_name, secret_name) = names(environment);
    let help = if exists { l.own_secret_instead() } else { l.own_secret_help() };
    [
        Field::new(l, url_name, Kind::Code, l.address())
            .help(l.address_help())
            .example("https://agent.example.com/warta")
            .value(url),
        Field::new(l, secret_name, Kind::Secret, l.own_secret()).help(help).optional(),
    ]
}

/// A deployment on the agent's page. Written by `{{ deployment }}`.
#[derive(Template)]
#[template(path = "agents/deployment.html")]
pub(super) struct Part {
    l: Lang,
    environment: Environment,
    life: Life,
    action: String,
    url: String,
    last_four: Option<String>,
    may_change: bool,
    pub(super) fields: [Field; 2],
    /// Whether the field for a secret is to be seen.
    own_secret: bool,
    tested: Option<Shown>,
    /// Whether the result is of what was typed and not saved.
    only_typed: bool,
    taken: Option<Delivery>,
    not_taken: Option<Delivery>,
}

/// A message that went to the agent, or did not.
struct Delivery {
    message: String,
    at: Instant,
    reason: String,
}

/// It escapes what it shows itself.
impl askama::filters::HtmlSafe for Part {}

impl Part {
    /// Reads one.
    pub(super) async fn read(
        app: &App,
        visitor: &Visitor,
        (agent, channel): (&Agent, Option<&Channel>),
        environment: Environment,
        (may_change, l): (bool, Lang),
    ) -> Result<Self, Problem> {
        let saved = app.store.deployment(visitor.scope(), agent.id, environment).await?;
        let (taken, not_taken) = match channel {
            Some(channel) => deliveries(app, visitor, channel, l).await?,
            None => (None, None),
        };
        let url = saved.as_ref().map(|saved| saved.url.clone()).unwrap_or_default();
        Ok(Self {
            l,
            environment,
            life: Life::of(environment, l),
            action: format!("/agents/{}/deployments/{environment}", agent.id),
            fields: fields(l, environment, &url, saved.is_some()),
            url,
            last_four: saved.as_ref().map(|saved| saved.secret.last_four()),
            may_change,
            own_secret: false,
            tested: saved.as_ref().and_then(last_test).map(|tested| Shown::of(&tested, l)),
            only_typed: false,
            taken,
            not_taken,
        })
    }

    /// Whether there is one.
    pub(super) fn exists(&self) -> bool {
        self.last_four.is_some()
    }

    fn removable(&self) -> bool {
        self.exists() && self.environment == Environment::Draft
    }

    /// Shows what was typed, and what is wrong with it.
    pub(super) fn keep(&mut self, asked: &Asked, faults: [Option<Cow<'static, str>>; 2]) {
        let [url, secret] = fields(self.l, self.environment, &asked.url, self.exists());
        let [url_fault, secret_fault] = faults;
        self.own_secret = secret_fault.is_some();
        self.fields = [url.fault(url_fault), secret.fault(secret_fault)];
    }

    /// Shows what came of a test of what was typed.
    pub(super) fn show(&mut self, tested: &Tested) {
        self.tested = Some(Shown::of(tested, self.l));
        self.only_typed = true;
    }
}

fn last_test(saved: &Deployment) -> Option<Tested> {
    // A result in the words of an older version is none.
    serde_json::from_value(saved.last_test.clone()?).ok()
}

/// The last message the agent took and the last it did not, among the last ones.
async fn deliveries(
    app: &App,
    visitor: &Visitor,
    channel: &Channel,
    l: Lang,
) -> Result<(Option<Delivery>, Option<Delivery>), Problem> {
    let filter = MessageFilter {
        channel: Some(channel.id),
        direction: Some(Direction::Inbound),
        limit: LOOKED_AT,
        ..MessageFilter::default()
    };
    let messages = app.store.messages(visitor.scope(), &filter).await?.messages;
    let delivery = |row: &MessageRow| Delivery {
        message: row.id.to_string(),
        at: Instant::of(row.created_at, l),
        reason: row.failure.as_ref().map(|failure| failure.detail.clone()).unwrap_or_default(),
    };
    let taken = messages.iter().find(|row| row.content.status() == "delivered").map(delivery);
    let failed = messages.iter().find(|row| row.content.status() != "delivered" && row.failure.is_some());
    Ok((taken, failed.map(delivery)))
}

/// `POST /agents/{agent}/deployments/{environment}`
pub(crate) async fn save(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    Path(at): Path<At>,
    headers: HeaderMap,
    typed: Typed,
) -> Result<Response, Problem> {
    let (l, agent, environment) = (visitor.lang(&headers), &seat.agent, at.environment()?);
    let asked = Asked::read(&typed, environment);
    let faults = asked.faults(&app.egress, l);
    if faults.iter().any(Option::is_some) {
        let mut page = Page::read(&app, &visitor, &seat, l).await?;
        page.deployment(environment).keep(&asked, faults);
        return Ok(page.answer(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let saved = app.store.deployment(visitor.scope(), agent.id, environment).await?;
    match put(&app, &visitor, (agent, environment), &asked, saved.as_ref()).await? {
        Some(secret) => Ok(Reveal::of(&visitor, agent, environment, &secret, l).answer()),
        None => {
            Ok(Redirect::to(&format!("/agents/{}?done=deployment#{environment}", agent.id)).into_response())
        }
    }
}

/// Puts what was typed in place. A deployment without a secret gets a new one, which is then returned to be shown once.
pub(super) async fn put(
    app: &App,
    visitor: &Visitor,
    (agent, environment): (&Agent, Environment),
    asked: &Asked,
    saved: Option<&Deployment>,
) -> Result<Option<Secret>, Problem> {
    let typed = (!asked.secret.is_empty()).then(|| Secret::new(&asked.secret));
    let kept = typed.or_else(|| saved.map(|saved| saved.secret.clone()));
    let new = if kept.is_none() { Some(secret::generate(app)) } else { None };
    let Some(secret) = kept.as_ref().or(new.as_ref()) else { return Ok(None) };
    let changes = changes(environment, saved, &asked.url, secret);
    if !changes.is_empty() {
        let entry = entry(app, visitor, (agent.id, &agent.name), Action::DeploymentChanged, changes);
        let place = (agent.id, environment);
        app.store.put_deployment(visitor.scope(), place, &asked.url, secret, &entry).await?;
        app.directory.forget();
    }
    Ok(new)
}

/// What the audit keeps of a change: of secrets only how they end.
pub(super) fn changes(
    environment: Environment,
    before: Option<&Deployment>,
    url: &str,
    secret: &Secret,
) -> Vec<warta_store::Change> {
    let same_secret = before.is_some_and(|before| before.secret.expose() == secret.expose());
    let masked = |secret: &Secret| format!("…{}", secret.last_four());
    let url =
        change(&format!("{environment}_url"), before.map(|before| before.url.clone()), Some(url.to_owned()));
    let secret = (!same_secret).then(|| warta_store::Change {
        field: format!("{environment}_secret"),
        before: before.map(|before| masked(&before.secret)),
        after: Some(masked(secret)),
    });
    url.into_iter().chain(secret).collect()
}
