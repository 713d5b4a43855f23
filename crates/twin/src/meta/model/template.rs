//! Templates as the journal stores them, and the templates every account starts with (facts §7).

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::json::put;

/// The templates every WABA starts with.
static SEEDS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a file of this crate, read in every test of templates")]
    serde_json::from_str(include_str!("templates.json")).expect("templates.json is a list")
});

/// A template that was created, changed or deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Template {
    pub(crate) id: String,
    pub(crate) waba_id: String,
    /// The template object, without its id.
    pub(crate) object: Value,
    /// When it was created; none for one that every account has.
    pub(crate) made_ms: Option<i64>,
    /// When it was changed while approved.
    #[serde(default)]
    pub(crate) edits_ms: Vec<i64>,
    /// When it was deleted.
    pub(crate) deleted_ms: Option<i64>,
}

/// The templates every account starts with.
pub(crate) fn seeds() -> &'static [Value] {
    &SEEDS
}

/// The templates every account has, each with the id it has in this WABA.
pub(crate) fn seeded(waba_id: &str) -> Vec<Value> {
    let mut all = SEEDS.clone();
    for template in &mut all {
        let text = |key: &str| template.get(key).and_then(Value::as_str).unwrap_or_default();
        let id = id_of(waba_id, text("name"), text("language"));
        put(template, "id", id);
    }
    all
}

/// The id of a template every account has: always the same for the same WABA, name and language.
fn id_of(waba_id: &str, name: &str, language: &str) -> String {
    let digest = Sha256::digest(format!("{waba_id}/{name}/{language}").as_bytes());
    let number = digest.iter().take(6).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    format!("5{number:015}")
}
