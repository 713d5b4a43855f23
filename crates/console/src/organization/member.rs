//! A member of an organization: finding one, who may change them, and their name in the audit log.

use std::borrow::Cow;

use warta_core::ids::PersonId;
use warta_core::permission::{OrganizationPermission, OrganizationRole};
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::Member;

use crate::texts::Lang;
use crate::visitor::Visitor;

/// The member of the visitor's organization that a path names.
pub(super) async fn member(app: &App, visitor: &Visitor, person: &str) -> Result<Member, Problem> {
    let person: PersonId = person.parse().map_err(|_| Problem::not_found())?;
    app.store.member(visitor.scope(), person).await?.ok_or_else(Problem::not_found)
}

/// A member in the audit: their e-mail tells them from others of the same name.
pub(super) fn subject(member: &Member) -> String {
    format!("{} ({})", member.name, member.email)
}

/// Whether the visitor may change or remove a person with this role. Only owners may change owners.
pub(super) fn may_change(visitor: &Visitor, role: OrganizationRole) -> bool {
    let needed = match role {
        OrganizationRole::Owner => OrganizationPermission::ManageOwners,
        OrganizationRole::Admin | OrganizationRole::Member => OrganizationPermission::ManagePeople,
    };
    visitor.role.may(needed)
}

/// The roles that a person with this role can give.
pub(super) fn grantable(giver: OrganizationRole, l: Lang) -> Vec<(OrganizationRole, Cow<'static, str>)> {
    let owners = giver.may(OrganizationPermission::ManageOwners);
    let roles = OrganizationRole::ALL.iter().copied();
    let roles = roles.filter(|role| owners || *role != OrganizationRole::Owner);
    roles.map(|role| (role, l.role_word(role.as_str()))).collect()
}
