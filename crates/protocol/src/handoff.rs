//! The hand-off sheet: what the people who set a channel up at the provider must know and do. Facts and steps are data, which
//! pages, print and plain text show alike.

use serde_json::Value;
use warta_core::channel::Account;
use warta_core::secret::Secret;

use crate::bilingual::Bilingual;
use crate::describe::{Description, FieldSpec};

/// The channel that a sheet is written for.
#[derive(Debug, Clone, Copy)]
pub struct SheetInput<'a> {
    /// The URL for the provider's webhooks.
    pub callback_url: &'a str,
    /// The secret that proves the URL to be ours. The only secret on the sheet.
    pub webhook_secret: Option<&'a Secret>,
    /// The number or account of the channel.
    pub account: Option<&'a Account>,
    /// The protocol's own settings, perhaps incomplete.
    pub settings: &'a Value,
}

/// A value to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The name by which steps refer to it.
    pub name: &'static str,
    /// The name that people know it by.
    pub label: Bilingual,
    /// The value.
    pub value: String,
}

/// Something that must be saved before the sheet is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The account.
    Account,
    /// A field of the settings.
    Field(&'static str, Bilingual),
    /// The webhook secret.
    WebhookSecret,
}

/// A step of the setup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The name under which its tick is stored.
    pub name: &'static str,
    /// What to do.
    pub title: Bilingual,
    /// How, and why.
    pub detail: Bilingual,
    /// The facts that it needs, by name.
    pub facts: &'static [&'static str],
    /// Names to choose or a request to send, one a line. A fact's name in braces stands for its value: see [`Sheet::lines`].
    pub list: &'static [&'static str],
}

/// The whole sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The values to copy.
    pub facts: Vec<Fact>,
    /// The steps, in order.
    pub steps: &'static [Step],
    /// The base URL of the provider's API.
    pub api: String,
    /// What must be saved first. Until then the sheet is not handed out.
    pub missing: Vec<Missing>,
    /// The provider will not call this URL: it is not `https`, or is too long for the provider.
    pub address_refused: bool,
}

impl Step {
    /// A step with this name.
    pub(crate) const fn new(name: &'static str) -> Self {
        let empty = Bilingual { en: "", id: "" };
        Self { name, title: empty, detail: empty, facts: &[], list: &[] }
    }

    /// What to do, in English and Indonesian.
    pub(crate) const fn title(self, en: &'static str, id: &'static str) -> Self {
        Self { title: Bilingual { en, id }, ..self }
    }

    /// How to do it, and why, in English and Indonesian.
    pub(crate) const fn detail(self, en: &'static str, id: &'static str) -> Self {
        Self { detail: Bilingual { en, id }, ..self }
    }

    /// The facts that it needs, by name.
    pub(crate) const fn facts(self, facts: &'static [&'static str]) -> Self {
        Self { facts, ..self }
    }

    /// Names to choose or a request to send, one a line.
    pub(crate) const fn list(self, list: &'static [&'static str]) -> Self {
        Self { list, ..self }
    }
}

impl Sheet {
    /// The facts of a step, in its order, without those that are not known yet.
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

/// Gathers the facts of a sheet.
pub(crate) struct SheetBuilder<'a> {
    input: SheetInput<'a>,
    facts: Vec<Fact>,
    missing: Vec<Missing>,
}

impl<'a> SheetBuilder<'a> {
    /// Begins with the webhook URL under this label.
    pub(crate) fn new(input: SheetInput<'a>, callback_label: Bilingual) -> Self {
        let value = input.callback_url.to_owned();
        let facts = vec![Fact { name: "callback_url", label: callback_label, value }];
        Self { input, facts, missing: Vec::new() }
    }

    /// A setting, unless it is absent or empty.
    pub(crate) fn setting(&self, name: &str) -> Option<&'a str> {
        let text = self.input.settings.get(name).and_then(Value::as_str).map(str::trim);
        text.filter(|text| !text.is_empty())
    }

    /// The setting of a base URL, or the default, without a trailing slash.
    pub(crate) fn base_url(&self, name: &str, default: &str) -> String {
        self.setting(name).unwrap_or(default).trim_end_matches('/').to_owned()
    }

    /// Adds a fact.
    pub(crate) fn fact(&mut self, name: &'static str, label: Bilingual, value: &str) {
        self.facts.push(Fact { name, label, value: value.to_owned() });
    }

    /// Requires the webhook secret. It is a fact under `label`, or part of the URL where there is no label.
    pub(crate) fn webhook_secret(&mut self, label: Option<(&'static str, Bilingual)>) {
        match (self.input.webhook_secret.map(Secret::expose).filter(|secret| !secret.is_empty()), label) {
            (None, _) => self.missing.push(Missing::WebhookSecret),
            (Some(secret), Some((name, label))) => self.fact(name, label, secret),
            (Some(_), None) => {}
        }
    }

    /// Requires the account and the required settings of the protocol.
    pub(crate) fn account(&mut self, description: &Description) {
        let label = Bilingual { en: "WhatsApp number or account", id: "Nomor atau akun WhatsApp" };
        match self.input.account {
            Some(account) => self.fact("account", label, account.as_str()),
            None => self.missing.push(Missing::Account),
        }
        let required = |field: &&FieldSpec| field.required && field.secret.is_none();
        for field in description.fields.iter().filter(required) {
            match self.setting(field.name) {
                Some(value) => self.fact(field.name, field.label, value),
                None => self.missing.push(Missing::Field(field.name, field.label)),
            }
        }
    }

    /// The sheet with these steps, for a provider whose API is at `api`.
    pub(crate) fn build(self, steps: &'static [Step], api: String) -> Sheet {
        // A provider with a plain `http` API is a twin or a proxy nearby, which calls plain URLs too.
        let address_refused = api.starts_with("https://") && !self.input.callback_url.starts_with("https://");
        Sheet { facts: self.facts, steps, api, missing: self.missing, address_refused }
    }
}
