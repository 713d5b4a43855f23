//! What is said about people and signing in.

use super::lang::{Lang, texts};

texts! {
    chrome_agents() "Agents", "Agen";
    chrome_activity() "Activity", "Aktivitas";
    chrome_sign_out() "Sign out", "Keluar";
}
