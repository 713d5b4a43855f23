//! Registering the webhook address in settings that belong to a whole organization at the provider's, and so to others too:
//! read first, change no more than needed, read back.

use serde::{Deserialize, Serialize};
use warta_core::delivery::Failure;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use crate::http::{Request, Response};

/// The settings as the provider told them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Registered {
    /// What the provider reports, in its order.
    pub events: Vec<Event>,
}

/// One thing the provider reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The provider's word for it, such as `receive_message_from_customer`.
    pub name: String,
    /// Whether it is reported at all: to everybody.
    pub enabled: bool,
    /// To whom.
    pub urls: Vec<String>,
}

/// What a provider needs to be asked for a registration.
pub trait Registration: Send + Sync {
    /// The events that a channel cannot do without.
    fn needed(&self) -> &'static [&'static str];

    /// The call that reads the settings.
    fn read(&self, key: &Secret, now: Timestamp) -> Request;

    /// The settings, from the answer to [`Registration::read`] or [`Registration::write`].
    ///
    /// # Errors
    ///
    /// What the provider says instead.
    fn settings(&self, response: Response<'_>) -> Result<Registered, Failure>;

    /// The call that adds `callback`, keeping what others have set in `before`.
    fn write(&self, key: &Secret, before: &Registered, callback: &str, now: Timestamp) -> Request;

    /// The call that takes `callback` away, keeping what others have set in `before`.
    fn remove(&self, key: &Secret, before: &Registered, callback: &str, now: Timestamp) -> Request;
}

impl Registered {
    /// Whether everything in `needed` is reported to `callback`.
    #[must_use]
    pub fn has(&self, callback: &str, needed: &[&str]) -> bool {
        needed.iter().all(|name| {
            let told = |event: &&Event| event.name == *name && event.enabled;
            self.events.iter().find(told).is_some_and(|event| event.urls.iter().any(|url| url == callback))
        })
    }

    /// Every address but `callback` that gets anything, once.
    #[must_use]
    pub fn others(&self, callback: &str) -> Vec<&str> {
        let mut urls: Vec<&str> =
            self.events.iter().flat_map(|event| &event.urls).map(String::as_str).collect();
        urls.sort_unstable();
        urls.dedup();
        urls.retain(|url| *url != callback);
        urls
    }
}
