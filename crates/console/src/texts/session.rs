//! What is said about how sessions end.

use warta_core::session::EndReason;

use super::lang::{Lang, texts};

texts! {
    session_lead() "When a conversation rests: whether the user is asked if anything else is needed, then whether to end, and when it ends by itself. A change holds for sessions in progress from their next step.", "Saat percakapan sepi: apakah pengguna ditanya masih ada yang dibutuhkan, lalu apakah boleh diakhiri, dan kapan berakhir sendiri. Perubahan berlaku untuk sesi yang berjalan mulai langkah berikutnya.";
    session_yes() "Yes", "Ya";
    session_no() "No", "Tidak";
    session_ask() "Ask the user to end the session", "Minta pengguna mengakhiri sesi";
    session_ask_help() "No: nobody is asked, and the session ends silently after the three delays together.", "Tidak: tidak ada yang ditanya, dan sesi berakhir tanpa pesan setelah ketiga jeda dijumlahkan.";
    session_ask_more_delay() "Minutes until “anything else?”", "Menit sampai “ada lagi?”";
    session_ask_more_delay_help() "After the last activity. 1 to 1380.", "Setelah aktivitas terakhir. 1 sampai 1380.";
    session_ask_end_delay() "Minutes until “shall we end?”", "Menit sampai “boleh diakhiri?”";
    session_ask_end_delay_help() "After the question before it. 1 to 1380.", "Setelah pertanyaan sebelumnya. 1 sampai 1380.";
    session_grace() "Minutes until the silent end", "Menit sampai berakhir tanpa pesan";
    session_grace_help() "After the second question. 1 to 1380.", "Setelah pertanyaan kedua. 1 sampai 1380.";
    session_agent_counts() "The agent's replies count as activity", "Balasan agen dihitung sebagai aktivitas";
    session_agent_counts_help() "No: only what the user does counts.", "Tidak: hanya tindakan pengguna yang dihitung.";
    session_texts() "What is said", "Yang dikatakan";
    session_texts_help() "The agent's language decides. {name} is the user's name, {business} the agent's.", "Bahasa agen yang menentukan. {name} adalah nama pengguna, {business} nama agen.";
    session_text_ask_more() "“Anything else?”", "“Ada lagi?”";
    session_text_more_yes() "Button: there is more", "Tombol: masih ada";
    session_text_more_no() "Button: that is all", "Tombol: sudah cukup";
    session_text_ask_end() "“Shall we end?”", "“Boleh diakhiri?”";
    session_text_end_yes() "Button: end", "Tombol: akhiri";
    session_text_end_no() "Button: go on", "Tombol: lanjut";
    session_text_closing() "The last word", "Kata penutup";
    session_words_go_on() "More words for “go on”", "Kata lain untuk “lanjut”";
    session_words_end() "More words for “end”", "Kata lain untuk “akhiri”";
    session_words_help() "Separated by commas. Yes and no, ya and tidak, and the buttons' titles are understood already.", "Pisahkan dengan koma. Yes dan no, ya dan tidak, serta judul tombol sudah dipahami.";
    session_save() "Save session behaviour", "Simpan perilaku sesi";
    session_saved() "Saved. Sessions in progress go by it from their next step.", "Tersimpan. Sesi yang berjalan mengikutinya mulai langkah berikutnya.";
    session_line() "When the user writes no more", "Jika pengguna tidak menulis lagi";
    session_message() "The user's last message", "Pesan terakhir pengguna";
    session_ask_more() "Anything else?", "Ada lagi?";
    session_ask_end() "Shall we end?", "Boleh diakhiri?";
    session_end() "The session ends", "Sesi berakhir";
    session_window() "WhatsApp's window closes", "Jendela WhatsApp tertutup";
    session_minutes(minutes: u64) format!("{minutes} min"), format!("{minutes} mnt");
    session_hours(hours: u64) format!("{hours} h"), format!("{hours} jam");
    session_costs() "Since 1 October 2026 Meta charges for these questions as for every message.", "Sejak 1 Oktober 2026 Meta memungut biaya untuk pertanyaan ini seperti untuk setiap pesan.";
    session_out_of_range(least: u32, most: u32) format!("Enter whole minutes from {least} to {most}."), format!("Isikan menit bulat dari {least} sampai {most}.");
    session_never_fires() "This could never happen: WhatsApp's 24-hour window closes before it. Shorten this delay or the one before.", "Ini tidak akan pernah terjadi: jendela 24 jam WhatsApp tertutup lebih dahulu. Pendekkan jeda ini atau yang sebelumnya.";
    session_empty() "Write something here.", "Tulis sesuatu di sini.";
    session_too_long(most: usize) format!("WhatsApp takes {most} characters here. Shorten it."), format!("WhatsApp menerima {most} karakter di sini. Pendekkan.");
    session_unknown_variable(name: &str) format!("There is no variable {{{name}}}. In questions and the last word {{name}} and {{business}} can stand, in buttons none."), format!("Tidak ada variabel {{{name}}}. Di pertanyaan dan kata penutup bisa dipakai {{name}} dan {{business}}, di tombol tidak ada.");
    session_same_title() "The two buttons need different titles.", "Kedua tombol perlu judul yang berbeda.";
    session_none() "No session is in progress.", "Tidak ada sesi yang berjalan.";
    session_conversations() "Conversations", "Percakapan";
    session_conversations_lead() "Sessions in progress, the one with the next step first.", "Sesi yang berjalan, yang langkahnya paling dekat lebih dahulu.";
    session_user() "User", "Pengguna";
    session_last() "Last activity", "Aktivitas terakhir";
    session_next() "Next step", "Langkah berikutnya";
    session_end_now() "End now", "Akhiri sekarang";
    session_ending() "The session ends in a moment. Nothing is said to the user.", "Sesi berakhir sebentar lagi. Tidak ada pesan ke pengguna.";
    session_history() "What happened to its sessions", "Yang terjadi pada sesinya";
    session_inactive() "nobody wrote", "tidak ada yang menulis";
    session_by_user() "the user said so", "diminta pengguna";
    session_by_agent() "the agent said so", "diminta agen";
    session_by_operator() "ended by hand or by the API", "diakhiri manual atau lewat API";
    session_by_window() "WhatsApp's window was about to close", "jendela WhatsApp hampir tertutup";
    session_paused() "Agent paused", "Agen dijeda";
    session_paused_why() "The agent is paused here: it and the user answered each other as only programs do. New messages are kept, and it goes on by itself at", "Agen dijeda di sini: agen dan pengguna saling menjawab seperti dua program. Pesan baru disimpan, dan agen berlanjut sendiri pada";
    session_go_on() "Let the agent go on", "Lanjutkan agen";
    session_event_paused_fast() "agent paused: 20 answers in two minutes", "agen dijeda: 20 jawaban dalam dua menit";
    session_event_paused_same() "agent paused: the same answer three times", "agen dijeda: jawaban yang sama tiga kali";
    session_event_started() "started", "dimulai";
    session_event_resumed() "goes on", "berlanjut";
    session_event_ended(reason: &str) format!("ended: {reason}"), format!("berakhir: {reason}");
    session_damaged() "What is kept of these cannot be read. They are passed over, the others go on. Restore the row from a backup, or ask whoever runs Warta; the log names them too.", "Yang tersimpan tentang ini tidak dapat dibaca. Baris ini dilewati, yang lain tetap berjalan. Pulihkan barisnya dari cadangan, atau hubungi pengelola Warta; log juga menyebutkannya.";
    session_play() "Play it", "Putar";
    session_play_unsaved() "With what stands in the form. Nothing is saved and nobody is written to.", "Dengan isi formulir ini. Tidak ada yang disimpan dan tidak ada yang dikirimi pesan.";
    session_play_lead() "The real machine with a clock of its own, on a phone that only you see. Write, tap, or wait: nothing is saved and nobody is written to.", "Mesin yang sebenarnya dengan jamnya sendiri, di ponsel yang hanya Anda lihat. Tulis, ketuk, atau tunggu: tidak ada yang disimpan dan tidak ada yang dikirimi pesan.";
    session_play_agent() "(Your agent answers here.)", "(Agen Anda menjawab di sini.)";
    session_play_started() "A session starts", "Sesi dimulai";
    session_play_resumed() "The session goes on", "Sesi berlanjut";
    session_play_ended(reason: &str) format!("The session ends: {reason}"), format!("Sesi berakhir: {reason}");
    session_play_write() "Write as the user", "Tulis sebagai pengguna";
    session_play_send() "Send", "Kirim";
    session_play_clock() "Its clock", "Jamnya";
    session_play_pace() "Time passes", "Waktu berjalan";
    session_play_speed(speed: u32) format!("×{speed}"), format!("×{speed}");
    session_play_still() "not at all", "tidak sama sekali";
    session_play_language() "The agent speaks", "Bahasa agen";
    session_play_skip() "Go to the next step", "Ke langkah berikutnya";
    session_play_look() "How is it now?", "Bagaimana sekarang?";
    session_play_again() "Start again", "Mulai lagi";
    session_play_rests() "Nothing more happens until the user writes.", "Tidak ada lagi yang terjadi sampai pengguna menulis.";
    session_play_full() "This rehearsal is long enough. Start again.", "Putaran ini sudah cukup panjang. Mulai lagi.";
}

impl Lang {
    /// Why a session ended.
    pub(crate) fn session_reason(self, reason: EndReason) -> std::borrow::Cow<'static, str> {
        match reason {
            EndReason::Inactive => self.session_inactive(),
            EndReason::User => self.session_by_user(),
            EndReason::Agent => self.session_by_agent(),
            EndReason::Operator => self.session_by_operator(),
            EndReason::WindowClosed => self.session_by_window(),
        }
    }
}
