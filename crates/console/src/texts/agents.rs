//! What is said about agents and their deployments.

use std::borrow::Cow;

use super::lang::{Lang, texts};

texts! {
    agents() "Agents", "Agen";
    agents_none() "No agents yet", "Belum ada agen";
    agents_none_lead() "An agent is the program that answers your users. Warta brings it their messages and takes its answers back.", "Agen adalah program yang menjawab pengguna Anda. Warta mengantarkan pesan mereka dan membawa kembali jawabannya.";
    agents_none_assigned() "No agent is assigned to you. Ask an owner or admin of the organization.", "Belum ada agen untuk Anda. Hubungi pemilik atau admin organisasi.";
    agent_members_link() "Members", "Anggota";
    agent_activity_link() "Activity", "Aktivitas";
    agent_new() "New agent", "Agen baru";
    agent_new_lead() "Say where your agent takes events. WhatsApp itself is connected afterwards.", "Beri tahu di mana agen Anda menerima peristiwa. WhatsApp disambungkan sesudahnya.";
    agent_create() "Create the agent", "Buat agen";
    agent_name() "Name", "Nama";
    agent_name_help() "As your team calls it. Users on WhatsApp see the name of the WhatsApp account instead.", "Sebutan di tim Anda. Pengguna di WhatsApp melihat nama akun WhatsApp, bukan nama ini.";
    agent_name_missing() "Give the agent a name.", "Beri agen sebuah nama.";
    agent_name_unfit() "A name is one line of at most 60 characters.", "Nama hanya satu baris, paling banyak 60 karakter.";
    agent_name_taken() "Another agent of the organization has this name already.", "Agen lain di organisasi ini sudah memakai nama ini.";
    agent_language() "Language", "Bahasa";
    agent_language_help() "The language in which it speaks with users, where Warta writes for it.", "Bahasa yang dipakai ke pengguna bila Warta yang menulis untuk agen ini.";
    agent_language_unknown() "Choose one of the languages.", "Pilih salah satu bahasa.";
    address() "Address", "Alamat";
    address_help() "Takes events by POST. It starts with https://.", "Menerima peristiwa lewat POST. Diawali https://.";
    address_missing() "Say where the agent takes events.", "Isi alamat tempat agen menerima peristiwa.";
    address_too_long() "An address has at most 2,000 characters.", "Alamat paling banyak 2.000 karakter.";
    address_unreadable() "This is not a whole address. Write it as https://agent.example.com/warta.", "Ini bukan alamat lengkap. Tulis seperti https://agent.example.com/warta.";
    address_names_a_user() "Leave user name and password out of the address: the signature proves that Warta calls.", "Jangan sertakan nama pengguna dan kata sandi di alamat: tanda tangan sudah membuktikan bahwa Warta yang memanggil.";
    address_not_https() "Use https://. Plain http:// works only to networks that the operator opened with egress_allow.", "Gunakan https://. http:// biasa hanya bisa ke jaringan yang dibuka operator dengan egress_allow.";
    address_private() "This address belongs to Warta's own machine or network. The operator can open it with egress_allow.", "Alamat ini milik mesin atau jaringan Warta sendiri. Operator dapat membukanya dengan egress_allow.";
    own_secret() "Your own signing secret", "Rahasia tanda tangan Anda sendiri";
    own_secret_help() "Leave it empty and Warta makes one. Else whsec_ and 24 to 64 bytes in base 64.", "Kosongkan, dan Warta membuatnya. Kalau tidak: whsec_ lalu 24 sampai 64 bita dalam base 64.";
    own_secret_instead() "Takes the place of the one in use: whsec_ and 24 to 64 bytes in base 64. Empty keeps it.", "Menggantikan yang dipakai: whsec_ lalu 24 sampai 64 bita dalam base 64. Kosong berarti tetap.";
    secret_unfit() "A signing secret is whsec_ followed by 24 to 64 bytes in base 64.", "Rahasia tanda tangan adalah whsec_ diikuti 24 sampai 64 bita dalam base 64.";
    secret() "Signing secret", "Rahasia tanda tangan";
    secret_ends(last: &str) format!("ends in {last}"), format!("berakhiran {last}");
    secret_regenerate() "Regenerate…", "Buat ulang…";
    secret_use_own() "Use my own", "Pakai milik sendiri";
    secret_once(name: &str) format!("The signing secret of {name}"), format!("Rahasia tanda tangan {name}");
    secret_once_lead() "It is shown this once. Put it where the agent keeps its secrets; it proves that an event comes from Warta.", "Hanya ditampilkan sekali ini. Simpan di tempat agen menyimpan rahasianya; dengan ini agen tahu suatu peristiwa berasal dari Warta.";
    secret_once_how() "Events carry Standard Webhooks headers: webhook-id, webhook-timestamp and webhook-signature. Verify them over the raw body; any Standard Webhooks library does.", "Peristiwa membawa header Standard Webhooks: webhook-id, webhook-timestamp, dan webhook-signature. Periksa terhadap isi mentahnya; pustaka Standard Webhooks mana pun bisa.";
    secret_once_next() "Once the agent has it, try it:", "Setelah agen memilikinya, cobalah:";
    secret_stored() "I stored it, go on", "Sudah disimpan, lanjut";
    regenerate(name: &str) format!("Regenerate the signing secret of {name}"), format!("Buat ulang rahasia tanda tangan {name}");
    regenerate_now() "Regenerate the signing secret", "Buat ulang rahasia tanda tangan";
    regenerate_old(last: &str) format!("The secret that ends in {last} stops signing at once."), format!("Rahasia yang berakhiran {last} langsung berhenti dipakai.");
    regenerate_wait() "Until the agent knows the new one it refuses events. They wait and are tried again; none is lost.", "Sampai agen mengenal yang baru, peristiwa akan ditolaknya. Peristiwa itu menunggu dan dicoba lagi; tidak ada yang hilang.";
    regenerate_own() "To change it without a gap, let the agent accept a second secret first and enter that one as your own.", "Agar tanpa jeda, buat agen menerima rahasia kedua dahulu, lalu masukkan rahasia itu sebagai milik sendiri.";
    cancel() "Cancel", "Batal";
    published_deployment() "Published deployment", "Deployment terbit";
    published_deployment_lead() "Answers real users.", "Menjawab pengguna sungguhan.";
    draft_deployment() "Draft deployment", "Deployment draf";
    draft_deployment_lead() "A second copy of the agent, for trying changes on a WhatsApp number of its own.", "Salinan kedua agen, untuk mencoba perubahan di nomor WhatsApp tersendiri.";
    deployment_none() "There is none.", "Tidak ada.";
    deployment_save() "Save", "Simpan";
    deployment_add() "Add the draft deployment", "Tambah deployment draf";
    deployment_set() "Set the published deployment", "Atur deployment terbit";
    deployment_test() "Test", "Uji";
    deployment_test_help() "Test sends a sample event that no user wrote, signed, to this address.", "Uji mengirim contoh peristiwa bertanda tangan ke alamat ini; tidak ada pengguna yang menulisnya.";
    deployment_remove() "Remove the draft deployment…", "Hapus deployment draf…";
    health_test() "Last test", "Uji terakhir";
    health_typed() "Test of what you typed. It is not saved.", "Uji atas yang Anda ketik. Belum disimpan.";
    health_never() "Not tested yet.", "Belum pernah diuji.";
    health_taken() "Last message it took", "Pesan terakhir yang diterimanya";
    health_not_taken() "Last message it did not take", "Pesan terakhir yang tidak diterimanya";
    fallback_head() "When an answer cannot be sent", "Bila jawaban tidak dapat dikirim";
    fallback_lead() "The user gets this text, in the agent's language, in place of an answer that cannot be sent. Empty: nothing is said.", "Pengguna menerima teks ini, dalam bahasa agen, sebagai ganti jawaban yang tidak dapat dikirim. Kosong: tidak ada yang dikirim.";
    fallback_in(language: &str) format!("Text in {language}"), format!("Teks dalam {language}");
    fallback_too_long() "Shorten it to 1,024 characters.", "Pendekkan menjadi 1.024 karakter.";
    fallback_save() "Save text", "Simpan teks";
    health_warned() "Last answer that could not be sent", "Jawaban terakhir yang tidak dapat dikirim";
    health_quiet() "No message lately.", "Belum ada pesan belakangan ini.";
    sample_said() "This is a test from Warta. No user wrote it, and your answer is shown only in the console.", "Ini uji dari Warta. Tidak ada pengguna yang menulisnya, dan jawaban Anda hanya tampil di konsol.";
    test_answered() "The agent answered.", "Agen menjawab.";
    test_quiet() "The agent took the event and said nothing.", "Agen menerima peristiwa dan tidak mengatakan apa-apa.";
    test_quiet_advice() "That is fine when it answers later through the API, or ignores events marked synthetic.", "Tidak apa-apa bila ia menjawab belakangan lewat API, atau mengabaikan peristiwa bertanda synthetic.";
    test_left_out() "The agent answered, but part of it cannot be sent.", "Agen menjawab, tetapi sebagian tidak dapat dikirim.";
    test_left_out_advice() "A user would get the rest. Correct these places in the agent's answer:", "Pengguna hanya akan menerima sisanya. Perbaiki bagian ini di jawaban agen:";
    test_refused(status: u16) format!("The agent answered {status}; 200, 202 or 204 was expected."), format!("Agen menjawab {status}; seharusnya 200, 202, atau 204.");
    test_redirected() "Redirects are not followed. Enter the address it redirects to.", "Pengalihan tidak diikuti. Masukkan alamat tujuannya.";
    test_unproven() "Most likely it does not accept the signature. Give it this deployment's signing secret, and verify over the raw body.", "Kemungkinan besar tanda tangannya tidak diterima. Beri agen rahasia tanda tangan deployment ini, dan periksa terhadap isi mentah.";
    test_nothing_there() "Nothing takes events at this address. Check its path, and that it takes POST.", "Tidak ada yang menerima peristiwa di alamat ini. Periksa jalurnya, dan bahwa ia menerima POST.";
    test_busy() "It has too much to do. Try again in a minute; if it stays so, give the agent more room.", "Agen terlalu sibuk. Coba lagi sebentar; jika tetap begitu, tambah kapasitas agen.";
    test_failed_inside() "The agent failed while it worked on the event. Its own log says why.", "Agen gagal saat mengolah peristiwa. Sebabnya ada di log agen.";
    test_other_status() "It took the call and refused what was in it. Its own log says why.", "Panggilan sampai, tetapi isinya ditolak. Sebabnya ada di log agen.";
    test_unreadable() "The agent answered, but not in the form that is read.", "Agen menjawab, tetapi bukan dalam bentuk yang dapat dibaca.";
    test_unreadable_advice() "It counts as taken, and the user gets nothing. Answer with {\"replies\": […]}, or with nothing. What is wrong:", "Peristiwa dianggap diterima, dan pengguna tidak mendapat apa-apa. Jawablah dengan {\"replies\": […]}, atau kosong. Yang salah:";
    test_whole() "the whole answer", "seluruh jawaban";
    test_secret() "The signing secret cannot sign.", "Rahasia tanda tangan tidak dapat dipakai.";
    test_secret_advice() "Regenerate it, and give the new one to the agent.", "Buat ulang, lalu berikan yang baru ke agen.";
    test_forbidden() "The address leads to Warta's own machine or network, so it was not called.", "Alamat ini menuju mesin atau jaringan Warta sendiri, jadi tidak dipanggil.";
    test_forbidden_advice() "Use an address of the open internet, or let the operator open that network with egress_allow.", "Gunakan alamat di internet terbuka, atau minta operator membuka jaringan itu dengan egress_allow.";
    test_not_connected() "No connection came about.", "Tidak ada sambungan yang terbentuk.";
    test_not_connected_advice() "Check that the agent runs, that host and port are right, and that its certificate is valid.", "Periksa apakah agen berjalan, host dan porta benar, dan sertifikatnya sah.";
    test_timed_out(text: &str) format!("No answer within {text}."), format!("Tidak ada jawaban dalam {text}.");
    test_timed_out_advice() "If the agent needs longer, let it answer 202 at once and reply through the API when it is done.", "Jika agen perlu waktu lebih lama, jawablah 202 dahulu lalu kirim balasan lewat API setelah selesai.";
    test_broken() "The connection broke before the answer was whole.", "Sambungan terputus sebelum jawaban utuh.";
    test_broken_advice() "Something between Warta and the agent, or the agent itself, ended it. The agent's log may say why.", "Sesuatu di antara Warta dan agen, atau agen itu sendiri, memutusnya. Sebabnya mungkin ada di log agen.";
    test_too_long() "The answer is longer than 256 KiB.", "Jawaban lebih dari 256 KiB.";
    test_too_long_advice() "Send files by their address instead of inside the answer.", "Kirim berkas lewat alamatnya, bukan di dalam jawaban.";
    test_status() "Status", "Status";
    test_took() "Time", "Waktu";
    test_at() "When (UTC)", "Kapan (UTC)";
    test_to() "Sent to", "Dikirim ke";
    test_replies() "What a user would get", "Yang akan diterima pengguna";
    test_ends() "The session would end with this.", "Sesi akan berakhir dengan ini.";
    whatsapp() "WhatsApp", "WhatsApp";
    card_open() "Open the channel", "Buka kanal";
    card_set_up() "Set it up", "Siapkan";
    card_not_yet() "First add a draft deployment below.", "Tambah dahulu deployment draf di bawah.";
    pill_not_set_up() "Not set up", "Belum disiapkan";
    pill_needs_attention() "Needs attention", "Perlu perhatian";
    pill_live() "Live", "Aktif";
    pill_paused() "Paused", "Dijeda";
    identity() "Name and picture", "Nama dan gambar";
    identity_save() "Save name and language", "Simpan nama dan bahasa";
    picture() "Picture", "Gambar";
    picture_help() "PNG, JPEG or WebP of at most 256 KiB. Without one the initials are drawn.", "PNG, JPEG, atau WebP, paling besar 256 KiB. Tanpa gambar, inisialnya yang tampil.";
    picture_upload() "Upload", "Unggah";
    picture_remove() "Remove the picture", "Hapus gambar";
    picture_missing() "Choose a picture first.", "Pilih gambar dahulu.";
    picture_too_large() "The picture is larger than 256 KiB. Make it smaller, for instance 512 by 512 pixels.", "Gambar lebih besar dari 256 KiB. Perkecil, misalnya menjadi 512 × 512 piksel.";
    picture_of_other_kind() "This file is neither PNG nor JPEG nor WebP.", "Berkas ini bukan PNG, JPEG, atau WebP.";
    danger() "Danger zone", "Zona berbahaya";
    delete_lead() "Deletes the agent and both its channels. Messages stay in the history.", "Menghapus agen beserta kedua kanalnya. Pesan tetap ada di riwayat.";
    delete_agent() "Delete the agent…", "Hapus agen…";
    delete_title(name: &str) format!("Delete {name}"), format!("Hapus {name}");
    delete_now(name: &str) format!("Delete {name}"), format!("Hapus {name}");
    delete_reach() "Its users on WhatsApp no longer reach it: what they write is not handed on.", "Pengguna WhatsApp tidak dapat menjangkaunya lagi: yang mereka tulis tidak diteruskan.";
    delete_channels() "Its channels and API keys go with it.", "Kanal dan kunci API-nya ikut hilang.";
    delete_history() "Messages stay in the history, and the activity keeps who deleted it.", "Pesan tetap ada di riwayat, dan aktivitas mencatat siapa yang menghapusnya.";
    delete_live() "It cannot be deleted while a channel is live. Pause it first:", "Tidak dapat dihapus selama ada kanal yang aktif. Jeda dahulu:";
    delete_type_name(name: &str) format!("Type {name} to confirm"), format!("Ketik {name} untuk memastikan");
    delete_name_differs() "This is not the agent's name.", "Ini bukan nama agen tersebut.";
    remove_title(name: &str) format!("Remove the draft deployment of {name}"), format!("Hapus deployment draf {name}");
    remove_now() "Remove the draft deployment", "Hapus deployment draf";
    remove_lead() "Events of the Draft channel then have nowhere to go. The published deployment is not touched.", "Peristiwa kanal Draf lalu tidak punya tujuan. Deployment terbit tidak tersentuh.";
    remove_what() "What happens to the Draft channel?", "Bagaimana dengan kanal Draf?";
    remove_delete() "Delete it", "Hapus kanal";
    remove_delete_help() "Its number is free for another channel. It can be brought back for 30 days.", "Nomornya bebas untuk kanal lain. Dapat dikembalikan selama 30 hari.";
    remove_pause() "Pause it", "Jeda kanal";
    remove_pause_help() "What users write is kept and waits until there is a draft deployment again.", "Yang ditulis pengguna disimpan dan menunggu sampai ada deployment draf lagi.";
    remove_keep() "Keep it as it is", "Biarkan apa adanya";
    remove_keep_help() "If it is live, messages to it are tried again for a while and then given up.", "Jika aktif, pesan ke kanal ini dicoba lagi beberapa saat lalu dihentikan.";
    remove_choose() "Choose what happens to the Draft channel.", "Pilih yang terjadi dengan kanal Draf.";
    fault_word() "Fault", "Kesalahan";
}

