//! Registering a channel's webhook address in settings that a whole organization at the provider's shares: read first, check that
//! we can be reached, change no more than needed, read back.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use warta_core::checkup::{Probe, Silence};
use warta_core::delivery::Failure;
use warta_core::time::Timestamp;
use warta_protocol::Provider;
use warta_protocol::http::Request;
use warta_protocol::registration::{Registered, Registration};
use warta_store::{Channel, Scope};

use crate::app::App;
use crate::self_call;
use crate::upstream::renewal;
use crate::webhook_address;

/// How long one call may take: the provider calls us before it answers.
const CALL: Duration = Duration::from_secs(15);

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Add our address.
    Register,
    /// Take it away.
    Unregister,
    /// Only look.
    Look,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What was asked for.
    pub act: Act,
    /// When.
    pub at: Timestamp,
    /// Whether our address now gets everything that a channel needs.
    pub registered: bool,
    /// Each event of the organization, before and after.
    pub events: Vec<Changed>,
    /// Who else gets events: the hosts of their addresses only, which may hold secrets.
    pub others: Vec<String>,
}

/// One event of the organization, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The provider's word for it.
    pub event: String,
    /// Whether it was reported to anybody.
    pub before: bool,
    /// Whether it is now.
    pub after: bool,
    /// Whether it is reported to us now.
    pub ours: bool,
}

/// Why it did not come about. Nothing is half-saved: what the provider holds is as it was, or is told.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    /// The protocol has no such settings.
    #[error("this provider has no registration by its API")]
    Unsupported,
    /// Ids, token or webhook secret are missing.
    #[error("ids, access token or webhook secret are missing")]
    Incomplete,
    /// Nobody outside reaches our address; the provider would refuse it.
    #[error("our own address cannot be reached: {0}")]
    Unreachable(Silence),
    /// Somebody else answers at our address, so.
    #[error("somebody else answers at our own address: {0}")]
    SomebodyElse(String),
    /// The provider said no, in its words.
    #[error("{}", .0.detail)]
    Refused(Failure),
    /// The provider did not answer.
    #[error("{0}")]
    Silent(Silence),
    /// The provider said yes, and reading back shows something else.
    #[error("the provider accepted the change, but its settings do not show it")]
    NotSeen,
    /// Others use the same events, and the provider cannot take out one address alone.
    #[error("others use the same events, and the provider's API cannot take out one address alone")]
    Shared,
    /// Addresses of others are gone that were there before.
    #[error("addresses of others are gone from the settings: {0}")]
    OthersLost(String),
}

/// Whether everything is there that a registration takes.
#[must_use]
pub fn is_possible(app: &App, channel: &Channel) -> bool {
    let ready = |provider: Arc<dyn Provider>| {
        provider.registration().is_some() && channel.secrets(provider.key(None), app.now()).next().is_some()
    };
    warta_protocol::read(channel.protocol, &channel.settings).is_ok_and(ready)
        && webhook_address::address(app, channel).is_some()
}

/// Does what is asked for and tells what came of it.
///
/// # Errors
///
/// When it did not come about.
pub async fn run(app: &Arc<App>, channel: &Channel, act: Act) -> Result<Report, NotDone> {
    let provider =
        warta_protocol::read(channel.protocol, &channel.settings).map_err(|_| NotDone::Incomplete)?;
    let registration = provider.registration().ok_or(NotDone::Unsupported)?;
    let now = app.now();
    let keys = channel.to_try(provider.key(None), now);
    let (row, key, _) = keys.into_iter().next().ok_or(NotDone::Incomplete)?;
    let address = webhook_address::address(app, channel).ok_or(NotDone::Incomplete)?;
    let client = Client { app, registration };
    let (mut key, mut before) = (key.clone(), client.ask(registration.read(key, now)).await);
    if let Err(NotDone::Refused(failure)) = &before
        && renewal::would_help(failure)
        && let Ok(Some(fresh)) = renewal::renew(app, channel, Some(row)).await
    {
        key = fresh.token;
        before = client.ask(registration.read(&key, now)).await;
    }
    let (key, before) = (&key, before?);
    let after = match act {
        Act::Look => before.clone(),
        Act::Register => {
            match self_call::shake_hands(app, channel).await {
                Probe::Answered { .. } => {}
                Probe::Strange(what) => return Err(NotDone::SomebodyElse(what)),
                Probe::Silent(why) => return Err(NotDone::Unreachable(why)),
                Probe::NotAsked => return Err(NotDone::Incomplete),
            }
            client.ask(registration.write(key, &before, &address, now)).await?;
            client.ask(registration.read(key, now)).await?
        }
        Act::Unregister => {
            client.ask(registration.remove(key, &before, &address, now)).await?;
            client.ask(registration.read(key, now)).await?
        }
    };
    let others = after.others(&address);
    let lost: Vec<_> =
        before.others(&address).into_iter().filter(|url| !others.contains(url)).map(host).collect();
    if !lost.is_empty() {
        return Err(NotDone::OthersLost(lost.join(", ")));
    }
    let registered = after.has(&address, registration.needed());
    match act {
        Act::Register if !registered => return Err(NotDone::NotSeen),
        Act::Unregister if registered => return Err(NotDone::Shared),
        Act::Register | Act::Unregister | Act::Look => {}
    }
    Ok(Report {
        act,
        at: now,
        registered,
        events: changed(&before, &after, &address),
        others: hosts(&others),
    })
}

/// The last report on a channel, where there is one that can be read.
///
/// # Errors
///
/// When the store fails.
pub async fn last(app: &App, channel: &Channel) -> Result<Option<Report>, warta_store::Error> {
    let look = app.store.look(Scope::new(channel.organization), channel.id).await?;
    Ok(look.registration.and_then(|report| serde_json::from_value(report).ok()))
}

/// Sends requests about the registration to the provider.
struct Client<'a> {
    app: &'a App,
    registration: &'a dyn Registration,
}

impl Client<'_> {
    async fn ask(&self, request: Request) -> Result<Registered, NotDone> {
        let answer = self.app.egress.execute(request, CALL).await;
        let answer = answer.map_err(|error| NotDone::Silent(error.into()))?;
        let settings = self.registration.settings(answer.response());
        settings.map_err(NotDone::Refused)
    }
}

fn changed(before: &Registered, after: &Registered, address: &str) -> Vec<Changed> {
    let was = |name: &str| before.events.iter().any(|event| event.name == name && event.enabled);
    let one = |event: &warta_protocol::registration::Event| Changed {
        event: event.name.clone(),
        before: was(&event.name),
        after: event.enabled,
        ours: event.urls.iter().any(|url| url == address),
    };
    after.events.iter().map(one).collect()
}

fn hosts(urls: &[&str]) -> Vec<String> {
    let mut hosts: Vec<_> = urls.iter().map(|url| host(url)).collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}

fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#'])
        .next()
        .and_then(|place| place.rsplit('@').next())
        .unwrap_or_default()
        .to_owned()
}
