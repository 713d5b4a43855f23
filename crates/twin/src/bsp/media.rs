//! Description of a stored file.

use serde::{Deserialize, Serialize};

/// A stored file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Media {
    /// Digits with Coster, as Meta's; a UUID with Qontak.
    pub(crate) id: String,
    pub(crate) mime_type: String,
    pub(crate) filename: String,
    /// In hex.
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
}
