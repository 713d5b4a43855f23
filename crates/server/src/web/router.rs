//! Every route, in one place.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tower_http::timeout::TimeoutLayer;
use url::Url;
use utoipa_axum::routes;
use warta_core::permission::{OrganizationPermission, Permission};

use crate::app::App;
use crate::web::access::{self, Access, Listed, Routes};
use crate::web::console::sign_in::throttle::Throttle;
use crate::web::console::sign_in::{join, login, logout, reset, setup};
use crate::web::console::{
    activity, agents, assets, channel, conversations, doctor, enter, handoff, message, organization,
    overview, promotion, revisions, settings,
};
use crate::web::health::Probe;
use crate::web::keys::Keys;
use crate::web::problem::{Code, Problem};
use crate::web::{api, docs, frame, health, webhooks};

/// How long a request may take from its head to the head of its answer.
const WHOLE_REQUEST: Duration = Duration::from_secs(30);

/// A directive for every log filter, which comes last: this library of the router writes whole addresses into its trace, and in
/// those of webhooks and of links stand secrets.
pub const KEPT_OUT_OF_LOGS: &str = "tower_http::csrf=off";

/// What the gateway serves.
pub fn router(app: Arc<App>) -> Router {
    let (router, _, _) = routes().finish();
    let keys = Arc::new(Keys::default());
    router
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async {
            Problem::new(Code::MethodNotAllowed, "This address is called in another way.")
        })
        .layer(DefaultBodyLimit::disable()) // each handler reads its own body, with its own limit
        .layer(Extension(Arc::new(Probe::default())))
        .layer(Extension(Arc::new(Throttle::default())))
        .layer(own_pages_only(&app))
        .layer(from_fn_with_state((Arc::clone(&app), keys), access::share))
        .layer(CatchPanicLayer::custom(frame::panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, WHOLE_REQUEST))
        .layer(from_fn_with_state(Arc::clone(&app), frame::frame))
        .with_state(app)
}

/// What changes something is taken from our own pages only, whatever cookie comes along. Providers and callers of the API are
/// no browsers, and show other proof.
fn own_pages_only(app: &App) -> CsrfLayer<impl Fn(ProtectionError) -> Response + Clone + use<>> {
    let public = Url::parse(&app.settings.public_url).map(|url| url.origin().ascii_serialization());
    let layer = CsrfLayer::new();
    let layer = match public.map(|origin| layer.clone().add_trusted_origin(origin)) {
        Ok(Ok(trusting)) => trusting,
        _ => layer,
    };
    layer
        .with_insecure_bypass(|_, uri| ["/hooks/", "/v1/"].iter().any(|start| uri.path().starts_with(start)))
        .with_rejection_response(|_| {
            Problem::new(Code::Forbidden, "The request came from another site.").into_response()
        })
}

/// Every route and who may call it.
#[must_use]
pub fn list() -> Vec<Listed> {
    routes().finish().2
}

pub(crate) fn routes() -> Routes {
    channel(agents(people(machine(Routes::new(docs::document())))))
}

const SEE: Access = Access::Agent(Permission::SeeChannel);
const CHANGE: Access = Access::Agent(Permission::ChangeChannel);
const MANAGE: Access = Access::Agent(Permission::ManageAgent);

/// The path of a page about a channel.
macro_rules! channel_path {
    ($page:literal) => {
        concat!("/agents/{agent}/whatsapp/{environment}", $page)
    };
}

/// What machines call, and what every page needs.
fn machine(routes: Routes) -> Routes {
    const PROBED: Access = Access::Public { why: "probes carry no credentials, and learn one bit" };
    const PROVEN: Access =
        Access::Public { why: "the provider proves itself by its verify token or signature" };
    const DOCUMENTED: Access = Access::Public { why: "what the API can do is no secret" };
    const DRESSED: Access = Access::Public { why: "style, script and fonts" };
    routes
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
        .page(DOCUMENTED, Method::GET, "/docs", docs::page)
        .page(DOCUMENTED, Method::GET, "/docs/reference.js", docs::script)
        .page(DOCUMENTED, Method::GET, "/docs/start.js", docs::start)
        .page(PROVEN, Method::GET, "/hooks/{channel_id}", webhooks::verify)
        .page(PROVEN, Method::POST, "/hooks/{channel_id}", webhooks::receive)
        .page(PROVEN, Method::GET, "/hooks/{channel_id}/{secret}", webhooks::verify)
        .page(PROVEN, Method::POST, "/hooks/{channel_id}/{secret}", webhooks::receive)
        .page(PROBED, Method::GET, "/livez", health::live)
        .page(PROBED, Method::GET, "/readyz", health::ready)
        .page(DRESSED, Method::GET, "/assets/{name}", assets::asset)
}

