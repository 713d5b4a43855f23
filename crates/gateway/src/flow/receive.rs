//! Stage 1: a verified webhook becomes rows.
//!
//! Takes: a body that is proven to come from the provider. Does: reads it and routes each item to the channel it concerns.
//! Writes: envelope, messages, statuses, channel events and who is due, in one transaction; what cannot be read goes sealed to
//! quarantine. Wakes: the conversations with something for their agent, the numbers whose messages moved on.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use warta_core::ids::{ChannelId, EnvelopeId};
use warta_protocol::verify::{Call, Verified};
use warta_protocol::webhook::{Route, Webhook};
use warta_store::{Ingest, NewItem, NewQuarantine, Part};

use crate::app::App;
use crate::directory::{self, ChannelRuntime};

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// Everything in it is stored.
    Stored,
    /// It, or a part of it, could not be read: the whole body is kept for a replay, what could be read is stored.
    Quarantined,
}

/// Why a webhook could not be stored.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store.
    #[error(transparent)]
    Store(#[from] warta_store::Error),
    /// The channels of the organization could not be read.
    #[error(transparent)]
    Directory(#[from] directory::Error),
}

/// Stores what a verified webhook says. What cannot be read, or concerns no channel here, is kept in quarantine.
///
/// # Errors
///
/// When nothing could be stored; the caller must not answer 200 then.
pub async fn webhook(
    app: &App,
    runtime: &Arc<ChannelRuntime>,
    verified: Verified<'_>,
    body: &Bytes,
    call: Call<'_>,
) -> Result<Received, Error> {
    let proven = |other: &ChannelRuntime| other.verify(call, app.now()).is_ok();
    let faults = store_items(app, runtime, verified, body, proven).await?;
    if faults.is_empty() {
        return Ok(Received::Stored);
    }
    quarantine(app, runtime, &faults.join("; "), body).await?;
    Ok(Received::Quarantined)
}

/// Stores what a webhook from quarantine says, as far as it can be read now. It was verified when it came in; only the channel
/// it came to may take from it.
///
/// # Errors
///
/// When nothing could be stored.
pub async fn replay(app: &App, runtime: &Arc<ChannelRuntime>, body: Bytes) -> Result<Received, Error> {
    let faults =
        store_items(app, runtime, Verified::from_store(&body), &body, |_: &ChannelRuntime| false).await?;
    Ok(if faults.is_empty() { Received::Stored } else { Received::Quarantined })
}

/// Stores what can be read; says what cannot. `proven` tells whether another channel's secret verifies the body as well.
async fn store_items(
    app: &App,
    runtime: &Arc<ChannelRuntime>,
    verified: Verified<'_>,
    body: &Bytes,
    proven: impl Fn(&ChannelRuntime) -> bool,
) -> Result<Vec<String>, Error> {
    let now = app.now();
    let read = match runtime.provider.parse(verified, now) {
        Ok(read) => read,
        Err(unreadable) => return Ok(vec![unreadable.to_string()]),
    };
    let mut faults: Vec<String> =
        read.faults.iter().map(|fault| format!("{}: {}", fault.pointer, fault.reason)).collect();
    let (parts, unrouted) = route(app, runtime, read, proven).await?;
    if unrouted > 0 {
        metrics::counter!("warta_webhook_items_not_ours_total").increment(unrouted);
        faults.push(format!("not ours: {unrouted} items for numbers or accounts of no channel here"));
    }
    if !parts.is_empty() {
        let ingest = Ingest {
            organization: runtime.channel.organization,
            channel: runtime.channel.id,
            envelope: EnvelopeId::from_uuid(app.minter.uuid(now)),
            received_at: now,
            body: body.clone(),
            parts,
        };
        let outcome = app.store.ingest(ingest).await?;
        metrics::counter!("warta_duplicates_dropped_total").increment(outcome.duplicates);
    }
    Ok(faults)
}

/// Sorts items by the channel they concern: mostly the one whose address was called, else another of the same organization
/// and of the same app, whose secret verifies this body as well (one Meta app has one address for all its numbers).
async fn route(
    app: &App,
    runtime: &Arc<ChannelRuntime>,
    read: Webhook,
    proven: impl Fn(&ChannelRuntime) -> bool,
) -> Result<(Vec<Part>, u64), Error> {
    let now = app.now();
    let mut parts: HashMap<ChannelId, Vec<NewItem>> = HashMap::new();
    let mut unrouted = 0;
    for routed in read.in_order() {
        let owner = if routed.route == Route::Called || runtime.provider.owns(&routed.route) {
            Some(runtime.channel.id)
        } else {
            let runtimes = app.directory.channels_of(&app.store, runtime.channel.organization, now).await?;
            let other = runtimes.iter().find(|other| {
                other.channel.protocol == runtime.channel.protocol
                    && other.provider.owns(&routed.route)
                    && proven(other)
            });
            other.map(|other| other.channel.id)
        };
        match owner {
            Some(owner) => {
                parts.entry(owner).or_default().push(NewItem { id: app.minter.uuid(now), item: routed.item });
            }
            None => unrouted += 1,
        }
    }
    Ok((parts.into_iter().map(|(channel, items)| Part { channel, items }).collect(), unrouted))
}

async fn quarantine(
    app: &App,
    runtime: &ChannelRuntime,
    reason: &str,
    body: &Bytes,
) -> Result<(), warta_store::Error> {
    let now = app.now();
    tracing::warn!(channel.id = %runtime.channel.id, reason, "a verified webhook could not be read whole; kept in quarantine");
    app.store
        .quarantine(NewQuarantine {
            organization: runtime.channel.organization,
            channel: runtime.channel.id,
            id: EnvelopeId::from_uuid(app.minter.uuid(now)),
            received_at: now,
            reason: reason.to_owned(),
            body: body.clone(),
        })
        .await
}
