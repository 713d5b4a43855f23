//! Registration of the webhook URL in settings that a whole organization shares: read them first, change only what is needed,
//! and read them back.

use serde::{Deserialize, Serialize};
use warta_core::delivery::Failure;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use crate::http::{Request, Response};

/// The settings as the provider reports them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Registered {
    /// The events, in the provider's order.
    pub events: Vec<Event>,
}

/// An event that the provider can report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The provider's name for it, such as `receive_message_from_customer`.
    pub name: String,
    /// True if it is reported, to every URL.
    pub enabled: bool,
    /// The URLs that receive it.
    pub urls: Vec<String>,
}

/// A provider that registers a webhook URL for an organization.
pub trait Registration: Send + Sync {
    /// The events that a channel needs.
    fn needed(&self) -> &'static [&'static str];

    /// The request that reads the settings.
    fn read(&self, key: &Secret, now: Timestamp) -> Request;

    /// The settings, from the answer to [`Registration::read`] or [`Registration::write`].
    ///
    /// # Errors
    ///
    /// The provider's reason if it returned no settings.
    fn settings(&self, response: Response<'_>) -> Result<Registered, Failure>;

    /// The request that adds `callback` and keeps the settings of others in `before`.
    fn write(&self, key: &Secret, before: &Registered, callback: &str, now: Timestamp) -> Request;

    /// The request that removes `callback` and keeps the settings of others in `before`.
    fn remove(&self, key: &Secret, before: &Registered, callback: &str, now: Timestamp) -> Request;
}

impl Registered {
    /// True if every event in `needed` is reported to `callback`.
    #[must_use]
    pub fn has(&self, callback: &str, needed: &[&str]) -> bool {
        needed.iter().all(|name| {
            let reported = |event: &&Event| event.name == *name && event.enabled;
            self.events
                .iter()
                .find(reported)
                .is_some_and(|event| event.urls.iter().any(|url| url == callback))
        })
    }

    /// Every URL except `callback` that receives an event, once.
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
