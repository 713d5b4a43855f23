//! What is said where the webhook address is registered at the provider's.

use super::lang::{Lang, texts};

texts! {
    registration() "Endpoint registration", "Pendaftaran endpoint";
    registration_lead() "Enter this channel's address in the provider's settings. They belong to your whole organization there: all its numbers and integrations share them. Warta reads them first, adds its own address, switches nothing off and leaves the addresses of others alone.", "Isikan alamat kanal ini di pengaturan penyedia. Pengaturan itu milik seluruh organisasi Anda di sana: dipakai bersama semua nomor dan integrasinya. Warta membacanya dahulu, menambahkan alamatnya sendiri, tidak mematikan apa pun, dan membiarkan alamat pihak lain.";
    registration_not_yet() "Save the ids and the access token (or the client secret) first; then the endpoint can be registered.", "Simpan ID dan token akses (atau client secret) dahulu; setelah itu endpoint dapat didaftarkan.";
    registration_do() "Register endpoint", "Daftarkan endpoint";
    registration_undo() "Unregister", "Cabut pendaftaran";
    registration_look() "Read the settings", "Baca pengaturan";
    registration_is() "Registered", "Terdaftar";
    registration_is_not() "Not registered", "Belum terdaftar";
    registration_event() "Event", "Peristiwa";
    registration_before() "Before", "Sebelum";
    registration_after() "Now", "Sekarang";
    registration_to_us() "To this channel", "Ke kanal ini";
    registration_on() "on", "aktif";
    registration_off() "off", "mati";
    registration_ours() "yes", "ya";
    registration_others(hosts: &str) format!("Others in the same settings, left as they were: {hosts}"), format!("Pihak lain di pengaturan yang sama, dibiarkan apa adanya: {hosts}");
    registration_done() "Registered, and read back: the provider's settings show this channel's address.", "Terdaftar, dan sudah dibaca ulang: pengaturan penyedia memuat alamat kanal ini.";
    registration_undone() "Unregistered, and read back: the provider sends nothing here any more.", "Pendaftaran dicabut, dan sudah dibaca ulang: penyedia tidak lagi mengirim ke sini.";
    registration_looked() "Read. Nothing was changed.", "Sudah dibaca. Tidak ada yang diubah.";
    registration_unsupported() "This provider has no registration by its API.", "Penyedia ini tidak punya pendaftaran lewat API.";
    registration_incomplete() "Nothing was registered: save the ids, the access token (or the client secret) and the webhook secret first.", "Belum ada yang didaftarkan: simpan ID, token akses (atau client secret), dan rahasia webhook dahulu.";
    registration_unreachable(why: &str) format!("Nothing was registered: this channel's address cannot be reached from outside ({why}). The provider calls it while it registers and would refuse. Put public_url and the proxy right, then try again."), format!("Belum ada yang didaftarkan: alamat kanal ini tidak dapat dijangkau dari luar ({why}). Penyedia memanggilnya saat mendaftar dan akan menolak. Perbaiki public_url dan proksi, lalu coba lagi.");
    registration_refused(why: &str) format!("Nothing was registered. The provider says: {why}"), format!("Belum ada yang didaftarkan. Kata penyedia: {why}");
    registration_silent(why: &str) format!("The provider did not answer ({why}). Read the settings to see what stands there now, then try again."), format!("Penyedia tidak menjawab ({why}). Baca pengaturan untuk melihat isinya sekarang, lalu coba lagi.");
    registration_not_seen() "The provider accepted the change, but its settings do not show it. Read them again in a minute; if it stays so, ask the provider's support.", "Penyedia menerima perubahan, tetapi pengaturannya tidak menunjukkannya. Baca lagi sebentar lagi; jika tetap begitu, tanyakan ke dukungan penyedia.";
    registration_shared() "Others in your organization use the same events, and the provider's API cannot take out one address alone: nothing was switched off for them. Take this channel's address out in the provider's own settings, or pause the channel.", "Pihak lain di organisasi Anda memakai peristiwa yang sama, dan API penyedia tidak bisa mengeluarkan satu alamat saja: tidak ada yang dimatikan untuk mereka. Keluarkan alamat kanal ini lewat pengaturan penyedia, atau jeda kanalnya.";
    registration_others_lost(who: &str) format!("Attention: addresses of others are gone from the provider's settings since they were read: {who}. Tell whoever runs them."), format!("Perhatian: alamat pihak lain hilang dari pengaturan penyedia sejak dibaca: {who}. Beri tahu pengelolanya.");
}
