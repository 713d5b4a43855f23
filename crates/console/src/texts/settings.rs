//! What is said about a person's own settings.

use std::borrow::Cow;

use super::lang::{Lang, texts};

texts! {
    settings_title() "Settings", "Pengaturan";
    settings_you() "You", "Anda";
    settings_language_browser() "As the browser asks", "Sesuai peramban";
    settings_save() "Save", "Simpan";
    settings_password() "Password", "Kata sandi";
    settings_password_lead() "A new password ends every other sign-in.", "Kata sandi baru mengakhiri semua sesi masuk lain.";
    settings_password_first() "You have no password yet: you came in by a link.", "Anda belum punya kata sandi: Anda masuk lewat tautan.";
    settings_password_stale() "To choose a first password, come in by a fresh link: yours was opened more than ten minutes ago.", "Untuk memilih kata sandi pertama, masuklah lewat tautan baru: tautan Anda dibuka lebih dari sepuluh menit lalu.";
    settings_password_now() "Current password", "Kata sandi sekarang";
    settings_password_wrong() "This is not your current password.", "Ini bukan kata sandi Anda sekarang.";
    settings_password_change() "Change password", "Ubah kata sandi";
    settings_sign_ins() "Where you are signed in", "Tempat Anda masuk";
    settings_sign_ins_lead() "End what you do not recognise, and change your password.", "Akhiri yang tidak Anda kenal, lalu ubah kata sandi.";
    settings_browser() "Browser", "Peramban";
    settings_browser_unknown() "Unknown browser", "Peramban tak dikenal";
    settings_browser_on(browser: &str, system: &str) format!("{browser} on {system}"), format!("{browser} di {system}");
    settings_address() "Address", "Alamat";
    settings_began() "Signed in (UTC)", "Masuk (UTC)";
    settings_used() "Last used (UTC)", "Terakhir dipakai (UTC)";
    settings_this() "this browser", "peramban ini";
    settings_end() "End", "Akhiri";
    settings_end_which(browser: &str) format!("End the sign-in of {browser}"), format!("Akhiri sesi masuk {browser}");
    settings_end_others() "End all others", "Akhiri semua yang lain";
    settings_organizations() "Organizations", "Organisasi";
    settings_organizations_lead() "The one that this browser looks at.", "Yang sedang dibuka di peramban ini.";
    settings_look() "Look at it", "Buka";
    settings_look_at(name: &str) format!("Look at {name}"), format!("Buka {name}");
    settings_looking() "open here", "terbuka di sini";
}

impl Lang {
    /// What was done, for `?done=` on the page of settings.
    pub(crate) fn settings_done(self, word: &str) -> Option<Cow<'static, str>> {
        let (en, id) = match word {
            "saved" => ("Saved.", "Tersimpan."),
            "password" => (
                "The password was changed, and every other sign-in has ended.",
                "Kata sandi diubah, dan semua sesi masuk lain diakhiri.",
            ),
            "ended" => ("The sign-in has ended.", "Sesi masuk itu diakhiri."),
            "others" => ("All other sign-ins have ended.", "Semua sesi masuk lain diakhiri."),
            "switched" => (
                "This browser looks at another organization now.",
                "Peramban ini kini membuka organisasi lain.",
            ),
            _ => return None,
        };
        Some(Cow::from(match self {
            Self::En => en,
            Self::Id => id,
        }))
    }
}
