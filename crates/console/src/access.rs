//! Who may open a page: anybody (with a reason), a signed-in person, or a person whose role allows it.

use std::sync::Arc;

use axum::extract::{Extension, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use warta_core::audit::Action;
use warta_core::permission::{OrganizationPermission, Permission};
use warta_gateway::app::App;
use warta_http::problem::{Code, Problem};

use crate::sign_in;
use crate::visitor::{Seat, Visitor};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public {
        /// Why that is right.
        why: &'static str,
    },
    /// A person who is signed in. The handler takes a `Visitor`.
    Person,
    /// A person who may do this in the organization they look at. The handler takes a `Visitor`.
    Organization(OrganizationPermission),
    /// A person who may do this with the agent that the path names by `{agent}`. The handler takes a `Visitor` and a `Seat`.
    Agent(Permission),
}

impl warta_http::access::Access for Access {
    type State = Arc<App>;

    fn guard(self, methods: MethodRouter<Arc<App>>) -> MethodRouter<Arc<App>> {
        match self {
            Self::Public { .. } => methods,
            Self::Person => methods.route_layer(from_fn(need_person)),
            Self::Organization(permission) => methods.route_layer(from_fn(move |app, request, next| {
                need_organization(permission, app, request, next)
            })),
            Self::Agent(permission) => methods.route_layer(from_fn(move |app, path, request, next| {
                need_agent(permission, app, path, request, next)
            })),
        }
    }
}

/// Extracting these requires a route behind the guard that inserts them.
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
only_behind_guard!(Visitor, Seat);

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

/// The visitor, added to the request's extensions; or the sign-in page.
async fn visitor(app: &App, request: Request) -> Result<(Request, Visitor), Response> {
    let (mut parts, body) = request.into_parts();
    match Visitor::of(app, &parts).await {
        Ok(Some(visitor)) => {
            parts.extensions.insert(visitor.clone());
            Ok((Request::from_parts(parts, body), visitor))
        }
        Ok(None) => Err(sign_in::login_required::login_required(&parts, body).await),
        Err(problem) => Err(problem.into_response()),
    }
}

/// Answers Forbidden and records the refusal in the audit log.
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
