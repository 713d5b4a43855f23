//! A deployment of an agent: its address and signing secret, as typed and as saved.

use std::borrow::Cow;

use serde::Deserialize;
use warta_core::audit::Action;
use warta_core::channel::Environment;
use warta_core::secret::Secret;
use warta_gateway::app::App;
use warta_gateway::egress::Egress;
use warta_http::problem::Problem;
use warta_protocol::agent::sign;
use warta_store::{Agent, Deployment};

use crate::agents::address;
use crate::agents::audit::{change, entry};
use crate::form::{Field, Kind, Typed};
use crate::texts::Lang;
use crate::visitor::Visitor;

/// The environment of a path under `/agents/{agent}/deployments/{environment}`.
#[derive(Debug, Deserialize)]
pub(crate) struct DeploymentPath {
    environment: String,
}

impl DeploymentPath {
    /// The environment; 404 for any other word.
    pub(super) fn environment(&self) -> Result<Environment, Problem> {
        self.environment.parse().map_err(|_| Problem::not_found())
    }
}

/// The submitted values.
pub(super) struct DeploymentInput {
    /// The address.
    pub(super) url: String,
    /// The agent's own signing secret; empty to keep the saved one or to generate one.
    pub(super) secret: String,
}

impl DeploymentInput {
    /// Reads the fields of one deployment.
    pub(super) fn read(typed: &Typed, environment: Environment) -> Self {
        let (url, secret) = names(environment);
        Self { url: typed.text(url).to_owned(), secret: typed.text(secret).to_owned() }
    }

    /// The faults of address and secret.
    pub(super) fn faults(&self, egress: &Egress, l: Lang) -> [Option<Cow<'static, str>>; 2] {
        let fit = self.secret.is_empty() || sign::check(&Secret::new(&self.secret)).is_ok();
        [address::checked(egress, &self.url, l).err(), (!fit).then(|| l.secret_unfit())]
    }
}

/// The field names; they differ by environment because one page shows both deployments.
const fn names(environment: Environment) -> (&'static str, &'static str) {
    match environment {
        Environment::Published => ("published_url", "published_secret"),
        Environment::Draft => ("draft_url", "draft_secret"),
    }
}

/// The fields of a deployment with this address.
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

/// Saves the submitted values. Without any secret a new one is generated and returned, to be shown once.
pub(super) async fn put(
    app: &App,
    visitor: &Visitor,
    (agent, environment): (&Agent, Environment),
    asked: &DeploymentInput,
    saved: Option<&Deployment>,
) -> Result<Option<Secret>, Problem> {
    let typed = (!asked.secret.is_empty()).then(|| Secret::new(&asked.secret));
    let kept = typed.or_else(|| saved.map(|saved| saved.secret.clone()));
    let new = if kept.is_none() { Some(generate(app)) } else { None };
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

/// The changes for the audit log; of secrets only the last four characters.
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

/// A new signing secret.
pub(super) fn generate(app: &App) -> Secret {
    let mut random = [0; 32];
    app.minter.fill(&mut random);
    sign::generate_secret(random)
}
