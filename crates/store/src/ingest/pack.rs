//! A batch as the statements take it: one JSON document with everything small, one blob with the bodies.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use warta_core::delivery::Status;
use warta_core::json;
use warta_core::webhook::{Item, Message, StatusUpdate};

use super::Ingest;
use super::nul::without_nul;
use super::users::{self, Alias, Book, Changes};

/// A UUID as 32 hexadecimal digits: what both databases read back into their own form.
#[derive(Serialize, Clone, Copy)]
#[serde(transparent)]
struct Id(#[serde(serialize_with = "hex_uuid")] Uuid);

fn hex_uuid<S: Serializer>(id: &Uuid, serializer: S) -> Result<S::Ok, S::Error> {
    let mut digits = Uuid::encode_buffer();
    serializer.serialize_str(id.simple().encode_lower(&mut digits))
}

struct Document<'a> {
    envelopes: Vec<Envelope>,
    users: Vec<User<'a>>,
    aliases: Vec<AliasRow<'a>>,
    updated: Vec<User<'a>>,
    messages: Vec<MessageRow<'a>>,
    statuses: Vec<StatusRow<'a>>,
    events: Vec<EventRow<'a>>,
}

#[derive(Serialize)]
struct Envelope {
    o: Id,
    c: Id,
    i: Id,
    t: i64,
    from: usize,
    len: usize,
}

#[derive(Serialize)]
struct User<'a> {
    o: Id,
    c: Option<Id>,
    v: Id,
    b: Option<&'a str>,
    p: Option<&'a str>,
    n: Option<&'a str>,
    u: Option<&'a str>,
    w: Option<&'a str>,
    t: i64,
}

#[derive(Serialize)]
struct AliasRow<'a> {
    o: Id,
    c: Id,
    a: &'a str,
    v: Id,
    /// Whose it was.
    h: Option<Id>,
}

#[derive(Serialize)]
struct MessageRow<'a> {
    o: Id,
    c: Id,
    i: Id,
    v: Id,
    e: Id,
    p: Cow<'a, str>,
    k: &'static str,
    x: String,
    y: Option<String>,
    s: i64,
    t: i64,
}

#[derive(Serialize)]
struct StatusRow<'a> {
    o: Id,
    c: Id,
    p: Cow<'a, str>,
    /// Our own id of the message, where the provider gave it back.
    m: Option<Id>,
    s: Status,
    r: i16,
    code: &'a str,
    f: Option<String>,
    d: String,
    t: i64,
    at: i64,
    /// Whether this is the furthest that this batch says under the provider's id.
    last: bool,
    /// Whether this is the furthest that this batch says under our id.
    own: bool,
}

#[derive(Serialize)]
struct EventRow<'a> {
    o: Id,
    c: Id,
    i: Id,
    k: Cow<'a, str>,
    at: Option<i64>,
    t: i64,
    h: String,
    d: String,
}

/// A batch, packed: a JSON list for each table, so that a statement reads only what it stores.
pub(super) struct Packed {
    pub(super) envelopes: String,
    /// The bodies, one after another.
    pub(super) bodies: Vec<u8>,
    pub(super) users: String,
    pub(super) aliases: String,
    pub(super) updated: String,
    pub(super) messages: String,
    pub(super) statuses: String,
    pub(super) events: String,
    /// Whether a user or an alias is new or changed.
    pub(super) has_users: bool,
    /// Whether it says anything about messages we sent.
    pub(super) has_statuses: bool,
    /// Whether it says anything about the channel itself.
    pub(super) has_events: bool,
    /// How many aliases it enters that nobody had before.
    pub(super) fresh_aliases: usize,
}

