//! The seam between the house and its protocols. What differs from one provider to the next is behind [`Provider`], and what is
//! known of a protocol before a channel has settings is in its [`Entry`]. docs/adding-a-protocol.md walks through a new one.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use warta_core::channel::{Protocol, SecretKind};
use warta_core::checkup::Check;
use warta_core::delivery::{Failure, SendOutcome};
use warta_core::ids::MessageId;
use warta_core::message::{InboundMedia, OutboundContent, Template};
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use crate::capabilities::{Capabilities, Support};
use crate::check::{Said, Topic};
use crate::describe::{Description, FieldSpec};
use crate::handoff::{Known, Sheet};
use crate::http::{Request, Response};
use crate::outgoing::{Outgoing, Seen, Transport, UNSUPPORTED};
use crate::received::Fetch;
use crate::registration::Registration;
use crate::renewal::Renewal;
use crate::template::{Done, NotDone, Task};
use crate::verify::{Call, Refused, Verified};
use crate::webhook::{Route, Unreadable, Webhook};
use crate::{InvalidSettings, coster, loopback, meta, qontak};

/// A protocol, before there are settings.
pub struct Entry {
    /// How it describes itself to people.
    pub description: &'static Description,
    /// What it can do.
    pub capabilities: &'static Capabilities,
    /// The secret that proves its webhooks: [`SecretKind::WebhookSecret`] stands in the address, any other signs.
    pub proof: SecretKind,
    /// Reads the settings of a channel, or names the first field that is missing or wrong.
    pub read: fn(&Value) -> Result<Arc<dyn Provider>, InvalidSettings>,
    /// Every field of the settings that is missing or wrong.
    pub faults: fn(&Value) -> Vec<InvalidSettings>,
    /// Answers a `GET` of the webhook address whose query is the first and whose secret in the address is the second argument:
    /// with the body to send back, where the third is what it should show.
    pub handshake: fn(&str, Option<&str>, &Secret) -> Result<String, Refused>,
    /// The query with which [`Entry::handshake`] is made for a challenge and a secret. Empty where the address says it all.
    pub handshake_query: fn(&str, &Secret) -> String,
    /// What the people who set it up on the provider's side need.
    pub sheet: fn(Known<'_>) -> Sheet,
}

/// The entry of a protocol; `None` for one that is not in this version.
#[must_use]
pub fn entry(protocol: Protocol) -> Option<&'static Entry> {
    match protocol {
        Protocol::MetaCloud => Some(&meta::ENTRY),
        Protocol::Qontak => Some(&qontak::ENTRY),
        Protocol::Coster => Some(&coster::ENTRY),
    }
}

/// Reads the settings of a channel with this protocol.
///
/// # Errors
///
/// When a field is missing or not as it should be, naming it; and for a protocol that is not available.
pub fn read(protocol: Protocol, settings: &Value) -> Result<Arc<dyn Provider>, InvalidSettings> {
    entry(protocol).map_or_else(|| Err(unavailable(protocol)), |entry| (entry.read)(settings))
}

/// Everything that keeps settings from being used: each field that is missing or wrong, once.
#[must_use]
pub fn faults(protocol: Protocol, settings: &Value) -> Vec<InvalidSettings> {
    entry(protocol).map_or_else(|| vec![unavailable(protocol)], |entry| (entry.faults)(settings))
}

fn unavailable(protocol: Protocol) -> InvalidSettings {
    InvalidSettings::new("protocol", format!("{protocol} is not available"))
}

