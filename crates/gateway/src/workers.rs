//! Workers: they claim what is due and hand it to a stage, until told to stop.
//!
//! A commit that makes something due wakes them in memory. The table is the truth all the same: they look again whenever the
//! next due time comes, and once a second for what other nodes left.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use warta_store::{Actor, ClaimedConversation, ClaimedNumber, DELETED_CHANNELS_STAY};

use crate::app::App;
use crate::flow::{deliver, send};

/// How much longer than the longest call a claim holds, so that a live worker's claim does not end under it.
const LEASE_BEYOND_CALL: Duration = Duration::from_secs(30);
/// How long work under way may go on at shutdown: longer than an agent may take.
const GRACE: Duration = Duration::from_secs(20);
const BATCH: usize = 64;
const POLL: Duration = Duration::from_secs(1);
const FORGET_EVERY: Duration = Duration::from_hours(1);
const FORGET_PAUSE: Duration = Duration::from_millis(50);

/// Runs until `shutdown`, then finishes what is under way and gives its leases back.
pub async fn run(app: Arc<App>, shutdown: CancellationToken) {
    if let Err(error) = app.store.recover(&app.owner).await {
        tracing::error!(%error, "what an earlier run left could not be taken up; its leases end by themselves");
    }
    // Closed at once when asked to stop, so that a number in the middle of a campaign begins nothing new.
    let stopping = async {
        shutdown.cancelled().await;
        app.tasks.close();
    };
    tokio::join!(
        conversations(&app, &shutdown),
        numbers(&app, &shutdown),
        forgetting(&app, &shutdown),
        stopping
    );
    if tokio::time::timeout(GRACE, app.tasks.wait()).await.is_err() {
        tracing::warn!("work under way did not end in time; it is taken up again at the next start");
    }
    if let Err(error) = app.store.release_all(&app.owner).await {
        tracing::warn!(%error, "leases could not be given back; they end by themselves");
    }
}

async fn conversations(app: &Arc<App>, shutdown: &CancellationToken) {
    let places = Arc::new(Semaphore::new(app.settings.agent_concurrency));
    while !shutdown.is_cancelled() {
        // Interest is registered before the query, so that no commit in between is missed.
        let woken = app.store.woken(Actor::Conversation);
        let free = places.available_permits().min(BATCH);
        let claimed = if free == 0 { Vec::new() } else { claim_conversations(app, free).await };
        let all = free > 0 && claimed.len() == free;
        for conversation in claimed {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let app_for_task = Arc::clone(app);
            app.tasks.spawn(async move {
                deliver(&app_for_task, conversation).await;
                drop(place);
            });
        }
        if !all {
            tokio::select! {
                () = woken => {}
                () = tokio::time::sleep(pause(app, Actor::Conversation).await) => {}
                () = shutdown.cancelled() => {}
            }
        }
    }
}

async fn numbers(app: &Arc<App>, shutdown: &CancellationToken) {
    while !shutdown.is_cancelled() {
        let woken = app.store.woken(Actor::Number);
        let claimed = claim_numbers(app).await;
        let all = claimed.len() == BATCH;
        for number in claimed {
            let app_for_task = Arc::clone(app);
            app.tasks.spawn(async move { send(&app_for_task, number).await });
        }
        if !all {
            tokio::select! {
                () = woken => {}
                () = tokio::time::sleep(pause(app, Actor::Number).await) => {}
                () = shutdown.cancelled() => {}
            }
        }
    }
}

/// Forgets what deleted channels held when nobody can bring them back any more, and what is kept for a while only.
async fn forgetting(app: &Arc<App>, shutdown: &CancellationToken) {
    while !shutdown.is_cancelled() {
        match app.store.purge_deleted(app.now().before(DELETED_CHANNELS_STAY)).await {
            Ok(0) => {}
            Ok(channels) => tracing::info!(channels, "deleted channels were forgotten"),
            Err(error) => {
                tracing::error!(%error, "deleted channels could not be forgotten; tried again in an hour");
            }
        }
        // Batch by batch, with a pause in between for whoever has something to store.
        while !shutdown.is_cancelled() {
            match app.store.forget_old(app.now()).await {
                Ok(0) => break,
                Ok(_) => tokio::time::sleep(FORGET_PAUSE).await,
                Err(error) => {
                    tracing::error!(%error, "what has had its time could not be forgotten; tried again in an hour");
                    break;
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(FORGET_EVERY) => {}
            () = shutdown.cancelled() => {}
        }
    }
}

/// Carries out everything that is due now, and what becomes due by it at the same instant. For tests with a manual clock.
pub async fn run_due(app: &Arc<App>) {
    loop {
        let (conversations, numbers) = (claim_conversations(app, BATCH).await, claim_numbers(app).await);
        if conversations.is_empty() && numbers.is_empty() {
            return;
        }
        let mut work = JoinSet::new();
        for conversation in conversations {
            let app = Arc::clone(app);
            work.spawn(async move { deliver(&app, conversation).await });
        }
        for number in numbers {
            let app = Arc::clone(app);
            work.spawn(async move { send(&app, number).await });
        }
        work.join_all().await;
    }
}

async fn claim_conversations(app: &App, limit: usize) -> Vec<ClaimedConversation> {
    let limit = u32::try_from(limit).unwrap_or(u32::MAX);
    app.store.claim_conversations(&app.owner, app.now(), lease(app), limit).await.unwrap_or_else(|error| {
        tracing::error!(%error, "conversations could not be claimed");
        Vec::new()
    })
}

async fn claim_numbers(app: &App) -> Vec<ClaimedNumber> {
    let limit = u32::try_from(BATCH).unwrap_or(u32::MAX);
    app.store.claim_numbers(&app.owner, app.now(), lease(app), limit).await.unwrap_or_else(|error| {
        tracing::error!(%error, "numbers could not be claimed");
        Vec::new()
    })
}

async fn deliver(app: &Arc<App>, conversation: ClaimedConversation) {
    let id = conversation.conversation;
    match deliver::run(app, conversation).await {
        Ok(()) => {}
        Err(deliver::Error::Store(warta_store::Error::StaleLease)) => stale(),
        Err(error) => {
            tracing::error!(conversation.id = %id, %error, "a delivery could not be carried through; it is taken up again");
        }
    }
}

async fn send(app: &Arc<App>, number: ClaimedNumber) {
    let channel = number.channel;
    match send::run(app, number).await {
        Ok(()) => {}
        Err(send::Error::Store(warta_store::Error::StaleLease)) => stale(),
        Err(error) => {
            tracing::error!(channel.id = %channel, %error, "sending could not be carried through; it is taken up again");
        }
    }
}

fn lease(app: &App) -> Duration {
    app.settings.agent_timeout.max(app.settings.send_timeout) + LEASE_BEYOND_CALL
}

fn stale() {
    metrics::counter!("warta_stale_lease_rejected_total").increment(1);
}

/// How long to sleep when nobody wakes us.
async fn pause(app: &App, actor: Actor) -> Duration {
    match app.store.next_due(actor).await {
        Ok(Some(due)) => due.since(app.now()).clamp(Duration::from_millis(5), POLL),
        Ok(None) => POLL,
        Err(error) => {
            tracing::error!(%error, "the next due time could not be read");
            POLL
        }
    }
}
