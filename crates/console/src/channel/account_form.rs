//! The fields of the section *Account*: their saved values, and what a form asks to change.

use std::borrow::Cow;

use serde_json::{Map, Value};
use warta_core::channel::{Account, State};
use warta_protocol::describe::{self, ACCOUNT, Description, FieldSpec, Section};
use warta_store::{Change, Channel};

use crate::form::Typed;
use crate::texts::Lang;

/// The submitted values of the section, and their faults.
pub(super) struct AccountInput {
    pub(super) account: Option<Account>,
    pub(super) settings: Value,
    pub(super) faults: Vec<(&'static str, Cow<'static, str>)>,
}

/// The fields of the section.
pub(super) fn specs(description: &Description) -> impl Iterator<Item = &'static FieldSpec> {
    let open = description.open(Section::Account).chain(description.open(Section::Reach));
    std::iter::once(&ACCOUNT).chain(open)
}

/// The saved value of a field.
pub(super) fn saved(spec: &FieldSpec, channel: &Channel) -> String {
    held(spec, (channel.account.as_ref(), &channel.settings))
}

pub(super) fn held(spec: &FieldSpec, (account, settings): (Option<&Account>, &Value)) -> String {
    if spec.name == ACCOUNT.name {
        return account.map(ToString::to_string).unwrap_or_default();
    }
    settings.get(spec.name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

impl AccountInput {
    pub(super) fn read(channel: &Channel, description: &Description, typed: &Typed, l: Lang) -> Self {
        let mut faults = Vec::new();
        let account = match typed.text(ACCOUNT.name) {
            "" => None,
            text => {
                describe::account(text).map_err(|fault| faults.push((ACCOUNT.name, l.say(fault).into()))).ok()
            }
        };
        let mut settings = channel.settings.as_object().cloned().unwrap_or_else(Map::new);
        for spec in specs(description).filter(|spec| spec.name != ACCOUNT.name) {
            match typed.text(spec.name) {
                "" => drop(settings.remove(spec.name)),
                text => drop(settings.insert(spec.name.to_owned(), text.into())),
            }
        }
        let settings = Value::Object(settings);
        // While it is being set up a channel may lack something; in use it may not.
        let in_use = channel.state != State::Saved;
        if in_use && account.is_none() && faults.is_empty() {
            faults.push((ACCOUNT.name, l.channel_missing()));
        }
        for fault in warta_protocol::faults(channel.protocol, &settings) {
            if let Some(spec) = description.field(fault.field).filter(|_| in_use || !fault.missing) {
                let words =
                    if fault.missing { l.channel_missing() } else { l.say(spec.format.wrong()).into() };
                faults.push((spec.name, words));
            }
        }
        Self { account, settings, faults }
    }

    /// The differences to the saved values.
    pub(super) fn changes(&self, channel: &Channel, description: &Description) -> Vec<Change> {
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        let change = |spec: &'static FieldSpec| Change {
            field: spec.name.to_owned(),
            before: some(saved(spec, channel)),
            after: some(held(spec, (self.account.as_ref(), &self.settings))),
        };
        specs(description).map(change).filter(|change| change.before != change.after).collect()
    }
}

/// True if the input equals the saved value, for an account in any notation.
pub(super) fn same(spec: &FieldSpec, saved: &str, typed: &str) -> bool {
    let account = |text: &str| text.parse::<Account>().ok();
    saved == typed
        || (spec.name == ACCOUNT.name && account(saved).is_some() && account(saved) == account(typed))
}

/// True if these changes point the channel at another number.
pub(super) fn moves(changes: &[Change]) -> bool {
    changes.iter().any(|change| matches!(change.field.as_str(), "account" | "phone_number_id"))
}
