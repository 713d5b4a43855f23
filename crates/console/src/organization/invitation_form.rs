//! The form for an invitation: its fields, and reading them.

use std::borrow::Cow;
use std::time::Duration;

use warta_core::permission::{AgentRole, OrganizationRole};
use warta_core::time::Timestamp;
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::{Agent, Invitation};

use crate::form::{Field, Kind, Typed};
use crate::organization::member::grantable;
use crate::sign_in::page::email_fault;
use crate::texts::Lang;
use crate::view::plain;
use crate::visitor::Visitor;

/// How many days an invitation can last.
const DAYS: [u64; 3] = [1, 7, 30];

/// The form with the submitted values.
pub(super) fn fields(visitor: &Visitor, agents: &[Agent], typed: &Typed, l: Lang) -> Vec<Field> {
    let or = |name: &str, otherwise: &str| match typed.text(name) {
        "" => otherwise.to_owned(),
        text => text.to_owned(),
    };
    let roles = grantable(visitor.role, l).into_iter().map(|(role, word)| (role.to_string(), word));
    let mut choices = vec![(String::new(), l.invite_no_agent())];
    choices.extend(agents.iter().map(|agent| (agent.id.to_string(), plain(&agent.name).into())));
    let agent_roles = AgentRole::ALL.iter().map(|role| (role.to_string(), l.role_word(role.as_str())));
    let [day, week, month] = DAYS.map(|days| days.to_string());
    let expiry = vec![(day, l.invite_day()), (week.clone(), l.invite_week()), (month, l.invite_month())];
    vec![
        Field::new(l, "email", Kind::Email, l.members_email())
            .help(l.invite_email_help())
            .value(typed.text("email")),
        Field::new(l, "role", Kind::Choice(roles.collect()), l.members_role())
            .help(l.invite_role_help())
            .value(or("role", OrganizationRole::Member.as_str())),
        Field::new(l, "agent", Kind::Choice(choices), l.invite_agent())
            .help(l.invite_agent_help())
            .value(typed.text("agent")),
        Field::new(l, "agent_role", Kind::Choice(agent_roles.collect()), l.invite_agent_role())
            .value(or("agent_role", AgentRole::Viewer.as_str())),
        Field::new(l, "days", Kind::Choice(expiry), l.invite_expiry()).value(or("days", &week)),
    ]
}

/// The submitted invitation.
pub(super) struct InvitationInput {
    pub(super) invitation: Invitation,
    pub(super) agent_name: Option<String>,
    pub(super) expires_at: Timestamp,
}

/// The faults, in the order of the fields.
pub(super) type Faults = [Option<Cow<'static, str>>; 5];

pub(super) async fn read(
    app: &App,
    visitor: &Visitor,
    agents: &[Agent],
    typed: &Typed,
    l: Lang,
) -> Result<Result<InvitationInput, Faults>, Problem> {
    let email = typed.text("email").to_lowercase();
    let members = app.store.members(visitor.scope()).await?;
    let belongs = members.iter().any(|member| member.email == email).then(|| l.invite_already());
    let email_fault = email_fault(l, &email).or(belongs);
    let role: Option<OrganizationRole> = typed.text("role").parse().ok();
    let agent = match typed.text("agent") {
        "" => Some(None),
        id => agents.iter().find(|agent| agent.id.to_string() == id).map(Some),
    };
    let agent_role: Option<AgentRole> = typed.text("agent_role").parse().ok();
    let days = typed.text("days").parse().ok().filter(|days| DAYS.contains(days));
    let unknown = |known: bool| (!known).then(|| l.invite_unknown());
    let faults = [
        email_fault,
        unknown(role.is_some()),
        unknown(agent.is_some()),
        unknown(agent_role.is_some()),
        unknown(days.is_some()),
    ];
    let (Some(role), Some(agent), Some(agent_role), Some(days)) = (role, agent, agent_role, days) else {
        return Ok(Err(faults));
    };
    if faults.iter().any(Option::is_some) {
        return Ok(Err(faults));
    }
    Ok(Ok(InvitationInput {
        invitation: Invitation {
            organization: visitor.organization,
            email,
            role,
            agent: agent.map(|agent| (agent.id, agent_role)),
            invited_by: Some(visitor.person),
        },
        agent_name: agent.map(|agent| agent.name.clone()),
        expires_at: app.now().after(Duration::from_hours(days * 24)),
    }))
}
