//! What Qontak can do, and the checks of its check-up.

use warta_core::checkup::Check;

use crate::bilingual::Bilingual;
use crate::capabilities::{Capabilities, Support, WindowSignal};

/// What Qontak can do (§2.6, §2.8, §2.10).
pub(super) const CAPABILITIES: Capabilities = Capabilities {
    list_templates: Support::Yes,
    create_template: Support::Yes,
    edit_template: Support::No(Bilingual {
        en: "Qontak's API does not change templates: make a new one, or change it in Qontak.",
        id: "API Qontak tidak bisa mengubah templat: buat yang baru, atau ubah di Qontak.",
    }),
    delete_template: Support::No(Bilingual {
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
        ("location", Support::AsText),
        ("contacts", Support::AsText),
        ("buttons", Support::Yes),
        ("list", Support::Yes),
        ("cta_url", Support::AsText),
        ("location_request", Support::AsText),
        ("reaction", Support::AsText),
        ("template", Support::Yes),
    ],
    reply_context: Support::No(REPLY_CONTEXT),
    typing: Support::No(TYPING),
    read_receipts: Support::Yes,
    window: WindowSignal::Room,
    registration: Support::Yes,
};

const STICKER: Bilingual = Bilingual {
    en: "Qontak sends no stickers: send it as a picture.",
    id: "Qontak tidak mengirim stiker: kirim sebagai gambar.",
};

const REPLY_CONTEXT: Bilingual = Bilingual {
    en: "Qontak cannot quote the message that is answered: leave reply_to out, and say in the text what it is about.",
    id: "Qontak tidak bisa mengutip pesan yang dijawab: kosongkan reply_to, dan sebutkan konteksnya di teks.",
};
const TYPING: Bilingual = Bilingual {
    en: "Qontak shows no typing: mark the message as read, or answer it.",
    id: "Qontak tidak menampilkan \"sedang mengetik\": tandai pesannya terbaca, atau jawab.",
};

/// What to do instead of sending content of this kind.
pub(super) fn instead(kind: &str) -> Option<Bilingual> {
    let (_, support) = CAPABILITIES.content.iter().find(|(name, _)| *name == kind)?;
    match support {
        Support::No(text) => Some(*text),
        Support::AsText => Some(TEXT_STAYS),
        Support::Yes | Support::Here => None,
    }
}

const TEXT_STAYS: Bilingual = Bilingual {
    en: "Qontak sends reactions as text, and a text cannot be taken back: leave it out.",
    id: "Qontak mengirim reaksi sebagai teks, dan teks tidak bisa ditarik kembali: hilangkan saja.",
};

/// The checks of a channel without app, scopes and signature, whose number Qontak rates.
pub(super) const CHECKS: [Check; 12] = [
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
