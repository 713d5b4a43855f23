//! The interface that every protocol implements. [`Provider`] is one channel with its settings, [`Entry`] is a protocol before a
//! channel has settings. An ability that only some protocols have is a trait of its own, and [`Provider`] returns it where it
//! exists: a call that a protocol cannot make cannot be written. docs/adding-a-protocol.md describes how to add a protocol.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use warta_core::channel::SecretKind;
use warta_core::checkup::Check;
use warta_core::delivery::{Failure, SendOutcome};
use warta_core::ids::MessageId;
use warta_core::message::OutboundContent;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use crate::capabilities::{Capabilities, Support};
use crate::check::Questions;
use crate::describe::{Description, FieldSpec};
use crate::handoff::{Sheet, SheetInput};
use crate::http::{Request, Response};
use crate::loopback::SyntheticMessage;
use crate::media::MediaDownload;
use crate::outgoing::{Outgoing, TransportError};
use crate::read_receipt::ReadReceipts;
use crate::registration::Registration;
use crate::renewal::Renewal;
use crate::settings::Read;
use crate::template::Templates;
use crate::verify::{Call, Refused, Verified};
use crate::webhook::{Route, Unreadable, Webhook};
use crate::webhook_target::WebhookTarget;

/// A protocol, before a channel has settings.
pub struct Entry {
    /// Its name and its fields, for people.
    pub description: &'static Description,
    /// What it can do.
    pub capabilities: &'static Capabilities,
    /// The secret that proves its webhooks: [`SecretKind::WebhookSecret`] is part of the URL, any other kind signs the body.
    pub proof: SecretKind,
    /// Reads the settings of a channel: the provider, which is usable if there are no faults, and every fault.
    pub(crate) read: fn(&Value) -> Read<Arc<dyn Provider>>,
    /// Answers a `GET` of the webhook URL. The arguments are its query, the secret in its path, and the channel's own secret; the
    /// result is the body to send back.
    pub handshake: fn(&str, Option<&str>, &Secret) -> Result<String, Refused>,
    /// The query that makes a [`Entry::handshake`] for a challenge and a secret. Empty where the path alone proves the call.
    pub handshake_query: fn(&str, &Secret) -> String,
    /// The first part of the path under which its twin serves it, such as `meta`.
    pub twin_path: &'static str,
    /// The hand-off sheet for the people who set the channel up at the provider.
    pub sheet: fn(SheetInput<'_>) -> Sheet,
}

/// One channel at its provider: its settings, and the calls to make with them. It does no I/O.
pub trait Provider: fmt::Debug + Send + Sync {
    /// Proves a call to the webhook URL. `secrets` are the channel's secrets of the kind [`Entry::proof`].
    ///
    /// # Errors
    ///
    /// When none of the secrets proves it.
    fn verify<'a>(&self, call: Call<'a>, secrets: &[&Secret]) -> Result<Verified<'a>, Refused>;

    /// Reads a webhook. An item without a time of its own gets the time of its entry, else `received_at`.
    ///
    /// # Errors
    ///
    /// When the whole body is unreadable. An unreadable item beside readable ones is a fault in the [`Webhook`].
    fn parse(&self, verified: Verified<'_>, received_at: Timestamp) -> Result<Webhook, Unreadable>;

    /// True if an item belongs to this channel. Items with [`Route::Called`] belong to the channel whose URL was called.
    fn owns(&self, route: &Route) -> bool;

    /// The body of a webhook as this provider would send it, for the loop-back test. [`Provider::parse`] must read it as a message
    /// from [`SyntheticMessage::from`].
    fn loopback(&self, message: SyntheticMessage<'_>) -> Vec<u8>;

    /// The signature header of a loop-back webhook. `None` where the provider signs nothing.
    fn sign(&self, body: &[u8], secret: &Secret) -> Option<(&'static str, String)> {
        let _ = (body, secret);
        None
    }

    /// How this channel carries content: as its protocol does, unless its settings say otherwise.
    fn carries(&self, content: &OutboundContent) -> Support;

    /// True if a user's text may be the answer to buttons or a list: they were sent as text, or the provider drops the answer's id.
    fn choices_may_be_text(&self) -> bool {
        true
    }

    /// True if a channel with these settings cannot go live without this field.
    fn needs(&self, field: &FieldSpec) -> bool {
        field.required
    }

    /// The kind of secret that authorizes a send of this content, or with `None` any other call. If the channel has no secret of
    /// this kind, [`SecretKind::fallback`] is tried for a send.
    fn key(&self, content: Option<&OutboundContent>) -> SecretKind {
        let _ = content;
        SecretKind::AccessToken
    }

    /// The URL of the file whose bytes [`Provider::message`] needs for this content.
    fn wants_file<'a>(&self, content: &'a OutboundContent) -> Option<&'a str> {
        let _ = content;
        None
    }

    /// The request that sends a message.
    ///
    /// # Errors
    ///
    /// When this provider does not carry the content, or the conversation has no room.
    fn message(&self, key: &Secret, outgoing: Outgoing<'_>) -> Result<Request, Failure>;

    /// The outcome of sending `message`. Some providers know the message by this id. `attempt` counts from 1: some faults are
    /// retried a few times only.
    fn outcome(
        &self,
        message: MessageId,
        content: &OutboundContent,
        answer: Result<Response<'_>, TransportError>,
        attempt: u32,
    ) -> SendOutcome;

    /// The checks that a check-up of this channel runs.
    fn checks(&self) -> &'static [Check];

    /// The base URL of the provider's API, without a trailing slash.
    fn base_url(&self) -> &str;

    /// The provider's id of the sender: Meta's number, Coster's account, Qontak's channel integration.
    fn sender(&self) -> &str;

    /// Downloads of files that users sent.
    fn media(&self) -> &dyn MediaDownload;

    /// Questions about a token or a number. `None` if the provider answers none.
    fn questions(&self) -> Option<&dyn Questions> {
        None
    }

    /// Read receipts for users. `None` if the provider sends none.
    fn read_receipts(&self) -> Option<&dyn ReadReceipts> {
        None
    }

    /// The provider's templates. `None` if its API does not know templates.
    fn templates(&self) -> Option<&dyn Templates> {
        None
    }

    /// Webhook URL of this channel alone. `None` if it cannot be set by API.
    fn webhook_target(&self) -> Option<&dyn WebhookTarget> {
        None
    }

    /// Registration of the webhook URL in settings shared with others. `None` if the provider has no such settings.
    fn registration(&self) -> Option<&dyn Registration> {
        None
    }

    /// Renewal of the access token. `None` if it cannot be renewed by API.
    fn renewal(&self) -> Option<&dyn Renewal> {
        None
    }
}
