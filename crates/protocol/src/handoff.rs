//! What the people who set a channel up on the provider's side need to know and do: facts and steps as data, which pages, print
//! and plain text show alike.

use serde_json::Value;
use warta_core::channel::Account;
use warta_core::secret::Secret;

use crate::bilingual::Bilingual;

/// What is known of a channel when the sheet is written.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Where the provider is to send its webhooks.
    pub callback_url: &'a str,
    /// What proves to the provider that the address is ours. The only secret on the sheet.
    pub webhook_secret: Option<&'a Secret>,
    /// What identifies the channel to its provider.
    pub account: Option<&'a Account>,
    /// The protocol's own settings, complete or not.
    pub settings: &'a Value,
}

/// One thing to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The word for it, by which steps refer to it.
    pub name: &'static str,
    /// What people call it.
    pub label: Bilingual,
    /// What it is.
    pub value: String,
}

/// Something that must be saved before the sheet is of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The account.
    Account,
    /// A field of the settings.
    Field(&'static str, Bilingual),
    /// The webhook secret.
    WebhookSecret,
}

/// One thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The word under which it is ticked.
    pub name: &'static str,
    /// What to do.
    pub title: Bilingual,
    /// How, and why.
    pub detail: Bilingual,
    /// The facts it takes, by name.
    pub facts: &'static [&'static str],
    /// What else it takes: names to choose or a request to send, one a line. A fact's name in braces stands for the fact:
    /// see [`Sheet::lines`].
    pub list: &'static [&'static str],
}

/// The whole sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What to copy.
    pub facts: Vec<Fact>,
    /// What to do, in order.
    pub steps: &'static [Step],
    /// Where the provider's API is.
    pub api: String,
    /// What must be saved first. While there is something, the sheet is not handed out.
    pub missing: Vec<Missing>,
    /// The provider will not call this address: it is not `https`, or is longer than the provider takes.
    pub address_refused: bool,
}

impl Sheet {
    /// The facts a step takes, in its order. One that is not known yet is left out.
    pub fn facts_of<'a>(&'a self, step: &'a Step) -> impl Iterator<Item = &'a Fact> {
        step.facts.iter().filter_map(|name| self.facts.iter().find(|fact| fact.name == *name))
    }

    /// The list of a step with the facts filled in.
    pub fn lines<'a>(&'a self, step: &'a Step) -> impl Iterator<Item = String> + 'a {
        step.list.iter().map(|line| {
            let line = line.replace("{api}", &self.api);
            self.facts
                .iter()
                .fold(line, |line, fact| line.replace(&format!("{{{}}}", fact.name), &fact.value))
        })
    }
}
