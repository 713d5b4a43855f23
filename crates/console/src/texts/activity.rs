//! What is said on pages that show messages, and on every page.

use std::borrow::Cow;

use super::lang::{Lang, texts};

texts! {
    field_optional() "optional", "boleh kosong";
    product() "WhatsApp channels", "Kanal WhatsApp";
    skip() "Skip to the content", "Langsung ke isi";
    overview() "Overview", "Ikhtisar";
    overview_lead() "What runs, what was said, and what needs a person.", "Yang berjalan, yang dibicarakan, dan yang perlu ditangani orang.";
    reference() "API reference", "Referensi API";
    published() "Published", "Terbit";
    draft() "Draft", "Draf";
    now() "Counts now", "Jumlah saat ini";
    waiting_for_agent() "Waiting for the agent", "Menunggu agen";
    waiting_to_send() "Waiting to be sent", "Menunggu dikirim";
    uncertain_sends() "Uncertain", "Belum pasti";
    dead() "Undelivered to the agent", "Gagal ke agen";
    quarantined() "In quarantine", "Di karantina";
    channels() "Channels", "Kanal";
    channels_none() "No agent yet.", "Belum ada agen.";
    channel_none() "No channel yet.", "Belum ada kanal.";
    environment() "Environment", "Lingkungan";
    hook() "Webhook address", "Alamat webhook";
    copy() "Copy", "Salin";
    copied() "Copied", "Tersalin";
    wide_table() "Table; scrolls sideways", "Tabel; dapat digeser ke samping";
    selected() "Selected: press Ctrl+C", "Terpilih: tekan Ctrl+C";
    last_messages() "Last messages", "Pesan terakhir";
    messages_none() "Nothing was said yet. Write to one of the numbers above.", "Belum ada pesan. Kirim pesan ke salah satu nomor di atas.";
    time() "Time (UTC)", "Waktu (UTC)";
    user() "User", "Pengguna";
    message() "Message", "Pesan";
    journey() "Journey", "Perjalanan";
    came_from_user() "from the user", "dari pengguna";
    went_to_user() "to the user", "ke pengguna";
    from(name: &str) format!("From {name}"), format!("Dari {name}");
    to(name: &str) format!("To {name}"), format!("Kepada {name}");
    no_name() "No name", "Tanpa nama";
    quarantine() "Quarantine", "Karantina";
    quarantine_lead() "Webhooks that the provider surely sent but that could not be read. They are kept sealed.", "Webhook yang pasti dari penyedia, tetapi tidak terbaca. Disimpan tersegel.";
    quarantine_none() "Nothing: every webhook could be read.", "Kosong: semua webhook terbaca.";
    reason() "Reason", "Alasan";
    size() "Size", "Ukuran";
    replay() "Read it again after an update with", "Baca ulang setelah pembaruan dengan";
    bytes(text: &str) format!("{text} bytes"), format!("{text} bita");
    dead_letters() "Undelivered to the agent", "Gagal ke agen";
    dead_lead() "Messages that the agent did not take after all attempts.", "Pesan yang tidak diterima agen setelah semua percobaan.";
    deliver_again() "Once the agent works, hand it over again with", "Setelah agen pulih, serahkan lagi dengan";
    dead_none() "Nothing: the agents took every message.", "Kosong: semua pesan diterima agen.";
    attempts() "Attempts", "Percobaan";
    back() "Overview", "Ikhtisar";
    timeline() "Timeline", "Linimasa";
    timeline_none() "Nothing happened to it yet.", "Belum ada kejadian.";
    stored() "Stored", "Tersimpan";
    asked_for() "Asked for", "Diminta";
    by_provider() "WhatsApp", "WhatsApp";
    by_us() "Sending", "Pengiriman";
    by_hand() "By hand", "Manual";
    answer_unsent() "The agent answered this, and the user did not get it", "Agen menjawab ini, dan pengguna tidak menerimanya";
    took(text: &str) format!("took {text}"), format!("selama {text}");
    later(text: &str) format!("after {text}"), format!("setelah {text}");
    provider_clock(text: &str) format!("{text} by WhatsApp's clock"), format!("{text} menurut jam WhatsApp");
    details() "Details", "Rincian";
    kind() "Kind", "Jenis";
    conversation() "Conversation", "Percakapan";
    answers() "Answers", "Menjawab";
    message_id() "Message", "Pesan";
    provider_id() "Provider's id", "ID penyedia";
    channel() "Channel", "Kanal";
    duplicate() "The user may have got this twice: the provider did not say what became of the first attempt.", "Pengguna mungkin menerima ini dua kali: penyedia tidak memberi tahu hasil percobaan pertama.";
    failure() "Why it did not work", "Mengapa gagal";
    shut() "This link does not work any more", "Tautan ini tidak berlaku lagi";
    shut_lead() "A link to the console opens once, within half an hour.", "Tautan ke konsol berlaku satu kali, dalam setengah jam.";
    shut_demo() "In the demo, stop it with Ctrl-C and start it again: it prints a new link.", "Di demo, hentikan dengan Ctrl-C lalu mulai lagi: tautan baru dicetak.";
    shut_serve() "On a server, its operator makes a new one with", "Di server, operatornya membuat yang baru dengan";
    shut_sign_in() "Sign in with a password", "Masuk dengan kata sandi";
    missing() "There is nothing here", "Tidak ada apa-apa di sini";
    missing_lead() "The address is wrong, or what it named belongs to somebody else.", "Alamatnya salah, atau yang dituju milik pihak lain.";
    fault() "Something went wrong", "Ada yang tidak beres";
    fault_lead() "Nothing you did. Try again in a moment; if it stays, look for this request in the gateway's log.", "Bukan karena Anda. Coba lagi sebentar; jika tetap, cari permintaan ini di log gerbang.";
    request() "Request", "Permintaan";
    location() "Place", "Lokasi";
    contact_cards(count: usize) format!("{count} contact(s)"), format!("{count} kontak");
    photo() "Picture", "Gambar";
    video() "Video", "Video";
    sound() "Sound", "Suara";
    voice() "Voice message", "Pesan suara";
    file() "File", "Berkas";
    sticker() "Sticker", "Stiker";
    form() "Form", "Formulir";
    order() "Order", "Pesanan";
    edited() "Changed a message", "Mengubah pesan";
    revoked() "Took a message back", "Menarik pesan";
    reaction_gone() "Took a reaction back", "Menarik reaksi";
    notice() "Notice of WhatsApp", "Pemberitahuan WhatsApp";
    unsupported() "Cannot be carried", "Tidak didukung";
}

