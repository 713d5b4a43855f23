//! Whose rows a read may see.

use uuid::Uuid;
use warta_core::ids::OrganizationId;

/// The organization on whose behalf the store is asked. Every scoped read takes one; a row of another organization is
/// simply not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope(OrganizationId);

impl Scope {
    /// The scope of one organization. The caller has made sure that it may speak for it.
    #[must_use]
    pub const fn new(organization: OrganizationId) -> Self {
        Self(organization)
    }

    /// The organization.
    #[must_use]
    pub const fn organization(self) -> OrganizationId {
        self.0
    }

    pub(crate) const fn uuid(self) -> Uuid {
        self.0.uuid()
    }
}
