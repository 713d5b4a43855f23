//! Who may do what: the one table that routes, pages and documents go by.

use crate::vocabulary::words;

words! {
    /// What a person is in an organization.
    OrganizationRole {
        /// Everything, and the last one cannot go.
        Owner = "owner",
        /// Everything but making and unmaking owners.
        Admin = "admin",
        /// What the agents give that were assigned.
        Member = "member",
    }
}

words! {
    /// What a person is to one agent.
    AgentRole {
        /// Everything about the agent.
        Owner = "owner",
        /// Sets its channels up.
        Contributor = "contributor",
        /// Works with templates and history.
        Operator = "operator",
        /// Looks on.
        Viewer = "viewer",
    }
}

words! {
    /// Something that can be done with an agent.
    Permission {
        /// See channel, session and activity, secrets masked.
        SeeChannel = "see_channel",
        /// Change channel, credentials, webhook secret, session, registration, agent endpoints and API keys; go live; promote.
        ChangeChannel = "change_channel",
        /// List templates.
        ListTemplates = "list_templates",
        /// Create, send and delete templates.
        UseTemplates = "use_templates",
        /// List the history, with users masked.
        ListHistory = "list_history",
        /// See the history unmasked, and take it away as CSV.
        ExportHistory = "export_history",
        /// Manage the agent's members, delete or transfer the agent.
        ManageAgent = "manage_agent",
    }
}

words! {
    /// Something that can be done with an organization.
    OrganizationPermission {
        /// Add agents.
        CreateAgents = "create_agents",
        /// Invite people, change their roles, let them go.
        ManagePeople = "manage_people",
        /// See the activity of everybody and of every agent.
        SeeActivity = "see_activity",
        /// Make and unmake owners.
        ManageOwners = "manage_owners",
    }
}

impl AgentRole {
    /// Whether this role may.
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
    /// Whether this role may.
    #[must_use]
    pub const fn may(self, permission: OrganizationPermission) -> bool {
        match permission {
            OrganizationPermission::CreateAgents
            | OrganizationPermission::ManagePeople
            | OrganizationPermission::SeeActivity => matches!(self, Self::Owner | Self::Admin),
            OrganizationPermission::ManageOwners => matches!(self, Self::Owner),
        }
    }

    /// What this role makes of a person for every agent of the organization, `assigned` being what the agent itself says. An
    /// owner or admin is every agent's owner; a member is what the agent says, and to other agents nobody.
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

    /// The table as the people who asked for it wrote it: Owner, Contributor, Operator, Viewer.
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
    fn every_role_may_what_the_table_says() {
        assert_eq!(TABLE.len(), Permission::ALL.len());
        for (permission, may) in TABLE {
            let found: Vec<bool> = AgentRole::ALL.iter().map(|role| role.may(permission)).collect();
            assert_eq!(found, may, "{permission}");
        }
    }

    #[test]
    fn only_who_runs_the_organization_is_somebody_to_every_agent() {
        for role in [OrganizationRole::Owner, OrganizationRole::Admin] {
            assert_eq!(role.for_agent(None), Some(AgentRole::Owner));
            assert_eq!(role.for_agent(Some(AgentRole::Viewer)), Some(AgentRole::Owner));
        }
        assert_eq!(OrganizationRole::Member.for_agent(None), None);
        assert_eq!(OrganizationRole::Member.for_agent(Some(AgentRole::Operator)), Some(AgentRole::Operator));
    }

    #[test]
    fn only_an_owner_makes_owners() {
        let owners = |role: &&OrganizationRole| role.may(OrganizationPermission::ManageOwners);
        assert_eq!(
            OrganizationRole::ALL.iter().filter(owners).collect::<Vec<_>>(),
            [&OrganizationRole::Owner]
        );
    }
}
