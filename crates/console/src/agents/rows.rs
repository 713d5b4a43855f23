//! The agents of the overview, as rows.

use askama::Template;
use warta_core::channel::Environment;
use warta_core::time::Timestamp;
use warta_store::{Agent, Channel};

use crate::agents::avatar::Avatar;
use crate::pill::Pill;
use crate::texts::Lang;
use crate::view::Life;

/// The rows. Rendered by `{{ agents }}`.
#[derive(Template)]
#[template(path = "agents/rows.html")]
pub(crate) struct Rows {
    l: Lang,
    agents: Vec<AgentRow>,
    may_add: bool,
}

struct AgentRow {
    id: String,
    name: String,
    avatar: Avatar,
    channels: [Standing; 2],
}

/// The state of one channel.
struct Standing {
    life: Life,
    environment: Environment,
    account: String,
    pill: Pill,
}

/// The template already escapes its output.
impl askama::filters::HtmlSafe for Rows {}

impl Rows {
    /// The rows of these agents. `may_add`: whether the visitor may make another.
    pub(crate) fn of(
        agents: &[Agent],
        channels: &[Channel],
        may_add: bool,
        (now, l): (Timestamp, Lang),
    ) -> Self {
        let row = |agent: &Agent| AgentRow {
            id: agent.id.to_string(),
            name: agent.name.clone(),
            avatar: Avatar::of(agent),
            channels: [Environment::Published, Environment::Draft]
                .map(|environment| standing(channels, (agent, environment), now, l)),
        };
        Self { l, agents: agents.iter().map(row).collect(), may_add }
    }
}

fn standing(
    channels: &[Channel],
    (agent, environment): (&Agent, Environment),
    now: Timestamp,
    l: Lang,
) -> Standing {
    let mut of_agent = channels.iter().filter(|channel| channel.agent == agent.id);
    let channel = of_agent.find(|channel| channel.environment == environment);
    let account = channel.and_then(|channel| channel.account.as_ref());
    Standing {
        life: Life::of(environment, l),
        environment,
        account: account.map(ToString::to_string).unwrap_or_default(),
        pill: Pill::of(channel, now, l),
    }
}
