//! Who may call the API and the webhooks: anybody, with a reason, or the holder of an API key.

use std::sync::Arc;

use axum::extract::{Extension, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use utoipa::openapi::security::SecurityRequirement;
use warta_core::ids::{ApiKeyId, ChannelId, ConversationId, MessageId, OrganizationId};
use warta_http::problem::{Code, Problem};
use warta_store::{Conversation, MessageRow, Scope};

use crate::app::App;
use crate::web::keys::{Keys, Verified};

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
    /// The holder of an API key. The handler takes a `Caller`.
    Key,
}

impl Access {
    /// What the API document says about it.
    pub(crate) fn security(self) -> Vec<SecurityRequirement> {
        match self {
            Self::Public { .. } => Vec::new(),
            Self::Key => vec![SecurityRequirement::new(SCHEME, Vec::<String>::new())],
        }
    }
}

impl warta_http::access::Access for Access {
    type State = Arc<App>;

    fn guard(self, methods: MethodRouter<Arc<App>>) -> MethodRouter<Arc<App>> {
        match self {
            Self::Public { .. } => methods,
            Self::Key => methods.route_layer(from_fn(need_key)),
        }
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

/// Can be had only behind the guard: without it the request ends here.
impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().copied().ok_or_else(|| {
            tracing::error!("a route takes a Caller without its guard");
            Problem::new(Code::Internal, "The request could not be carried out.")
        })
    }
}

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
