//! Every route of the console.

use std::sync::Arc;

use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tracing::level_filters::LevelFilter;
use url::Url;
use warta_core::permission::{OrganizationPermission, Permission};
use warta_gateway::app::App;
use warta_http::access::{Listed, Routes};
use warta_http::frame::Frame;
use warta_http::problem::{Code, Problem};

use crate::access::Access;
use crate::sign_in::throttle::Throttle;
use crate::sign_in::{join, login, logout, reset, setup};
use crate::{
    activity, agents, assets, channel, conversations, doctor, enter, fault, handoff, message, organization,
    overview, promotion, revisions, settings,
};

/// A target that every log filter must switch off: this library writes whole addresses into its trace, and those of one-time links
/// hold secrets.
pub const KEPT_OUT_OF_LOGS: (&str, LevelFilter) = ("tower_http::csrf", LevelFilter::OFF);

/// Everything that is served: the gateway's routes and the console's pages, in one frame.
pub fn router(app: &Arc<App>) -> Router {
    let frame = Frame {
        public_url: app.settings.public_url.clone(),
        clock: Arc::clone(&app.clock),
        minter: Arc::clone(&app.minter),
        problem_page: fault::page,
    };
    frame.around(warta_gateway::web::router(app).merge(pages(app)))
}

fn pages(app: &Arc<App>) -> Router {
    let (router, _) = routes().finish();
    router
        .fallback(|| async { Problem::not_found() }) // behind the same guard against other sites
        .layer(Extension(Arc::new(Throttle::default())))
        .layer(own_pages_only(app))
        .layer(Extension(Arc::clone(app)))
        .with_state(Arc::clone(app))
}

/// Changing requests are accepted from our own pages only, whatever cookie they carry.
fn own_pages_only(app: &App) -> CsrfLayer<impl Fn(ProtectionError) -> Response + Clone + use<>> {
    let public = Url::parse(&app.settings.public_url).map(|url| url.origin().ascii_serialization());
    let layer = CsrfLayer::new();
    let layer = match public.map(|origin| layer.clone().add_trusted_origin(origin)) {
        Ok(Ok(trusting)) => trusting,
        _ => layer,
    };
    layer.with_rejection_response(|_| {
        Problem::new(Code::Forbidden, "The request came from another site.").into_response()
    })
}

/// Every route and who may call it.
#[must_use]
pub fn list() -> Vec<Listed<Access>> {
    routes().finish().1
}