/// Signing in, the organization and its people.
fn people(routes: Routes) -> Routes {
    const ENTERED: Access = Access::Public { why: "the link's one-time token is the proof" };
    const MANAGE_PEOPLE: Access = Access::Organization(OrganizationPermission::ManagePeople);
    const SEE_ACTIVITY: Access = Access::Organization(OrganizationPermission::SeeActivity);
    const KNOCKED: Access = Access::Public { why: "the password is the proof" };
    routes
        .page(ENTERED, Method::GET, "/enter/{token}", enter::enter)
        .page(SEE, Method::GET, "/agents/{agent}/activity", activity::agent)
        .page(MANAGE, Method::GET, "/agents/{agent}/members", organization::members)
        .page(MANAGE, Method::POST, "/agents/{agent}/members", organization::assign)
        .page(MANAGE, Method::GET, "/agents/{agent}/members/{person}/remove", organization::ask_unassign)
        .page(MANAGE, Method::POST, "/agents/{agent}/members/{person}/remove", organization::unassign)
        .page(Access::Person, Method::GET, "/organization", organization::page)
        .page(SEE_ACTIVITY, Method::GET, "/organization/activity", activity::organization)
        .page(MANAGE_PEOPLE, Method::POST, "/organization/invitations", organization::invite)
        .page(MANAGE_PEOPLE, Method::GET, "/organization/invitations/{link}/revoke", organization::ask_revoke)
        .page(MANAGE_PEOPLE, Method::POST, "/organization/invitations/{link}/revoke", organization::revoke)
        .page(MANAGE_PEOPLE, Method::GET, "/organization/people/{person}/remove", organization::ask)
        .page(MANAGE_PEOPLE, Method::POST, "/organization/people/{person}/remove", organization::remove)
        .page(MANAGE_PEOPLE, Method::POST, "/organization/people/{person}/role", organization::change)
        .page(ENTERED, Method::GET, "/join/{token}", join::form)
        .page(ENTERED, Method::POST, "/join/{token}", join::join)
        .page(KNOCKED, Method::GET, "/login", login::form)
        .page(KNOCKED, Method::POST, "/login", login::enter)
        .page(Access::Person, Method::POST, "/logout", logout::leave)
        .page(ENTERED, Method::GET, "/reset/{token}", reset::form)
        .page(ENTERED, Method::POST, "/reset/{token}", reset::choose)
        .page(ENTERED, Method::GET, "/setup/{token}", setup::form)
        .page(ENTERED, Method::POST, "/setup/{token}", setup::set_up)
        .page(Access::Person, Method::GET, "/settings", settings::page)
        .page(Access::Person, Method::POST, "/settings", settings::save)
        .page(Access::Person, Method::POST, "/settings/organization", settings::switch)
        .page(Access::Person, Method::POST, "/settings/password", settings::change_password)
        .page(Access::Person, Method::POST, "/settings/sign-ins/end-others", settings::end_others)
        .page(Access::Person, Method::POST, "/settings/sign-ins/{sign_in}/end", settings::end)
}

/// Agents, their deployments, and what was said.
fn agents(routes: Routes) -> Routes {
    const CREATE: Access = Access::Organization(OrganizationPermission::CreateAgents);
    routes
        .page(Access::Person, Method::GET, "/", overview::overview)
        .page(Access::Person, Method::GET, "/messages/{id}", message::message)
        .page(CREATE, Method::GET, "/agents/new", agents::new::form)
        .page(CREATE, Method::POST, "/agents/new", agents::new::create)
        .page(SEE, Method::GET, "/agents/{agent}", agents::page::page)
        .page(CHANGE, Method::POST, "/agents/{agent}", agents::identity::save)
        .page(SEE, Method::GET, "/agents/{agent}/avatar", agents::avatar::show)
        .page(CHANGE, Method::POST, "/agents/{agent}/avatar", agents::avatar::upload)
        .page(CHANGE, Method::POST, "/agents/{agent}/avatar/remove", agents::avatar::remove)
        .page(MANAGE, Method::GET, "/agents/{agent}/delete", agents::delete::ask)
        .page(MANAGE, Method::POST, "/agents/{agent}/delete", agents::delete::delete)
        .page(CHANGE, Method::GET, "/agents/{agent}/deployments/draft/remove", agents::remove::ask)
        .page(CHANGE, Method::POST, "/agents/{agent}/deployments/draft/remove", agents::remove::remove)
        .page(CHANGE, Method::POST, "/agents/{agent}/deployments/{environment}", agents::deployment::save)
        .page(CHANGE, Method::GET, "/agents/{agent}/deployments/{environment}/secret", agents::secret::ask)
        .page(
            CHANGE,
            Method::POST,
            "/agents/{agent}/deployments/{environment}/secret",
            agents::secret::regenerate,
        )
        .page(CHANGE, Method::POST, "/agents/{agent}/deployments/{environment}/test", agents::test::run)
}

