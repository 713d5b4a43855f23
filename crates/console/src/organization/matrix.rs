//! The permission table of `core`, as a page shows it.

use std::borrow::Cow;

use warta_core::permission::{AgentRole, OrganizationPermission, OrganizationRole, Permission};

use crate::texts::Lang;

/// A table of what each role may do.
#[derive(Debug)]
pub(super) struct Matrix {
    pub(super) roles: Vec<Cow<'static, str>>,
    pub(super) rows: Vec<PermissionRow>,
}

/// A permission, and for each role whether it has it.
#[derive(Debug)]
pub(super) struct PermissionRow {
    pub(super) what: Cow<'static, str>,
    pub(super) may: Vec<bool>,
}

impl Matrix {
    /// Of the organization's roles.
    pub(super) fn organization(l: Lang) -> Self {
        let row = |permission: &OrganizationPermission| PermissionRow {
            what: l.organization_permission_word(*permission),
            may: OrganizationRole::ALL.iter().map(|role| role.may(*permission)).collect(),
        };
        Self {
            roles: OrganizationRole::ALL.iter().map(|role| l.role_word(role.as_str())).collect(),
            rows: OrganizationPermission::ALL.iter().map(row).collect(),
        }
    }

    /// Of the roles for an agent.
    pub(super) fn agent(l: Lang) -> Self {
        let row = |permission: &Permission| PermissionRow {
            what: l.permission_word(*permission),
            may: AgentRole::ALL.iter().map(|role| role.may(*permission)).collect(),
        };
        Self {
            roles: AgentRole::ALL.iter().map(|role| l.role_word(role.as_str())).collect(),
            rows: Permission::ALL.iter().map(row).collect(),
        }
    }
}
