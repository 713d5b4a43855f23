//! What is said about the check-up of a channel, the loop-back test and the first message.

use std::borrow::Cow;

use warta_core::checkup::{Check, Fix, Label, Outcome, Silence};

use super::lang::{Lang, texts};

texts! {
    doctor_title() "Connection", "Sambungan";
    doctor() "Connection doctor", "Dokter sambungan";
    doctor_all_good() "Everything that can be checked is as it should be.", "Semua yang dapat diperiksa sudah benar.";
    doctor_bad(count: usize) if count == 1 { "One thing is broken.".to_owned() } else { format!("{count} things are broken.") }, format!("{count} hal rusak.");
    doctor_watch(count: usize) if count == 1 { "It works; one thing deserves a look.".to_owned() } else { format!("It works; {count} things deserve a look.") }, format!("Berjalan; {count} hal perlu dilihat.");
    doctor_never() "This channel has not been checked yet.", "Kanal ini belum pernah diperiksa.";
    doctor_running() "Checking…", "Sedang memeriksa…";
    doctor_run() "Check now", "Periksa sekarang";
    doctor_last() "Last checked", "Terakhir diperiksa";
    doctor_changed() "The channel has changed since.", "Kanal sudah berubah sejak itu.";
    doctor_look_only() "Your role may look, not run checks.", "Peran Anda boleh melihat, tidak menjalankan pemeriksaan.";
    doctor_mended() "Done. The provider confirmed it, and the channel was checked again.", "Selesai. Penyedia mengonfirmasi, dan kanal diperiksa lagi.";
    doctor_checked() "Checked.", "Sudah diperiksa.";
    doctor_not_mended(why: &str) format!("The provider did not do it: {why}"), format!("Penyedia tidak melakukannya: {why}");
    doctor_incomplete() "Ids, access token or webhook secret are missing. Complete them first.", "ID, token akses, atau rahasia webhook belum ada. Lengkapi dahulu.";

    loopback() "Loop-back test", "Uji putar-balik";
    loopback_lead() "A test event, made like the provider's, goes out to the public address, comes in, goes to the agent and back. Nobody wrote it and nobody gets the answer.", "Peristiwa uji, dibuat seperti dari penyedia, keluar ke alamat publik, masuk lagi, sampai ke agen, dan kembali. Tidak ada yang menulisnya dan tidak ada yang menerima jawabannya.";
    loopback_run() "Run the loop-back test", "Jalankan uji putar-balik";
    loopback_not_live() "This channel is saved, not live: it stores what comes in and gives nothing to the agent, so a test would stop half-way. Go live first.", "Kanal ini tersimpan, belum aktif: yang masuk disimpan dan tidak diberikan ke agen, jadi uji akan berhenti di tengah jalan. Aktifkan dahulu.";
    loopback_paused() "This channel is paused: what comes in waits, so a test would wait too. Resume it first.", "Kanal ini dijeda: yang masuk menunggu, jadi uji pun menunggu. Lanjutkan dahulu.";
    loopback_go_live() "Go live", "Aktifkan";
    loopback_resume() "Resume", "Lanjutkan";
    loopback_no_secret() "An id is missing, or the secret that proves events. Complete the connection first.", "Sebuah ID belum ada, atau rahasia yang membuktikan peristiwa. Lengkapi sambungan dahulu.";
    loopback_never() "It has not been run yet.", "Belum pernah dijalankan.";
    loopback_said() "A loop-back test of Warta \u{2713}", "Uji putar-balik Warta \u{2713}";
    loopback_whole() "The whole way works: out, in, to the agent and back.", "Seluruh jalur berfungsi: keluar, masuk, ke agen, dan kembali.";
    loopback_under_way() "Under way…", "Sedang berjalan…";
    loopback_stopped() "It stopped on the way.", "Berhenti di tengah jalan.";
    loopback_sent() "Sent to the public address", "Dikirim ke alamat publik";
    loopback_accepted() "Accepted: the signature fits", "Diterima: tanda tangan cocok";
    loopback_accepted_address() "Accepted: the secret in the address fits", "Diterima: rahasia di alamat cocok";
    loopback_stored() "Stored", "Disimpan";
    loopback_asked() "The agent answered", "Agen menjawab";
    loopback_replies(count: usize) if count == 1 { "One answer recorded, sent to nobody".to_owned() } else { format!("{count} answers recorded, sent to nobody") }, format!("{count} jawaban dicatat, tidak dikirim ke siapa pun");
    loopback_quiet() "The agent took it and answered nothing", "Agen menerimanya tanpa menjawab";
    loopback_signature() "The body was changed on the way: what arrived does not fit its signature. A proxy or firewall in front of Warta rewrites request bodies; let it pass /hooks/ through untouched.", "Isi permintaan berubah di jalan: yang tiba tidak cocok dengan tanda tangannya. Proksi atau firewall di depan Warta menulis ulang isi permintaan; biarkan /hooks/ lewat apa adanya.";
    loopback_forbidden(status: u16) format!("Something in front of Warta answered {status}: it asks for a sign-in. Let it pass /hooks/ through to everybody."), format!("Sesuatu di depan Warta menjawab {status}: ia meminta login. Biarkan /hooks/ dilewati siapa saja.");
    loopback_status(status: u16) format!("The public address answered {status} instead of 200. Look at what stands in front of Warta."), format!("Alamat publik menjawab {status}, bukan 200. Lihat apa yang ada di depan Warta.");
    loopback_silent(why: &str) format!("The public address did not answer: {why}. Look at DNS, firewall and public_url."), format!("Alamat publik tidak menjawab: {why}. Periksa DNS, firewall, dan public_url.");
    loopback_elsewhere() "It was answered 200, but nothing arrived here: the public address leads to another server.", "Dijawab 200, tetapi tidak ada yang tiba di sini: alamat publik menuju server lain.";
    loopback_agent_failed(why: &str) format!("The agent failed: {why}"), format!("Agen gagal: {why}");

    first() "The first real message", "Pesan sungguhan pertama";
    first_lead() "The proof that matters: scan it with a phone and send the message.", "Bukti yang penting: pindai dengan ponsel lalu kirim pesannya.";
    first_said(agent: &str) format!("Hello {agent}"), format!("Halo {agent}");
    first_waiting() "Waiting for the first message…", "Menunggu pesan pertama…";
    first_not_live() "Once the channel is live, the message is answered too.", "Setelah kanal aktif, pesannya juga dijawab.";
    first_came() "Congratulations: WhatsApp reaches you. The last message came", "Selamat: WhatsApp sampai ke Anda. Pesan terakhir tiba";
    first_qr(link: &str) format!("QR code of {link}"), format!("Kode QR dari {link}");
    first_twin() "This channel talks to a twin. Open its phone and write there:", "Kanal ini memakai kembaran. Buka ponselnya dan tulis di sana:";
    first_phone() "Open the phone", "Buka ponsel";
    first_no_number() "Once the number is known, its QR code stands here.", "Setelah nomornya diketahui, kode QR-nya ada di sini.";
}

