//! What is said about what people did.

use std::borrow::Cow;

use warta_core::audit::Action;

use super::lang::{Lang, texts};

texts! {
    audit_title() "Activity", "Aktivitas";
    audit_lead() "Who did what, and what is different now. Secrets show their last four characters at most.", "Siapa melakukan apa, dan apa yang berubah. Rahasia paling banyak tampak empat karakter terakhirnya.";
    audit_of(name: &str) format!("Activity of {name}"), format!("Aktivitas {name}");
    audit_none() "Nothing was done yet.", "Belum ada yang dilakukan.";
    audit_none_such() "Nothing fits this choice.", "Tidak ada yang cocok dengan pilihan ini.";
    audit_filter() "Show", "Tampilkan";
    audit_everybody() "Everybody", "Semua orang";
    audit_everything() "Everything", "Semua kegiatan";
    audit_every_agent() "Every agent", "Semua agen";
    audit_person() "Person", "Orang";
    audit_action() "What was done", "Yang dilakukan";
    audit_agent() "Agent", "Agen";
    audit_who() "Who", "Siapa";
    audit_from() "From", "Dari";
    turn_newest() "Newest", "Terbaru";
    turn_older() "Older", "Lebih lama";
    turn_first() "From the beginning", "Dari awal";
    turn_next() "Next", "Berikutnya";
    audit_all() "All activity", "Semua aktivitas";
    audit_recent() "Last activity", "Aktivitas terakhir";
    audit_command() "Operator's command", "Perintah operator";
    audit_system() "Warta, by itself", "Warta, otomatis";
    audit_nothing() "nothing", "kosong";
    refused_title() "This is not allowed", "Ini tidak diizinkan";
    refused_lead() "Your role does not allow it, or the form came from another site. An owner of the agent or of the organization can give you another role.", "Peran Anda tidak mengizinkannya, atau formulirnya berasal dari situs lain. Pemilik agen atau organisasi dapat memberi Anda peran lain.";
    audit_to() "to", "menjadi";
}

impl Lang {
    /// What was done, in words.
    pub(crate) fn audit_word(self, action: Action) -> Cow<'static, str> {
        let (en, id) = match action {
            Action::SetUp => ("Set up", "Penyiapan awal"),
            Action::SignedIn => ("Signed in", "Masuk"),
            Action::SignInRefused => ("Sign-in refused", "Upaya masuk ditolak"),
            Action::SignedOut => ("Sign-in ended", "Keluar"),
            Action::Refused => ("Refused: role does not allow it", "Ditolak: peran tidak mengizinkan"),
            Action::LinkMade => ("One-time link made", "Tautan sekali pakai dibuat"),
            Action::PersonChanged => ("Own settings changed", "Pengaturan pribadi diubah"),
            Action::PasswordChanged => ("Password changed", "Kata sandi diubah"),
            Action::PasswordReset => ("Password chosen by link", "Kata sandi dipilih lewat tautan"),
            Action::OrganizationChanged => ("Organization changed", "Organisasi diubah"),
            Action::PersonInvited => ("Person invited", "Orang diundang"),
            Action::InvitationRevoked => ("Invitation revoked", "Undangan dicabut"),
            Action::PersonAdded => ("Person added", "Orang ditambahkan"),
            Action::PersonJoined => ("Person joined", "Orang bergabung"),
            Action::RoleChanged => ("Role changed", "Peran diubah"),
            Action::PersonRemoved => ("Person removed", "Orang dikeluarkan"),
            Action::AgentCreated => ("Agent added", "Agen ditambahkan"),
            Action::AgentChanged => ("Agent changed", "Agen diubah"),
            Action::AgentDeleted => ("Agent deleted", "Agen dihapus"),
            Action::DeploymentChanged => ("Endpoint changed", "Endpoint diubah"),
            Action::DeploymentRemoved => ("Endpoint removed", "Endpoint dilepas"),
            Action::ChannelCreated => ("Channel begun", "Kanal dimulai"),
            Action::ChannelChanged => ("Channel changed", "Kanal diubah"),
            Action::ChannelWentLive => ("Channel went live", "Kanal diaktifkan"),
            Action::ChannelPaused => ("Channel paused", "Kanal dijeda"),
            Action::ChannelDeleted => ("Channel deleted", "Kanal dihapus"),
            Action::ChannelRestored => ("Channel restored", "Kanal dipulihkan"),
            Action::SecretAdded => ("Secret entered", "Rahasia dimasukkan"),
            Action::SecretRetired => ("Secret retired", "Rahasia diakhiri"),
            Action::TokenRenewed => ("Access token renewed", "Token akses diperbarui"),
            Action::WebhookSecretRegenerated => {
                ("Webhook secret regenerated", "Rahasia webhook dibuat ulang")
            }
            Action::HandoffMade => ("Hand-off link made", "Tautan serah terima dibuat"),
            Action::HandoffRevoked => ("Hand-off link revoked", "Tautan serah terima dicabut"),
            Action::HandoffTicked => ("Hand-off step ticked", "Langkah serah terima ditandai"),
            Action::Promoted => ("Promoted", "Dipromosikan"),
            Action::RevisionRestored => ("Revision restored", "Revisi dipulihkan"),
            Action::KeyCreated => ("API key made", "Kunci API dibuat"),
            Action::KeyRevoked => ("API key revoked", "Kunci API dicabut"),
            Action::AgentResumed => ("Agent goes on in a conversation", "Agen dilanjutkan di percakapan"),
            Action::SessionEnded => ("Session ended by hand", "Sesi diakhiri manual"),
            Action::EndpointRegistered => ("Endpoint registered", "Endpoint didaftarkan"),
            Action::EndpointUnregistered => ("Endpoint unregistered", "Endpoint dicabut"),
            Action::LoopBackRun => ("Loop-back test run", "Uji putar balik dijalankan"),
        };
        Cow::from(match self {
            Self::En => en,
            Self::Id => id,
        })
    }

    /// The name of what changed; what has no name here is shown as it is kept.
    pub(crate) fn audit_field(self, field: &str) -> Cow<'static, str> {
        let (en, id) = match field {
            "role" => ("role", "peran"),
            "name" => ("name", "nama"),
            "language" => ("language", "bahasa"),
            "agent" => ("agent", "agen"),
            "account" => ("account", "akun"),
            "state" => ("state", "keadaan"),
            "protocol" => ("protocol", "protokol"),
            "picture" => ("picture", "gambar"),
            "url" => ("address", "alamat"),
            "published_url" => ("published address", "alamat terbit"),
            "published_secret" => ("published signing secret", "rahasia tanda tangan terbit"),
            "draft_url" => ("draft address", "alamat draf"),
            "draft_secret" => ("draft signing secret", "rahasia tanda tangan draf"),
            "draft_channel" => ("Draft channel", "kanal Draf"),
            "expires_at" => ("ends", "berakhir"),
            other => return Cow::from(other.replace('_', " ")),
        };
        Cow::from(match self {
            Self::En => en,
            Self::Id => id,
        })
    }
}
