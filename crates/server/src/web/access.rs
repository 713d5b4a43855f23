//! Who may call what. There is no way to add a route without saying so: the same call guards the route, lists it for the
//! test that walks every route with every kind of caller, and writes the need for a key into the API document.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{Extension, FromRequestParts, Request, State};
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
use warta_core::ids::{ChannelId, OrganizationId};
use warta_store::Scope;

use crate::app::App;
use crate::web::console;
use crate::web::keys::{Keys, Verified};
use crate::web::problem::{Code, Problem};

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
    /// Who came in by the console's door. The handler takes a `Visitor`.
    Console,
    /// STAND-IN
    Agent(warta_core::permission::Permission),
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
                    Access::Public { .. } | Access::Console | Access::Agent(_) => Some(Vec::new()),
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
        Access::Console => methods.route_layer(from_fn(need_visitor)),
        Access::Agent(_) => methods.route_layer(from_fn(need_seat)),
    }
}

/// Who calls the API: what a valid key opens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    /// Whose rows may be read.
    pub(crate) organization: OrganizationId,
    /// The channel the key is bound to.
    pub(crate) channel: ChannelId,
}

impl Caller {
    /// The caller's rows.
    pub(crate) const fn scope(&self) -> Scope {
        Scope::new(self.organization)
    }
}

/// STAND-IN
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) organization: OrganizationId,
}

impl Visitor {
    pub(crate) const fn scope(&self) -> Scope {
        Scope::new(self.organization)
    }
    #[expect(clippy::unused_self, reason = "stand-in")]
    pub(crate) fn lang(&self, headers: &axum::http::HeaderMap) -> console::texts::Lang {
        console::texts::Lang::of(headers)
    }
    #[expect(clippy::unused_self, reason = "stand-in")]
    pub(crate) fn by(&self) -> warta_store::By {
        warta_store::By { person: None, actor: "Sari".to_owned(), address: String::new() }
    }
}

/// STAND-IN
#[derive(Debug, Clone)]
pub(crate) struct Seat {
    pub(crate) agent: warta_store::Agent,
    pub(crate) role: warta_core::permission::AgentRole,
}
impl Seat {
    pub(crate) fn may(&self, permission: warta_core::permission::Permission) -> bool {
        self.role.may(permission)
    }
}

async fn need_seat(
    Extension(app): Extension<Arc<App>>,
    axum::extract::Path(path): axum::extract::Path<std::collections::HashMap<String, String>>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(organization) = console::door::visitor(&app, request.headers()) else {
        return console::enter::closed(request.headers());
    };
    let Some(Ok(id)) = path.get("agent").map(|id| id.parse()) else {
        return Problem::not_found().into_response();
    };
    match app.store.agent(Scope::new(organization), id).await {
        Ok(Some(agent)) => {
            request.extensions_mut().insert(Visitor { organization });
            request.extensions_mut().insert(Seat { agent, role: warta_core::permission::AgentRole::Owner });
            next.run(request).await
        }
        _ => Problem::not_found().into_response(),
    }
}

/// Both can be had only behind their guard: without it the request ends here.
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
        Ok(Verified { organization, channel, .. }) => {
            request.extensions_mut().insert(Caller { organization, channel });
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

async fn need_visitor(Extension(app): Extension<Arc<App>>, mut request: Request, next: Next) -> Response {
    match console::door::visitor(&app, request.headers()) {
        Some(organization) => {
            request.extensions_mut().insert(Visitor { organization });
            next.run(request).await
        }
        None => console::enter::closed(request.headers()),
    }
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
