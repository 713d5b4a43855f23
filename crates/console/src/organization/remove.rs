//! `/organization/people/{person}/remove`: removing a member after confirmation. Also the confirmation page that other removals
//! use.

use std::borrow::Cow;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::permission::OrganizationPermission;
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::{Error, Member};

use crate::access::refuse_role;
use crate::chrome::Chrome;
use crate::organization::member::{may_change, member, subject};
use crate::texts::Lang;
use crate::view::{self, plain};
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "organization/remove.html")]
pub(super) struct ConfirmPage {
    pub(super) l: Lang,
    pub(super) chrome: Chrome,
    /// The question.
    pub(super) title: Cow<'static, str>,
    /// Whose.
    pub(super) email: String,
    pub(super) fault: Option<Cow<'static, str>>,
    pub(super) consequences: Vec<Cow<'static, str>>,
    /// Where the form goes.
    pub(super) action: String,
    pub(super) button: Cow<'static, str>,
    /// The address of the cancel link.
    pub(super) back: String,
}

/// `GET`: asks for confirmation and shows the consequences.
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(person): Path<String>,
) -> Result<Response, Problem> {
    let member = member(&app, &visitor, &person).await?;
    if !may_change(&visitor, member.role) {
        let needed = OrganizationPermission::ManageOwners;
        return Ok(refuse_role(&app, &visitor, None, needed.as_str()).await);
    }
    Ok(view::page(&page(&visitor, &member, visitor.lang(&headers))))
}

/// `POST`
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(person): Path<String>,
) -> Result<Response, Problem> {
    let member = member(&app, &visitor, &person).await?;
    if !may_change(&visitor, member.role) {
        let needed = OrganizationPermission::ManageOwners;
        return Ok(refuse_role(&app, &visitor, None, needed.as_str()).await);
    }
    let mut entry = visitor.entry(&app, Action::PersonRemoved);
    entry.subject = subject(&member);
    match app.store.remove_member(visitor.scope(), member.person, &entry).await {
        Ok(()) => Ok(Redirect::to("/organization?done=removed").into_response()),
        Err(Error::LastOwner) => {
            let l = visitor.lang(&headers);
            let page = ConfirmPage { fault: Some(l.members_last_owner()), ..page(&visitor, &member, l) };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, view::page(&page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn page(visitor: &Visitor, member: &Member, l: Lang) -> ConfirmPage {
    ConfirmPage {
        l,
        chrome: Chrome::of(visitor, l),
        title: l.members_remove_title(&plain(&member.name), &plain(&visitor.organization_name)),
        email: plain(&member.email),
        fault: None,
        consequences: vec![
            l.members_remove_signs_out(),
            l.members_remove_roles(),
            l.members_remove_invitations(),
            l.members_remove_history(),
        ],
        action: format!("/organization/people/{}/remove", member.person),
        button: l.members_remove(),
        back: "/organization".to_owned(),
    }
}
