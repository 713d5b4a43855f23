//! Qontak behind the seam that all protocols share.

use std::sync::Arc;

use warta_core::channel::SecretKind;
use warta_core::checkup::Check;
use warta_core::delivery::{Failure, SendOutcome};
use warta_core::ids::MessageId;
use warta_core::message::OutboundContent;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use super::{Authentication, Settings, answer, handoff, loopback, send, verify, webhook};
use crate::capabilities::{Capabilities, Support, WindowSignal};
use crate::check::Questions;
use crate::describe::{FieldSpec, Text};
use crate::http::{Request, Response};
use crate::loopback::SyntheticMessage;
use crate::media::MediaDownload;
use crate::outgoing::{Outgoing, Transport};
use crate::provider::{Entry, Provider};
use crate::read_receipt::ReadReceipts;
use crate::registration::Registration;
use crate::renewal::Renewal;
use crate::template::Templates;
use crate::verify::{Call, Refused, Verified, path_secret};
use crate::webhook::{Route, Unreadable, Webhook};

/// Mekari Qontak.
pub const ENTRY: Entry = Entry {
    description: &super::DESCRIPTION,
    capabilities: &CAPABILITIES,
    proof: SecretKind::WebhookSecret,
    read: |settings| Ok(Arc::new(Settings::read(settings)?)),
    faults: Settings::faults,
    handshake: |_, shown, secret| verify::alive(shown, secret),
    handshake_query: |_, _| String::new(),
    sheet: handoff::sheet,
};

/// What Qontak can do (§2.6, §2.8, §2.10).
const CAPABILITIES: Capabilities = Capabilities {
    list_templates: Support::Yes,
    create_template: Support::Yes,
    edit_template: Support::No(Text {
        en: "Qontak's API does not change templates: make a new one, or change it in Qontak.",
        id: "API Qontak tidak bisa mengubah templat: buat yang baru, atau ubah di Qontak.",
    }),
    delete_template: Support::No(Text {
        en: "Qontak's API does not delete templates: delete it in Qontak.",
        id: "API Qontak tidak bisa menghapus templat: hapus di Qontak.",
    }),
    templates_per_minute: Some(60),
    content: &[
        ("text", Support::Yes),
        ("image", Support::Yes),
        ("video", Support::Yes),
        ("audio", Support::Yes),
        ("document", Support::Yes),
        ("sticker", Support::No(STICKER)),
        ("location", Support::No(LOCATION)),
        ("contacts", Support::No(CONTACTS)),
        ("buttons", Support::Yes),
        ("list", Support::Yes),
        ("cta_url", Support::No(CTA_URL)),
        ("location_request", Support::No(LOCATION_REQUEST)),
        ("reaction", Support::No(REACTION)),
        ("template", Support::Yes),
    ],
    reply_context: Support::No(REPLY_CONTEXT),
    typing: Support::No(TYPING),
    read_receipts: Support::Yes,
    window: WindowSignal::Room,
    registration: Support::Yes,
};

const STICKER: Text = Text {
    en: "Qontak sends no stickers: send it as a picture.",
    id: "Qontak tidak mengirim stiker: kirim sebagai gambar.",
};
const LOCATION: Text = Text {
    en: "Qontak's API sends no places: send a text with a link to the map.",
    id: "API Qontak tidak mengirim lokasi: kirim teks dengan tautan peta.",
};
const CONTACTS: Text = Text {
    en: "Qontak's API sends no contact cards: send name and number as text.",
    id: "API Qontak tidak mengirim kartu kontak: kirim nama dan nomor sebagai teks.",
};
const CTA_URL: Text = Text {
    en: "Qontak has no button that opens a page outside of templates: put the link in a text.",
    id: "Qontak tidak punya tombol pembuka halaman di luar templat: tulis tautannya di teks.",
};
const LOCATION_REQUEST: Text = Text {
    en: "Qontak cannot ask for a place with a button: ask for it in a text.",
    id: "Qontak tidak bisa meminta lokasi dengan tombol: mintalah lewat teks.",
};
const REACTION: Text =
    Text { en: "Qontak sends no reactions: send a text.", id: "Qontak tidak mengirim reaksi: kirim teks." };

const REPLY_CONTEXT: Text = Text {
    en: "Qontak cannot quote the message that is answered: leave reply_to out, and say in the text what it is about.",
    id: "Qontak tidak bisa mengutip pesan yang dijawab: kosongkan reply_to, dan sebutkan konteksnya di teks.",
};
const TYPING: Text = Text {
    en: "Qontak shows no typing: mark the message as read, or answer it.",
    id: "Qontak tidak menampilkan \"sedang mengetik\": tandai pesannya terbaca, atau jawab.",
};

/// What to do instead of sending content of this kind.
pub(super) fn instead(kind: &str) -> Option<Text> {
    let (_, support) = CAPABILITIES.content.iter().find(|(name, _)| *name == kind)?;
    if let Support::No(text) = support { Some(*text) } else { None }
}

/// What can be seen of a Qontak channel: it has no app, no scopes and no signature, and its number is Qontak's to rate.
const CHECKS: [Check; 12] = [
    Check::Reachable,
    Check::Handshake,
    Check::Token,
    Check::Renewal,
    Check::NumberBelongs,
    Check::NumberStatus,
    Check::Registration,
    Check::LastInbound,
    Check::LastStatus,
    Check::Agent,
    Check::Backlog,
    Check::Clock,
];

impl Provider for Settings {
    fn verify<'a>(&self, call: Call<'a>, secrets: &[&Secret]) -> Result<Verified<'a>, Refused> {
        path_secret(call, secrets)
    }

    fn parse(&self, verified: Verified<'_>, received_at: Timestamp) -> Result<Webhook, Unreadable> {
        webhook::parse(verified, received_at)
    }

    fn concerns(&self, route: &Route) -> bool {
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
        answer: Result<Response<'_>, Transport>,
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
        // Where calls are signed there is no token to renew.
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
            assert_eq!(channel.concerns(&route), own, "{route:?}");
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
