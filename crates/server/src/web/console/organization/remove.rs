//! `/organization/people/{person}/remove`: letting somebody go, once the consequences were read.

use std::borrow::Cow;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::permission::OrganizationPermission;
use warta_store::{Error, Member};

use crate::app::App;
use crate::web::access::refuse_role;
use crate::web::console::chrome::Chrome;
use crate::web::console::organization::page::may_change;
use crate::web::console::organization::role::{member, subject};
use crate::web::console::texts::Lang;
use crate::web::console::view::{self, Assets, plain};
use crate::web::problem::Problem;
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "organization/remove.html")]
struct Ask {
    l: Lang,
    assets: Assets,
    chrome: Chrome,
    organization: String,
    id: String,
    name: String,
    email: String,
    fault: Option<Cow<'static, str>>,
}

/// `GET`: what it means.
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
            let page = Ask { fault: Some(l.members_last_owner()), ..page(&visitor, &member, l) };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, view::page(&page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn page(visitor: &Visitor, member: &Member, l: Lang) -> Ask {
    Ask {
        l,
        assets: Assets,
        chrome: Chrome::of(visitor, l),
        organization: plain(&visitor.organization_name),
        id: member.person.to_string(),
        name: plain(&member.name),
        email: plain(&member.email),
        fault: None,
    }
}
