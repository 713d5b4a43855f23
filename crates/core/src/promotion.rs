//! The rules of promotion from Draft to Published: the differences, the sections that are copied or moved, and the merged result. Pure;
//! the store writes a [`Merged`] in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use crate::channel::{Account, Protocol};
use crate::session;
use serde_json::{Map, Value};

/// A part of a channel that is promoted as a whole or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// The provider. Copied.
    Protocol,
    /// The account and the identifiers of the number. Moved, because a number belongs to one channel.
    Account,
    /// Tokens and related settings. Moved together with their secrets.
    Credentials,
    /// Session settings and all other settings. Copied.
    Behaviour,
}

impl Section {
    /// All sections, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Protocol, Self::Account, Self::Credentials, Self::Behaviour];

    /// The word of the section in forms and in the audit log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Protocol => "protocol",
            Self::Account => "account",
            Self::Credentials => "credentials",
            Self::Behaviour => "behaviour",
        }
    }

    /// True if promotion removes the section from Draft, instead of copying it.
    #[must_use]
    pub const fn moves(self) -> bool {
        matches!(self, Self::Account | Self::Credentials)
    }
}

/// The chosen sections.
pub type Chosen = BTreeSet<Section>;

/// The promotable part of a channel without its secrets. The secrets move with [`Section::Credentials`].
#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    /// The provider.
    pub protocol: Protocol,
    /// The account that identifies the channel to its provider.
    pub account: Option<Account>,
    /// The protocol's own settings. A JSON object.
    pub settings: Value,
    /// The session settings, a part of [`Section::Behaviour`].
    pub session: session::Settings,
}

/// Both channels after a promotion.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The Published channel.
    pub published: Setup,
    /// The Draft channel, without the moved sections.
    pub draft: Setup,
}

/// Applies the chosen sections of the draft to the published channel. `section` gives the section of a setting by its name.
#[must_use]
pub fn merge(draft: &Setup, published: &Setup, chosen: &Chosen, section: impl Fn(&str) -> Section) -> Merged {
    let mut merged = Merged { published: published.clone(), draft: draft.clone() };
    if chosen.contains(&Section::Protocol) {
        merged.published.protocol = draft.protocol;
    }
    if chosen.contains(&Section::Account) {
        merged.published.account = merged.draft.account.take();
    }
    if chosen.contains(&Section::Behaviour) {
        merged.published.session = draft.session.clone();
    }
    let taken = |name: &str| chosen.contains(&section(name));
    let stays = fields(&published.settings).filter(|(name, _)| !taken(name));
    let comes = fields(&draft.settings).filter(|(name, _)| taken(name));
    merged.published.settings =
        stays.chain(comes).map(|(name, value)| (name.clone(), value.clone())).collect();
    let left = |name: &str| !(taken(name) && section(name).moves());
    merged.draft.settings = only(&draft.settings, left);
    merged
}

/// Why the chosen sections cannot be promoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// No section was chosen.
    Nothing,
    /// The providers differ, and only one or two of protocol, account and credentials were chosen. Another provider's number and tokens
    /// do not work, so all three must be promoted together.
    Torn,
}

/// Checks that the chosen sections can be promoted together.
///
/// # Errors
///
/// The reason why they cannot.
pub fn fits(draft: Protocol, published: Protocol, chosen: &Chosen) -> Result<(), Unfit> {
    if chosen.is_empty() {
        return Err(Unfit::Nothing);
    }
    let bound = [Section::Protocol, Section::Account, Section::Credentials];
    let count = bound.iter().filter(|section| chosen.contains(section)).count();
    if draft != published && count != 0 && count != bound.len() {
        return Err(Unfit::Torn);
    }
    Ok(())
}

/// A field of two compared objects, with its value in each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The field's name; nested names are joined with dots.
    pub name: String,
    /// The value in the first object; `None` if absent.
    pub before: Option<String>,
    /// The value in the second object; `None` if absent.
    pub after: Option<String>,
}

impl Row {
    /// True if both values are equal.
    #[must_use]
    pub fn is_alike(&self) -> bool {
        self.before == self.after
    }
}

/// Compares two objects field by field, sorted by name.
#[must_use]
pub fn side_by_side(before: &Value, after: &Value) -> Vec<Row> {
    let (mut left, mut right) = (flat(before), flat(after));
    let names: BTreeSet<String> = left.keys().chain(right.keys()).cloned().collect();
    names
        .into_iter()
        .map(|name| Row { before: left.remove(&name), after: right.remove(&name), name })
        .collect()
}

/// The fields of an object as text: strings unchanged, other values as JSON. Null and empty strings count as absent.
fn flat(value: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    flatten(value, String::new(), &mut found);
    found
}

fn flatten(value: &Value, name: String, found: &mut BTreeMap<String, String>) {
    let shown = match value {
        Value::Null => return,
        Value::String(text) if text.is_empty() => return,
        Value::String(text) => text.clone(),
        Value::Object(inner) => {
            for (key, value) in inner {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten(value, name, found);
            }
            return;
        }
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => value.to_string(),
    };
    found.insert(name, shown);
}

