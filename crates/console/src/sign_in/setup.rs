//! `/setup/{token}`: the first owner makes the organization theirs.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use warta_core::audit::Action;
use warta_core::ids::{OrganizationId, PersonId};
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::{Error, Purpose, Scope, SetUp};

use super::login;
use super::page::{self, Form, Page};
use crate::form::{Field, Kind, Typed, focus_fault};
use crate::login_token;
use crate::texts::Lang;

/// `GET /setup/{token}`
pub(crate) async fn form(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    request: Parts,
) -> Result<Response, Problem> {
    let l = Lang::of(&request.headers);
    let Some(organization) = opened(&app, &token).await? else { return Ok(gone(l)) };
    let name = match organization {
        Some(organization) => app.store.organization_name(Scope::new(organization)).await?,
        None => None,
    };
    let typed = Typed::default();
    let fields = fields(l, &typed, &name.unwrap_or_default(), false);
    Ok(filled(l, &token, fields).answer(StatusCode::OK))
}

/// `POST /setup/{token}`
pub(crate) async fn set_up(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    request: Parts,
    typed: Typed,
) -> Result<Response, Problem> {
    let l = Lang::of(&request.headers);
    if opened(&app, &token).await?.is_none() {
        return Ok(gone(l));
    }
    let (name, email) = (typed.text("organization"), typed.text("email"));
    let mut fields = fields(l, &typed, name, true);
    if focus_fault(&mut fields) {
        return Ok(filled(l, &token, fields).at_fault(true).answer(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let now = app.now();
    let owner = page::newcomer(&app, l, &typed, email).await?;
    let person: PersonId = owner.id;
    let mut entry = page::entry(&app, &owner, &request, Action::SetUp);
    name.clone_into(&mut entry.subject);
    let organization = OrganizationId::from_uuid(app.minter.uuid(now));
    let new = SetUp { organization, name: name.to_owned(), owner };
    match app.store.set_up_organization(login_token::hash(&token), new, &entry).await {
        Ok(_) => login::let_in(&app, person, &request).await,
        Err(Error::LinkGone) => Ok(gone(l)),
        Err(Error::EmailTaken) => {
            let page = filled(l, &token, fields).note(Some(l.fault_email_taken()));
            Ok(page.at_fault(true).answer(StatusCode::CONFLICT))
        }
        Err(error) => Err(error.into()),
    }
}

/// The organization of the link, where it names one; `None` when the link does not work.
async fn opened(app: &App, token: &str) -> Result<Option<Option<OrganizationId>>, Problem> {
    let link = app.store.link(&login_token::hash(token), app.now()).await?;
    Ok(link.and_then(|link| match link.purpose {
        Purpose::SetUp { organization } => Some(organization),
        Purpose::Enter { .. } | Purpose::Reset { .. } | Purpose::Join(_) => None,
    }))
}

fn fields(l: Lang, typed: &Typed, organization: &str, posted: bool) -> Vec<Field> {
    let (name, email) = (typed.text("name"), typed.text("email"));
    let fault = |fault| if posted { fault } else { None };
    vec![
        Field::new(l, "organization", Kind::Text, l.set_up_organization_name())
            .autocomplete("organization")
            .value(organization)
            .fault(fault(page::name_fault(l, organization))),
        page::name_field(l).value(name).fault(fault(page::name_fault(l, name))),
        page::email_field(l).value(email).fault(fault(page::email_fault(l, email))),
        page::new_password_field(l).fault(fault(page::password_fault(
            l,
            typed.exact("password"),
            email,
            name,
        ))),
        page::language_field(l, typed.text("language")),
    ]
}

fn filled(l: Lang, token: &str, fields: Vec<Field>) -> Page {
    let form = Form { action: format!("/setup/{token}"), hidden: Vec::new(), fields, button: l.set_up_go() };
    Page::new(l, l.set_up(), l.set_up_lead()).form(form)
}

fn gone(l: Lang) -> Response {
    page::gone(l, vec![l.set_up_gone(), l.set_up_done()])
}
