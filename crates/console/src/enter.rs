//! `GET /enter/{token}`: signing in by a one-time link, and the page for a used link.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use url::form_urlencoded;
use warta_core::audit::Action;
use warta_core::ids::{AuditId, SignInId};
use warta_gateway::app::App;
use warta_http::problem::{Code, Problem};
use warta_store::{By, Entry, Error, NewSignIn, Person, Purpose};

use crate::login_token;
use crate::texts::Lang;
use crate::view;
use crate::visitor;

/// The longest description of a browser that is kept, in bytes.
const LONGEST_BROWSER: usize = 256;

/// Lets the bearer of a fresh link in and takes them to the overview.
pub(crate) async fn enter(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    request: Parts,
) -> Result<Response, Problem> {
    let hash = login_token::hash(&token);
    let found = app.store.link(&hash, app.now()).await?;
    let Some(Purpose::Enter { person }) = found.map(|link| link.purpose) else {
        return Ok(used(&request.headers));
    };
    let Some(person) = app.store.person(person).await? else { return Ok(used(&request.headers)) };
    let Some((new, token)) = sign_in(&app, &person, &request).await? else {
        return Ok(used(&request.headers));
    };
    match app.store.enter(hash, new, &signed_in(&app, &person, &request)).await {
        Ok(()) => {
            Ok(([(header::SET_COOKIE, login_token::cookie(&app, &token))], Redirect::to("/")).into_response())
        }
        Err(Error::LinkGone | Error::NotFound) => Ok(used(&request.headers)),
        Err(error) => Err(error.into()),
    }
}

/// A sign-in for a person, in the organization they came to first, and the token for their browser. `None` when they belong
/// to no organization.
pub(crate) async fn sign_in(
    app: &App,
    person: &Person,
    request: &Parts,
) -> Result<Option<(NewSignIn, String)>, Problem> {
    let Some(membership) = app.store.organizations_of(person.id).await?.into_iter().next() else {
        return Ok(None);
    };
    let (token, now) = (login_token::token(&*app.minter), app.now());
    let browser = request.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let new = NewSignIn {
        id: SignInId::from_uuid(app.minter.uuid(now)),
        person: person.id,
        organization: membership.organization,
        token_hash: login_token::hash(&token),
        address: visitor::address(app, request),
        browser: browser.unwrap_or_default().chars().take(LONGEST_BROWSER).collect(),
        idle_since: now.before(login_token::LONGEST),
    };
    Ok(Some((new, token)))
}

/// For the audit: a person signed in.
pub(crate) fn signed_in(app: &App, person: &Person, request: &Parts) -> Entry {
    let by =
        By { person: Some(person.id), actor: person.name.clone(), address: visitor::address(app, request) };
    let id = AuditId::from_uuid(app.minter.uuid(app.now()));
    Entry::new(id, by, Action::SignedIn, app.now())
}

/// Redirects a request without a valid sign-in to the sign-in page, which leads back to the requested page.
pub(crate) fn redirect_to_login(request: &Parts) -> Response {
    if request.headers.contains_key("x-fragment") {
        return Problem::new(Code::SignInNeeded, "The sign-in has ended.").into_response();
    }
    let wanted = match request.method {
        Method::GET => request.uri.path_and_query().map_or("/", |path| path.as_str()),
        _ => "/",
    };
    let next = form_urlencoded::Serializer::new(String::new()).append_pair("next", wanted).finish();
    Redirect::to(&format!("/login?{next}")).into_response()
}

fn used(headers: &HeaderMap) -> Response {
    (StatusCode::GONE, view::page(&UsedLinkPage { l: Lang::of(headers) })).into_response()
}

#[derive(Template)]
#[template(path = "shut.html")]
struct UsedLinkPage {
    l: Lang,
}
