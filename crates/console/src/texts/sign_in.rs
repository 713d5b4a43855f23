//! What is said before one is signed in.

use super::lang::{Lang, texts};

texts! {
    sign_in() "Sign in", "Masuk";
    sign_in_fault() "Not yet", "Belum bisa";
    sign_in_wrong() "That e-mail and password do not belong together. Check both and try again.", "E-mail dan kata sandi itu tidak cocok. Periksa keduanya, lalu coba lagi.";
    sign_in_wait(seconds: u64) match seconds { 1 => "Too many tries. Wait 1 second, then try again.".to_owned(), _ => format!("Too many tries. Wait {seconds} seconds, then try again.") }, format!("Terlalu banyak percobaan. Tunggu {seconds} detik, lalu coba lagi.");
    sign_in_forgotten() "Forgot your password? Whoever runs this gateway can make you a link to choose a new one: warta user reset --email YOURS", "Lupa kata sandi? Pengelola gateway ini dapat membuatkan tautan untuk memilih yang baru: warta user reset --email ANDA";
    email() "E-mail", "E-mail";
    password() "Password", "Kata sandi";
    new_password() "New password", "Kata sandi baru";
    password_help(shortest: usize, longest: usize) format!("{shortest} to {longest} characters. A few words in a row are easy to keep in mind and hard to guess."), format!("{shortest} sampai {longest} karakter. Beberapa kata berurutan mudah diingat dan sulit ditebak.");
    language() "Language", "Bahasa";
    your_name() "Your name", "Nama Anda";
    fault_empty() "Fill this in.", "Isilah kolom ini.";
    fault_long(most: usize) format!("At most {most} characters fit here."), format!("Paling banyak {most} karakter di sini.");
    fault_email() "This is not an e-mail address. One looks like siti@example.com.", "Ini bukan alamat e-mail. Contohnya: siti@example.com.";
    fault_email_taken() "Somebody with this e-mail has an account already.", "Sudah ada akun dengan e-mail ini.";
    fault_password_short(shortest: usize) format!("Use at least {shortest} characters."), format!("Pakailah paling sedikit {shortest} karakter.");
    fault_password_long(longest: usize) format!("Use at most {longest} characters."), format!("Pakailah paling banyak {longest} karakter.");
    fault_password_guessable() "This is too easy to guess: it is your e-mail, your name or “warta”. Choose something else.", "Ini terlalu mudah ditebak: sama dengan e-mail, nama Anda, atau “warta”. Pilih yang lain.";
    fault_password_common() "Many people use this password, so it is among the first that others try. Choose something else.", "Kata sandi ini dipakai banyak orang, jadi termasuk yang pertama dicoba orang lain. Pilih yang lain.";
    kept_note() "Your sign-in has ended. What you typed is kept: sign in to go on with it.", "Sesi masuk Anda sudah berakhir. Yang Anda ketik tetap disimpan: masuklah untuk melanjutkan.";
    kept_title() "You are signed in again", "Anda sudah masuk lagi";
    kept_lead() "Go on with what you typed.", "Lanjutkan dengan yang tadi Anda ketik.";
    kept_go_on() "Go on with what you typed", "Lanjutkan yang tadi diketik";
    kept_without_secrets() "Passwords and other secrets were not kept: type them once more.", "Kata sandi dan rahasia lain tidak disimpan: ketik sekali lagi.";
    link_gone() "This link does not work any more", "Tautan ini tidak berlaku lagi";
    link_gone_lead() "A link works once and for a limited time. This one was used, has expired or was not copied whole.", "Sebuah tautan berlaku satu kali dan selama waktu terbatas. Yang ini sudah dipakai, kedaluwarsa, atau tidak tersalin lengkap.";
    set_up() "Set up Warta", "Siapkan Warta";
    set_up_lead() "You become the first owner. Others you can invite afterwards.", "Anda menjadi pemilik pertama. Yang lain dapat diundang sesudahnya.";
    set_up_organization_name() "Name of the organization", "Nama organisasi";
    set_up_go() "Set up and sign in", "Siapkan dan masuk";
    set_up_gone() "While nobody has an account, each start of warta serve prints a new link to set up.", "Selama belum ada akun, setiap kali warta serve dimulai, tautan baru dicetak.";
    set_up_done() "If it is set up already, sign in, or let an owner invite you.", "Jika sudah disiapkan, masuklah, atau minta pemilik mengundang Anda.";
    reset() "Choose a new password", "Pilih kata sandi baru";
    reset_lead(email: &str) format!("For {email}. Every browser that is signed in as you is signed out."), format!("Untuk {email}. Semua peramban yang masuk sebagai Anda akan dikeluarkan.");
    reset_go() "Save and sign in", "Simpan dan masuk";
    reset_gone() "Whoever runs this gateway can make another link: warta user reset --email YOURS", "Pengelola gateway ini dapat membuat tautan lain: warta user reset --email ANDA";
    join_title(organization: &str) format!("Join {organization}"), format!("Bergabung dengan {organization}");
    join_lead(role: &str, email: &str) format!("This invitation is for {email}, as {role}."), format!("Undangan ini untuk {email}, sebagai {role}.");
    join_go() "Join and sign in", "Bergabung dan masuk";
    join_accept() "Accept", "Terima";
    join_sign_in_first() "There is an account with this e-mail. Sign in first, then accept the invitation.", "Sudah ada akun dengan e-mail ini. Masuk dulu, lalu terima undangannya.";
    join_other(email: &str) format!("You are signed in as {email}. Sign out, then open the link again."), format!("Anda masuk sebagai {email}. Keluarlah, lalu buka tautannya lagi.");
    join_back() "Back to the console", "Kembali ke konsol";
    join_gone() "Ask who invited you for a new invitation.", "Mintalah undangan baru kepada pengundang Anda.";
}

impl Lang {
    /// What somebody is in an organization, in the middle of a sentence.
    pub(crate) fn join_role(self, role: warta_core::permission::OrganizationRole) -> &'static str {
        use warta_core::permission::OrganizationRole;
        match (self, role) {
            (Self::En, OrganizationRole::Owner) => "owner",
            (Self::En, OrganizationRole::Member) => "member",
            (Self::Id, OrganizationRole::Owner) => "pemilik",
            (Self::En | Self::Id, OrganizationRole::Admin) => "admin",
            (Self::Id, OrganizationRole::Member) => "anggota",
        }
    }
}
