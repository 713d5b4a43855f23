//! A template of a Qontak organization.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A template.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Template {
    pub(crate) id: String,
    pub(crate) organization_id: String,
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) header: Value,
    pub(crate) body: String,
    pub(crate) footer: Value,
    pub(crate) buttons: Vec<Value>,
    pub(crate) status: String,
    pub(crate) category: String,
}

impl Template {
    /// Meta's decision, or whatever a test wants.
    pub(crate) fn judge(&mut self, status: &str) {
        status.clone_into(&mut self.status);
    }

    pub(crate) fn object(&self) -> Value {
        json!({"id": self.id, "organization_id": self.organization_id, "name": self.name,
            "language": self.language, "header": self.header, "body": self.body, "footer": self.footer,
            "buttons": self.buttons, "status": self.status, "category": self.category,
            "quality_rating": null, "quality_rating_text": "Neutral", "type": "campaign"})
    }
}
