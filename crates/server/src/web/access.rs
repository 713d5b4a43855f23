//! Who may call what. There is no way to add a route without saying so: the same call guards the route, lists it for the
//! test that walks every route with every kind of caller, and writes the need for a key into the API document.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{Extension, FromRequestParts, RawPathParams, Request, State};
use axum::handler::Handler;
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::SecurityRequirement;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use warta_core::audit::Action;
use warta_core::ids::{ApiKeyId, ChannelId, ConversationId, MessageId, OrganizationId};
use warta_core::permission::{OrganizationPermission, Permission};
use warta_store::{Conversation, MessageRow, Scope};

use crate::app::App;
use crate::web::console;
use crate::web::keys::{Keys, Verified};
use crate::web::problem::{Code, Problem};
use crate::web::visitor::{Seat, Visitor};

/// The name of the bearer key in the API document.
pub(crate) const SCHEME: &str = "api_key";

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public {
        /// Why that is right.
        why: &'static str,
    },
    /// Who shows an API key. The handler takes a `Caller`.
    Key,
    /// Who is signed in to the console. The handler takes a `Visitor`.
    Person,
    /// Who may do this in the organization they look at. The handler takes a `Visitor`.
    Organization(OrganizationPermission),
    /// Who may do this with the agent that the path names by `{agent}`. The handler takes a `Visitor` and a `Seat`.
    Agent(Permission),
}

/// A route in the list of routes.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The method.
    pub method: Method,
    /// The path, with its parameters in braces.
    pub path: String,
    /// Who may call it.
    pub access: Access,
}

/// Routes in the making.
pub(crate) struct Routes {
    router: OpenApiRouter<Arc<App>>,
    list: Vec<Listed>,
}

impl Routes {
    /// No routes; `document` tells what the API document says beside its routes.
    pub(crate) fn new(document: OpenApi) -> Self {
        Self { router: OpenApiRouter::with_openapi(document), list: Vec::new() }
    }

    /// Adds a route of the API, which the document describes.
    pub(crate) fn api(
        mut self,
        access: Access,
        (schemas, mut paths, methods): UtoipaMethodRouter<Arc<App>>,
    ) -> Self {
        for (path, item) in &mut paths.paths {
            for (method, operation) in operations(item) {
                operation.security = match access {
                    Access::Key => Some(vec![SecurityRequirement::new(SCHEME, Vec::<String>::new())]),
                    Access::Public { .. } | Access::Person | Access::Organization(_) | Access::Agent(_) => {
                        Some(Vec::new())
                    }
                };
                self.list.push(Listed { method, path: path.clone(), access });
            }
        }
        self.router = self.router.routes((schemas, paths, guarded(methods, access)));
        self
    }

    /// Adds a route beside the API.
    pub(crate) fn page<H, T>(mut self, access: Access, method: Method, path: &str, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let filter = if method == Method::POST { MethodFilter::POST } else { MethodFilter::GET };
        self.list.push(Listed { method, path: path.to_owned(), access });
        self.router = self.router.route(path, guarded(on(filter, handler), access));
        self
    }

    /// The router, the API document and the list of routes.
    pub(crate) fn finish(self) -> (axum::Router<Arc<App>>, OpenApi, Vec<Listed>) {
        let (router, document) = self.router.split_for_parts();
        (router, document, self.list)
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [
        (Method::GET, get),
        (Method::PUT, put),
        (Method::POST, post),
        (Method::DELETE, delete),
        (Method::PATCH, patch),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn guarded(
    methods: MethodRouter<Arc<App>, Infallible>,
    access: Access,
) -> MethodRouter<Arc<App>, Infallible> {
    match access {
        Access::Public { .. } => methods,
        Access::Key => methods.route_layer(from_fn(need_key)),
        Access::Person => methods.route_layer(from_fn(need_person)),
        Access::Organization(permission) => methods.route_layer(from_fn(move |app, request, next| {
            need_organization(permission, app, request, next)
        })),
        Access::Agent(permission) => methods.route_layer(from_fn(move |app, path, request, next| {
            need_agent(permission, app, path, request, next)
        })),
    }
}

/// Who calls the API: what a valid key opens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    /// Whose rows may be read.
    pub(crate) organization: OrganizationId,
    /// The channel the key is bound to.
    pub(crate) channel: ChannelId,
    /// The key's record.
    pub(crate) key: ApiKeyId,
}

impl Caller {
    /// The caller's rows.
    pub(crate) const fn scope(&self) -> Scope {
        Scope::new(self.organization)
    }

    /// A message of the caller's channel, by its id in an address.
    pub(crate) async fn message(&self, app: &App, id: &str) -> Result<MessageRow, Problem> {
        let id: MessageId = id.parse().map_err(|_| Problem::not_found())?;
        let row = app.store.message(self.scope(), id).await?;
        row.filter(|row| row.channel == self.channel).ok_or_else(Problem::not_found)
    }

    /// A conversation of the caller's channel, by its id in an address.
    pub(crate) async fn conversation(&self, app: &App, id: &str) -> Result<Conversation, Problem> {
        let id: ConversationId = id.parse().map_err(|_| Problem::not_found())?;
        let conversation = app.store.conversation(self.scope(), id).await?;
        conversation.filter(|found| found.channel == self.channel).ok_or_else(Problem::not_found)
    }
}

/// Each can be had only behind its guard: without it the request ends here.
macro_rules! only_behind_guard {
    ($($name:ident),+) => { $(
        impl<S: Sync> FromRequestParts<S> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
                parts.extensions.get::<Self>().cloned().ok_or_else(|| {
                    tracing::error!(concat!("a route takes a ", stringify!($name), " without its guard"));
                    Problem::new(Code::Internal, "The request could not be carried out.")
                })
            }
        }
    )+ };
}
only_behind_guard!(Caller, Visitor, Seat);

