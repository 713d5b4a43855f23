//! What is said on the hand-off sheet, inside and to those without an account.

use super::lang::{Lang, texts};

texts! {
    handoff() "Hand-off", "Serah terima";
    handoff_lead() "What the provider's set-up team needs to point WhatsApp at this channel. Copy it, print it, or send a link.", "Yang diperlukan tim penyedia untuk menghubungkan WhatsApp ke kanal ini. Salin, cetak, atau kirim tautan.";
    handoff_first() "Save these first", "Simpan ini dahulu";
    handoff_first_lead() "The sheet is complete when this is there.", "Lembar ini lengkap setelah semua ini ada.";
    handoff_account() "Account", "Akun";
    handoff_webhook_secret() "Webhook secret, the verify token", "Rahasia webhook, yaitu token verifikasi";
    handoff_address_refused(address: &str) format!("The provider will not call {address}: it takes https addresses with a public certificate, up to 200 characters. Set public_url to such an address."), format!("Penyedia tidak akan memanggil {address}: yang diterima hanya alamat https dengan sertifikat publik, paling panjang 200 karakter. Atur public_url ke alamat seperti itu.");
    handoff_unavailable() "There is no sheet for this protocol yet.", "Belum ada lembar untuk protokol ini.";
    handoff_only_address() "The webhook URL holds the only secret on this sheet. Tokens are not on it.", "URL webhook memuat satu-satunya rahasia di lembar ini. Token tidak ada di sini.";
    handoff_only_secret() "The verify token is the only secret on this sheet. App secret and access token are not on it.", "Token verifikasi adalah satu-satunya rahasia di lembar ini. App secret dan token akses tidak ada di sini.";
    handoff_masked() "You see the verify token masked: your role may look, not hand over.", "Token verifikasi disamarkan: peran Anda boleh melihat, tidak menyerahkan.";
    handoff_facts() "To copy", "Untuk disalin";
    handoff_steps() "Steps", "Langkah";
    handoff_copy_all() "Copy all", "Salin semua";
    handoff_as_text() "The sheet as plain text", "Lembar ini sebagai teks";
    handoff_print() "Print", "Cetak";
    handoff_links() "Links for people without an account", "Tautan untuk orang tanpa akun";
    handoff_links_lead() "Who has the link sees the sheet until it ends, and what they tick shows here.", "Pemegang tautan melihat lembar ini sampai tautan berakhir, dan yang mereka centang tampak di sini.";
    handoff_links_none() "No link yet.", "Belum ada tautan.";
    handoff_days_label() "The link works for", "Tautan berlaku selama";
    handoff_days(count: u32) if count == 1 { "1 day".to_owned() } else { format!("{count} days") }, format!("{count} hari");
    handoff_make() "Make a link", "Buat tautan";
    handoff_revoke() "Revoke", "Cabut";
    handoff_revoke_this(when: &str) format!("Revoke the link of {when}"), format!("Cabut tautan {when}");
    handoff_made_note() "The link is made. Send it to the provider's team.", "Tautan dibuat. Kirim ke tim penyedia.";
    handoff_revoked_note() "The link is revoked. Who opens it now is told to ask you.", "Tautan dicabut. Yang membukanya sekarang diminta menghubungi Anda.";
    handoff_made_by(name: &str) format!("Made by {name}"), format!("Dibuat oleh {name}");
    handoff_until() "works until", "berlaku sampai";
    handoff_ended() "ended", "berakhir";
    handoff_was_revoked() "revoked", "dicabut";
    handoff_opened() "first opened", "pertama dibuka";
    handoff_not_opened() "not opened yet", "belum dibuka";
    handoff_ticked_count(done: usize, all: usize) format!("{done} of {all} steps done"), format!("{done} dari {all} langkah selesai");
    handoff_done_at() "Done", "Selesai";
    handoff_save_ticks() "Save what is ticked", "Simpan centang";
    handoff_saved() "Saved. Who sent you this sees it.", "Tersimpan. Pengirim dapat melihatnya.";
    handoff_outside(agent: &str) format!("Connect WhatsApp to {agent}"), format!("Hubungkan WhatsApp ke {agent}");
    handoff_asks(name: &str, organization: &str) format!("{name} of {organization} asks you to set this up on the provider's side."), format!("{name} dari {organization} meminta Anda menyiapkan ini di sisi penyedia.");
    handoff_tick() "Tick each step when it is done: it is saved for both of you.", "Centang setiap langkah yang selesai: tersimpan untuk Anda dan pengirim.";
    handoff_incomplete() "Something on this sheet is not filled in any more. Ask who sent it.", "Ada isi lembar ini yang sekarang kosong. Tanyakan kepada pengirimnya.";
    handoff_gone() "This link does not work any more", "Tautan ini tidak berlaku lagi";
    handoff_gone_lead() "It ended or was revoked. Ask the person who sent it to you for a new one.", "Masa berlakunya habis atau sudah dicabut. Minta tautan baru kepada orang yang mengirimnya.";
}
