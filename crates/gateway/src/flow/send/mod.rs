//! Stage 3: what waits at a number goes out, paced.
//!
//! Takes: a claimed number. Does: picks what may go, calls the provider (`call`), reads its answer (`judge`).
//! Writes: `dispatching` before the first byte leaves, the outcome after, each fenced by the claim's epoch.
//! Wakes: itself, when something must wait.

mod call;
mod file;
mod judge;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::task::{JoinError, JoinSet};
use warta_core::delivery::{Failure, SendOutcome};
use warta_core::message::OutboundContent;
use warta_core::time::Timestamp;
use warta_store::{ClaimedNumber, OutboundHead, SendResult};

use crate::app::App;
use crate::directory::{self, ChannelRuntime};

/// How many messages are looked at together.
const BATCH: u32 = 64;
/// How long a number whose channel cannot send (no token, refused token) rests before it is tried again.
const REST: Duration = Duration::from_mins(1);
/// How often it is looked whether a file has its first status, while a text of the same answer waits for it.
const MEDIA_LOOK: Duration = Duration::from_millis(500);
/// How long a number rests when the store failed.
const AGAIN: Duration = Duration::from_secs(5);
/// How often it is tried to record an outcome, and how long after the first failure: twice as long after each next.
const TRIES: u32 = 9;
const PAUSE: Duration = Duration::from_millis(20);

/// Why a claim could not be carried through. The number is claimed again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store.
    #[error(transparent)]
    Store(#[from] warta_store::Error),
    /// The channel could not be read.
    #[error(transparent)]
    Directory(#[from] directory::Error),
}

/// Carries one claim through: sends until nothing more may go now.
///
/// # Errors
///
/// When the store fails or the claim is no longer ours.
pub async fn run(app: &Arc<App>, claimed: ClaimedNumber) -> Result<(), Error> {
    let mut sending = Sending { app, claimed, in_flight: JoinSet::new(), wait: None };
    let done = sending.run().await;
    // Whatever failed: what is on its way reaches the provider all the same, so its outcome is waited for and recorded.
    while !sending.in_flight.is_empty() {
        sending.record_finished().await?;
    }
    let wait = if done.is_ok() { sending.wait } else { Some(app.now().after(AGAIN)) };
    app.store.settle_number(claimed, app.now(), wait).await?;
    done
}

/// One claim of a number, from start to settling.
struct Sending<'a> {
    app: &'a Arc<App>,
    claimed: ClaimedNumber,
    in_flight: JoinSet<SendResult>,
    /// The earliest instant at which something that had to wait may go.
    wait: Option<Timestamp>,
}