/// A channel: its set-up, check-up, hand-off, promotion and revisions.
fn channel(routes: Routes) -> Routes {
    const HANDED: Access =
        Access::Public { why: "the link is signed, ends, and shows what its sender chose to show" };
    routes
        .page(HANDED, Method::GET, "/handoff/{token}", handoff::outside::page)
        .page(HANDED, Method::POST, "/handoff/{token}", handoff::outside::tick)
        .page(SEE, Method::GET, "/agents/{agent}/whatsapp/compare", promotion::compare::page)
        .page(CHANGE, Method::GET, "/agents/{agent}/whatsapp/promote", promotion::confirm::page)
        .page(CHANGE, Method::POST, "/agents/{agent}/whatsapp/promote", promotion::confirm::promote)
        .page(CHANGE, Method::GET, channel_path!("/conversations"), conversations::list)
        .page(CHANGE, Method::GET, channel_path!("/conversations/{conversation}"), conversations::one)
        .page(CHANGE, Method::POST, channel_path!("/conversations/{conversation}/end"), conversations::end)
        .page(SEE, Method::GET, channel_path!("/handoff"), handoff::inside::page)
        .page(CHANGE, Method::POST, channel_path!("/handoff"), handoff::inside::make)
        .page(CHANGE, Method::POST, channel_path!("/handoff/{link}/revoke"), handoff::inside::revoke)
        .page(SEE, Method::GET, channel_path!("/revisions"), revisions::list)
        .page(SEE, Method::GET, channel_path!("/revisions/{number}"), revisions::one)
        .page(CHANGE, Method::GET, channel_path!("/revisions/{number}/restore"), revisions::ask)
        .page(CHANGE, Method::POST, channel_path!("/revisions/{number}/restore"), revisions::restore)
        .page(SEE, Method::GET, channel_path!(""), doctor::page)
        .page(CHANGE, Method::POST, channel_path!("/checkup"), doctor::check)
        .page(CHANGE, Method::POST, channel_path!("/loopback"), doctor::loop_back)
        .page(CHANGE, Method::POST, channel_path!("/mend"), doctor::mend)
        .page(SEE, Method::GET, channel_path!("/connection"), channel::page)
        .page(CHANGE, Method::POST, channel_path!("/connection/account"), channel::save_account)
        .page(CHANGE, Method::POST, channel_path!("/connection/check"), channel::check)
        .page(CHANGE, Method::POST, channel_path!("/connection/credentials"), channel::save_credentials)
        .page(CHANGE, Method::GET, channel_path!("/connection/delete"), channel::ask_delete)
        .page(CHANGE, Method::POST, channel_path!("/connection/delete"), channel::delete)
        .page(CHANGE, Method::POST, channel_path!("/connection/paste"), channel::paste)
        .page(CHANGE, Method::POST, channel_path!("/connection/registration"), channel::register)
        .page(CHANGE, Method::POST, channel_path!("/connection/restore"), channel::restore)
        .page(CHANGE, Method::POST, channel_path!("/connection/secrets/{row}/retire"), channel::retire)
        .page(CHANGE, Method::POST, channel_path!("/connection/session"), channel::save_session)
        .page(CHANGE, Method::POST, channel_path!("/connection/session/check"), channel::check_session)
        .page(SEE, Method::GET, channel_path!("/connection/session/play"), channel::play)
        .page(SEE, Method::POST, channel_path!("/connection/session/play"), channel::play_on)
        .page(CHANGE, Method::POST, channel_path!("/connection/session/preview"), channel::preview_session)
        .page(CHANGE, Method::POST, channel_path!("/connection/start"), channel::start)
        .page(CHANGE, Method::POST, channel_path!("/connection/token"), channel::check_now)
        .page(CHANGE, Method::GET, channel_path!("/connection/webhook"), channel::ask_regenerate)
        .page(CHANGE, Method::POST, channel_path!("/connection/webhook"), channel::regenerate)
        .page(CHANGE, Method::POST, channel_path!("/live"), channel::go_live)
        .page(CHANGE, Method::POST, channel_path!("/pause"), channel::pause)
}
