//! The context of every handler of a channel's pages: the visitor, the agent, the environment and the channel.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::channel::Environment;
use warta_core::permission::Permission;
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_protocol::describe::Description;
use warta_store::{Change, Channel, Entry, Scope};

use crate::channel::head::{Head, Page};
use crate::texts::Lang;
use crate::visitor::{Seat, Visitor};

/// The context of a request about a channel. Extracting it requires a route behind the agent guard.
pub(crate) struct ChannelContext {
    pub(crate) app: Arc<App>,
    pub(crate) visitor: Visitor,
    pub(crate) seat: Seat,
    pub(crate) l: Lang,
    pub(crate) environment: Environment,
    /// The channel, where there is one.
    found: Option<Channel>,
    path: HashMap<String, String>,
}

impl FromRequestParts<Arc<App>> for ChannelContext {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let seat = Seat::from_request_parts(parts, app).await?;
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, app).await;
        let Ok(Path(path)) = path else { return Err(Problem::not_found()) };
        let environment = path.get("environment").and_then(|word| word.parse().ok());
        let environment: Environment = environment.ok_or_else(Problem::not_found)?;
        let found = app.store.channel_of(visitor.scope(), seat.agent.id, environment).await?;
        let l = visitor.lang(&parts.headers);
        Ok(Self { app: Arc::clone(app), visitor, seat, l, environment, found, path })
    }
}

impl ChannelContext {
    /// The channel; `None` where none is set up.
    pub(crate) const fn found(&self) -> Option<&Channel> {
        self.found.as_ref()
    }

    /// The channel; 404 if none is set up.
    pub(crate) fn channel(&self) -> Result<&Channel, Problem> {
        self.found.as_ref().ok_or_else(Problem::not_found)
    }

    /// The channel, read again.
    pub(crate) async fn again(&self) -> Result<Channel, Problem> {
        let again = self.app.store.channel_of(self.scope(), self.seat.agent.id, self.environment).await?;
        again.ok_or_else(Problem::not_found)
    }

    /// A part of the path.
    pub(crate) fn part(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    pub(crate) fn scope(&self) -> Scope {
        self.visitor.scope()
    }

    pub(crate) fn may_change(&self) -> bool {
        self.seat.may(Permission::ChangeChannel)
    }

    /// `/agents/{agent}/whatsapp/{environment}`
    pub(crate) fn base(&self) -> String {
        format!("/agents/{}/whatsapp/{}", self.seat.agent.id, self.environment)
    }

    /// How the channel's protocol describes itself.
    pub(crate) fn description(&self) -> Result<&'static Description, Problem> {
        Ok(warta_protocol::entry(self.channel()?.protocol).description)
    }

    pub(crate) async fn head(&self, page: Page) -> Result<Head, Problem> {
        Head::at(&self.app, &self.visitor, &self.seat, (self.environment, page), self.l).await
    }

    /// An entry of the audit about the channel.
    pub(crate) fn entry(&self, action: Action, subject: &str, changes: Vec<Change>) -> Entry {
        let mut entry = self.visitor.entry(&self.app, action);
        entry.agent = Some(self.seat.agent.id);
        entry.channel = self.found.as_ref().map(|channel| channel.id);
        subject.clone_into(&mut entry.subject);
        entry.changes = changes;
        entry
    }

    /// Redirects to a section of the connection page, which shows the outcome.
    pub(crate) fn done(&self, word: &str, section: &str) -> Response {
        self.app.directory.forget();
        Redirect::to(&format!("{}/connection?done={word}&at={section}#{section}", self.base()))
            .into_response()
    }
}
