//! What Meta's Cloud API can do, and the checks of its check-up.

use warta_core::checkup::Check;

use crate::bilingual::Bilingual;
use crate::capabilities::{Capabilities, EVERY_KIND, Support, WindowSignal};

/// What the Cloud API can do (§5, §7).
pub(super) const CAPABILITIES: Capabilities = Capabilities {
    list_templates: Support::Yes,
    create_template: Support::Yes,
    edit_template: Support::Yes,
    delete_template: Support::Yes,
    templates_per_minute: None,
    content: EVERY_KIND,
    reply_context: Support::Yes,
    typing: Support::Yes,
    read_receipts: Support::Yes,
    window: WindowSignal::LastMessage,
    registration: Support::No(Bilingual {
        en: "Meta's app has the address: enter it there, or let the check-up lead this number's events here.",
        id: "Alamatnya ada di aplikasi Meta: isikan di sana, atau biarkan pemeriksaan mengarahkan peristiwa nomor ini ke sini.",
    }),
};

/// All checks but the registration: Meta keeps the URL in the app.
pub(super) const CHECKS: [Check; 16] = [
    Check::Reachable,
    Check::Handshake,
    Check::Token,
    Check::Scopes,
    Check::TokenExpiry,
    Check::NumberBelongs,
    Check::NumberStatus,
    Check::NumberQuality,
    Check::Subscription,
    Check::OverrideTarget,
    Check::Signature,
    Check::LastInbound,
    Check::LastStatus,
    Check::Agent,
    Check::Backlog,
    Check::Clock,
];