/// The aliases that the batch is about, each once.
pub(super) fn aliases(ingests: &[&Ingest]) -> Vec<(Uuid, Alias)> {
    let mut all = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for ingest in ingests {
        for part in &ingest.parts {
            for new in &part.items {
                let Item::Message(message) = &new.item else { continue };
                for alias in users::aliases(message) {
                    let alias = (part.channel.uuid(), alias);
                    if seen.insert(alias.clone()) {
                        all.push((ingest.organization.uuid(), alias));
                    }
                }
            }
        }
    }
    all
}

/// The document that asks for `aliases`.
pub(super) fn question(aliases: &[(Uuid, Alias)]) -> String {
    #[derive(Serialize)]
    struct Asked<'a> {
        o: Id,
        c: Id,
        a: &'a str,
    }
    let asked: Vec<_> = aliases.iter().map(|(o, (c, a))| Asked { o: Id(*o), c: Id(*c), a }).collect();
    json::text(&asked)
}

/// Packs a batch; `book` knows every user the database knows of those it is about.
pub(super) fn pack(ingests: &[&Ingest], book: &mut Book) -> Packed {
    let mut changes = Changes::default();
    let mut document = Document {
        envelopes: Vec::with_capacity(ingests.len()),
        users: Vec::new(),
        aliases: Vec::new(),
        updated: Vec::new(),
        messages: Vec::with_capacity(ingests.len()),
        statuses: Vec::new(),
        events: Vec::new(),
    };
    let mut bodies = Vec::with_capacity(ingests.iter().map(|ingest| ingest.body.len()).sum());
    for ingest in ingests {
        document.envelopes.push(Envelope {
            o: Id(ingest.organization.uuid()),
            c: Id(ingest.channel.uuid()),
            i: Id(ingest.envelope.uuid()),
            t: ingest.received_at.as_millis(),
            from: bodies.len() + 1,
            len: ingest.body.len(),
        });
        bodies.extend_from_slice(&ingest.body);
        for part in &ingest.parts {
            for new in &part.items {
                let place = (ingest.organization.uuid(), part.channel.uuid());
                match &new.item {
                    Item::Message(message) => {
                        let at = ingest.received_at.as_millis();
                        let conversation = book.conversation(place, message, new.id, at, &mut changes);
                        document.messages.push(message_row(ingest, place, message, new.id, conversation));
                    }
                    Item::Status(update) => document.statuses.push(status_row(ingest, place, update)),
                    Item::Event(event) => document.events.push(event_row(ingest, place, event, new.id)),
                }
            }
        }
    }
    mark_furthest(&mut document.statuses);
    document.users = changes.new.iter().map(|(o, c, known, t)| user(*o, Some(*c), known, *t)).collect();
    document.updated = changes.updated.values().map(|(o, said)| user(*o, None, said, 0)).collect();
    document.aliases = changes
        .aliases
        .iter()
        .map(|((o, (c, a)), passed)| AliasRow {
            o: Id(*o),
            c: Id(*c),
            a,
            v: Id(passed.to),
            h: passed.from.map(Id),
        })
        .collect();
    Packed {
        envelopes: json(&document.envelopes),
        bodies,
        users: json(&document.users),
        aliases: json(&document.aliases),
        updated: json(&document.updated),
        messages: json(&document.messages),
        statuses: json(&document.statuses),
        events: json(&document.events),
        has_statuses: !document.statuses.is_empty(),
        has_events: !document.events.is_empty(),
        has_users: !(document.users.is_empty() && document.aliases.is_empty() && document.updated.is_empty()),
        fresh_aliases: document.aliases.iter().filter(|alias| alias.h.is_none()).count(),
    }
}

/// A list as JSON. Its rows have text keys and no failing parts, so writing them cannot fail.
fn json<T: Serialize>(rows: &[T]) -> String {
    json::text(rows)
}

fn user(organization: Uuid, channel: Option<Uuid>, known: &users::Known, at: i64) -> User<'_> {
    User {
        o: Id(organization),
        c: channel.map(Id),
        v: Id(known.conversation),
        b: known.bsuid.as_deref(),
        p: known.phone.as_deref(),
        n: known.name.as_deref(),
        u: known.username.as_deref(),
        w: known.room.as_deref(),
        t: at,
    }
}

