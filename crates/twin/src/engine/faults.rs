//! Faults on demand, set by the control interface. A restart resets them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// The present fault settings `F` of a twin.
#[derive(Debug, Default)]
pub(crate) struct Faults<F> {
    settings: Mutex<F>,
}

impl<F: Clone> Faults<F> {
    /// The settings as they are.
    pub(crate) fn settings(&self) -> F {
        self.lock().clone()
    }

    /// The settings, to be changed in place.
    pub(crate) fn lock(&self) -> MutexGuard<'_, F> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Milliseconds from the acceptance of a send to each of its statuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StatusDelays {
    pub(crate) sent: u32,
    pub(crate) delivered: u32,
    pub(crate) read: u32,
}

impl Default for StatusDelays {
    fn default() -> Self {
        Self { sent: 100, delivered: 250, read: 600 }
    }
}
