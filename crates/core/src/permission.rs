//! Roles and permissions. Routes, pages and documents all use this one table.

use crate::vocabulary::words;

words! {
    /// The role of a person in an organization.
    OrganizationRole {
        /// May do everything. The last owner cannot leave.
        Owner = "owner",
        /// May do everything except appoint and remove owners.
        Admin = "admin",
        /// Has only the roles assigned for single agents.
        Member = "member",
    }
}

words! {
    /// The role of a person for one agent.
    AgentRole {
        /// May do everything with the agent.
        Owner = "owner",
        /// Configures the agent's channels.
        Contributor = "contributor",
        /// Works with templates and history.
        Operator = "operator",
        /// Reads only.
        Viewer = "viewer",
    }
}

words! {
    /// A permission for an agent.
    Permission {
        /// See channel, session and activity, with secrets masked.
        SeeChannel = "see_channel",
        /// Change channel, credentials, webhook secret, session, registration, agent endpoints and API keys; go live; promote.
        ChangeChannel = "change_channel",
        /// List templates.
        ListTemplates = "list_templates",
        /// Create, send and delete templates.
        UseTemplates = "use_templates",
        /// List the history, with users masked.
        ListHistory = "list_history",
        /// See the history unmasked, and export it as CSV.
        ExportHistory = "export_history",
        /// Manage the agent's members, delete or transfer the agent.
        ManageAgent = "manage_agent",
    }
}

words! {
    /// A permission for an organization.
    OrganizationPermission {
        /// Add agents.
        CreateAgents = "create_agents",
        /// Invite people, change their roles, remove them.
        ManagePeople = "manage_people",
        /// See the activity of all people and agents.
        SeeActivity = "see_activity",
        /// Appoint and remove owners.
        ManageOwners = "manage_owners",
    }
}

impl AgentRole {
    /// Whether this role has the permission.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::SeeChannel | Permission::ListTemplates | Permission::ListHistory => true,
            Permission::UseTemplates | Permission::ExportHistory => {
                matches!(self, Self::Owner | Self::Contributor | Self::Operator)
            }
            Permission::ChangeChannel => matches!(self, Self::Owner | Self::Contributor),
            Permission::ManageAgent => matches!(self, Self::Owner),
        }
    }
}

impl OrganizationRole {
    /// Whether this role has the permission.
    #[must_use]
    pub const fn may(self, permission: OrganizationPermission) -> bool {
        match permission {
            OrganizationPermission::CreateAgents
            | OrganizationPermission::ManagePeople
            | OrganizationPermission::SeeActivity => matches!(self, Self::Owner | Self::Admin),
            OrganizationPermission::ManageOwners => matches!(self, Self::Owner),
        }
    }

    /// The effective role for an agent, given the role `assigned` for that agent. Owners and admins of the organization are owners of
    /// every agent; members have the assigned role, or none.
    #[must_use]
    pub const fn for_agent(self, assigned: Option<AgentRole>) -> Option<AgentRole> {
        match self {
            Self::Owner | Self::Admin => Some(AgentRole::Owner),
            Self::Member => assigned,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table from the requirements: Owner, Contributor, Operator, Viewer.
    const TABLE: [(Permission, [bool; 4]); 7] = [
        (Permission::SeeChannel, [true, true, true, true]),
        (Permission::ChangeChannel, [true, true, false, false]),
        (Permission::ListTemplates, [true, true, true, true]),
        (Permission::UseTemplates, [true, true, true, false]),
        (Permission::ListHistory, [true, true, true, true]),
        (Permission::ExportHistory, [true, true, true, false]),
        (Permission::ManageAgent, [true, false, false, false]),
    ];

    #[test]
    fn every_role_has_the_permissions_of_the_table() {
        assert_eq!(TABLE.len(), Permission::ALL.len());
        for (permission, may) in TABLE {
            let found: Vec<bool> = AgentRole::ALL.iter().map(|role| role.may(permission)).collect();
            assert_eq!(found, may, "{permission}");
        }
    }

    #[test]
    fn only_owners_and_admins_have_a_role_for_every_agent() {
        for role in [OrganizationRole::Owner, OrganizationRole::Admin] {
            assert_eq!(role.for_agent(None), Some(AgentRole::Owner));
            assert_eq!(role.for_agent(Some(AgentRole::Viewer)), Some(AgentRole::Owner));
        }
        assert_eq!(OrganizationRole::Member.for_agent(None), None);
        assert_eq!(OrganizationRole::Member.for_agent(Some(AgentRole::Operator)), Some(AgentRole::Operator));
    }

    #[test]
    fn only_an_owner_may_manage_owners() {
        let owners = |role: &&OrganizationRole| role.may(OrganizationPermission::ManageOwners);
        assert_eq!(
            OrganizationRole::ALL.iter().filter(owners).collect::<Vec<_>>(),
            [&OrganizationRole::Owner]
        );
    }
}
