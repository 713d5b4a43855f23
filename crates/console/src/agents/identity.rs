//! The fields for an agent's name and language, and their validation.

use std::borrow::Cow;

use warta_core::ids::AgentId;
use warta_gateway::app::App;
use warta_http::problem::Problem;

use crate::form::{Field, Kind, Typed};
use crate::texts::Lang;
use crate::visitor::Visitor;

/// The longest name, in characters.
const LONGEST: usize = 60;
/// The languages an agent can have.
const LANGUAGES: [Lang; 2] = [Lang::En, Lang::Id];

/// The fields with these values.
pub(super) fn fields(l: Lang, name: &str, language: &str) -> [Field; 2] {
    let languages = LANGUAGES.map(|known| (known.code().to_owned(), l.language_name(known.code())));
    [
        Field::new(l, "name", Kind::Text, l.agent_name()).help(l.agent_name_help()).value(name),
        Field::new(l, "language", Kind::Choice(languages.into()), l.agent_language())
            .help(l.agent_language_help())
            .value(language),
    ]
}

/// The faults of the fields. `id` is the agent that may keep its own name.
pub(super) async fn faults(
    app: &App,
    visitor: &Visitor,
    typed: &Typed,
    id: Option<AgentId>,
    l: Lang,
) -> Result<[Option<Cow<'static, str>>; 2], Problem> {
    let name = typed.text("name");
    let others = app.store.agents(visitor.scope()).await?.into_iter().filter(|agent| Some(agent.id) != id);
    let taken = others.into_iter().any(|agent| agent.name.to_lowercase() == name.to_lowercase());
    let name = if name.is_empty() {
        Some(l.agent_name_missing())
    } else if name.chars().count() > LONGEST || name.chars().any(char::is_control) {
        Some(l.agent_name_unfit())
    } else {
        taken.then(|| l.agent_name_taken())
    };
    let known = LANGUAGES.iter().any(|known| known.code() == typed.text("language"));
    Ok([name, (!known).then(|| l.agent_language_unknown())])
}
