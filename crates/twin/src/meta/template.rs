//! A template: the ones every account starts with, and how one is filled in (facts §7).

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{error::GraphError, template_send};
use crate::json::put;

/// The templates every WABA starts with.
static SEEDS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a file of this crate, read in every test of templates")]
    serde_json::from_str(include_str!("templates.json")).expect("templates.json is a list")
});

/// A template that is not as every account has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Template {
    pub(crate) id: String,
    pub(super) waba_id: String,
    /// As it is told, without its id.
    pub(super) object: Value,
    /// When it was made; none for one that every account has.
    pub(super) made_ms: Option<i64>,
    /// When it was changed while it was approved.
    #[serde(default)]
    pub(super) edits_ms: Vec<i64>,
    /// Since when it is gone.
    pub(super) deleted_ms: Option<i64>,
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

/// Always the same for the same template.
fn id_of(waba_id: &str, name: &str, language: &str) -> String {
    let digest = Sha256::digest(format!("{waba_id}/{name}/{language}").as_bytes());
    let number = digest.iter().take(6).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    format!("5{number:015}")
}

/// Checks a template message against the list and adds what the user sees; any other message passes. Gives the
/// category too, `service` for what is no template.
pub(crate) fn fill(all: &[Value], mut content: Value) -> Result<(Value, String), GraphError> {
    let Some(send) = content.get("template") else { return Ok((content, "service".to_owned())) };
    let name = send["name"].as_str().ok_or_else(|| GraphError::required("template[name]"))?;
    let language = send.get("language").and_then(|language| language.get("code")?.as_str());
    let language = language.ok_or_else(|| GraphError::required("template[language][code]"))?;
    let missing =
        || GraphError::new(132_001).details(format!("template name ({name}) does not exist in {language}"));
    let template = all.iter().find(|one| one["name"] == name && one["language"] == language);
    let template = template.ok_or_else(missing)?;
    match template["status"].as_str() {
        Some("APPROVED") => {}
        Some("PAUSED") => return Err(GraphError::new(132_015)),
        Some("DISABLED") => return Err(GraphError::new(132_016)),
        _ => return Err(missing()),
    }
    let shown = template_send::show(template, send)?;
    let category = template["category"].as_str().unwrap_or_default().to_lowercase();
    put(&mut content, "shown", shown);
    Ok((content, category))
}