fn message_row<'a>(
    ingest: &Ingest,
    (organization, channel): (Uuid, Uuid),
    message: &'a Message,
    id: Uuid,
    conversation: Uuid,
) -> MessageRow<'a> {
    MessageRow {
        o: Id(organization),
        c: Id(channel),
        i: Id(id),
        v: Id(conversation),
        e: Id(ingest.envelope.uuid()),
        p: without_nul(&message.provider_id),
        k: message.content.kind(),
        x: json::text(&message.content),
        y: (!message.context.is_empty()).then(|| json::text(&message.context)),
        s: message.sent_at.as_millis(),
        t: ingest.received_at.as_millis(),
    }
}

fn status_row<'a>(
    ingest: &Ingest,
    (organization, channel): (Uuid, Uuid),
    update: &'a StatusUpdate,
) -> StatusRow<'a> {
    StatusRow {
        o: Id(organization),
        c: Id(channel),
        p: without_nul(&update.provider_id),
        m: update.message.map(|message| Id(message.uuid())),
        s: update.status,
        r: update.status.rank(),
        code: update.failure.as_ref().map_or("", |failure| failure.code.as_str()),
        f: update.failure.as_ref().map(json::text),
        d: detail(update),
        t: ingest.received_at.as_millis(),
        at: update.at.as_millis(),
        last: false,
        own: false,
    }
}

/// What the provider said, with why it failed beside it, as the timeline shows it.
fn detail(update: &StatusUpdate) -> String {
    let mut detail = update.detail.clone();
    if let (Some(failure), Some(object)) = (&update.failure, detail.as_object_mut()) {
        object.insert("error".to_owned(), json::value(failure));
    }
    detail.to_string()
}

fn event_row<'a>(
    ingest: &Ingest,
    (organization, channel): (Uuid, Uuid),
    event: &'a warta_core::webhook::ChannelEvent,
    id: Uuid,
) -> EventRow<'a> {
    let detail = event.detail.to_string();
    let at = event.at.map(warta_core::time::Timestamp::as_millis);
    let hash = Sha256::new()
        .chain_update(&event.kind)
        .chain_update([0])
        .chain_update(at.unwrap_or_default().to_be_bytes());
    let hash = hash.chain_update(&detail).finalize();
    EventRow {
        o: Id(organization),
        c: Id(channel),
        i: Id(id),
        k: without_nul(&event.kind),
        at,
        t: ingest.received_at.as_millis(),
        h: hash.iter().fold(String::with_capacity(64), |text, byte| text + &format!("{byte:02x}")),
        d: detail,
    }
}

/// Marks, of all that a batch says about one message, what is furthest on: only that is merged.
fn mark_furthest(statuses: &mut [StatusRow<'_>]) {
    let (mut theirs, mut ours) = (HashMap::new(), HashMap::new());
    for (index, status) in statuses.iter().enumerate() {
        furthest(&mut theirs, (status.c.0, status.p.clone()), (status.r, index));
        if let Some(Id(message)) = status.m {
            furthest(&mut ours, message, (status.r, index));
        }
    }
    let (theirs, ours): (Vec<_>, Vec<_>) = (theirs.into_values().collect(), ours.into_values().collect());
    for (_, index) in theirs {
        statuses.get_mut(index).into_iter().for_each(|status| status.last = true);
    }
    for (_, index) in ours {
        statuses.get_mut(index).into_iter().for_each(|status| status.own = true);
    }
}

fn furthest<K: Eq + std::hash::Hash>(all: &mut HashMap<K, (i16, usize)>, key: K, this: (i16, usize)) {
    let entry = all.entry(key).or_insert(this);
    if this.0 > entry.0 {
        *entry = this;
    }
}
