//! A channel as it is compared: its fields by name, secrets as fingerprints.

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use warta_core::channel::{Account, Protocol, SecretKind};
use warta_core::promotion::{self, Row, Section, Setup};
use warta_core::secret::Secret;
use warta_core::session;
use warta_core::time::Timestamp;
use warta_http::keyed_hash::keyed_hash;
use warta_protocol::describe;
use warta_store::{Channel, Snapshot};

use crate::channel::session_label;
use crate::texts::Lang;

/// Both channels of an agent, the Published one perhaps not there yet.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) draft: Channel,
    pub(super) published: Option<Channel>,
}

impl Pair {
    /// What can be promoted of Draft.
    pub(super) fn from(&self) -> Setup {
        setup(&self.draft)
    }

    /// What it would be put into. Without a Published channel: nothing, of the same provider.
    pub(super) fn to(&self) -> Setup {
        let nothing = || Setup {
            protocol: self.draft.protocol,
            account: None,
            settings: json!({}),
            session: session::Settings::default(),
        };
        self.published.as_ref().map_or_else(nothing, setup)
    }

    /// Every field of both, Published on the left.
    pub(super) fn rows(&self, pepper: &Secret, now: Timestamp, l: Lang) -> Vec<Row> {
        let published =
            self.published.as_ref().map_or_else(|| json!({}), |channel| fields(channel, pepper, now, l));
        promotion::side_by_side(&published, &fields(&self.draft, pepper, now, l))
    }
}

fn setup(channel: &Channel) -> Setup {
    Setup {
        protocol: channel.protocol,
        account: channel.account.clone(),
        settings: channel.settings.clone(),
        session: channel.session.clone(),
    }
}

fn fields(channel: &Channel, pepper: &Secret, now: Timestamp, l: Lang) -> Value {
    let mut fields =
        plain(channel.protocol, channel.account.as_ref(), &channel.settings, switches(&channel.session, l));
    for kind in SecretKind::ALL.iter().copied().filter(|kind| kind.moves()) {
        let secret = channel.secrets(kind, now).next().map(|secret| fingerprint(pepper, secret));
        fields.insert(kind.as_str().to_owned(), json!(secret));
    }
    Value::Object(fields)
}

/// The fields of a revision, each secret by its last four characters.
pub(crate) fn of_snapshot(snapshot: &Snapshot, l: Lang) -> Value {
    let mut fields = plain(
        snapshot.protocol,
        snapshot.account.as_ref(),
        &snapshot.settings,
        switches(&snapshot.session, l),
    );
    fields.insert("state".to_owned(), json!(snapshot.state));
    for kind in SecretKind::ALL {
        let marks = snapshot.secrets.iter().filter(|mark| mark.kind == *kind);
        let ends: Vec<String> = marks.map(|mark| format!("••••{}", mark.last_four)).collect();
        fields.insert(kind.as_str().to_owned(), json!(ends.join(", ")));
    }
    Value::Object(fields)
}

/// The fields of a channel that has no revision yet, without its secrets.
pub(crate) fn of_row(channel: &Channel, l: Lang) -> Value {
    let mut fields =
        plain(channel.protocol, channel.account.as_ref(), &channel.settings, switches(&channel.session, l));
    fields.insert("state".to_owned(), json!(channel.state));
    Value::Object(fields)
}

fn plain(
    protocol: Protocol,
    account: Option<&Account>,
    settings: &Value,
    session: Value,
) -> Map<String, Value> {
    let mut fields = settings.as_object().cloned().unwrap_or_default();
    let name = warta_protocol::entry(protocol).description.name;
    fields.insert("protocol".to_owned(), json!(name));
    fields.insert("account".to_owned(), json!(account));
    fields.insert("session".to_owned(), session);
    fields
}

/// How sessions end, with its switches as the form words them.
fn switches(session: &session::Settings, l: Lang) -> Value {
    let mut fields = json!(session);
    for field in fields.as_object_mut().into_iter().flat_map(Map::values_mut) {
        if let Value::Bool(on) = field {
            *field = json!(if *on { l.session_yes() } else { l.session_no() });
        }
    }
    fields
}