impl Lang {
    /// The line at the top after something was done; the word stands in the address.
    pub(crate) fn agent_done(self, word: &str) -> Option<Cow<'static, str>> {
        let (en, id) = match word {
            "made" => (
                "The agent is made. Next: set up its WhatsApp.",
                "Agen sudah dibuat. Berikutnya: siapkan WhatsApp-nya.",
            ),
            "saved" => ("Saved.", "Tersimpan."),
            "picture" => ("The picture is saved.", "Gambar tersimpan."),
            "no-picture" => ("The picture is removed.", "Gambar dihapus."),
            "deployment" => ("The deployment is saved.", "Deployment tersimpan."),
            "removed" => ("The draft deployment is removed.", "Deployment draf dihapus."),
            "tested" => {
                ("Tested. The result stands with the deployment.", "Sudah diuji. Hasilnya ada di deployment.")
            }
            "secret-stays" => (
                "The signing secret was changed meanwhile and stays as it is now.",
                "Rahasia tanda tangan sudah diganti sementara itu dan tetap seperti sekarang.",
            ),
            "agent-deleted" => ("The agent is deleted.", "Agen sudah dihapus."),
            _ => return None,
        };
        Some(Cow::from(match self {
            Self::En => en,
            Self::Id => id,
        }))
    }

    /// The name of a language an agent can have.
    pub(crate) fn language_name(self, code: &str) -> Cow<'static, str> {
        let (en, id) = match code {
            "en" => ("English", "Inggris"),
            "id" => ("Indonesian", "Indonesia"),
            other => return Cow::from(other.to_owned()),
        };
        Cow::from(match self {
            Self::En => en,
            Self::Id => id,
        })
    }
}
