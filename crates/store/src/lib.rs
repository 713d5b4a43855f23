//! Everything durable, on SQLite and PostgreSQL.
//!
//! Reading is scoped by organization and goes to a pool; all writing goes through the writer. Two kinds of rows are actors
//! that workers claim with a lease and an epoch: conversations and numbers. When a call that writes returns, what it wrote
//! is on disk.

mod agents;
mod api_keys;
mod audit;
mod channels;
mod conversations;
mod db;
mod deployments;
mod error;
mod ingest;
mod messages;
mod migrations;
mod numbers;
mod outbound;
mod overview;
mod people;
#[cfg(test)]
mod plans;
mod quarantine;
mod retention;
mod scope;
mod seal;
mod sessions;
mod store;
mod stretch;
mod templates;
pub mod testing;
mod wake;
mod writer;

pub use agents::{Agent, NewAgent};
pub use api_keys::{ApiKey, NewApiKey};
pub use audit::{AuditFilter, AuditPage, By, Change, Entry};
pub use channels::{
    Channel, ChannelChange, DELETED_CHANNELS_STAY, DeletedChannel, Handoff, Look, NewChannel, NewSecret,
    Others, Promotion, PromotionTarget, RefusedCall, Renewed, Revision, SecretMark, SecretRow, Snapshot,
    Standing,
};
pub use conversations::{
    ClaimedConversation, Conversation, ConversationOutcome, Departures, HeadOutcome, InboundHead, User,
};
pub use deployments::{Deployment, DraftChannel};
pub use error::Error;
pub use ingest::{Ingest, IngestOutcome, NewItem, Part};
pub use messages::{Content, MessageFilter, MessageRow, Page, TimelineEvent};
pub use numbers::{ClaimedNumber, OutboundHead, SendResult, SendResultKind};
pub use outbound::{Enqueued, Idempotency, NewOutbound, Priority};
pub use overview::Counts;
pub use people::{
    AgentMember, Invitation, Link, Member, Membership, NewLink, NewPerson, NewSignIn, Newcomer, Person,
    Purpose, SetUp, SignIn, SignedIn,
};
pub use quarantine::{NewQuarantine, Quarantined};
pub use scope::Scope;
pub use seal::{InvalidKey, SealingKey};
pub use sessions::{NewSessionEvent, SessionEvent, Told};
pub use store::{OpenOptions, Store};
pub use stretch::Stretch;
pub use templates::{Declaration, DeclarationFilter};
pub use wake::Actor;
pub use warta_core::channel::SecretKind;
