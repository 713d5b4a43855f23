//! `POST /settings/password`: sets a new password; the current one is required. All other sign-ins end, and this browser gets a
//! new one.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{FromRequest, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::Person;

use crate::form::Typed;
use crate::settings::page::{FirstPassword, Page, first_password};
use crate::sign_in::page::password_fault;
use crate::sign_in::password;
use crate::sign_in::throttle::Throttle;
use crate::texts::Lang;
use crate::visitor::Visitor;
use crate::{enter, login_token};

/// Changes it.
pub(crate) async fn change_password(
    State(app): State<Arc<App>>,
    Extension(throttle): Extension<Arc<Throttle>>,
    visitor: Visitor,
    request: Request,
) -> Result<Response, Problem> {
    let (request, body) = request.into_parts();
    let typed = Typed::from_request(Request::new(body), &()).await?;
    let l = visitor.lang(&request.headers);
    let person = app.store.person(visitor.person).await?.ok_or_else(Problem::not_found)?;
    let first = first_password(&app, &visitor, person.password_hash.is_some());
    let chosen = typed.exact("password");
    let mut faults = vec![password_fault(l, chosen, &person.email, &person.name)];
    match first {
        FirstPassword::No => {
            let attempt = match throttle.enter(&person.email, &visitor.address, app.now()) {
                Ok(attempt) => attempt,
                Err(wait) => {
                    let seconds = u64::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX);
                    let fault = Some(l.sign_in_wait(seconds));
                    return refused(&app, &visitor, l, (Vec::new(), fault)).await;
                }
            };
            let current = typed.exact("current_password");
            let is_right = password::verify(current, person.password_hash.clone()).await?;
            if is_right {
                attempt.succeeded();
            }
            faults.insert(0, (!is_right).then(|| l.settings_password_wrong()));
        }
        FirstPassword::Now => {}
        FirstPassword::Stale => {
            let fault = Some(l.settings_password_stale());
            return refused(&app, &visitor, l, (Vec::new(), fault)).await;
        }
    }
    if faults.iter().any(Option::is_some) {
        return refused(&app, &visitor, l, (faults, None)).await;
    }
    replace(&app, &visitor, &person, (chosen, &request)).await
}

/// The fault of each field, and of the form.
type Faults = (Vec<Option<Cow<'static, str>>>, Option<Cow<'static, str>>);

async fn refused(
    app: &App,
    visitor: &Visitor,
    l: Lang,
    (faults, fault): Faults,
) -> Result<Response, Problem> {
    let mut page = Page::read(app, visitor, l).await?;
    let faults = faults.into_iter().chain(std::iter::repeat(None));
    page.password = page.password.into_iter().zip(faults).map(|(field, fault)| field.fault(fault)).collect();
    page.fault = fault;
    Ok(page.answer(StatusCode::UNPROCESSABLE_ENTITY))
}

async fn replace(
    app: &App,
    visitor: &Visitor,
    person: &Person,
    (chosen, request): (&str, &Parts),
) -> Result<Response, Problem> {
    let hash = password::hash(&*app.minter, chosen).await?;
    let Some((mut new, token)) = enter::sign_in(app, person, request).await? else {
        return Err(Problem::not_found());
    };
    new.organization = visitor.organization;
    let keep = new.id;
    app.store.create_sign_in(new, &enter::signed_in(app, person, request)).await?;
    let mut entry = visitor.entry(app, Action::PasswordChanged);
    entry.subject.clone_from(&person.email);
    app.store.set_password(person.id, &hash, keep, &entry).await?;
    let cookie = [(header::SET_COOKIE, login_token::cookie(app, &token))];
    Ok((cookie, Redirect::to("/settings?done=password")).into_response())
}
