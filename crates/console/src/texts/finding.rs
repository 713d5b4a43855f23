//! What a check found, and what to do about it.

use warta_core::checkup::Code;

use super::lang::Lang;

impl Lang {
    /// What was found, and what to do about it; the second is empty where nothing is to be done.
    pub(crate) const fn finding(self, code: Code) -> (&'static str, &'static str) {
        let (said, advice) = words(code);
        (self.of_two(said), self.of_two(advice))
    }
}

type Two = (&'static str, &'static str);

/// Nothing to do.
const NONE: Two = ("", "");

/// What each code says, and what to do, in both languages.
#[expect(clippy::too_many_lines, reason = "one table: a code, its sentence, its way out")]
const fn words(code: Code) -> (Two, Two) {
    match code {
        Code::Reached => (("The address answers from outside.", "Alamatnya menjawab dari luar."), NONE),
        Code::Unreachable => (
            ("Nothing answers at the public address.", "Tidak ada yang menjawab di alamat publik."),
            (
                "Look at DNS, firewall, proxy and public_url in warta.toml.",
                "Periksa DNS, firewall, proksi, dan public_url di warta.toml.",
            ),
        ),
        Code::SomebodyElse => (
            ("Something else answers at the public address.", "Yang menjawab di alamat publik bukan Warta."),
            (
                "Lead the address to this Warta, or correct public_url in warta.toml.",
                "Arahkan alamat itu ke Warta ini, atau perbaiki public_url di warta.toml.",
            ),
        ),
        Code::NotSecure => (
            (
                "The public address is not https. Meta calls no other.",
                "Alamat publik bukan https. Meta tidak memanggil yang lain.",
            ),
            (
                "Put a certificate in front and set public_url to the https address.",
                "Pasang sertifikat di depannya dan isi public_url dengan alamat https.",
            ),
        ),
        Code::HandshakeSeen => (
            (
                "The verify token is answered, and the provider has made the handshake.",
                "Token verifikasi dijawab, dan penyedia sudah berjabat tangan.",
            ),
            NONE,
        ),
        Code::Registered => (
            (
                "The provider's settings show this channel's address.",
                "Pengaturan penyedia memuat alamat kanal ini.",
            ),
            NONE,
        ),
        Code::NotRegistered => (
            (
                "The provider's settings do not show this channel's address, or not for all events it needs.",
                "Pengaturan penyedia tidak memuat alamat kanal ini, atau tidak untuk semua peristiwa yang diperlukan.",
            ),
            (
                "Register the endpoint: others' addresses stay as they are.",
                "Daftarkan endpoint: alamat pihak lain tetap apa adanya.",
            ),
        ),
        Code::HandshakeReady => (
            (
                "The verify token is answered. The provider has not made the handshake yet.",
                "Token verifikasi dijawab. Penyedia belum berjabat tangan.",
            ),
            (
                "It does so when the address is entered on its side.",
                "Itu terjadi ketika alamatnya dimasukkan di sisi penyedia.",
            ),
        ),
        Code::HandshakeBlocked => (
            (
                "Our address answers, but its /hooks/ path does not.",
                "Alamat kita menjawab, tetapi jalur /hooks/-nya tidak.",
            ),
            (
                "Let proxy and firewall pass /hooks/ through, with the query as it is.",
                "Biarkan proksi dan firewall meneruskan /hooks/ beserta kuerinya apa adanya.",
            ),
        ),
        Code::HandshakeRefused => (
            (
                "Somebody last came with another verify token and was refused.",
                "Terakhir ada yang datang dengan token verifikasi lain dan ditolak.",
            ),
            (
                "Enter the token of the hand-off sheet on the provider's side.",
                "Masukkan token dari lembar serah terima di sisi penyedia.",
            ),
        ),
        Code::WebhookSecretMissing => (
            ("The channel has no webhook secret.", "Kanal ini belum punya rahasia webhook."),
            ("Generate one and hand it to the provider's team.", "Buat satu dan serahkan ke tim penyedia."),
        ),
        Code::TokenAccepted => (("The provider accepts it.", "Penyedia menerimanya."), NONE),
        Code::TokenMissing => (
            (
                "There is no access token, so nothing can be sent.",
                "Belum ada token akses, jadi tidak ada yang bisa dikirim.",
            ),
            ("Enter the system user's token.", "Masukkan token pengguna sistem."),
        ),
        Code::ClientSecretMissing => (
            (
                "There is no client secret, so no call can be signed and nothing can be sent.",
                "Belum ada client secret, jadi panggilan tidak bisa ditandatangani dan tidak ada yang bisa dikirim.",
            ),
            (
                "Enter the client secret that goes with the client ID.",
                "Masukkan client secret pasangan client ID.",
            ),
        ),
        Code::TokenRefused => (
            (
                "The provider refuses it: it was revoked, has expired, or is another's.",
                "Penyedia menolaknya: sudah dicabut, kedaluwarsa, atau milik pihak lain.",
            ),
            (
                "Make a new token with the provider and enter it here.",
                "Buat token baru di penyedia dan masukkan di sini.",
            ),
        ),
        Code::ProviderSilent => (
            ("The provider does not answer now.", "Penyedia tidak menjawab sekarang."),
            ("Wait a little and check again.", "Tunggu sebentar lalu periksa lagi."),
        ),
        Code::NotConfigured => (
            ("What it takes to ask is not entered yet.", "Yang diperlukan untuk bertanya belum dimasukkan."),
            ("Complete the ids of the account.", "Lengkapi ID akun."),
        ),
        Code::NeedsToken => (
            ("Cannot be read without a working token.", "Tidak bisa dibaca tanpa token yang berfungsi."),
            NONE,
        ),
        Code::NeedsScopes => (
            (
                "Cannot be read without the missing permission.",
                "Tidak bisa dibaca tanpa izin yang belum ada.",
            ),
            NONE,
        ),
        Code::NeedsSubscription => (
            (
                "Cannot be known before the app is subscribed.",
                "Belum bisa diketahui sebelum aplikasi berlangganan.",
            ),
            NONE,
        ),
        Code::NeedsNumber => (
            (
                "Cannot be known before number and account are right.",
                "Belum bisa diketahui sebelum nomor dan akun benar.",
            ),
            NONE,
        ),
        Code::NeedsReach => (
            (
                "Cannot be known before the public address answers.",
                "Belum bisa diketahui sebelum alamat publik menjawab.",
            ),
            NONE,
        ),
        Code::ScopesComplete => (("It may send and manage.", "Boleh mengirim dan mengelola."), NONE),
        Code::ScopesMissing => (
            ("It lacks a permission that is needed.", "Ada izin yang diperlukan tetapi belum diberikan."),
            (
                "Make the token anew with both WhatsApp permissions.",
                "Buat ulang token dengan kedua izin WhatsApp.",
            ),
        ),
        Code::NeverExpires => (("It does not end by itself.", "Tidak berakhir sendiri."), NONE),
        Code::ExpiresLater => {
            (("It ends, but not soon.", "Akan berakhir, tetapi belum dalam waktu dekat."), NONE)
        }
        Code::ExpiresSoon => (
            ("It ends within a week.", "Berakhir dalam seminggu."),
            (
                "Enter a new one now; the old one stays until the new one has worked.",
                "Masukkan yang baru sekarang; yang lama tetap berlaku sampai yang baru terbukti.",
            ),
        ),
        Code::RenewalReady => (
            (
                "Warta renews the token by itself when it ends.",
                "Warta memperbarui token sendiri saat masa berlakunya habis.",
            ),
            NONE,
        ),
        Code::RenewalNotSet => (
            (
                "The token is not renewed here: that takes client ID and client secret, and a refresh token or user name and password.",
                "Token tidak diperbarui di sini: perlu client ID dan client secret, serta token pembaruan atau nama pengguna dan kata sandi.",
            ),
            NONE,
        ),
        Code::RenewalRefused => (
            (
                "The provider gave out no new token the last time Warta asked.",
                "Penyedia tidak memberikan token baru saat terakhir diminta Warta.",
            ),
            (
                "Correct client secret, user name or password, or enter a new token by hand.",
                "Perbaiki client secret, nama pengguna, atau kata sandi, atau masukkan token baru sendiri.",
            ),
        ),
        Code::NumberFound => (("The number is one of the account's.", "Nomornya termasuk akun itu."), NONE),
        Code::NumberElsewhere => (
            ("The number is not one of this business account's.", "Nomornya bukan milik akun bisnis ini."),
            (
                "Compare phone number id and WABA id with the provider's page.",
                "Cocokkan ID nomor dan ID WABA dengan halaman penyedia.",
            ),
        ),
        Code::NumberUnknown => (
            ("The token reaches no number with this id.", "Token tidak menjangkau nomor dengan ID ini."),
            (
                "Correct the phone number id, or give the token access to it.",
                "Perbaiki ID nomor, atau beri token akses ke nomor itu.",
            ),
        ),
        Code::AccountUnknown => (
            (
                "The token reaches no business account with this id.",
                "Token tidak menjangkau akun bisnis dengan ID ini.",
            ),
            (
                "Correct the WABA id, or give the token access to it.",
                "Perbaiki ID WABA, atau beri token akses ke akun itu.",
            ),
        ),
        Code::OtherDigits => (
            (
                "The provider's number has other digits than the account entered here.",
                "Nomor di penyedia berbeda dari akun yang dimasukkan di sini.",
            ),
            ("See which of the two is meant.", "Pastikan mana yang dimaksud."),
        ),
        Code::Connected => (("Connected.", "Tersambung."), NONE),
        Code::Limited => (
            ("It works, with limits set by the provider.", "Berfungsi, dengan batasan dari penyedia."),
            ("Look at the number on the provider's page.", "Lihat nomornya di halaman penyedia."),
        ),
        Code::Disconnected => (
            (
                "The number is not connected: it neither sends nor receives.",
                "Nomor tidak tersambung: tidak mengirim dan tidak menerima.",
            ),
            (
                "Connect or register it on the provider's page, then check again.",
                "Sambungkan atau daftarkan di halaman penyedia, lalu periksa lagi.",
            ),
        ),
        Code::QualityHigh => (("People are content with it.", "Pengguna puas dengannya."), NONE),
        Code::QualityMedium => (
            ("Some people block or report it.", "Sebagian orang memblokir atau melaporkannya."),
            ("Send less that nobody asked for.", "Kurangi pesan yang tidak diminta."),
        ),
        Code::QualityLow => (
            (
                "Many people block or report it. The provider may stop it.",
                "Banyak orang memblokir atau melaporkannya. Penyedia bisa menghentikannya.",
            ),
            ("Pause campaigns and look at what was sent.", "Jeda kampanye dan lihat apa yang dikirim."),
        ),
        Code::NotRated => (("The provider has not rated it yet.", "Penyedia belum menilainya."), NONE),
        Code::Subscribed => {
            (("The app gets the account's events.", "Aplikasi menerima peristiwa akun ini."), NONE)
        }
        Code::NotSubscribed => (
            (
                "The app is not subscribed to the business account: no message comes in.",
                "Aplikasi tidak berlangganan ke akun bisnis: tidak ada pesan yang masuk.",
            ),
            ("Subscribe it. Warta can do that now.", "Langgankan. Warta bisa melakukannya sekarang."),
        ),
        Code::ComesHere => {
            (("Events of the number come to this channel.", "Peristiwa nomor ini datang ke kanal ini."), NONE)
        }
        Code::ComesThroughAnother => (
            (
                "Events come to another channel here and are passed on to this one.",
                "Peristiwa datang ke kanal lain di sini dan diteruskan ke kanal ini.",
            ),
            NONE,
        ),
        Code::GoesElsewhere => (
            ("Events of the number go to another address.", "Peristiwa nomor ini menuju alamat lain."),
            (
                "Lead them here. Whoever gets them now gets them no more.",
                "Arahkan ke sini. Yang menerimanya sekarang tidak akan menerimanya lagi.",
            ),
        ),
        Code::GoesNowhere => (
            (
                "No address is set for the events of the number.",
                "Belum ada alamat untuk peristiwa nomor ini.",
            ),
            ("Lead them here. Warta can do that now.", "Arahkan ke sini. Warta bisa melakukannya sekarang."),
        ),
        Code::SignatureProven => (
            ("A real event proved the app secret.", "Peristiwa sungguhan membuktikan rahasia aplikasi."),
            NONE,
        ),
        Code::SecretFits => (
            (
                "The provider says that the app secret is right. No event has proven it yet.",
                "Penyedia menyatakan rahasia aplikasi benar. Belum ada peristiwa yang membuktikannya.",
            ),
            ("Write to the number.", "Tulislah ke nomor itu."),
        ),
        Code::SecretMissing => (
            (
                "There is no app secret, so no event is believed.",
                "Belum ada rahasia aplikasi, jadi tidak ada peristiwa yang dipercaya.",
            ),
            (
                "Enter the app secret of the app that is subscribed.",
                "Masukkan rahasia aplikasi dari aplikasi yang berlangganan.",
            ),
        ),
        Code::SignatureWrong => (
            (
                "The last event was signed with another app secret and was refused.",
                "Peristiwa terakhir ditandatangani dengan rahasia aplikasi lain dan ditolak.",
            ),
            (
                "Enter the app secret as it is now. The provider repeats what was refused.",
                "Masukkan rahasia aplikasi yang sekarang. Penyedia mengulang yang ditolak.",
            ),
        ),
        Code::SignatureBroken => (
            (
                "The app secret is right, and yet the last event's signature was wrong.",
                "Rahasia aplikasi benar, tetapi tanda tangan peristiwa terakhir salah.",
            ),
            (
                "Something on the way rewrites bodies, or another app sends here. Run the loop-back test to see which.",
                "Ada yang menulis ulang isi di jalan, atau aplikasi lain mengirim ke sini. Jalankan uji putar-balik untuk melihat yang mana.",
            ),
        ),
        Code::SecretOfAnotherApp => (
            (
                "The app secret is not the one of this app id: events are refused.",
                "Rahasia aplikasi bukan milik ID aplikasi ini: peristiwa ditolak.",
            ),
            (
                "Enter the secret of the app, or the id of the secret's app.",
                "Masukkan rahasia aplikasi itu, atau ID aplikasi dari rahasia ini.",
            ),
        ),
        Code::NoEventYet => (
            (
                "No event has come yet to prove the app secret.",
                "Belum ada peristiwa yang membuktikan rahasia aplikasi.",
            ),
            ("Write to the number.", "Tulislah ke nomor itu."),
        ),
        Code::InboundSeen => (("Users' messages come in.", "Pesan pengguna masuk."), NONE),
        Code::NoInboundYet => (
            ("No user has written yet.", "Belum ada pengguna yang menulis."),
            ("Write to the number yourself.", "Tulislah sendiri ke nomor itu."),
        ),
        Code::StatusSeen => (
            (
                "The provider tells how far messages have come.",
                "Penyedia memberi tahu sejauh mana pesan sampai.",
            ),
            NONE,
        ),
        Code::NothingSent => (
            ("Nothing has been sent yet.", "Belum ada yang dikirim."),
            (
                "Write to the number: the answer is the first.",
                "Tulislah ke nomor itu: jawabannya menjadi yang pertama.",
            ),
        ),
        Code::StatusToCome => (
            (
                "Something was sent; its status is still to come.",
                "Ada yang dikirim; statusnya masih akan datang.",
            ),
            ("Wait a little.", "Tunggu sebentar."),
        ),
        Code::StatusesMissing => (
            (
                "Something was sent a while ago and no status came.",
                "Ada yang dikirim beberapa saat lalu dan tidak ada status.",
            ),
            (
                "See that the app subscribes to the field messages.",
                "Pastikan aplikasi berlangganan ke bidang messages.",
            ),
        ),
        Code::AgentAnswers => {
            (("The agent answers a signed test event.", "Agen menjawab peristiwa uji bertanda tangan."), NONE)
        }
        Code::AgentMissing => (
            (
                "The agent has no deployment for this environment.",
                "Agen tidak punya deployment untuk lingkungan ini.",
            ),
            ("Say where it lives.", "Beri tahu di mana alamatnya."),
        ),
        Code::AgentSilent => (
            ("The agent does not answer.", "Agen tidak menjawab."),
            (
                "See whether it runs, and whether its address is right.",
                "Lihat apakah agen berjalan dan alamatnya benar.",
            ),
        ),
        Code::AgentRefuses => (
            ("The agent answers with an error.", "Agen menjawab dengan kesalahan."),
            ("Look at its log; test it on its own page.", "Lihat lognya; uji di halaman agen."),
        ),
        Code::AgentSecretUnusable => (
            ("The agent's signing secret cannot sign.", "Rahasia tanda tangan agen tidak dapat dipakai."),
            (
                "Regenerate it, and give the new one to the agent.",
                "Buat ulang, lalu berikan yang baru ke agen.",
            ),
        ),
        Code::NothingWaits => (("Nothing waits.", "Tidak ada yang menunggu."), NONE),
        Code::FewWait => (("A little waits, as it should.", "Sedikit yang menunggu, sewajarnya."), NONE),
        Code::WaitsLong => (
            ("Something has waited for minutes.", "Ada yang sudah menunggu beberapa menit."),
            ("See whether agent and provider keep up.", "Lihat apakah agen dan penyedia mengimbangi."),
        ),
        Code::WaitsTooLong => (
            (
                "Something has waited for more than a quarter of an hour.",
                "Ada yang sudah menunggu lebih dari seperempat jam.",
            ),
            (
                "See whether agent and provider keep up, and whether the workers run.",
                "Lihat apakah agen dan penyedia mengimbangi, dan apakah pekerja berjalan.",
            ),
        ),
        Code::WaitsPaused => (
            ("The channel is paused, so messages wait.", "Kanal dijeda, jadi pesan menunggu."),
            ("Resume it when you are ready.", "Lanjutkan ketika Anda siap."),
        ),
        Code::ClockRight => {
            (("Our clock and the provider's agree.", "Jam kita dan jam penyedia cocok."), NONE)
        }
        Code::ClockOff => (
            (
                "Our clock and the provider's differ: signatures and windows go wrong.",
                "Jam kita dan jam penyedia berbeda: tanda tangan dan tenggat menjadi salah.",
            ),
            (
                "Let the machine keep its clock by NTP; with PostgreSQL, the database's machine.",
                "Biarkan mesin menyetel jamnya dengan NTP; dengan PostgreSQL, mesin basis datanya.",
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_mended_says_how_in_both_languages() {
        for code in Code::ALL.iter().copied() {
            for l in [Lang::En, Lang::Id] {
                let (said, advice) = l.finding(code);
                assert!(!said.is_empty(), "{code}");
                assert_eq!(advice.is_empty(), code.fix().is_none(), "{code}: {advice}");
            }
        }
    }
}
