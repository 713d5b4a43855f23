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

const STICKER: Bilingual = Bilingual {
    en: "Qontak sends no stickers: send it as a picture.",
    id: "Qontak tidak mengirim stiker: kirim sebagai gambar.",
};
const LOCATION: Bilingual = Bilingual {
    en: "Qontak's API sends no places: send a text with a link to the map.",
    id: "API Qontak tidak mengirim lokasi: kirim teks dengan tautan peta.",
};
const CONTACTS: Bilingual = Bilingual {
    en: "Qontak's API sends no contact cards: send name and number as text.",
    id: "API Qontak tidak mengirim kartu kontak: kirim nama dan nomor sebagai teks.",
};
const CTA_URL: Bilingual = Bilingual {
    en: "Qontak has no button that opens a page outside of templates: put the link in a text.",
    id: "Qontak tidak punya tombol pembuka halaman di luar templat: tulis tautannya di teks.",
};
const LOCATION_REQUEST: Bilingual = Bilingual {
    en: "Qontak cannot ask for a place with a button: ask for it in a text.",
    id: "Qontak tidak bisa meminta lokasi dengan tombol: mintalah lewat teks.",
};
const REACTION: Bilingual = Bilingual {
    en: "Qontak sends no reactions: send a text.",
    id: "Qontak tidak mengirim reaksi: kirim teks.",
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
    if let Support::No(text) = support { Some(*text) } else { None }
}

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
