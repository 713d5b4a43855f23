//! What is said where Draft is compared with Published, and where earlier revisions are.

use std::borrow::Cow;

use super::lang::{Lang, texts};

texts! {
    compare() "Draft against Published", "Draf dan Terbit";
    compare_lead() "Choose what goes from Draft to Published. It changes at once and whole, or not at all.", "Pilih yang dipindahkan dari Draf ke Terbit. Perubahannya sekaligus dan utuh, atau tidak sama sekali.";
    compare_no_draft() "There is no Draft channel to compare.", "Tidak ada kanal Draf untuk dibandingkan.";
    compare_none() "No differences: Draft and Published are alike.", "Tidak ada perbedaan: Draf dan Terbit sama.";
    compare_field() "Field", "Bidang";
    compare_differs() "differs", "berbeda";
    compare_alike() "alike", "sama";
    compare_empty() "empty", "kosong";
    compare_take(section: &str) format!("Take {section} from Draft"), format!("Ambil {section} dari Draf");
    compare_not_published() "Published is not set up yet: promoting makes it.", "Terbit belum disiapkan: promosi akan membuatnya.";
    compare_continue() "Check and continue", "Periksa dan lanjutkan";
    compare_secrets() "Secrets are compared by a fingerprint: their last four characters and a keyed hash.", "Rahasia dibandingkan lewat sidik: empat karakter terakhir dan hash berkunci.";
    section_protocol() "Protocol", "Protokol";
    section_account() "Account", "Akun";
    section_credentials() "Credentials", "Kredensial";
    section_behaviour() "Session behaviour", "Perilaku sesi";
    field_state() "State", "Status";
    field_webhook_secret() "Webhook secret", "Rahasia webhook";
    promote() "Promote to Published", "Promosikan ke Terbit";
    promote_title() "Promote Draft to Published", "Promosikan Draf ke Terbit";
    promote_what() "What changes on Published", "Yang berubah di Terbit";
    promote_what_follows() "What follows from it", "Akibatnya";
    promote_moves_number(account: &str) format!("The number {account} moves: Draft lets it go in the same moment and becomes not set up."), format!("Nomor {account} pindah: Draf melepasnya pada saat yang sama dan menjadi belum disiapkan.");
    promote_leaves_number(account: &str) format!("Published lets {account} go. What users write to it no longer reaches the agent."), format!("Terbit melepas {account}. Pesan pengguna ke nomor itu tidak lagi sampai ke agen.");
    promote_subscription() "Meta goes on calling the Draft address for this number until its subscription is moved. The check-up on Published shows it and puts it right.", "Meta tetap memanggil alamat Draf untuk nomor ini sampai langganannya dipindah. Pemeriksaan di Terbit menunjukkan dan memperbaikinya.";
    promote_conversations() "Conversations stay where they are: what was said on Draft is not moved. Who writes to the number begins a new conversation on Published.", "Percakapan tetap di tempatnya: percakapan di Draf tidak ikut pindah. Yang menulis ke nomor itu memulai percakapan baru di Terbit.";
    promote_queue() "Messages that still wait on Published go out from the new number.", "Pesan yang masih menunggu di Terbit dikirim dari nomor baru.";
    promote_moves_credentials() "All tokens and secrets that the provider gave move: Draft has none afterwards. The app secrets Published had stay valid for 24 hours, so that no webhook under way is refused.", "Semua token dan rahasia dari penyedia pindah: Draf tidak lagi memilikinya. App secret lama di Terbit tetap berlaku 24 jam, agar webhook yang sedang berjalan tidak ditolak.";
    promote_token_alone() "The number moves without its credentials: the token Published has must be allowed to use it.", "Nomor pindah tanpa kredensialnya: token di Terbit harus boleh memakainya.";
    promote_number_stays() "The credentials move without a number: they must be allowed to use the number of Published.", "Kredensial pindah tanpa nomor: kredensial itu harus boleh memakai nomor Terbit.";
    promote_at_once() "Published is live: the change applies to the next message.", "Terbit sedang aktif: perubahan berlaku mulai pesan berikutnya.";
    promote_stays() "The webhook address, webhook secret and API keys of both channels stay as they are.", "Alamat webhook, rahasia webhook, dan kunci API kedua kanal tidak berubah.";
    promote_undo() "The revision before stays and can be brought back.", "Revisi sebelumnya disimpan dan dapat dipulihkan.";
    promote_blocked() "This stands in the way", "Ini menghalangi";
    promote_warned() "The check-up of Draft found this", "Pemeriksaan Draf menemukan ini";
    promote_nothing() "Choose at least one section that differs.", "Pilih setidaknya satu bagian yang berbeda.";
    promote_torn() "Draft and Published have different providers: Protocol, Account and Credentials go together or not at all.", "Penyedia Draf dan Terbit berbeda: Protokol, Akun, dan Kredensial ikut semua atau tidak sama sekali.";
    promote_no_account() "Published would have no account.", "Terbit tidak akan memiliki akun.";
    promote_no_secret(secret: &str) format!("Published would lack this: {secret}."), format!("Terbit akan kekurangan ini: {secret}.");
    promote_setting(field: &str, detail: &str) format!("{field}: {detail}"), format!("{field}: {detail}");
    promote_clash() "Another live channel has this account.", "Kanal aktif lain memakai akun ini.";
    promote_changed() "Somebody changed a channel in the meantime. This is how both stand now; look again.", "Seseorang mengubah kanal sementara itu. Inilah keadaan sekarang; periksa kembali.";
    promote_done_note() "Promoted. Published works with it from now on.", "Dipromosikan. Terbit memakainya mulai sekarang.";
    promote_back() "Back to the comparison", "Kembali ke perbandingan";
    revisions() "Revisions", "Revisi";
    revisions_lead() "How this channel was configured after each change.", "Konfigurasi kanal ini setelah setiap perubahan.";
    revisions_none() "No revision yet: nothing was changed since the channel was made.", "Belum ada revisi: belum ada perubahan sejak kanal dibuat.";
    revision_number() "Number", "Nomor";
    revision_when() "When (UTC)", "Kapan (UTC)";
    revision_who() "Who", "Siapa";
    revision_what() "What", "Apa";
    revision(number: i64) format!("Revision {number}"), format!("Revisi {number}");
    revision_current() "now", "sekarang";
    revision_before(number: i64) format!("Against revision {number}, the one before"), format!("Dibanding revisi {number}, sebelumnya");
    revision_first() "The first one", "Yang pertama";
    revision_against_now() "Against now", "Dibanding sekarang";
    revision_same_as_now() "It is as the channel is now.", "Sama dengan kanal sekarang.";
    revision_no_change() "Nothing that is shown here changed.", "Tidak ada yang berubah di sini.";
    revision_then() "Then", "Saat itu";
    revision_now() "Now", "Sekarang";
    revision_previous() "Before", "Sebelum";
    revision_whole() "The whole of it", "Seluruhnya";
    restore() "Restore this revision", "Pulihkan revisi ini";
    restore_title(number: i64) format!("Restore revision {number}"), format!("Pulihkan revisi {number}");
    restore_what() "What changes", "Yang berubah";
    restore_new() "This makes a new revision; none is lost.", "Ini membuat revisi baru; tidak ada yang hilang.";
    restore_secrets() "Secrets stay as they are now: none is brought back.", "Rahasia tetap seperti sekarang: tidak ada yang dipulihkan.";
    restore_state() "Whether the channel is live or paused stays as it is.", "Status aktif atau jeda tidak berubah.";
    restore_live() "The channel is live: the change applies to the next message.", "Kanal sedang aktif: perubahan berlaku mulai pesan berikutnya.";
    restore_account(before: &str, after: &str) format!("The account changes from {before} to {after}: messages go out from there, and the provider must send its webhooks for it here."), format!("Akun berubah dari {before} ke {after}: pesan dikirim dari sana, dan penyedia harus mengirim webhook-nya ke sini.");
    restore_taken() "Another live channel has the account of this revision. Free it there first.", "Kanal aktif lain memakai akun revisi ini. Lepaskan dahulu di sana.";
    restore_unfit(detail: &str) format!("A live channel cannot be brought to this: {detail}"), format!("Kanal aktif tidak dapat dikembalikan ke sini: {detail}");
    restore_done_note() "Restored, as a new revision.", "Dipulihkan sebagai revisi baru.";
}

impl Lang {
    /// The word for what a revision changed.
    pub(crate) fn revision_change(self, change: &str) -> Cow<'static, str> {
        let (en, id) = match change {
            "created" => ("Made", "Dibuat"),
            "protocol" => ("Protocol", "Protokol"),
            "account" => ("Account", "Akun"),
            "settings" => ("Settings", "Pengaturan"),
            "session" => ("Session behaviour", "Perilaku sesi"),
            "state" => ("State", "Status"),
            "access_token" => ("Access token", "Token akses"),
            "app_secret" => ("App secret", "App secret"),
            "webhook_secret" => ("Webhook secret", "Rahasia webhook"),
            "push_token" => ("Push token", "Token push"),
            "client_secret" => ("Client secret", "Client secret"),
            "password" => ("Password", "Kata sandi"),
            "refresh_token" => ("Refresh token", "Token pembaruan"),
            "credentials" => ("Credentials", "Kredensial"),
            "promoted" => ("Promotion", "Promosi"),
            "restored" => ("Restored", "Dipulihkan"),
            "deleted" => ("Deleted", "Dihapus"),
            other => return Cow::from(other.to_owned()),
        };
        Cow::from(match self {
            Self::En => en,
            Self::Id => id,
        })
    }
}