async fn need_key(
    Extension(app): Extension<Arc<App>>,
    Extension(keys): Extension<Arc<Keys>>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(key) = bearer(&request) else {
        return refuse(Problem::new(Code::KeyMissing, "The request carries no API key."));
    };
    match keys.check(&app, key).await {
        Ok(Verified { id: key, organization, channel }) => {
            request.extensions_mut().insert(Caller { organization, channel, key });
            next.run(request).await
        }
        Err(refused) => {
            let problem = Problem::from(refused);
            if problem.code.status() == axum::http::StatusCode::UNAUTHORIZED {
                metrics::counter!("warta_api_keys_refused_total", "reason" => problem.code.as_str())
                    .increment(1);
                return refuse(problem);
            }
            problem.into_response()
        }
    }
}

fn bearer(request: &Request) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

fn refuse(problem: Problem) -> Response {
    ([(header::WWW_AUTHENTICATE, "Bearer realm=\"warta\"")], problem).into_response()
}

async fn need_person(Extension(app): Extension<Arc<App>>, request: Request, next: Next) -> Response {
    match visitor(&app, request).await {
        Ok((request, _)) => next.run(request).await,
        Err(answer) => answer,
    }
}

async fn need_organization(
    permission: OrganizationPermission,
    Extension(app): Extension<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    match visitor(&app, request).await {
        Ok((request, visitor)) if visitor.role.may(permission) => next.run(request).await,
        Ok((_, visitor)) => refuse_role(&app, &visitor, None, permission.as_str()).await,
        Err(answer) => answer,
    }
}

async fn need_agent(
    permission: Permission,
    Extension(app): Extension<Arc<App>>,
    path: RawPathParams,
    request: Request,
    next: Next,
) -> Response {
    let (mut request, visitor) = match visitor(&app, request).await {
        Ok(known) => known,
        Err(answer) => return answer,
    };
    let id = path.iter().find(|(name, _)| *name == "agent").and_then(|(_, id)| id.parse().ok());
    let seat = match id {
        Some(id) => Seat::of(&app, &visitor, id).await,
        None => Ok(None),
    };
    match seat {
        Ok(Some(seat)) if seat.may(permission) => {
            request.extensions_mut().insert(seat);
            next.run(request).await
        }
        Ok(Some(seat)) => refuse_role(&app, &visitor, Some(&seat), permission.as_str()).await,
        // Nobody to this agent: for them it does not exist.
        Ok(None) => Problem::not_found().into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// Who is signed in, noted in the request; or the way to the sign-in page.
async fn visitor(app: &App, request: Request) -> Result<(Request, Visitor), Response> {
    let (mut parts, body) = request.into_parts();
    match Visitor::of(app, &parts).await {
        Ok(Some(visitor)) => {
            parts.extensions.insert(visitor.clone());
            Ok((Request::from_parts(parts, body), visitor))
        }
        Ok(None) => Err(console::sign_in::kept::closed(&parts, body).await),
        Err(problem) => Err(problem.into_response()),
    }
}

/// Says no, and writes down who was refused what.
pub(crate) async fn refuse_role(
    app: &App,
    visitor: &Visitor,
    seat: Option<&Seat>,
    permission: &str,
) -> Response {
    let mut entry = visitor.entry(app, Action::Refused);
    permission.clone_into(&mut entry.subject);
    entry.agent = seat.map(|seat| seat.agent.id);
    if let Err(error) = app.store.record(visitor.scope(), &entry).await {
        tracing::error!(%error, "a refusal could not be written down");
    }
    Problem::new(Code::Forbidden, "Your role does not allow this.").into_response()
}

/// What guards and handlers share beside the app, put into every request.
pub(crate) async fn share(
    State((app, keys)): State<(Arc<App>, Arc<Keys>)>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(app);
    request.extensions_mut().insert(keys);
    next.run(request).await
}
