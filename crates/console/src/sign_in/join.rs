//! `/join/{token}`: accepting an invitation. A new person creates an account; a person with an account signs in first.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::ids::OrganizationId;
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::{Error, Invitation, Newcomer, Purpose, Scope};

use super::login;
use super::page::{self, Form, Page};
use crate::form::{Field, Typed, focus_fault};
use crate::login_token;
use crate::texts::Lang;
use crate::visitor::Visitor;

/// Who opened an invitation.
enum Bearer {
    /// The invited person, signed in.
    Invited(Box<Visitor>),
    /// Somebody else, signed in.
    Other(Box<Visitor>),
    /// Nobody is signed in; the invited person has an account.
    Known,
    /// Nobody is signed in; the invited person has no account.
    New,
}

/// A valid invitation.
struct Opened {
    l: Lang,
    token: String,
    invitation: Invitation,
    organization: String,
    bearer: Bearer,
}

/// `GET /join/{token}`
pub(crate) async fn form(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    request: Parts,
) -> Result<Response, Problem> {
    let Some(opened) = Opened::of(&app, token, &request).await? else {
        return Ok(gone(Lang::of(&request.headers)));
    };
    let fields = opened.fields(&Typed::default(), false);
    Ok(opened.page(fields).answer(StatusCode::OK))
}

/// `POST /join/{token}`
pub(crate) async fn join(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    request: Parts,
    typed: Typed,
) -> Result<Response, Problem> {
    let Some(opened) = Opened::of(&app, token, &request).await? else {
        return Ok(gone(Lang::of(&request.headers)));
    };
    match &opened.bearer {
        Bearer::Invited(visitor) => accept(&app, &opened, visitor).await,
        Bearer::New => admit(&app, &opened, &request, &typed).await,
        Bearer::Other(_) | Bearer::Known => Ok(opened.page(Vec::new()).answer(StatusCode::CONFLICT)),
    }
}

/// Adds a person with an account and shows them the organization.
async fn accept(app: &App, opened: &Opened, visitor: &Visitor) -> Result<Response, Problem> {
    let mut entry = visitor.entry(app, Action::PersonJoined);
    entry.subject.clone_from(&visitor.email);
    let newcomer = Newcomer::Known(visitor.person);
    match app.store.join(login_token::hash(&opened.token), newcomer, &entry).await {
        Ok(_) | Err(Error::AlreadyMember) => {
            let organization: OrganizationId = opened.invitation.organization;
            app.store.switch_organization(visitor.person, visitor.sign_in, organization).await?;
            Ok(Redirect::to("/").into_response())
        }
        Err(Error::LinkGone) => Ok(gone(opened.l)),
        Err(error) => Err(error.into()),
    }
}

/// Creates an account for a new person, adds them and signs them in.
async fn admit(app: &App, opened: &Opened, request: &Parts, typed: &Typed) -> Result<Response, Problem> {
    let mut fields = opened.fields(typed, true);
    if focus_fault(&mut fields) {
        return Ok(opened.page(fields).at_fault(true).answer(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let email = &opened.invitation.email;
    let new = page::newcomer(app, opened.l, typed, email).await?;
    let person = new.id;
    let mut entry = page::entry(app, &new, request, Action::PersonJoined);
    entry.subject.clone_from(email);
    match app.store.join(login_token::hash(&opened.token), Newcomer::New(new), &entry).await {
        Ok(_) => login::let_in(app, person, request).await,
        Err(Error::LinkGone) => Ok(gone(opened.l)),
        // They came in by another way meanwhile: now they can sign in.
        Err(Error::EmailTaken) => Ok(Redirect::to(&format!("/join/{}", opened.token)).into_response()),
        Err(error) => Err(error.into()),
    }
}

impl Opened {
    async fn of(app: &App, token: String, request: &Parts) -> Result<Option<Self>, Problem> {
        let link = app.store.link(&login_token::hash(&token), app.now()).await?;
        let Some(Purpose::Join(invitation)) = link.map(|link| link.purpose) else { return Ok(None) };
        let scope = Scope::new(invitation.organization);
        let Some(organization) = app.store.organization_name(scope).await? else { return Ok(None) };
        let visitor = Visitor::of(app, request).await?;
        let l = visitor
            .as_ref()
            .map_or_else(|| Lang::of(&request.headers), |visitor| visitor.lang(&request.headers));
        let bearer = match visitor.map(Box::new) {
            Some(visitor) if visitor.email == invitation.email.trim().to_lowercase() => {
                Bearer::Invited(visitor)
            }
            Some(visitor) => Bearer::Other(visitor),
            None if app.store.person_by_email(&invitation.email).await?.is_some() => Bearer::Known,
            None => Bearer::New,
        };
        Ok(Some(Self { l, token, invitation, organization, bearer }))
    }

    fn fields(&self, typed: &Typed, posted: bool) -> Vec<Field> {
        if !matches!(self.bearer, Bearer::New) {
            return Vec::new();
        }
        let (l, name) = (self.l, typed.text("name"));
        let fault = |fault| if posted { fault } else { None };
        let password = page::password_fault(l, typed.exact("password"), &self.invitation.email, name);
        vec![
            page::name_field(l).value(name).fault(fault(page::name_fault(l, name))),
            page::new_password_field(l).fault(fault(password)),
            page::language_field(l, typed.text("language")),
        ]
    }

    fn page(&self, fields: Vec<Field>) -> Page {
        let l = self.l;
        let lead = l.join_lead(l.join_role(self.invitation.role), &self.invitation.email);
        let page = Page::new(l, l.join_title(&self.organization), lead);
        let action = format!("/join/{}", self.token);
        let form = |button| Form { action: action.clone(), hidden: Vec::new(), fields, button };
        match &self.bearer {
            Bearer::Invited(_) => page.form(form(l.join_accept())),
            Bearer::New => page.form(form(l.join_go())),
            Bearer::Known => {
                page.note(Some(l.join_sign_in_first())).way(format!("/login?next={action}"), l.sign_in())
            }
            Bearer::Other(visitor) => page.note(Some(l.join_other(&visitor.email))).way("/", l.join_back()),
        }
    }
}

fn gone(l: Lang) -> Response {
    page::gone(l, vec![l.join_gone()])
}