impl Lang {
    /// The word for what became of a message on its way to the agent.
    pub(crate) fn agent_status(self, status: &str) -> Cow<'static, str> {
        match (status, self) {
            ("received", Self::En) => Cow::from("Waits for the agent"),
            ("received", Self::Id) => Cow::from("Menunggu agen"),
            ("delivered", Self::En) => Cow::from("Agent took it"),
            ("delivered", Self::Id) => Cow::from("Diterima agen"),
            _ => self.status(status),
        }
    }

    /// The word for a status.
    pub(crate) fn status(self, status: &str) -> Cow<'static, str> {
        let (en, id) = match status {
            "dead" => ("Given up", "Dihentikan"),
            "retry" => ("Did not work, will be tried again", "Gagal, akan dicoba lagi"),
            "scheduled" => ("Scheduled", "Terjadwal"),
            "queued" => ("Queued", "Antre"),
            "canceled" => ("Canceled", "Dibatalkan"),
            "dispatching" => ("On its way", "Sedang dikirim"),
            "uncertain" => ("Uncertain", "Belum pasti"),
            "expired" => ("Too late", "Terlambat"),
            "accepted" => ("Accepted", "Diterima penyedia"),
            "sent" => ("Sent", "Terkirim"),
            "failed" => ("Failed", "Gagal"),
            "delivered" => ("Delivered", "Diterima"),
            "read" => ("Read", "Dibaca"),
            "played" => ("Played", "Diputar"),
            other => return Cow::from(other.to_owned()),
        };
        Cow::from(match self {
            Self::En => en,
            Self::Id => id,
        })
    }
}