/// A channel's provider: its settings, and how it is spoken with. Nothing here waits or calls.
pub trait Provider: fmt::Debug + Send + Sync {
    /// Proves a call to the webhook address. `secrets` are the channel's of the kind [`Entry::proof`].
    ///
    /// # Errors
    ///
    /// When none of them proves it.
    fn verify<'a>(&self, call: Call<'a>, secrets: &[&Secret]) -> Result<Verified<'a>, Refused>;

    /// Reads a webhook. An item without a time of its own gets that of its surroundings, else `received_at`.
    ///
    /// # Errors
    ///
    /// When the body is nothing that this protocol sends. What can be read although its neighbours cannot is no error.
    fn parse(&self, verified: Verified<'_>, received_at: Timestamp) -> Result<Webhook, Unreadable>;

    /// Whether an item is this channel's. [`Route::Called`] is, where the address of this channel was called.
    fn concerns(&self, route: &Route) -> bool;

    /// An event as this provider would send it, made by ourselves to try the way. It must be read by [`Provider::parse`] as
    /// written by [`loopback::Said::from`].
    fn loopback(&self, said: loopback::Said<'_>) -> Vec<u8>;

    /// The header that proves an event of our own, where webhooks are signed.
    fn sign(&self, body: &[u8], secret: &Secret) -> Option<(&'static str, String)> {
        let _ = (body, secret);
        None
    }

    /// How this channel carries content: as its protocol does, unless its settings say otherwise.
    fn carries(&self, content: &OutboundContent) -> Support;

    /// Whether a user's text may be the answer to buttons or a list: they went out as text, or the answer's id is lost on the way.
    fn choices_may_be_text(&self) -> bool {
        true
    }

    /// Whether a channel with these settings cannot go live without this field.
    fn needs(&self, field: &FieldSpec) -> bool {
        field.required
    }

    /// Which of the channel's secrets opens the door for this content; `None` for a call that is no send. Where the channel has
    /// none of that kind for a send, its [`SecretKind::stand_in`] is tried.
    fn key(&self, content: Option<&OutboundContent>) -> SecretKind {
        let _ = content;
        SecretKind::AccessToken
    }

    /// The address of the file whose bytes [`Provider::message`] wants for this content.
    fn wants_file<'a>(&self, content: &'a OutboundContent) -> Option<&'a str> {
        let _ = content;
        None
    }

    /// The call that sends a message.
    ///
    /// # Errors
    ///
    /// When this provider cannot be asked for it: a kind it does not carry, or a conversation without a room.
    fn message(&self, key: &Secret, outgoing: Outgoing<'_>) -> Result<Request, Failure>;

    /// What became of the send of `message`, by whose id some providers know it. `attempt` counts from 1: some faults are worth a
    /// few attempts and no more.
    fn outcome(
        &self,
        message: MessageId,
        content: &OutboundContent,
        answer: Result<Response<'_>, Transport>,
        attempt: u32,
    ) -> SendOutcome;

    /// The call that shows a user's message as read, where there is one.
    fn seen(&self, key: &Secret, seen: Seen<'_>, now: Timestamp) -> Option<Request> {
        let _ = (key, seen, now);
        None
    }

    /// Whether a call of [`Provider::seen`] did it.
    ///
    /// # Errors
    ///
    /// What the provider says where it did not.
    fn seen_done(&self, response: Response<'_>) -> Result<(), Failure> {
        if (200..300).contains(&response.status) { Ok(()) } else { Err(self.no_file(response)) }
    }

    /// The first call on the way to a file that a user sent.
    ///
    /// # Errors
    ///
    /// When the file is said to lie where nothing is fetched from.
    fn file(&self, key: &Secret, file: &InboundMedia) -> Result<Fetch, Failure>;

    /// The call for a file, from an answer that tells where it is: to [`Fetch::Locate`], or a redirect.
    ///
    /// # Errors
    ///
    /// What the provider says instead, and as [`Provider::file`].
    fn located(&self, key: &Secret, response: Response<'_>) -> Result<Request, Failure> {
        let _ = key;
        Err(self.no_file(response))
    }

    /// What an answer to [`Fetch::File`] says that is no file.
    fn no_file(&self, response: Response<'_>) -> Failure;

    /// The call that asks about something, where this provider can be asked. `app_secret` is for [`Topic::AppSecret`].
    fn ask(&self, topic: Topic, key: &Secret, app_secret: Option<&Secret>, now: Timestamp)
    -> Option<Request>;

    /// What the provider said.
    ///
    /// # Errors
    ///
    /// What it says where the key is no good or does not reach what was asked about.
    fn heard(&self, topic: Topic, response: Response<'_>) -> Result<Said, Failure>;

    /// The calls that lead this channel's events to `callback`, in their order; with `subscribe`, from the account on. Empty where
    /// there are none.
    fn lead_here(&self, key: &Secret, callback: &str, verify: &Secret, subscribe: bool) -> Vec<Request> {
        let _ = (key, callback, verify, subscribe);
        Vec::new()
    }

    /// Whether a call of [`Provider::lead_here`] did it.
    ///
    /// # Errors
    ///
    /// What the provider says where it did not.
    fn led(&self, response: Response<'_>) -> Result<(), Failure> {
        let _ = response;
        Ok(())
    }

    /// The call that does something with the provider's templates: there is one where [`Capabilities::template`] says so, and
    /// nowhere else.
    fn template_call(&self, key: &Secret, task: Task<'_>, now: Timestamp) -> Option<Request> {
        let _ = (key, task, now);
        None
    }

    /// What came of a call of [`Provider::template_call`].
    ///
    /// # Errors
    ///
    /// When nothing came of it.
    fn template_done(&self, task: Task<'_>, response: Response<'_>) -> Result<Done, NotDone> {
        let _ = (task, response);
        Err(NotDone::Failed(Failure::new(UNSUPPORTED, "This provider has no call for it.")))
    }

    /// The template that goes out by an id of the provider's and is named otherwise. With that id in place of its name it can be
    /// sent.
    fn wants_template_id<'a>(&self, content: &'a OutboundContent) -> Option<&'a Template> {
        let _ = content;
        None
    }

    /// What a check-up can check.
    fn checks(&self) -> &'static [Check];

    /// How the webhook address is registered in settings that others share, where it is so.
    fn registration(&self) -> Option<&dyn Registration> {
        None
    }

    /// How an access token is renewed, where it can be.
    fn renewal(&self) -> Option<&dyn Renewal> {
        None
    }

    /// Where the provider's API is, without a slash at the end.
    fn base_url(&self) -> &str;

    /// The provider's id of what sends: Meta's number, Coster's account, Qontak's channel integration.
    fn sender(&self) -> &str;
}