impl Sending<'_> {
    /// Sends until nothing more may go and nothing is on its way.
    async fn run(&mut self) -> Result<(), Error> {
        loop {
            let progress = self.start_ready().await?;
            if self.in_flight.is_empty() && !progress {
                return Ok(());
            }
            self.record_finished().await?;
        }
    }

    /// Starts what may go now and has a place; says whether anything changed.
    async fn start_ready(&mut self) -> Result<bool, Error> {
        let app = self.app;
        let now = app.now();
        self.wait = None;
        if app.tasks.is_closed() {
            // Told to stop: what is left is for whoever claims next.
            self.wait = Some(now);
            return Ok(false);
        }
        let free = app.settings.send_concurrency.saturating_sub(self.in_flight.len());
        let waiting =
            if free == 0 { Vec::new() } else { app.store.sendable(self.claimed, now, BATCH).await? };
        let Some(runtime) = app.directory.channel(&app.store, self.claimed.channel, now).await? else {
            return Ok(false);
        };
        let (mut settled, mut chosen) = (Vec::new(), Vec::new());
        for message in waiting {
            if chosen.len() >= free {
                break;
            }
            if let Some(result) = judge::without_sending(&message, now) {
                settled.push(result);
                continue;
            }
            if message.behind_media {
                self.wait_until(now.after(MEDIA_LOOK));
                continue;
            }
            let pace = (app.settings.messages_per_second, in_a_minute(&runtime, &message.content));
            match app.memory.paces.take(self.claimed.channel, message.conversation, pace, now) {
                Ok(()) => chosen.push(message),
                Err(wait) => {
                    self.wait_until(wait.until);
                    if wait.whole_number {
                        break;
                    }
                }
            }
        }
        let progress = !settled.is_empty() || !chosen.is_empty();
        if !settled.is_empty() {
            app.store.finish_sends(self.claimed, settled, now).await?;
        }
        self.start(&runtime, chosen, now).await?;
        Ok(progress)
    }

    /// Something may go at `at`, and not before.
    fn wait_until(&mut self, at: Timestamp) {
        self.wait = Some(self.wait.map_or(at, |earlier| earlier.min(at)));
    }

    /// Commits that these are about to leave, then lets them.
    async fn start(
        &mut self,
        runtime: &Arc<ChannelRuntime>,
        chosen: Vec<OutboundHead>,
        now: Timestamp,
    ) -> Result<(), Error> {
        if chosen.is_empty() {
            return Ok(());
        }
        let ids = chosen.iter().map(|message| message.id).collect();
        let begun = self.app.store.begin_sends(self.claimed, ids, now).await?;
        for message in chosen.into_iter().filter(|message| begun.contains(&message.id)) {
            let (app, runtime) = (Arc::clone(self.app), Arc::clone(runtime));
            self.in_flight.spawn(async move { send_one(&app, &runtime, message).await });
        }
        Ok(())
    }

    /// Waits for a send to end and records it, with all others that ended meanwhile.
    async fn record_finished(&mut self) -> Result<(), Error> {
        let Some(first) = self.next_finished().await? else { return Ok(()) };
        let mut ended = vec![first];
        while let Some(next) = self.in_flight.try_join_next() {
            ended.push(next);
        }
        let results: Vec<_> = ended.into_iter().filter_map(Result::ok).collect();
        self.record(results).await
    }

    /// The next send to end. One message may take several calls, so the claim is kept while they last.
    async fn next_finished(&mut self) -> Result<Option<Result<SendResult, JoinError>>, Error> {
        loop {
            tokio::select! {
                ended = self.in_flight.join_next() => return Ok(ended),
                () = tokio::time::sleep(self.claimed.lease / 3) => {}
            }
            match self.app.store.keep_number(self.claimed, self.app.now()).await {
                Ok(()) => {}
                Err(error @ warta_store::Error::StaleLease) => return Err(error.into()),
                Err(error) => tracing::warn!(%error, "a claim could not be prolonged; tried again"),
            }
        }
    }

    /// Records what became of sends. The provider does not say it twice, so a store that is busy is asked again.
    async fn record(&self, results: Vec<SendResult>) -> Result<(), Error> {
        let mut pause = PAUSE;
        for _ in 1..TRIES {
            match self.app.store.finish_sends(self.claimed, results.clone(), self.app.now()).await {
                Ok(()) => return Ok(()),
                Err(error @ warta_store::Error::StaleLease) => return Err(error.into()),
                Err(error) => tracing::warn!(%error, "outcomes of sends could not be recorded; tried again"),
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Ok(self.app.store.finish_sends(self.claimed, results, self.app.now()).await?)
    }
}

/// How many of these the provider takes in a minute, where it counts them.
fn in_a_minute(runtime: &ChannelRuntime, content: &OutboundContent) -> Option<u32> {
    let counted = matches!(content, OutboundContent::Template(_));
    warta_protocol::entry(runtime.channel.protocol).capabilities.templates_per_minute.filter(|_| counted)
}

/// Sends one message.
async fn send_one(app: &Arc<App>, runtime: &ChannelRuntime, message: OutboundHead) -> SendResult {
    let started = app.now();
    // A fault of ours must not leave the message on its way for ever.
    let called = AssertUnwindSafe(call::call(app, runtime, &message)).catch_unwind().await;
    let outcome = called.unwrap_or_else(|_| SendOutcome::Unknown {
        failure: Failure::new("panicked", "the gateway failed while this was being sent; its log says where"),
    });
    let now = app.now();
    let duration_ms = i64::try_from(now.since(started).as_millis()).unwrap_or(i64::MAX);
    SendResult { id: message.id, kind: judge::judge(app, runtime, &message, outcome, now), duration_ms }
}
