//! [`Provider`] for Coster.

use std::sync::Arc;

use warta_core::channel::SecretKind;
use warta_core::checkup::Check;
use warta_core::delivery::{Failure, SendOutcome};
use warta_core::ids::MessageId;
use warta_core::message::OutboundContent;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use super::capabilities::{CAPABILITIES, CHECKS};
use super::{Interactive, Settings, answer, handoff, loopback, send, verify, webhook};
use crate::capabilities::Support;
use crate::http::{Request, Response};
use crate::loopback::SyntheticMessage;
use crate::media::MediaDownload;
use crate::outgoing::{Outgoing, TransportError};
use crate::provider::{Entry, Provider};
use crate::verify::{Call, Refused, Verified};
use crate::webhook::{Route, Unreadable, Webhook};

/// The entry of Coster.
pub const ENTRY: Entry = Entry {
    description: &super::DESCRIPTION,
    capabilities: &CAPABILITIES,
    proof: SecretKind::WebhookSecret,
    read: |settings| {
        let (settings, faults) = Settings::gather(settings);
        (Arc::new(settings), faults)
    },
    handshake: verify::handshake,
    handshake_query: |_, _| String::new(),
    twin_path: "coster",
    sheet: handoff::sheet,
};

impl Provider for Settings {
    fn verify<'a>(&self, call: Call<'a>, secrets: &[&Secret]) -> Result<Verified<'a>, Refused> {
        crate::verify::path_secret(call, secrets)
    }

    fn parse(&self, verified: Verified<'_>, received_at: Timestamp) -> Result<Webhook, Unreadable> {
        webhook::parse(verified, received_at)
    }

    fn owns(&self, route: &Route) -> bool {
        match route {
            Route::Account(id) => self.account_id.eq_ignore_ascii_case(id),
            Route::Called => true,
            Route::Number(_) => false,
        }
    }

    fn loopback(&self, message: SyntheticMessage<'_>) -> Vec<u8> {
        loopback::event(self, message)
    }

    fn key(&self, content: Option<&OutboundContent>) -> SecretKind {
        if matches!(content, Some(OutboundContent::Template(_))) {
            SecretKind::PushToken
        } else {
            SecretKind::AccessToken
        }
    }

    fn carries(&self, content: &OutboundContent) -> Support {
        let choices = matches!(content, OutboundContent::Buttons(_) | OutboundContent::List(_));
        if choices && self.interactive == Interactive::Text {
            Support::AsText
        } else {
            CAPABILITIES.content(content)
        }
    }

    fn message(&self, key: &Secret, outgoing: Outgoing<'_>) -> Result<Request, Failure> {
        send::message(self, key, outgoing)
    }

    fn outcome(
        &self,
        message: MessageId,
        content: &OutboundContent,
        answer: Result<Response<'_>, TransportError>,
        attempt: u32,
    ) -> SendOutcome {
        answer::read(message, content, answer, attempt)
    }

    fn checks(&self) -> &'static [Check] {
        &CHECKS
    }

    fn base_url(&self) -> &str {
        &self.bot_base_url
    }

    fn sender(&self) -> &str {
        &self.account_id
    }

    fn media(&self) -> &dyn MediaDownload {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use warta_core::channel::Protocol;

    fn content(content: Value) -> OutboundContent {
        serde_json::from_value(content).unwrap()
    }

    fn provider(interactive: &str) -> Arc<dyn Provider> {
        let settings = json!({"account_id": "00AABB", "division_id": "d", "interactive": interactive});
        crate::read(Protocol::Coster, &settings).unwrap()
    }

    #[test]
    fn templates_take_the_push_token_and_all_else_the_bot_token() {
        let provider = provider("native");
        let template = content(json!({"template": {"name": "a", "language": "id"}}));
        assert_eq!(provider.key(Some(&template)), SecretKind::PushToken);
        assert_eq!(provider.key(Some(&content(json!({"text": {"body": "x"}})))), SecretKind::AccessToken);
        assert_eq!(provider.key(None), SecretKind::AccessToken);
    }

    #[test]
    fn the_settings_decide_how_buttons_are_carried() {
        let buttons = content(json!({"buttons": {"body": "x", "buttons": [{"id": "a", "title": "A"}]}}));
        let text = content(json!({"text": {"body": "x"}}));
        assert_eq!(provider("native").carries(&buttons), Support::Yes);
        assert_eq!(provider("text").carries(&buttons), Support::AsText);
        assert_eq!(provider("text").carries(&text), Support::Yes);
    }

    #[test]
    fn the_secret_in_the_address_proves_a_webhook() {
        let (provider, secret) = (provider("native"), Secret::new("whs_right"));
        let call = |shown| Call { secret: shown, signature: None, body: b"{}" };
        assert!(provider.verify(call(Some("whs_right")), &[&secret]).is_ok());
        assert_eq!(provider.verify(call(Some("whs_wrong")), &[&secret]).unwrap_err(), Refused::Wrong);
        assert_eq!(provider.verify(call(None), &[&secret]).unwrap_err(), Refused::Missing);
    }

    #[test]
    fn an_item_of_another_account_is_not_ours() {
        let provider = provider("native");
        assert!(provider.owns(&Route::Account("00aabb".to_owned())));
        assert!(provider.owns(&Route::Called));
        assert!(!provider.owns(&Route::Account("00aabbcc".to_owned())));
        assert!(!provider.owns(&Route::Number("00aabb".to_owned())));
    }

    #[test]
    fn coster_cannot_be_asked() {
        assert!(provider("native").questions().is_none());
    }
}
