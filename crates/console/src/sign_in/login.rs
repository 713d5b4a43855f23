//! `/login`: signing in by e-mail and password. The answer does not reveal whether the person exists.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::ids::{AuditId, PersonId};
use warta_gateway::app::App;
use warta_http::problem::{Code, Problem};
use warta_store::{By, Entry, Person, Scope};

use super::page::{Form, Page, email_field};
use super::password;
use super::pending_form::{PendingForm, local};
use super::throttle::Throttle;
use crate::form::{Field, Kind, Typed};
use crate::texts::Lang;
use crate::visitor::{self, Visitor};
use crate::{enter, login_token};

/// The largest form, in bytes; it may carry a pending form.
const LARGEST: usize = 1024 * 1024;

/// `GET /login`
pub(crate) async fn form(State(app): State<Arc<App>>, request: Parts) -> Result<Response, Problem> {
    let query = Typed::parse(request.uri.query().unwrap_or_default().as_bytes());
    let next = local(query.exact("next")).unwrap_or("/");
    if Visitor::of(&app, &request).await?.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    Ok(page(Lang::of(&request.headers), "", next, None).answer(StatusCode::OK))
}

/// `POST /login`
pub(crate) async fn enter(
    State(app): State<Arc<App>>,
    Extension(throttle): Extension<Arc<Throttle>>,
    request: Request,
) -> Result<Response, Problem> {
    let (request, body) = request.into_parts();
    let body = to_bytes(body, LARGEST)
        .await
        .map_err(|_| Problem::new(Code::BodyTooLarge, "The form is larger than 1 MiB."))?;
    let typed = Typed::parse(&body);
    let (l, kept) = (Lang::of(&request.headers), PendingForm::carried(&typed));
    let (email, next) = (typed.text("email"), local(typed.exact("next")).unwrap_or("/"));
    let page = page(l, email, next, kept.as_ref());
    let attempt = match throttle.enter(email, &visitor::address(&app, &request), app.now()) {
        Ok(attempt) => attempt,
        Err(wait) => return Ok(too_often(l, page, wait)),
    };
    let found = app.store.person_by_email(email).await?;
    let hash = found.as_ref().and_then(|person| person.password_hash.clone());
    let is_right = password::verify(typed.exact("password"), hash).await?;
    let wrong = |page: Page| {
        page.note(Some(l.sign_in_wrong())).at_fault(true).answer(StatusCode::UNPROCESSABLE_ENTITY)
    };
    let Some(person) = found else { return Ok(wrong(page)) };
    if !is_right {
        note_refusal(&app, person, &request);
        return Ok(wrong(page));
    }
    let Some(cookie) = admit(&app, &person, &request).await? else { return Ok(wrong(page)) };
    attempt.succeeded();
    let answer = match kept {
        Some(kept) => kept.again(l).answer(StatusCode::OK),
        None => Redirect::to(next).into_response(),
    };
    Ok(([(header::SET_COOKIE, cookie)], answer).into_response())
}

/// Signs in a person who has just proven their identity. A previous sign-in of this browser ends.
/// `None` when the person belongs to no organization.
pub(super) async fn admit(app: &App, person: &Person, request: &Parts) -> Result<Option<String>, Problem> {
    let Some((new, token)) = enter::sign_in(app, person, request).await? else { return Ok(None) };
    if let Some(before) = Visitor::of(app, request).await? {
        let entry = before.entry(app, Action::SignedOut);
        app.store.end_sign_in(before.person, before.sign_in, &entry).await?;
    }
    app.store.create_sign_in(new, &enter::signed_in(app, person, request)).await?;
    Ok(Some(login_token::cookie(app, &token)))
}

/// Signs in a person who used a link, and redirects to their first page.
pub(super) async fn let_in(app: &App, person: PersonId, request: &Parts) -> Result<Response, Problem> {
    let cookie = match app.store.person(person).await? {
        Some(person) => admit(app, &person, request).await?,
        None => None,
    };
    Ok(match cookie {
        Some(cookie) => ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response(),
        None => Redirect::to("/login").into_response(),
    })
}

/// The sign-in page.
pub(super) fn page(l: Lang, email: &str, next: &str, kept: Option<&PendingForm>) -> Page {
    let email_field = email_field(l).value(email);
    let password = Field::new(l, "password", Kind::Secret, l.password()).autocomplete("current-password");
    let mut hidden = vec![("next".to_owned(), next.to_owned())];
    if let Some(kept) = kept {
        hidden = kept.hidden();
    }
    let form = Form {
        action: "/login".to_owned(),
        hidden,
        fields: vec![email_field, password],
        button: l.sign_in(),
    };
    Page::new(l, l.sign_in(), "".into()).form(form).lines(vec![l.sign_in_forgotten()])
}

/// The answer after too many attempts: how long to wait.
fn too_often(l: Lang, page: Page, wait: Duration) -> Response {
    let seconds = u64::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX);
    let page = page.note(Some(l.sign_in_wait(seconds))).at_fault(true);
    let mut answer = page.answer(StatusCode::TOO_MANY_REQUESTS);
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

/// Records a refused sign-in in the background, so that the answer takes the same time for known and unknown people.
fn note_refusal(app: &Arc<App>, person: Person, request: &Parts) {
    let address = visitor::address(app, request);
    let work = Arc::clone(app);
    app.tasks.spawn(async move {
        if let Err(error) = write_refusal(&work, &person, address).await {
            tracing::error!(%error, "a refused sign-in could not be written down");
        }
    });
}

async fn write_refusal(app: &App, person: &Person, address: String) -> Result<(), warta_store::Error> {
    for membership in app.store.organizations_of(person.id).await? {
        let by = By { person: None, actor: "unknown".to_owned(), address: address.clone() };
        let id = AuditId::from_uuid(app.minter.uuid(app.now()));
        let mut entry = Entry::new(id, by, Action::SignInRefused, app.now());
        entry.subject.clone_from(&person.email);
        app.store.record(Scope::new(membership.organization), &entry).await?;
    }
    Ok(())
}
