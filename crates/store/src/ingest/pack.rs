//! A batch as the statements take it: one JSON document with everything small, one blob with the bodies.

use std::collections::HashMap;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use warta_core::delivery::Status;
use warta_core::webhook::{Item, Message, StatusUpdate};

use super::Ingest;
use super::users::{self, Alias, Book, Changes};

/// A UUID as 32 hexadecimal digits: what both databases read back into their own form.
#[derive(Serialize, Clone, Copy)]
#[serde(transparent)]
struct Id(#[serde(serialize_with = "hex_uuid")] Uuid);

fn hex_uuid<S: Serializer>(id: &Uuid, serializer: S) -> Result<S::Ok, S::Error> {
    let mut digits = Uuid::encode_buffer();
    serializer.serialize_str(id.simple().encode_lower(&mut digits))
}

#[derive(Serialize)]
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
    t: i64,
}

#[derive(Serialize)]
struct AliasRow<'a> {
    o: Id,
    c: Id,
    a: &'a str,
    v: Id,
    /// Whether nobody had it before.
    fresh: bool,
}

#[derive(Serialize)]
struct MessageRow<'a> {
    o: Id,
    c: Id,
    i: Id,
    v: Id,
    e: Id,
    p: &'a str,
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
    p: &'a str,
    /// Our own id of the message, where the provider gave it back.
    m: Option<Id>,
    s: Status,
    r: i16,
    code: &'a str,
    f: Option<String>,
    d: String,
    t: i64,
    at: i64,
    /// Whether this is the furthest that this batch says about the message.
    last: bool,
}

#[derive(Serialize)]
struct EventRow<'a> {
    o: Id,
    c: Id,
    i: Id,
    k: &'a str,
    at: Option<i64>,
    t: i64,
    h: String,
    d: String,
}

/// A batch, packed.
pub(super) struct Packed {
    /// Everything small.
    pub(super) json: String,
    /// The bodies, one after another.
    pub(super) bodies: Vec<u8>,
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
    serde_json::to_string(&asked).unwrap_or_default()
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
    mark_last(&mut document.statuses);
    document.users = changes.new.iter().map(|(o, c, known, t)| user(*o, Some(*c), known, *t)).collect();
    document.updated = changes.updated.iter().map(|(o, known)| user(*o, None, known, 0)).collect();
    // In one order everywhere, so that two nodes never wait for each other.
    changes.aliases.sort();
    document.aliases = changes
        .aliases
        .iter()
        .map(|(o, (c, a), v, fresh)| AliasRow { o: Id(*o), c: Id(*c), a, v: Id(*v), fresh: *fresh })
        .collect();
    let fresh_aliases = document.aliases.iter().filter(|alias| alias.fresh).count();
    let json = serde_json::to_string(&document).unwrap_or_default();
    Packed { json, bodies, fresh_aliases }
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
        p: &message.provider_id,
        k: message.content.kind(),
        x: serde_json::to_string(&message.content).unwrap_or_default(),
        y: (!message.context.is_empty()).then(|| serde_json::to_string(&message.context).unwrap_or_default()),
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
        p: &update.provider_id,
        m: update.message.map(|message| Id(message.uuid())),
        s: update.status,
        r: update.status.rank(),
        code: update.failure.as_ref().map_or("", |failure| failure.code.as_str()),
        f: update.failure.as_ref().map(|failure| serde_json::to_string(failure).unwrap_or_default()),
        d: update.detail.to_string(),
        t: ingest.received_at.as_millis(),
        at: update.at.as_millis(),
        last: false,
    }
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
        k: &event.kind,
        at,
        t: ingest.received_at.as_millis(),
        h: hash.iter().fold(String::with_capacity(64), |text, byte| text + &format!("{byte:02x}")),
        d: detail,
    }
}

/// Marks, of all that a batch says about one message, what is furthest on: only that is merged.
fn mark_last(statuses: &mut [StatusRow<'_>]) {
    let mut furthest: HashMap<(Uuid, &str), (i16, usize)> = HashMap::new();
    for (index, status) in statuses.iter().enumerate() {
        let entry = furthest.entry((status.c.0, status.p)).or_insert((status.r, index));
        if status.r > entry.0 {
            *entry = (status.r, index);
        }
    }
    let marked: Vec<usize> = furthest.into_values().map(|(_, index)| index).collect();
    for index in marked {
        if let Some(status) = statuses.get_mut(index) {
            status.last = true;
        }
    }
}