impl Lang {
    /// A text of two.
    pub(super) const fn of_two(self, (en, id): (&'static str, &'static str)) -> &'static str {
        match self {
            Self::En => en,
            Self::Id => id,
        }
    }

    /// What a check is called.
    pub(crate) const fn check(self, check: Check) -> &'static str {
        self.of_two(match check {
            Check::Reachable => ("Public address", "Alamat publik"),
            Check::Handshake => ("Handshake", "Jabat tangan"),
            Check::Token => ("Access token", "Token akses"),
            Check::Scopes => ("Permissions of the token", "Izin token"),
            Check::TokenExpiry => ("End of the token", "Akhir token"),
            Check::Renewal => ("Renewal of the token", "Pembaruan token"),
            Check::NumberBelongs => ("Number and account", "Nomor dan akun"),
            Check::NumberStatus => ("State of the number", "Keadaan nomor"),
            Check::NumberQuality => ("Quality of the number", "Mutu nomor"),
            Check::Subscription => ("Subscription", "Langganan"),
            Check::OverrideTarget => ("Where events go", "Tujuan peristiwa"),
            Check::Registration => ("Endpoint registration", "Pendaftaran endpoint"),
            Check::Signature => ("Signature", "Tanda tangan"),
            Check::LastInbound => ("Last message in", "Pesan masuk terakhir"),
            Check::LastStatus => ("Last status", "Status terakhir"),
            Check::Agent => ("Agent", "Agen"),
            Check::Backlog => ("What waits", "Yang menunggu"),
            Check::Clock => ("Clock", "Jam"),
        })
    }

    /// The word for how a check came out.
    pub(crate) const fn outcome(self, outcome: Outcome) -> &'static str {
        self.of_two(match outcome {
            Outcome::Good => ("Good", "Baik"),
            Outcome::Warning => ("Look at it", "Perlu dilihat"),
            Outcome::Bad => ("Broken", "Rusak"),
            Outcome::Unknown => ("Not known", "Belum diketahui"),
            Outcome::NotApplicable => ("Nothing to check", "Tidak ada yang diperiksa"),
        })
    }

    /// Why there was no answer.
    pub(crate) const fn silence(self, why: Silence) -> &'static str {
        self.of_two(match why {
            Silence::Forbidden => (
                "the address is private to this machine or its network; an operator can open it with egress_allow",
                "alamatnya hanya ada di mesin ini atau jaringannya; operator dapat membukanya dengan egress_allow",
            ),
            Silence::NotConnected => ("no connection", "tidak tersambung"),
            Silence::TimedOut => ("no answer in time", "tidak ada jawaban pada waktunya"),
            Silence::Broken => ("the connection broke", "sambungan terputus"),
            Silence::TooLong => {
                ("the answer was longer than 256 KiB", "jawabannya lebih panjang dari 256 KiB")
            }
        })
    }

    /// What a piece of evidence is called.
    pub(crate) const fn evidence(self, label: Label) -> &'static str {
        self.of_two(match label {
            Label::Address => ("Address", "Alamat"),
            Label::Took => ("Took", "Lamanya"),
            Label::Answer => ("Answer", "Jawaban"),
            Label::LastHandshake => ("Provider's last", "Terakhir dari penyedia"),
            Label::LastRefused => ("Last refused", "Terakhir ditolak"),
            Label::App => ("App", "Aplikasi"),
            Label::Missing => ("Missing", "Belum ada"),
            Label::Ends => ("Ends", "Berakhir"),
            Label::Number => ("Number", "Nomor"),
            Label::Name => ("Name", "Nama"),
            Label::ProviderWord => ("Provider says", "Kata penyedia"),
            Label::Target => ("Goes to", "Menuju"),
            Label::Expected => ("Should go to", "Seharusnya ke"),
            Label::LastProven => ("Last proven", "Terakhir terbukti"),
            Label::Last => ("Last", "Terakhir"),
            Label::WaitForAgent => ("Wait for the agent", "Menunggu agen"),
            Label::WaitToSend => ("Wait to be sent", "Menunggu dikirim"),
            Label::OldestSince => ("Oldest since", "Terlama sejak"),
            Label::Difference => ("Difference", "Selisih"),
        })
    }

    /// What the button or link says that would help.
    pub(crate) const fn fix(self, fix: Fix) -> &'static str {
        self.of_two(match fix {
            Fix::Credentials => ("Open credentials", "Buka kredensial"),
            Fix::Account => ("Correct the ids", "Perbaiki ID"),
            Fix::Register => ("Register the endpoint", "Daftarkan endpoint"),
            Fix::Webhook => ("Open the hand-off sheet", "Buka lembar serah terima"),
            Fix::Agent => ("Open the agent", "Buka agen"),
            Fix::Subscribe => ("Subscribe and lead events here", "Langganan dan arahkan ke sini"),
            Fix::LeadHere => ("Lead events here", "Arahkan peristiwa ke sini"),
            Fix::Write => ("Write to the number", "Tulis ke nomor itu"),
            Fix::State => ("Open the channel's state", "Buka keadaan kanal"),
            Fix::Again => ("Check again", "Periksa lagi"),
        })
    }

    /// How a stretch of time between clocks is told.
    pub(crate) fn clock_difference(self, ms: i64) -> Cow<'static, str> {
        let seconds = ms.unsigned_abs() / 1_000;
        match (self, ms) {
            (Self::En, 0) => "none".into(),
            (Self::Id, 0) => "tidak ada".into(),
            (Self::En, 1..) => format!("ours is {seconds} s slow").into(),
            (Self::Id, 1..) => format!("jam kita terlambat {seconds} s").into(),
            (Self::En, _) => format!("ours is {seconds} s fast").into(),
            (Self::Id, _) => format!("jam kita lebih cepat {seconds} s").into(),
        }
    }
}
