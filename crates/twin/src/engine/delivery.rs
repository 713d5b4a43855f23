//! Delivery: statuses that are due become webhooks, and webhooks are sent until the business accepts them. They go
//! out concurrently and in no promised order.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures_util::future::join_all;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::{
    message::{Attempt, Status, Webhook as _},
    state::{Rules, State},
    twin::ProviderTwin,
};

/// How long the loop sleeps at most.
const NAP_MS: i64 = 60_000;

/// A provider's rules of delivery.
pub(crate) trait Deliver: Rules {
    /// Webhooks of one lane under way at the same time.
    const PARALLEL: usize;

    /// The lane of a webhook; each lane has its own limit.
    fn lane(webhook: &Self::Webhook) -> &str;

    /// The event of a status (of a message id) that is due, with the webhooks about it; none when the message is
    /// unknown.
    fn status_event(
        twin: &ProviderTwin<Self>,
        state: &State<Self>,
        faults: &Self::Faults,
        due: (String, Status),
        now_ms: i64,
    ) -> Option<Self::Event>;

    /// Where a webhook goes now; none when nobody is subscribed.
    fn call(twin: &ProviderTwin<Self>, webhook: &Self::Webhook) -> Option<Call>;

    /// The wait after failed attempt number `attempt` (from 1) of a webhook of this age; none to give up.
    fn retry_after_ms(attempt: u32, age_ms: i64) -> Option<i64>;

    /// Work of each round besides; gives when the next is due.
    fn each_round(_twin: &ProviderTwin<Self>, _now_ms: i64) -> Option<i64> {
        None
    }
}

/// A request that delivers a webhook.
pub(crate) struct Call {
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// How many are sent at once.
    pub(crate) copies: u32,
}

impl<R: Deliver> ProviderTwin<R> {
    /// Delivers until the twin closes.
    pub(crate) async fn deliver(self, tasks: TaskTracker) {
        let mut lanes: HashMap<String, Arc<Semaphore>> = HashMap::new();
        loop {
            let now_ms = self.now_ms();
            let round_ms = R::each_round(&self, now_ms);
            let (webhooks, due_ms) = self.take_due(now_ms);
            for (webhook, attempts) in webhooks {
                let lane = lanes.entry(R::lane(&webhook).to_owned());
                let lane = Arc::clone(lane.or_insert_with(|| Arc::new(Semaphore::new(R::PARALLEL))));
                tasks.spawn(self.clone().attempt(webhook, attempts + 1, lane));
            }
            let next_ms = [round_ms, due_ms].into_iter().flatten().min();
            let nap_ms = next_ms.map_or(NAP_MS, |next_ms| (next_ms - now_ms).clamp(1, NAP_MS));
            tokio::select! {
                () = self.closing.cancelled() => return,
                () = self.journal.applied.work.notified() => {}
                () = tokio::time::sleep(Duration::from_millis(nap_ms.unsigned_abs())) => {}
            }
        }
    }

    /// Records the statuses that are due; gives the webhooks that are due with their attempts so far, and when the
    /// next status or webhook is.
    fn take_due(&self, now_ms: i64) -> (Vec<(R::Webhook, u32)>, Option<i64>) {
        let faults = self.faults.settings();
        let mut state = self.state();
        let mut events = Vec::new();
        while let Some(due) = state.take_status(now_ms) {
            events.extend(R::status_event(self, &state, &faults, due, now_ms));
        }
        let webhooks = std::iter::from_fn(|| state.take_webhook(now_ms)).collect();
        let next_ms = state.next_due_ms();
        drop(state);
        for event in events {
            self.enqueue(event);
        }
        (webhooks, next_ms)
    }

    async fn attempt(self, webhook: R::Webhook, number: u32, lane: Arc<Semaphore>) {
        let Ok(_permit) = lane.acquire().await else { return };
        if self.closing.is_cancelled() {
            return;
        }
        let (url, outcome) = match R::call(&self, &webhook) {
            None => (None, Err("nobody is subscribed".to_owned())),
            Some(call) => {
                let posts = (0..call.copies.max(1))
                    .map(|_| self.egress.post(&call.url, &call.headers, webhook.body()));
                let mut outcomes = join_all(posts).await;
                let best = outcomes.iter().position(is_delivered::<R>).unwrap_or(0);
                (Some(call.url), outcomes.swap_remove(best))
            }
        };
        let at_ms = self.now_ms();
        let finished = url.is_none() || is_delivered::<R>(&outcome);
        let wait_ms = if finished { None } else { R::retry_after_ms(number, at_ms - webhook.at_ms()) };
        self.enqueue(R::attempt(Attempt {
            at_ms,
            webhook: webhook.id().to_owned(),
            number,
            url,
            http_status: outcome.as_ref().ok().copied(),
            error: outcome.err(),
            next_ms: wait_ms.map(|wait_ms| at_ms + wait_ms),
        }));
    }
}

fn is_delivered<R: Rules>(outcome: &Result<u16, String>) -> bool {
    matches!(outcome, Ok(status) if R::is_delivered(*status))
}