/// A fingerprint that only tells whether two secrets are equal: the last characters and the start of a keyed hash.
fn fingerprint(pepper: &Secret, secret: &Secret) -> String {
    let hash = keyed_hash(pepper, "secret_fingerprint", &[secret.expose().as_bytes()]);
    let [a, b, c, d, ..] = hash;
    format!("••••{} · {a:02x}{b:02x}{c:02x}{d:02x}", secret.last_four())
}

/// The section of a field.
pub(crate) fn section(protocol: Protocol, name: &str) -> Section {
    let head = name.split('.').next().unwrap_or_default();
    match head {
        "protocol" => Section::Protocol,
        "account" => Section::Account,
        // Also one that only the other side's protocol has.
        name if is_moved(name) => Section::Credentials,
        _ => match warta_protocol::entry(protocol).description.field(head).map(|field| field.section) {
            Some(describe::Section::Account) => Section::Account,
            // Where a token is good for goes with the token.
            Some(describe::Section::Credentials | describe::Section::Reach) => Section::Credentials,
            None => Section::Behaviour,
        },
    }
}

fn is_moved(name: &str) -> bool {
    name.parse::<SecretKind>().is_ok_and(SecretKind::moves)
}

/// The label of a field.
pub(crate) fn label(protocol: Protocol, name: &str, l: Lang) -> Cow<'static, str> {
    if let Some(field) = warta_protocol::entry(protocol).description.field(name) {
        return Cow::from(l.say(field.label));
    }
    if let Some(field) = name.strip_prefix("session.") {
        return session_label(field, l);
    }
    match name {
        "protocol" => l.section_protocol(),
        "account" => Cow::from(l.say(describe::ACCOUNT.label)),
        "state" => l.field_state(),
        "webhook_secret" => l.field_webhook_secret(),
        other => Cow::from(other.to_owned()),
    }
}

/// The word for a section.
pub(super) fn word(section: Section, l: Lang) -> Cow<'static, str> {
    match section {
        Section::Protocol => l.section_protocol(),
        Section::Account => l.section_account(),
        Section::Credentials => l.section_credentials(),
        Section::Behaviour => l.section_behaviour(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_that_moves_is_shown_where_it_is_chosen_whatever_the_protocol() {
        for protocol in Protocol::ALL {
            for kind in SecretKind::ALL {
                let credentials = section(*protocol, kind.as_str()) == Section::Credentials;
                assert_eq!(credentials, kind.moves(), "{protocol} {kind}");
            }
            let secrets = warta_protocol::entry(*protocol).description.secrets();
            assert!(secrets.into_iter().all(|(kind, field)| kind.moves() && field.name == kind.as_str()));
        }
    }

    #[test]
    fn switches_are_worded_and_numbers_are_not() {
        let settings = session::Settings { ask: true, agent_counts: false, ..session::Settings::default() };
        for (l, words) in [(Lang::En, ["Yes", "No"]), (Lang::Id, ["Ya", "Tidak"])] {
            let shown = switches(&settings, l);
            assert_eq!([&shown["ask"], &shown["agent_counts"]], words);
            assert_eq!(shown["ask_more_minutes"], settings.ask_more_minutes);
        }
    }

    #[test]
    fn a_fingerprint_tells_secrets_apart_without_telling_them() {
        let (pepper, one, other) =
            (Secret::new("pepper"), Secret::new("EAAG-one-token-77aa"), Secret::new("EAAG-two-token-77aa"));
        assert_eq!(fingerprint(&pepper, &one), fingerprint(&pepper, &one));
        assert_ne!(fingerprint(&pepper, &one), fingerprint(&pepper, &other));
        assert_ne!(fingerprint(&pepper, &one), fingerprint(&Secret::new("another"), &one));
        let shown = fingerprint(&pepper, &one);
        assert!(shown.starts_with("••••77aa · ") && shown.chars().count() == 19, "{shown}");
    }
}