fn fields(settings: &Value) -> impl Iterator<Item = (&String, &Value)> {
    settings.as_object().into_iter().flat_map(Map::iter)
}

fn only(settings: &Value, keep: impl Fn(&str) -> bool) -> Value {
    fields(settings)
        .filter(|(name, _)| keep(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn section(name: &str) -> Section {
        match name.as_bytes().first() {
            Some(b'a') => Section::Account,
            Some(b'c') => Section::Credentials,
            _ => Section::Behaviour,
        }
    }

    fn setup() -> impl Strategy<Value = Setup> {
        let protocol = proptest::sample::select(Protocol::ALL);
        let account = proptest::option::of("[0-9]{8,12}".prop_map(|text| text.parse().unwrap()));
        let settings = proptest::collection::btree_map("[abcd][12]", "[x-z]{0,2}", 0..6);
        (protocol, account, settings, 1..5_u32).prop_map(|(protocol, account, settings, ask_more_minutes)| {
            let session = session::Settings { ask_more_minutes, ..session::Settings::default() };
            Setup { protocol, account, settings: json!(settings), session }
        })
    }

    fn chosen() -> impl Strategy<Value = Chosen> {
        proptest::sample::subsequence(Section::ALL.to_vec(), 0..=4)
            .prop_map(|list| list.into_iter().collect())
    }

    /// The part of a set-up that belongs to a section.
    fn part(setup: &Setup, wanted: Section) -> Value {
        let fields = only(&setup.settings, |name| section(name) == wanted);
        match wanted {
            Section::Protocol => json!(setup.protocol),
            Section::Account => json!([setup.account, fields]),
            Section::Credentials => fields,
            Section::Behaviour => json!([setup.session, fields]),
        }
    }

    proptest! {
        #[test]
        fn chosen_sections_arrive_and_others_do_not_change(draft in setup(), published in setup(), chosen in chosen()) {
            let merged = merge(&draft, &published, &chosen, section);
            for one in Section::ALL {
                let from = if chosen.contains(&one) { &draft } else { &published };
                prop_assert_eq!(part(&merged.published, one), part(from, one));
                if !(chosen.contains(&one) && one.moves()) {
                    prop_assert_eq!(part(&merged.draft, one), part(&draft, one));
                }
            }
        }

        #[test]
        fn moved_sections_are_removed_from_draft(draft in setup(), published in setup(), chosen in chosen()) {
            let merged = merge(&draft, &published, &chosen, section);
            if chosen.contains(&Section::Account) {
                prop_assert_eq!(part(&merged.draft, Section::Account), json!([null, {}]));
            }
            if chosen.contains(&Section::Credentials) {
                prop_assert_eq!(part(&merged.draft, Section::Credentials), json!({}));
            }
        }

        #[test]
        fn side_by_side_shows_each_field_once(one in setup(), other in setup()) {
            let rows = side_by_side(&one.settings, &other.settings);
            let names: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
            prop_assert_eq!(names.len(), rows.len());
            prop_assert!(side_by_side(&one.settings, &one.settings).iter().all(Row::is_alike));
            for row in rows {
                let shown = |setup: &Setup| setup.settings.get(&row.name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
                prop_assert_eq!((&row.before, &row.after), (&shown(&one), &shown(&other)));
            }
        }
    }

    #[test]
    fn different_providers_are_promoted_together_with_account_and_credentials() {
        let all = |sections: &[Section]| sections.iter().copied().collect::<Chosen>();
        let (meta, qontak) = (Protocol::MetaCloud, Protocol::Qontak);
        let bound = [Section::Protocol, Section::Account, Section::Credentials];
        assert_eq!(fits(meta, meta, &all(&[])), Err(Unfit::Nothing));
        assert_eq!(fits(meta, meta, &all(&[Section::Account])), Ok(()));
        assert_eq!(fits(meta, qontak, &all(&[Section::Behaviour])), Ok(()));
        assert_eq!(fits(meta, qontak, &all(&bound)), Ok(()));
        for section in bound {
            assert_eq!(fits(meta, qontak, &all(&[section])), Err(Unfit::Torn));
        }
    }

    #[test]
    fn nested_fields_are_named_by_their_path() {
        let rows = side_by_side(
            &json!({"state": "live", "session": {"ask": true, "grace": 5}, "gone": "x"}),
            &json!({"state": "live", "session": {"ask": false, "grace": 5}, "new": [1], "empty": ""}),
        );
        let changed: Vec<_> = rows.iter().filter(|row| !row.is_alike()).collect();
        let told: Vec<_> = changed
            .iter()
            .map(|row| (row.name.as_str(), row.before.as_deref(), row.after.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("gone", Some("x"), None),
                ("new", None, Some("[1]")),
                ("session.ask", Some("true"), Some("false"))
            ]
        );
    }
}