fn routes() -> Routes<Access> {
    const DRESSED: Access = Access::Public { why: "style, script and fonts" };
    let routes = Routes::default().add(DRESSED, Method::GET, "/assets/{name}", assets::asset);
    channel(agents(people(routes)))
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

/// Signing in, the organization and its people.
fn people(routes: Routes<Access>) -> Routes<Access> {
    const ENTERED: Access = Access::Public { why: "the link's one-time token is the proof" };
    const MANAGE_PEOPLE: Access = Access::Organization(OrganizationPermission::ManagePeople);
    const SEE_ACTIVITY: Access = Access::Organization(OrganizationPermission::SeeActivity);
    const KNOCKED: Access = Access::Public { why: "the password is the proof" };
    routes
        .add(ENTERED, Method::GET, "/enter/{token}", enter::enter)
        .add(SEE, Method::GET, "/agents/{agent}/activity", activity::agent)
        .add(MANAGE, Method::GET, "/agents/{agent}/members", organization::members)
        .add(MANAGE, Method::POST, "/agents/{agent}/members", organization::assign)
        .add(MANAGE, Method::GET, "/agents/{agent}/members/{person}/remove", organization::ask_unassign)
        .add(MANAGE, Method::POST, "/agents/{agent}/members/{person}/remove", organization::unassign)
        .add(Access::Person, Method::GET, "/organization", organization::page)
        .add(SEE_ACTIVITY, Method::GET, "/organization/activity", activity::organization)
        .add(MANAGE_PEOPLE, Method::POST, "/organization/invitations", organization::invite)
        .add(MANAGE_PEOPLE, Method::GET, "/organization/invitations/{link}/revoke", organization::ask_revoke)
        .add(MANAGE_PEOPLE, Method::POST, "/organization/invitations/{link}/revoke", organization::revoke)
        .add(MANAGE_PEOPLE, Method::GET, "/organization/people/{person}/remove", organization::ask)
        .add(MANAGE_PEOPLE, Method::POST, "/organization/people/{person}/remove", organization::remove)
        .add(MANAGE_PEOPLE, Method::POST, "/organization/people/{person}/role", organization::change)
        .add(ENTERED, Method::GET, "/join/{token}", join::form)
        .add(ENTERED, Method::POST, "/join/{token}", join::join)
        .add(KNOCKED, Method::GET, "/login", login::form)
        .add(KNOCKED, Method::POST, "/login", login::enter)
        .add(Access::Person, Method::POST, "/logout", logout::leave)
        .add(ENTERED, Method::GET, "/reset/{token}", reset::form)
        .add(ENTERED, Method::POST, "/reset/{token}", reset::choose)
        .add(ENTERED, Method::GET, "/setup/{token}", setup::form)
        .add(ENTERED, Method::POST, "/setup/{token}", setup::set_up)
        .add(Access::Person, Method::GET, "/settings", settings::page)
        .add(Access::Person, Method::POST, "/settings", settings::save)
        .add(Access::Person, Method::POST, "/settings/organization", settings::switch)
        .add(Access::Person, Method::POST, "/settings/password", settings::change_password)
        .add(Access::Person, Method::POST, "/settings/sign-ins/end-others", settings::end_others)
        .add(Access::Person, Method::POST, "/settings/sign-ins/{sign_in}/end", settings::end)
}

/// Agents, their deployments, and what was said.
fn agents(routes: Routes<Access>) -> Routes<Access> {
    const CREATE: Access = Access::Organization(OrganizationPermission::CreateAgents);
    routes
        .add(Access::Person, Method::GET, "/", overview::overview)
        .add(Access::Person, Method::GET, "/messages/{id}", message::message)
        .add(CREATE, Method::GET, "/agents/new", agents::new::form)
        .add(CREATE, Method::POST, "/agents/new", agents::new::create)
        .add(SEE, Method::GET, "/agents/{agent}", agents::page::page)
        .add(CHANGE, Method::POST, "/agents/{agent}", agents::save_identity::save)
        .add(CHANGE, Method::POST, "/agents/{agent}/fallback", agents::fallback::save)
        .add(SEE, Method::GET, "/agents/{agent}/avatar", agents::picture::show)
        .add(CHANGE, Method::POST, "/agents/{agent}/avatar", agents::picture::upload)
        .add(CHANGE, Method::POST, "/agents/{agent}/avatar/remove", agents::picture::remove)
        .add(MANAGE, Method::GET, "/agents/{agent}/delete", agents::delete::ask)
        .add(MANAGE, Method::POST, "/agents/{agent}/delete", agents::delete::delete)
        .add(CHANGE, Method::GET, "/agents/{agent}/deployments/draft/remove", agents::remove::ask)
        .add(CHANGE, Method::POST, "/agents/{agent}/deployments/draft/remove", agents::remove::remove)
        .add(CHANGE, Method::POST, "/agents/{agent}/deployments/{environment}", agents::save_deployment::save)
        .add(CHANGE, Method::GET, "/agents/{agent}/deployments/{environment}/secret", agents::secret::ask)
        .add(
            CHANGE,
            Method::POST,
            "/agents/{agent}/deployments/{environment}/secret",
            agents::secret::regenerate,
        )
        .add(CHANGE, Method::POST, "/agents/{agent}/deployments/{environment}/test", agents::test::run)
}

/// A channel: its set-up, check-up, hand-off, promotion and revisions.
fn channel(routes: Routes<Access>) -> Routes<Access> {
    const HANDED: Access =
        Access::Public { why: "the link is signed, ends, and shows what its sender chose to show" };
    routes
        .add(HANDED, Method::GET, "/handoff/{token}", handoff::outside::page)
        .add(HANDED, Method::POST, "/handoff/{token}", handoff::outside::tick)
        .add(SEE, Method::GET, "/agents/{agent}/whatsapp/compare", promotion::compare::page)
        .add(CHANGE, Method::GET, "/agents/{agent}/whatsapp/promote", promotion::confirm::page)
        .add(CHANGE, Method::POST, "/agents/{agent}/whatsapp/promote", promotion::confirm::promote)
        .add(CHANGE, Method::GET, channel_path!("/conversations"), conversations::list)
        .add(CHANGE, Method::GET, channel_path!("/conversations/{conversation}"), conversations::one)
        .add(CHANGE, Method::POST, channel_path!("/conversations/{conversation}/end"), conversations::end)
        .add(
            CHANGE,
            Method::POST,
            channel_path!("/conversations/{conversation}/resume"),
            conversations::resume,
        )
        .add(SEE, Method::GET, channel_path!("/handoff"), handoff::inside::page)
        .add(CHANGE, Method::POST, channel_path!("/handoff"), handoff::inside::make)
        .add(CHANGE, Method::POST, channel_path!("/handoff/{link}/revoke"), handoff::inside::revoke)
        .add(SEE, Method::GET, channel_path!("/revisions"), revisions::list)
        .add(SEE, Method::GET, channel_path!("/revisions/{number}"), revisions::one)
        .add(CHANGE, Method::GET, channel_path!("/revisions/{number}/restore"), revisions::ask)
        .add(CHANGE, Method::POST, channel_path!("/revisions/{number}/restore"), revisions::restore)
        .add(SEE, Method::GET, channel_path!(""), doctor::page)
        .add(CHANGE, Method::POST, channel_path!("/checkup"), doctor::check)
        .add(CHANGE, Method::POST, channel_path!("/loopback"), doctor::loop_back)
        .add(CHANGE, Method::POST, channel_path!("/mend"), doctor::mend)
        .add(SEE, Method::GET, channel_path!("/connection"), channel::page)
        .add(CHANGE, Method::POST, channel_path!("/connection/account"), channel::save_account)
        .add(CHANGE, Method::POST, channel_path!("/connection/check"), channel::check)
        .add(CHANGE, Method::POST, channel_path!("/connection/credentials"), channel::save_credentials)
        .add(CHANGE, Method::GET, channel_path!("/connection/delete"), channel::ask_delete)
        .add(CHANGE, Method::POST, channel_path!("/connection/delete"), channel::delete)
        .add(CHANGE, Method::POST, channel_path!("/connection/paste"), channel::paste)
        .add(CHANGE, Method::POST, channel_path!("/connection/registration"), channel::register)
        .add(CHANGE, Method::POST, channel_path!("/connection/restore"), channel::restore)
        .add(CHANGE, Method::POST, channel_path!("/connection/secrets/{row}/retire"), channel::retire)
        .add(CHANGE, Method::POST, channel_path!("/connection/session"), channel::save_session)
        .add(CHANGE, Method::POST, channel_path!("/connection/session/check"), channel::check_session)
        .add(SEE, Method::GET, channel_path!("/connection/session/play"), channel::play)
        .add(SEE, Method::POST, channel_path!("/connection/session/play"), channel::play_on)
        .add(CHANGE, Method::POST, channel_path!("/connection/session/preview"), channel::preview_session)
        .add(CHANGE, Method::POST, channel_path!("/connection/start"), channel::start)
        .add(CHANGE, Method::POST, channel_path!("/connection/token"), channel::check_now)
        .add(CHANGE, Method::GET, channel_path!("/connection/webhook"), channel::ask_regenerate)
        .add(CHANGE, Method::POST, channel_path!("/connection/webhook"), channel::regenerate)
        .add(CHANGE, Method::POST, channel_path!("/live"), channel::go_live)
        .add(CHANGE, Method::POST, channel_path!("/pause"), channel::pause)
}
