//! What is said on the pages of a channel: its head and its connection.

use warta_protocol::bilingual::Bilingual;

use super::lang::{Lang, texts};

impl Lang {
    /// A text of a protocol's description.
    pub(crate) const fn say(self, text: Bilingual) -> &'static str {
        match self {
            Self::En => text.en,
            Self::Id => text.id,
        }
    }
}

texts! {
    channel_pages() "Pages of this channel", "Halaman kanal ini";
    channel_overview() "Overview", "Ikhtisar";
    channel_connection() "Connection", "Koneksi";
    channel_handoff() "Hand-off", "Serah terima";
    channel_revisions() "Revisions", "Revisi";
    channel_fault() "Fault", "Salah isi";

    channel_start_published() "Published: what your users write to", "Terbit: tempat pengguna Anda menulis";
    channel_start_published_lead() "Connect the WhatsApp number on which people reach this agent. Nothing goes out before you say so.", "Hubungkan nomor WhatsApp tempat orang menghubungi agen ini. Tidak ada yang terkirim sebelum Anda mengaktifkannya.";
    channel_start_draft() "Draft: try it before your users do", "Draf: coba sebelum pengguna Anda";
    channel_start_draft_lead() "A second number, with the draft version of the agent behind it. What happens here never reaches your users.", "Nomor kedua, dengan versi draf agen di belakangnya. Yang terjadi di sini tidak pernah sampai ke pengguna Anda.";
    channel_start_no_draft() "This agent has no draft version yet", "Agen ini belum punya versi draf";
    channel_start_no_draft_lead() "A Draft channel talks to the draft version of the agent. Tell where that one lives first.", "Kanal Draf berbicara dengan versi draf agen. Sebutkan dulu alamatnya.";
    channel_start_to_agent() "Add a draft version", "Tambah versi draf";
    channel_start_who() "An owner or contributor of this agent can set it up.", "Pemilik atau kontributor agen ini dapat menyiapkannya.";
    channel_start_protocol() "Protocol", "Protokol";
    channel_start_go() "Set up", "Siapkan";
    channel_start_empty() "Start empty", "Mulai kosong";
    channel_start_from() "Start from Published", "Mulai dari Terbit";
    channel_start_from_lead() "Takes over protocol and settings; not the account, the credentials and the webhook secret.", "Mengambil protokol dan pengaturan; bukan akun, kredensial, dan rahasia webhook.";
    channel_deleted() "Deleted in the last 30 days", "Dihapus dalam 30 hari terakhir";
    channel_restore() "Bring back", "Kembalikan";
    channel_restore_this(account: &str) format!("Bring {account} back"), format!("Kembalikan {account}");

    channel_paste() "Quick start", "Mulai cepat";
    channel_paste_lead() "Paste what you got from the provider, all at once: each id goes into its box below.", "Tempel semua yang Anda dapat dari penyedia sekaligus: tiap ID masuk ke kotaknya di bawah.";
    channel_paste_label() "Paste a block of ids", "Tempel sekumpulan ID";
    channel_paste_do() "Fill the boxes", "Isi kotak";
    channel_pasted() "Filled. Look it over, then save each section.", "Terisi. Periksa, lalu simpan tiap bagian.";
    channel_pasted_together() "Filled. Look it over, then save: one button saves account and credentials together.", "Terisi. Periksa, lalu simpan: satu tombol menyimpan akun sekaligus kredensial.";
    channel_save_together() "Save account and credentials", "Simpan akun dan kredensial";
    channel_test_account_lead() "No account at the provider yet? A stand-in runs beside this console.", "Belum punya akun di penyedia? Kembaran uji berjalan di samping konsol ini.";
    channel_test_account() "Issue a test account", "Buat akun uji";
    channel_pasted_nothing() "No id was found in it.", "Tidak ada ID yang ditemukan di dalamnya.";

    channel_protocol() "Protocol", "Protokol";
    channel_protocol_lead() "The provider behind this channel.", "Penyedia di balik kanal ini.";
    channel_protocol_other() "Another provider means another channel: delete this one (it can be brought back for 30 days, with its history and secrets) and start anew.", "Penyedia lain berarti kanal lain: hapus kanal ini (bisa dikembalikan selama 30 hari, beserta riwayat dan rahasianya), lalu mulai lagi.";
    channel_account() "Account", "Akun";
    channel_account_lead() "Which number this is, to you and to the provider.", "Nomor yang mana, bagi Anda dan bagi penyedia.";
    channel_reach() "Proxy, twin or another API version", "Proksi, kembaran uji, atau versi API lain";
    channel_save_account() "Save the account", "Simpan akun";
    channel_clash() "This account is in use by another channel.", "Akun ini dipakai kanal lain.";
    channel_clash_with(agent: &str, environment: &str) format!("This account is in use by {agent}, {environment}."), format!("Akun ini dipakai {agent}, {environment}.");
    channel_clash_saved() "It can be saved here, but not go live while the other one uses it.", "Dapat disimpan di sini, tetapi tidak dapat aktif selama dipakai yang lain.";
    channel_missing() "Cannot be left empty while the channel is in use.", "Tidak boleh kosong selama kanal dipakai.";

    channel_credentials() "Credentials", "Kredensial";
    channel_credentials_lead() "Sealed once saved: nobody can read them here, only replace them.", "Disegel setelah disimpan: tidak dapat dibaca lagi di sini, hanya diganti.";
    channel_configured() "Configured", "Terpasang";
    channel_lacking() "Missing", "Belum ada";
    channel_token_kept() "The present token stays until the new one has worked.", "Token sekarang tetap dipakai sampai yang baru terbukti bekerja.";
    channel_save_credentials() "Save the credentials", "Simpan kredensial";
    channel_check_now() "Check the token now", "Periksa token sekarang";
    channel_secret_set(who: &str) format!("set by {who}"), format!("dipasang {who}");
    channel_secret_ends() "valid until", "berlaku sampai";
    channel_secret_used() "last used", "terakhir dipakai";
    channel_secret_unused() "not used yet", "belum pernah dipakai";
    channel_token_proven() "Worked", "Terbukti bekerja";
    channel_secret_proven() "Has verified an event", "Pernah memverifikasi peristiwa";
    channel_verify_proven() "The provider has shown it", "Pernah ditunjukkan penyedia";
    channel_secret_untried() "Not tried yet", "Belum dicoba";
    channel_secret_refused(words: &str) format!("Refused: {words}"), format!("Ditolak: {words}");
    channel_token_who(kind: &str, owner: &str, app: &str) format!("{kind} {owner} of the app {app}"), format!("{kind} {owner} milik aplikasi {app}");
    channel_token_scopes() "It has the permissions that are needed", "Izin yang diperlukan lengkap";
    channel_token_lacks(scopes: &str) format!("It lacks the permissions: {scopes}"), format!("Izinnya kurang: {scopes}");
    channel_token_ends(at: &str) format!("It ends on {at} UTC"), format!("Berakhir {at} UTC");
    channel_token_never_ends() "It does not end", "Tidak ada batas waktu";
    channel_retire() "Retire now", "Akhiri sekarang";
    channel_retire_this(last_four: &str) format!("Retire now the one ending in {last_four}"), format!("Akhiri sekarang yang berakhiran {last_four}");
    channel_last_secret() "This is the only one that is valid. Replace it first, then retire it.", "Hanya ini yang berlaku. Ganti dulu, lalu akhiri.";
    channel_overlap_label() "The old one stays valid", "Yang lama tetap berlaku";
    channel_overlap_help() "Both are accepted during that time, so that nothing is refused while the other side changes over.", "Keduanya diterima selama itu, sehingga tidak ada yang ditolak saat pihak lain beralih.";
    channel_overlap_1() "for an hour", "selama 1 jam";
    channel_overlap_24() "for 24 hours", "selama 24 jam";
    channel_overlap_168() "for 7 days", "selama 7 hari";
    channel_overlap_none() "not at all: it leaked", "tidak sama sekali: sudah bocor";

    channel_webhook() "Webhook", "Webhook";
    channel_webhook_lead() "What to enter at the provider, so that it brings events here.", "Yang diisikan di penyedia agar peristiwa dikirim ke sini.";
    channel_callback() "Callback URL", "URL callback";
    channel_webhook_secret() "Webhook secret", "Rahasia webhook";
    channel_verify_token() "Verify token", "Token verifikasi";
    channel_verify_token_help() "The webhook secret of this channel: the provider shows it when it checks the address.", "Rahasia webhook kanal ini: penyedia menunjukkannya saat memeriksa alamat.";
    channel_secret_in_address_help() "This provider signs nothing, so the secret stands at the end of the callback URL. Whoever knows that URL can send events: treat it like a password.", "Penyedia ini tidak menandatangani apa pun, maka rahasianya ada di ujung URL callback. Siapa pun yang tahu URL itu bisa mengirim peristiwa: perlakukan seperti kata sandi.";
    channel_regenerate_address_1() "The callback URL changes with it: register the endpoint anew, or give the new URL to the provider's team.", "URL callback ikut berubah: daftarkan ulang endpoint, atau berikan URL baru ke tim penyedia.";
    channel_regenerate_address_2() "Events that come to the old URL are taken as long as the old secret is valid; after that they are refused.", "Peristiwa ke URL lama diterima selama rahasia lama masih berlaku; setelah itu ditolak.";
    channel_to_handoff() "Open the hand-off page", "Buka halaman serah terima";
    channel_regenerate() "Regenerate the webhook secret…", "Buat ulang rahasia webhook…";
    channel_regenerate_title() "Regenerate the webhook secret", "Buat ulang rahasia webhook";
    channel_regenerate_lead() "A new secret is made and shown on the connection page. What it means:", "Rahasia baru dibuat dan ditampilkan di halaman koneksi. Artinya:";
    channel_regenerate_1() "Enter the new one at the provider as the verify token when the address is checked the next time.", "Isikan yang baru di penyedia sebagai token verifikasi saat alamat diperiksa lagi.";
    channel_regenerate_2() "Events that are on their way now are not lost: they are proven by the app secret.", "Peristiwa yang sedang dalam perjalanan tidak hilang: buktinya adalah rahasia aplikasi.";
    channel_regenerate_3() "Hand-off sheets that were already sent show the old one.", "Lembar serah terima yang sudah dikirim masih menampilkan yang lama.";
    channel_regenerate_do() "Regenerate", "Buat ulang";

    channel_session() "Session behaviour", "Perilaku sesi";

    channel_go_live() "Go live", "Aktifkan";
    channel_go_live_lead() "From then on messages go to the agent, and answers to your users.", "Sejak itu pesan diteruskan ke agen dan jawaban dikirim ke pengguna.";
    channel_state() "State", "Status";
    channel_todo() "Still missing before it can go live:", "Yang masih kurang sebelum dapat diaktifkan:";
    channel_not_ready() "It cannot go live yet. See below what is missing.", "Belum dapat diaktifkan. Lihat di bawah apa yang kurang.";
    channel_agent_address() "The address of the agent", "Alamat agen";
    channel_is_live() "It is live: messages go to the agent and answers to the users.", "Aktif: pesan diteruskan ke agen, jawaban dikirim ke pengguna.";
    channel_is_paused() "It is paused: events are still kept, nothing goes to the agent, and what is to be sent waits.", "Dijeda: peristiwa tetap disimpan, tidak ada yang ke agen, dan yang akan dikirim menunggu.";
    channel_pause() "Pause", "Jeda";
    channel_pause_lead() "Events are still taken and kept. Nothing goes to the agent, and what is to be sent waits.", "Peristiwa tetap diterima dan disimpan. Tidak ada yang ke agen, dan yang akan dikirim menunggu.";
    channel_resume() "Resume", "Lanjutkan";
    channel_danger() "Danger zone", "Zona bahaya";
    channel_danger_lead() "What your users notice at once.", "Yang langsung terasa oleh pengguna Anda.";
    channel_delete() "Delete this channel…", "Hapus kanal ini…";
    channel_delete_lead() "Its history stays. For 30 days it can be brought back as it was.", "Riwayatnya tetap ada. Dalam 30 hari dapat dikembalikan seperti semula.";
    channel_delete_title() "Delete this channel", "Hapus kanal ini";
    channel_delete_1() "Events of the provider are refused from now on.", "Peristiwa dari penyedia ditolak sejak sekarang.";
    channel_delete_2() "What still waits to be sent is not sent.", "Yang masih menunggu dikirim tidak akan dikirim.";
    channel_delete_3() "API keys and hand-off links of this channel stop working.", "Kunci API dan tautan serah terima kanal ini berhenti berlaku.";
    channel_delete_4() "History stays, and for 30 days the channel can be brought back, not live, with its credentials.", "Riwayat tetap ada, dan dalam 30 hari kanal dapat dikembalikan, belum aktif, beserta kredensialnya.";
    channel_delete_live() "It is in use. Your users will get no answer.", "Sedang dipakai. Pengguna Anda tidak akan mendapat jawaban.";
    channel_delete_type(word: &str) format!("Type {word} to delete it"), format!("Ketik {word} untuk menghapusnya");
    channel_delete_other(word: &str) format!("That is not {word}. Nothing was deleted."), format!("Itu bukan {word}. Tidak ada yang dihapus.");
    channel_delete_do() "Delete the channel", "Hapus kanal";
    channel_cancel() "Leave it as it is", "Biarkan seperti semula";

    channel_change_title() "Change the account of a channel in use", "Ganti akun kanal yang sedang dipakai";
    channel_change_from() "Now", "Sekarang";
    channel_change_to() "From then on", "Setelah ini";
    channel_change_1() "Events, the API, history and the hand-off page name the channel by the new account from now on.", "Sejak sekarang peristiwa, API, riwayat, dan halaman serah terima menyebut kanal ini dengan akun baru.";
    channel_change_2() "Messages that wait are sent from the new number. Users who know the old one see a stranger.", "Pesan yang menunggu dikirim dari nomor baru. Pengguna yang kenal nomor lama akan melihat nomor asing.";
    channel_change_3() "Events of the old number are no longer taken as this channel's.", "Peristiwa nomor lama tidak lagi dianggap milik kanal ini.";
    channel_change_4() "Conversations and history stay. The old account is kept in the revisions.", "Percakapan dan riwayat tetap ada. Akun lama tersimpan di revisi.";
    channel_change_do() "Change the account", "Ganti akun";

    channel_conflict() "Somebody else has changed this", "Orang lain sudah mengubah ini";
    channel_conflict_lead(who: &str, at: &str) format!("{who} saved this section at {at} UTC, while you were at it. Nothing was overwritten."), format!("{who} menyimpan bagian ini pada {at} UTC saat Anda mengerjakannya. Tidak ada yang ditimpa.");
    channel_theirs() "Saved now", "Tersimpan sekarang";
    channel_yours() "Yours", "Milik Anda";
    channel_nothing() "(empty)", "(kosong)";
    channel_keep_theirs() "Keep what is saved", "Pertahankan yang tersimpan";
    channel_save_mine() "Save mine", "Simpan milik saya";
    channel_enter_anew() "To replace what is saved, enter yours once more.", "Untuk mengganti yang tersimpan, masukkan sekali lagi.";

    channel_done_started() "Set up. Fill in the sections below; each saves on its own.", "Disiapkan. Isi bagian di bawah; tiap bagian disimpan sendiri.";
    channel_done_saved() "Saved.", "Tersimpan.";
    channel_done_unchanged() "Nothing was different.", "Tidak ada yang berbeda.";
    channel_done_token_worked() "Saved. The provider accepts the token.", "Tersimpan. Penyedia menerima token ini.";
    channel_done_token_refused() "Saved, but the provider refuses the token. Its words stand below.", "Tersimpan, tetapi penyedia menolak token ini. Alasannya ada di bawah.";
    channel_done_token_unreached() "Saved. The provider could not be reached: the token is checked when it is first used.", "Tersimpan. Penyedia tidak dapat dihubungi: token diperiksa saat pertama dipakai.";
    channel_done_token_unasked() "Saved. This provider has no call that tries a token: the first message sent will tell.", "Tersimpan. Penyedia ini tidak punya cara menguji token: pesan pertama yang dikirim akan menunjukkannya.";
    channel_done_token_waits() "Saved. The token is checked once the ids of the account are there.", "Tersimpan. Token diperiksa setelah ID akun lengkap.";
    channel_done_regenerated() "There is a new webhook secret. Copy it below.", "Rahasia webhook baru sudah ada. Salin di bawah.";
    channel_done_retired() "It is not accepted any more.", "Sudah tidak diterima lagi.";
    channel_done_live() "The channel is live. On the overview you test the whole way and write the first message.", "Kanal aktif. Di ikhtisar Anda menguji seluruh jalur dan menulis pesan pertama.";
    channel_done_paused() "The channel is paused.", "Kanal dijeda.";
    channel_done_restored() "The channel is back, not live yet.", "Kanal kembali, belum aktif.";
    channel_done_filled() "The boxes are filled but not saved yet. Look them over, then save.", "Kotak sudah terisi tetapi belum disimpan. Periksa, lalu simpan.";
    channel_done_filled_secrets() "The boxes are filled but not saved yet. Secrets are not shown again: paste tokens and other secrets into their own boxes.", "Kotak sudah terisi tetapi belum disimpan. Rahasia tidak ditampilkan lagi: tempel token dan rahasia lain ke kotaknya masing-masing.";
    channel_done_nothing_found() "No id was found in what you pasted.", "Tidak ada ID yang ditemukan di tempelan Anda.";
}
