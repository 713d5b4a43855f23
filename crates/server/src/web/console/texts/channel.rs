//! STAND-IN
use super::lang::{Lang, texts};
texts! {
    channel_overview() "Overview", "Ikhtisar";
    channel_connection() "Connection", "Koneksi";
    channel_handoff() "Hand-off", "Serah terima";
    channel_revisions() "Revisions", "Revisi";
    channel_pages() "Pages", "Halaman";
    channel_not_set_up() "Not set up", "Belum disiapkan";
    channel_saved() "Saved", "Tersimpan";
    channel_paused() "Paused", "Dijeda";
    channel_attention() "Needs attention", "Perlu perhatian";
    channel_live() "Live", "Aktif";
}
