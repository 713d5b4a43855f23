//! Whom a message is from: aliases to conversations, with a bounded memory of the last ones seen.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::sync::Arc;

use lru::LruCache;
use uuid::Uuid;
use warta_core::identity::{Bsuid, Identity};
use warta_core::message::InboundContent;
use warta_core::phone::Phone;
use warta_core::webhook::Message;

use super::nul::without_nul;

const REMEMBERED: NonZeroUsize = NonZeroUsize::new(100_000).expect("100,000 is not zero");

/// A channel and one text under which a user of it may be named.
pub(crate) type Alias = (Uuid, String);

/// A user and the conversation with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) conversation: Uuid,
    pub(crate) bsuid: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) room: Option<String>,
}

/// What a batch changes about users.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Users seen for the first time: organization, channel, who, when.
    pub(crate) new: Vec<(Uuid, Uuid, Arc<Known>, i64)>,
    /// Aliases, with their organization, that now belong to another conversation.
    pub(crate) aliases: BTreeMap<(Uuid, Alias), Passed>,
    /// What was said of known users that was not known before, with their organization, by their conversation.
    pub(crate) updated: BTreeMap<Uuid, (Uuid, Known)>,
}

/// An alias passes to a conversation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Passed {
    pub(crate) to: Uuid,
    /// Whose it was; `None` when nobody had it.
    pub(crate) from: Option<Uuid>,
}

/// The users last seen. What is in here is in the database.
#[derive(Debug)]
pub(crate) struct Users(LruCache<Alias, Arc<Known>>);

impl Users {
    pub(crate) fn new() -> Self {
        Self(LruCache::new(REMEMBERED))
    }

    /// Forgets all: the database says something else.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }

    /// Those of `aliases` that are remembered; the others must be looked up.
    pub(crate) fn recall(&mut self, aliases: Vec<(Uuid, Alias)>) -> (Book, Vec<(Uuid, Alias)>) {
        let mut book = Book::default();
        let mut missing = Vec::new();
        for (organization, alias) in aliases {
            match self.0.get(&alias) {
                Some(known) => {
                    book.0.insert(alias, Arc::clone(known));
                }
                None => missing.push((organization, alias)),
            }
        }
        (book, missing)
    }

    /// Remembers what a committed batch found out.
    pub(crate) fn remember(&mut self, book: Book) {
        for (alias, known) in book.0 {
            self.0.put(alias, known);
        }
    }
}

/// The users a batch is about.
#[derive(Debug, Default)]
pub(crate) struct Book(HashMap<Alias, Arc<Known>>);

impl Book {
    /// Enters what the database knows.
    pub(crate) fn enter(&mut self, alias: Alias, known: Known) {
        self.0.insert(alias, Arc::new(known));
    }

    /// The conversation a message belongs to; `id` names it if it is new.
    pub(crate) fn conversation(
        &mut self,
        (organization, channel): (Uuid, Uuid),
        message: &Message,
        id: Uuid,
        at: i64,
        changes: &mut Changes,
    ) -> Uuid {
        let now = Named::of(message);
        let found = now
            .known_by
            .iter()
            .filter_map(|alias| self.0.get(&(channel, alias.clone())))
            .find(|known| now.may_be(known))
            .cloned();
        let known = if let Some(known) = found {
            let updated = now.onto(&known);
            if updated == *known {
                known
            } else {
                let updated = Arc::new(updated);
                let said = &mut changes
                    .updated
                    .entry(known.conversation)
                    .or_insert_with(|| (organization, nobody(known.conversation)))
                    .1;
                *said = now.onto(said);
                self.replace(channel, &updated);
                updated
            }
        } else {
            let known = Arc::new(now.onto(&nobody(id)));
            changes.new.push((organization, channel, Arc::clone(&known), at));
            known
        };
        for alias in now.goes_by {
            let key = (channel, alias);
            let holder = self.0.get(&key).map(|other| other.conversation);
            if holder != Some(known.conversation) {
                let passed = Passed { to: known.conversation, from: holder };
                changes
                    .aliases
                    .entry((organization, key.clone()))
                    .and_modify(|passed| passed.to = known.conversation)
                    .or_insert(passed);
            }
            self.0.insert(key, Arc::clone(&known));
        }
        known.conversation
    }

    fn replace(&mut self, channel: Uuid, updated: &Arc<Known>) {
        for ((of, _), known) in &mut self.0 {
            if *of == channel && known.conversation == updated.conversation {
                *known = Arc::clone(updated);
            }
        }
    }
}

/// A user of whom nothing is known.
const fn nobody(conversation: Uuid) -> Known {
    Known { conversation, bsuid: None, phone: None, name: None, username: None, room: None }
}

/// How a message names its user.
struct Named {
    /// Texts under which we may know them, the most telling first.
    known_by: Vec<String>,
    /// Texts under which they go from now on.
    goes_by: Vec<String>,
    bsuid: Option<String>,
    phone: Option<String>,
    name: Option<String>,
    username: Option<String>,
    room: Option<String>,
}

impl Named {
    fn of(message: &Message) -> Self {
        let mut known_by = message.from.keys();
        let mut identity = message.from.clone();
        if let InboundContent::System(change) = &message.content {
            // WhatsApp says who the user was before: that is whom we know.
            let before: Option<Bsuid> = change.previous_bsuid.as_deref().and_then(|id| id.parse().ok());
            known_by.splice(0..0, before.map(|id| id.as_str().to_owned()));
            let bsuid: Option<Bsuid> = change.bsuid.as_deref().and_then(|id| id.parse().ok());
            let phone: Option<Phone> = change.phone.as_deref().and_then(|phone| phone.parse().ok());
            let bsuid = bsuid.or_else(|| identity.bsuid().cloned());
            let phone = phone.or_else(|| identity.phone().cloned());
            identity = Identity::new(bsuid, phone).unwrap_or(identity);
        }
        Self {
            known_by,
            goes_by: identity.keys(),
            bsuid: identity.bsuid().map(|bsuid| bsuid.as_str().to_owned()),
            phone: identity.phone().map(|phone| phone.digits().to_owned()),
            name: message.name.as_deref().map(without_nul).map(Into::into),
            username: message.username.as_deref().map(without_nul).map(Into::into),
            room: message.room.as_deref().map(without_nul).map(Into::into),
        }
    }

    /// Whether someone known by one of these texts may be this user. A phone passes to another person; the business-scoped id
    /// then is another one.
    fn may_be(&self, known: &Known) -> bool {
        match (&self.bsuid, &known.bsuid) {
            (Some(bsuid), Some(other)) => bsuid == other || self.known_by.contains(other),
            _ => true,
        }
    }

    /// What is known of the user with this message.
    fn onto(&self, known: &Known) -> Known {
        let newer = |new: &Option<String>, old: &Option<String>| new.clone().or_else(|| old.clone());
        Known {
            conversation: known.conversation,
            bsuid: newer(&self.bsuid, &known.bsuid),
            phone: newer(&self.phone, &known.phone),
            name: newer(&self.name, &known.name),
            username: newer(&self.username, &known.username),
            room: newer(&self.room, &known.room),
        }
    }
}

/// Every alias that a message may be known by or will go by.
pub(crate) fn aliases(message: &Message) -> Vec<String> {
    let named = Named::of(message);
    let mut aliases = named.known_by;
    for alias in named.goes_by {
        if !aliases.contains(&alias) {
            aliases.push(alias);
        }
    }
    aliases
}
