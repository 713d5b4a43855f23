//! `/reset/{token}`: a person chooses a new password by a link made for them.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use warta_core::audit::Action;
use warta_core::ids::AuditId;
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::{By, Entry, Error, Person, Purpose};

use super::page::{self, Form, Page};
use super::{login, password};
use crate::form::{Field, Typed, focus_fault};
use crate::login_token;
use crate::texts::Lang;
use crate::visitor;

/// `GET /reset/{token}`
pub(crate) async fn form(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    request: Parts,
) -> Result<Response, Problem> {
    let l = Lang::of(&request.headers);
    let Some(person) = opened(&app, &token).await? else { return Ok(gone(l)) };
    Ok(filled(l, &token, &person, page::new_password_field(l)).answer(StatusCode::OK))
}

/// `POST /reset/{token}`
pub(crate) async fn choose(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    request: Parts,
    typed: Typed,
) -> Result<Response, Problem> {
    let l = Lang::of(&request.headers);
    let Some(person) = opened(&app, &token).await? else { return Ok(gone(l)) };
    let chosen = typed.exact("password");
    let fault = page::password_fault(l, chosen, &person.email, &person.name);
    let mut field = page::new_password_field(l).fault(fault);
    if focus_fault([&mut field]) {
        let page = filled(l, &token, &person, field).at_fault(true);
        return Ok(page.answer(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let hash = password::hash(&*app.minter, chosen).await?;
    let by =
        By { person: Some(person.id), actor: person.name.clone(), address: visitor::address(&app, &request) };
    let id = AuditId::from_uuid(app.minter.uuid(app.now()));
    let entry = Entry::new(id, by, Action::PasswordReset, app.now());
    match app.store.reset_password(login_token::hash(&token), &hash, &entry).await {
        Ok(person) => login::let_in(&app, person, &request).await,
        Err(Error::LinkGone | Error::NotFound) => Ok(gone(l)),
        Err(error) => Err(error.into()),
    }
}

/// The person of the link; `None` if the link is invalid.
async fn opened(app: &App, token: &str) -> Result<Option<Person>, Problem> {
    let link = app.store.link(&login_token::hash(token), app.now()).await?;
    let Some(Purpose::Reset { person }) = link.map(|link| link.purpose) else { return Ok(None) };
    Ok(app.store.person(person).await?)
}

fn filled(l: Lang, token: &str, person: &Person, field: Field) -> Page {
    let action = format!("/reset/{token}");
    let form = Form { action, hidden: Vec::new(), fields: vec![field], button: l.reset_go() };
    Page::new(l, l.reset(), l.reset_lead(&person.email)).form(form)
}

fn gone(l: Lang) -> Response {
    page::gone(l, vec![l.reset_gone()])
}
