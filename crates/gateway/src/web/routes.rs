//! Every route of the gateway: the API under `/v1`, its document, webhooks and health.

use std::sync::{Arc, LazyLock};

use axum::http::Method;
use axum::{Extension, Router};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_axum::routes;
use warta_http::access::{Listed, Routes};

use crate::app::App;
use crate::web::access::Access;
use crate::web::health::Probe;
use crate::web::keys::Keys;
use crate::web::{api, docs, health, webhooks};

static OPENAPI: LazyLock<String> = LazyLock::new(|| docs::complete(&documented().1));

/// The API document, as it is committed: `cargo run -p warta -- openapi > openapi.json`.
#[must_use]
pub fn openapi() -> String {
    OPENAPI.clone()
}

/// What the gateway serves.
pub fn router(app: &Arc<App>) -> Router {
    let (router, _) = documented().0.finish();
    router
        .layer(Extension(docs::Document(&OPENAPI)))
        .layer(Extension(Arc::new(Probe::default())))
        .layer(Extension(Arc::new(Keys::default())))
        .layer(Extension(Arc::clone(app)))
        .with_state(Arc::clone(app))
}

/// Every route and who may call it.
#[must_use]
pub fn list() -> Vec<Listed<Access>> {
    documented().0.finish().1
}

/// The routes, and the API document that describes those under `/v1`.
pub(crate) fn documented() -> (Routes<Access>, OpenApi) {
    const PROBED: Access = Access::Public { why: "probes carry no credentials, and learn one bit" };
    const PROVEN: Access =
        Access::Public { why: "the provider proves itself by its verify token or signature" };
    const DOCUMENTED: Access = Access::Public { why: "what the API can do is no secret" };
    Documented { routes: Routes::default(), document: docs::document() }
        .api(Access::Key, routes!(api::list::list))
        .api(Access::Key, routes!(api::one::one))
        .api(Access::Key, routes!(api::media::media))
        .api(Access::Key, routes!(api::seen::read))
        .api(Access::Key, routes!(api::seen::typing))
        .api(Access::Key, routes!(api::send::send))
        .api(Access::Key, routes!(api::end::end))
        .api(Access::Key, routes!(api::templates::list::list, api::templates::create::create))
        .api(
            Access::Key,
            routes!(api::templates::one::one, api::templates::edit::edit, api::templates::delete::delete),
        )
        .api(DOCUMENTED, routes!(docs::openapi_json))
        .add(DOCUMENTED, Method::GET, "/docs", docs::page)
        .add(DOCUMENTED, Method::GET, "/docs/reference.js", docs::script)
        .add(DOCUMENTED, Method::GET, "/docs/start.js", docs::start)
        .add(PROVEN, Method::GET, "/hooks/{channel_id}", webhooks::verify)
        .add(PROVEN, Method::POST, "/hooks/{channel_id}", webhooks::receive)
        .add(PROVEN, Method::GET, "/hooks/{channel_id}/{secret}", webhooks::verify)
        .add(PROVEN, Method::POST, "/hooks/{channel_id}/{secret}", webhooks::receive)
        .add(PROBED, Method::GET, "/livez", health::live)
        .add(PROBED, Method::GET, "/readyz", health::ready)
        .finish()
}

/// Routes with the document that describes them.
struct Documented {
    routes: Routes<Access>,
    document: OpenApi,
}

impl Documented {
    /// Adds routes of the API, which the document describes.
    fn api(mut self, access: Access, (schemas, mut paths, methods): UtoipaMethodRouter<Arc<App>>) -> Self {
        for (path, item) in &mut paths.paths {
            let mut listed = Vec::new();
            for (method, operation) in operations(item) {
                operation.security = Some(access.security());
                listed.push(method);
            }
            self.routes = self.routes.add_methods(access, listed, path, methods.clone());
        }
        self.document.paths.merge(paths);
        self.document.components.get_or_insert_default().schemas.extend(schemas);
        self
    }

    /// Adds a route beside the API.
    fn add<H, T>(self, access: Access, method: Method, path: &str, handler: H) -> Self
    where
        H: axum::handler::Handler<T, Arc<App>>,
        T: 'static,
    {
        Self { routes: self.routes.add(access, method, path, handler), ..self }
    }

    fn finish(self) -> (Routes<Access>, OpenApi) {
        (self.routes, self.document)
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
