//! `POST /organization/people/{person}/role`: changes a person's role.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::permission::{OrganizationPermission, OrganizationRole};
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::{Change, Error};

use crate::access::refuse_role;
use crate::form::Typed;
use crate::organization::member::{may_change, member, subject};
use crate::organization::page::{ListPositions, Page};
use crate::visitor::Visitor;

/// Changes the role, unless somebody else changed it after the page was rendered.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(person): Path<String>,
    typed: Typed,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let member = member(&app, &visitor, &person).await?;
    let Ok(role) = typed.text("role").parse::<OrganizationRole>() else {
        let mut page = Page::read(&app, &visitor, &ListPositions::default(), l).await?;
        page.fault = Some(l.invite_unknown());
        return Ok(page.answer(StatusCode::UNPROCESSABLE_ENTITY));
    };
    if !may_change(&visitor, member.role) || !may_change(&visitor, role) {
        let needed = OrganizationPermission::ManageOwners;
        return Ok(refuse_role(&app, &visitor, None, needed.as_str()).await);
    }
    if typed.text("was") != member.role.as_str() {
        let mut page = Page::read(&app, &visitor, &ListPositions::default(), l).await?;
        let (now, wanted) = (l.role_word(member.role.as_str()), l.role_word(role.as_str()));
        page.fault = Some(l.members_conflict(&member.name, &now, &wanted));
        return Ok(page.answer(StatusCode::CONFLICT));
    }
    let changed = Change {
        field: "role".to_owned(),
        before: Some(member.role.to_string()),
        after: Some(role.to_string()),
    };
    let mut entry = visitor.entry(&app, Action::RoleChanged);
    (entry.subject, entry.changes) = (subject(&member), vec![changed]);
    match app.store.set_member_role(visitor.scope(), member.person, role, &entry).await {
        Ok(()) => Ok(Redirect::to("/organization?done=role").into_response()),
        Err(Error::LastOwner) => {
            let mut page = Page::read(&app, &visitor, &ListPositions::default(), l).await?;
            page.fault = Some(l.members_last_owner());
            Ok(page.answer(StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(error) => Err(error.into()),
    }
}
