//! Delivery: statuses that are due become webhooks, and webhooks are sent until they are answered or given up.
//! They go out at the same time and in no promised order.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use futures_util::future::join_all;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::{Bsp, Event, Scenario, Webhook, Words, event::Attempt};
use crate::ids;

/// Webhooks under way at the same time.
const PARALLEL: usize = 64;
/// Waits before the second, third … try; after the last one a webhook is given up. Neither provider publishes
/// any (§4).
const RETRY_MS: [i64; 6] = [200, 500, 1_000, 3_000, 10_000, 30_000];
/// How long the loop sleeps at most.
const NAP_MS: i64 = 60_000;

/// What is due.
#[derive(Default)]
struct Work {
    events: Vec<Event>,
    webhooks: Vec<(Webhook, u32)>,
    next_ms: Option<i64>,
}

impl Bsp {
    /// Delivers until the twin closes.
    pub(crate) async fn deliver(self, tasks: TaskTracker) {
        let lane = Arc::new(Semaphore::new(PARALLEL));
        loop {
            let now_ms = self.now_ms();
            let work = self.due(now_ms);
            work.events.into_iter().for_each(|event| self.note(event));
            for (webhook, attempts) in work.webhooks {
                tasks.spawn(self.clone().attempt(webhook, attempts + 1, Arc::clone(&lane)));
            }
            let nap_ms = work.next_ms.map_or(NAP_MS, |next_ms| (next_ms - now_ms).clamp(1, NAP_MS));
            let nap = tokio::time::sleep(Duration::from_millis(nap_ms.unsigned_abs()));
            tokio::select! {
                () = self.closing().cancelled() => return,
                () = self.work().notified() => {}
                () = nap => {}
            }
        }
    }

    /// Takes what is due out of the lists.
    fn due(&self, now_ms: i64) -> Work {
        let knobs = self.panel().knobs();
        let copies = if knobs.scenario == Scenario::Duplicate { 2 } else { 1 };
        let mut state = self.state();
        let mut work = Work::default();
        while let Some((_, id, status)) = pop_due(&mut state.pending, |entry| entry.0, now_ms) {
            let Some(message) = state.messages.get(&id) else { continue };
            let Some(account) = state.accounts.get(&message.account) else { continue };
            let words = Words { state: &state, knobs: &knobs, base_url: self.base_url(), now_ms };
            let posts = self.provider().reached(&words, account, message, status);
            let owe = |post| Webhook::of(post, ids::secret(8), copies, now_ms, Some(id.clone()));
            let webhooks = posts.into_iter().map(owe).collect();
            work.events.push(Event::Status { at_ms: now_ms, id, status, webhooks });
        }
        while let Some((_, id)) = pop_due(&mut state.due, |entry| entry.0, now_ms) {
            let owed = state.owed.get(&id);
            work.webhooks.extend(owed.map(|owed| (owed.webhook.clone(), owed.attempts)));
        }
        let next = [state.pending.first().map(|entry| entry.0), state.due.first().map(|entry| entry.0)];
        work.next_ms = next.into_iter().flatten().min();
        work
    }

    async fn attempt(self, webhook: Webhook, attempt: u32, lane: Arc<Semaphore>) {
        let Ok(_turn) = lane.acquire().await else { return };
        if self.closing().is_cancelled() {
            return;
        }
        let tries = (0..webhook.copies.max(1)).map(|_| self.post(&webhook.url, &webhook));
        let mut outcomes = join_all(tries).await;
        let good =
            |outcome: &Result<u16, String>| matches!(outcome, Ok(status) if (200..300).contains(status));
        let outcome = outcomes.swap_remove(outcomes.iter().position(good).unwrap_or(0));
        let at_ms = self.now_ms();
        let place = usize::try_from(attempt - 1).unwrap_or(usize::MAX);
        let next_ms = RETRY_MS.get(place).filter(|_| !good(&outcome)).map(|wait_ms| at_ms + wait_ms);
        self.note(Event::Attempt(Attempt {
            at_ms,
            webhook: webhook.id,
            number: attempt,
            url: webhook.url,
            http_status: outcome.as_ref().ok().copied(),
            error: outcome.err(),
            next_ms,
        }));
    }

    async fn post(&self, url: &str, webhook: &Webhook) -> Result<u16, String> {
        let client = self.egress().client().map_err(|error| error.to_string())?;
        let mut request = client.post(url).header(http::header::CONTENT_TYPE, "application/json");
        if let Some(id) = &webhook.request_id {
            request = request.header("X-Request-Id", id);
        }
        match request.body(webhook.body.clone()).send().await {
            Ok(answer) => Ok(answer.status().as_u16()),
            Err(error) if error.is_timeout() => Err("no answer in time".to_owned()),
            Err(error) if error.is_connect() => Err("no connection".to_owned()),
            Err(_) => Err("the connection broke".to_owned()),
        }
    }
}

/// The first entry of a list if its time has come.
fn pop_due<T: Ord>(list: &mut BTreeSet<T>, due_ms: impl Fn(&T) -> i64, now_ms: i64) -> Option<T> {
    if list.first().is_some_and(|first| due_ms(first) <= now_ms) { list.pop_first() } else { None }
}
