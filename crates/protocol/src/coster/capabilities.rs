//! What Coster can do, and the checks of its check-up.

use warta_core::checkup::Check;

use crate::bilingual::Bilingual;
use crate::capabilities::{Capabilities, EVERY_KIND, Support, WindowSignal};

/// What Coster can do (§6.2, §6.8, §11). Templates are created in its console and no API lists them, so they are declared in
/// the gateway. Texts and templates have been seen; the other kinds are the Cloud API's objects, which a reply holds unchanged.
pub(super) const CAPABILITIES: Capabilities = Capabilities {
    list_templates: Support::Here,
    create_template: Support::Here,
    edit_template: Support::Here,
    delete_template: Support::Here,
    templates_per_minute: None,
    content: EVERY_KIND,
    reply_context: Support::Yes,
    typing: Support::No(Bilingual {
        en: "Coster shows no typing: answer the message.",
        id: "Coster tidak menampilkan \"sedang mengetik\": jawab pesannya.",
    }),
    read_receipts: Support::No(Bilingual {
        en: "Coster marks no messages as read: answer the message.",
        id: "Coster tidak menandai pesan terbaca: jawab pesannya.",
    }),
    window: WindowSignal::LastMessage,
    registration: Support::No(Bilingual {
        en: "Coster's team enters the address: give them the hand-off page.",
        id: "Tim Coster yang memasang alamatnya: berikan halaman serah terima kepada mereka.",
    }),
};

/// The checks that need no question to Coster, which answers none (§6.8).
pub(super) const CHECKS: [Check; 6] =
    [Check::Reachable, Check::Handshake, Check::LastInbound, Check::LastStatus, Check::Agent, Check::Backlog];
