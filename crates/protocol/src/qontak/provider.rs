//! [`Provider`] for Qontak.

use std::sync::Arc;

use warta_core::channel::SecretKind;
use warta_core::checkup::Check;
use warta_core::delivery::{Failure, SendOutcome};
use warta_core::ids::MessageId;
use warta_core::message::OutboundContent;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use super::capabilities::{CAPABILITIES, CHECKS};
use super::{Authentication, Settings, answer, handoff, loopback, send, verify, webhook};
use crate::capabilities::Support;
use crate::check::Questions;
use crate::describe::FieldSpec;
use crate::http::{Request, Response};
use crate::loopback::SyntheticMessage;
use crate::media::MediaDownload;
use crate::outgoing::{Outgoing, TransportError};
use crate::provider::{Entry, Provider};
use crate::read_receipt::ReadReceipts;
use crate::registration::Registration;
use crate::renewal::Renewal;
use crate::template::Templates;
use crate::verify::{Call, Refused, Verified, path_secret};
use crate::webhook::{Route, Unreadable, Webhook};

/// The entry of Mekari Qontak.
pub const ENTRY: Entry = Entry {
    description: &super::DESCRIPTION,
    capabilities: &CAPABILITIES,
    proof: SecretKind::WebhookSecret,
    read: |settings| {
        let (settings, faults) = Settings::gather(settings);
        (Arc::new(settings), faults)
    },
    handshake: |_, shown, secret| verify::alive(shown, secret),
    handshake_query: |_, _| String::new(),
    twin_path: "qontak",
    sheet: handoff::sheet,
};

impl Provider for Settings {
    fn verify<'a>(&self, call: Call<'a>, secrets: &[&Secret]) -> Result<Verified<'a>, Refused> {
        path_secret(call, secrets)
    }

    fn parse(&self, verified: Verified<'_>, received_at: Timestamp) -> Result<Webhook, Unreadable> {
        webhook::parse(verified, received_at)
    }

    fn owns(&self, route: &Route) -> bool {
        match route {
            Route::Number(id) => self.channel_integration_id.eq_ignore_ascii_case(id),
            Route::Account(_) => false,
            Route::Called => true,
        }
    }

    fn loopback(&self, message: SyntheticMessage<'_>) -> Vec<u8> {
        loopback::event(self, message)
    }

    fn carries(&self, content: &OutboundContent) -> Support {
        CAPABILITIES.content(content)
    }

    fn needs(&self, field: &FieldSpec) -> bool {
        match field.secret {
            Some(SecretKind::AccessToken) => self.authentication == Authentication::Bearer,
            Some(SecretKind::ClientSecret) => self.authentication == Authentication::MekariHmac,
            _ => field.required,
        }
    }

    fn key(&self, _content: Option<&OutboundContent>) -> SecretKind {
        match self.authentication {
            Authentication::Bearer => SecretKind::AccessToken,
            Authentication::MekariHmac => SecretKind::ClientSecret,
        }
    }

    fn wants_file<'a>(&self, content: &'a OutboundContent) -> Option<&'a str> {
        send::wants_file(content)
    }

    fn message(&self, key: &Secret, outgoing: Outgoing<'_>) -> Result<Request, Failure> {
        send::message(self, key, outgoing)
    }

    fn outcome(
        &self,
        _message: MessageId,
        content: &OutboundContent,
        answer: Result<Response<'_>, TransportError>,
        attempt: u32,
    ) -> SendOutcome {
        answer::read(send::operation(content), answer, attempt)
    }

    fn checks(&self) -> &'static [Check] {
        &CHECKS
    }

    fn base_url(&self) -> &str {
        &self.base_url
    }

    fn sender(&self) -> &str {
        &self.channel_integration_id
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

    fn registration(&self) -> Option<&dyn Registration> {
        Some(self)
    }

    fn renewal(&self) -> Option<&dyn Renewal> {
        // Signed requests use no token.
        (self.authentication == Authentication::Bearer).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use warta_core::channel::Protocol;

    fn channel(settings: Value) -> Arc<dyn Provider> {
        let mut settings = settings;
        settings["channel_integration_id"] = json!("0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa");
        crate::read(Protocol::Qontak, &settings).unwrap()
    }

    #[test]
    fn signed_calls_take_the_clients_secret_and_need_no_token() {
        let text: OutboundContent = serde_json::from_value(json!({"text": {"body": "Halo"}})).unwrap();
        let needed = |channel: &dyn Provider| -> Vec<SecretKind> {
            let needed = ENTRY.description.secrets().filter(|(_, field)| channel.needs(field));
            needed.map(|(kind, _)| kind).collect()
        };
        let bearer = channel(json!({}));
        assert_eq!(bearer.key(Some(&text)), SecretKind::AccessToken);
        assert_eq!(needed(&*bearer), [SecretKind::AccessToken]);
        let signed = channel(json!({"authentication": "mekari_hmac", "client_id": "cl-1"}));
        assert_eq!(signed.key(Some(&text)), SecretKind::ClientSecret);
        assert_eq!((bearer.key(None), signed.key(None)), (SecretKind::AccessToken, SecretKind::ClientSecret));
        assert_eq!(needed(&*signed), [SecretKind::ClientSecret]);
        assert!(bearer.renewal().is_some() && signed.renewal().is_none());
    }

    #[test]
    fn every_kind_of_content_has_a_place_in_the_table() {
        for kind in [
            "text",
            "image",
            "video",
            "audio",
            "document",
            "sticker",
            "location",
            "contacts",
            "buttons",
            "list",
            "cta_url",
            "location_request",
            "reaction",
            "template",
        ] {
            assert!(CAPABILITIES.content.iter().any(|(name, _)| *name == kind), "{kind}");
        }
    }

    #[test]
    fn a_channel_takes_what_is_its_own_or_nobodys() {
        let channel = channel(json!({}));
        for (route, own) in [
            (Route::Number("0B6C2F5E-1111-4222-8333-AAAAAAAAAAAA".to_owned()), true),
            (Route::Number("0b6c2f5e-2222-4222-8333-aaaaaaaaaaaa".to_owned()), false),
            (Route::Account("0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa".to_owned()), false),
            (Route::Called, true),
        ] {
            assert_eq!(channel.owns(&route), own, "{route:?}");
        }
    }

    #[test]
    fn only_the_secret_in_the_address_opens() {
        let (channel, secret) = (channel(json!({})), Secret::new("whs_1"));
        let verify = |secret_shown| {
            let call = Call { secret: secret_shown, signature: Some(b"sha256=00"), body: b"{}" };
            channel.verify(call, &[&secret]).map(|verified| verified.secret())
        };
        assert_eq!(verify(Some("whs_1")), Ok(0));
        assert_eq!(verify(Some("whs_2")), Err(Refused::Wrong));
        assert_eq!(verify(None), Err(Refused::Missing));
        assert_eq!((ENTRY.handshake)("", Some("whs_1"), &secret).as_deref(), Ok("OK"));
    }
}
