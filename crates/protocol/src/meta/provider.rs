//! [`Provider`] for Meta's Cloud API.

use std::sync::Arc;

use warta_core::channel::SecretKind;
use warta_core::checkup::Check;
use warta_core::delivery::{Failure, SendOutcome};
use warta_core::ids::MessageId;
use warta_core::message::OutboundContent;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use super::capabilities::{CAPABILITIES, CHECKS};
use super::{Settings, answer, handoff, loopback, send, verify, webhook};
use crate::capabilities::Support;
use crate::check::Questions;
use crate::cloud_api;
use crate::http::{Request, Response};
use crate::loopback::SyntheticMessage;
use crate::media::MediaDownload;
use crate::outgoing::{Outgoing, TransportError};
use crate::provider::{Entry, Provider};
use crate::read_receipt::ReadReceipts;
use crate::template::Templates;
use crate::verify::{Call, Refused, Verified};
use crate::webhook::{Route, Unreadable, Webhook};
use crate::webhook_target::WebhookTarget;

/// The entry of Meta's Cloud API.
pub const ENTRY: Entry = Entry {
    description: &super::DESCRIPTION,
    capabilities: &CAPABILITIES,
    proof: SecretKind::AppSecret,
    read: |settings| {
        let (settings, faults) = Settings::gather(settings);
        (Arc::new(settings), faults)
    },
    handshake: |query, _, token| cloud_api::handshake::answer(query, std::slice::from_ref(token)),
    handshake_query: cloud_api::handshake::query,
    twin_path: "meta",
    sheet: handoff::sheet,
};

impl Provider for Settings {
    fn verify<'a>(&self, call: Call<'a>, secrets: &[&Secret]) -> Result<Verified<'a>, Refused> {
        verify::body(call.signature, call.body, secrets.iter().copied())
    }

    fn parse(&self, verified: Verified<'_>, received_at: Timestamp) -> Result<Webhook, Unreadable> {
        webhook::parse(verified, received_at)
    }

    fn owns(&self, route: &Route) -> bool {
        match route {
            Route::Number(id) => self.phone_number_id == *id,
            Route::Account(id) => self.waba_id == *id,
            Route::Called => false,
        }
    }

    fn loopback(&self, message: SyntheticMessage<'_>) -> Vec<u8> {
        loopback::event(self, message)
    }

    fn sign(&self, body: &[u8], secret: &Secret) -> Option<(&'static str, String)> {
        Some((verify::SIGNATURE_HEADER, verify::sign(body, secret)))
    }

    fn carries(&self, content: &OutboundContent) -> Support {
        CAPABILITIES.content(content)
    }

    fn choices_may_be_text(&self) -> bool {
        false
    }

    fn message(&self, key: &Secret, outgoing: Outgoing<'_>) -> Result<Request, Failure> {
        Ok(send::message(self, key, outgoing))
    }

    fn outcome(
        &self,
        _message: MessageId,
        _content: &OutboundContent,
        answer: Result<Response<'_>, TransportError>,
        attempt: u32,
    ) -> SendOutcome {
        answer::read(answer, attempt)
    }

    fn checks(&self) -> &'static [Check] {
        &CHECKS
    }

    fn base_url(&self) -> &str {
        &self.base_url
    }

    fn sender(&self) -> &str {
        &self.phone_number_id
    }

    fn media(&self) -> &dyn MediaDownload {
        self
    }

    fn questions(&self) -> Option<&dyn Questions> {
        Some(self)
    }

    fn read_receipts(&self) -> Option<&dyn ReadReceipts> {
        Some(self)
    }

    fn templates(&self) -> Option<&dyn Templates> {
        Some(self)
    }

    fn webhook_target(&self) -> Option<&dyn WebhookTarget> {
        Some(self)
    }
}
