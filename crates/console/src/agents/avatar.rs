//! How an agent is shown: its picture, or its initials.

use askama::Template;
use warta_core::ids::AgentId;
use warta_store::Agent;

/// How many colours the style sheet has for initials.
const TONES: u128 = 4;

/// How an agent is shown. Rendered by `{{ avatar }}`.
#[derive(Debug, Clone, Template)]
#[template(path = "agents/avatar.html")]
pub(crate) struct Avatar {
    id: AgentId,
    pub(super) has_picture: bool,
    initials: String,
    tone: u128,
}

/// The template already escapes its output.
impl askama::filters::HtmlSafe for Avatar {}

impl Avatar {
    /// The agent's picture or initials.
    pub(crate) fn of(agent: &Agent) -> Self {
        Self {
            id: agent.id,
            has_picture: agent.has_avatar,
            initials: initials(&agent.name),
            tone: agent.id.uuid().as_u128() % TONES,
        }
    }
}

/// The first letters of the first two words.
fn initials(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.take(2).filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_the_first_two_words() {
        for (name, letters) in
            [("Ferry", "F"), ("kopi nusa jaya", "KN"), ("  Toko-Éclair", "TÉ"), ("🚢", ""), ("7 Laut", "7L")]
        {
            assert_eq!(initials(name), letters);
        }
    }
}
