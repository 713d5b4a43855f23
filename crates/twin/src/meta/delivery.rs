//! Delivery: statuses that are due become webhooks, and webhooks are sent until the answer is exactly 200
//! (facts §1.3, §12.8). Webhooks go out at the same time and in no promised order.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use futures_util::future::join_all;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::{
    Meta,
    event::{Attempt, Event, Webhook},
    raw, statuses, subscriptions,
};
use crate::chat::ChatChange;

/// Webhooks of one number under way at the same time.
const PARALLEL: usize = 32;
/// Waits before the second, third … try; the last one goes on until the end. Meta publishes none.
const RETRY_MS: [i64; 5] = [200, 500, 1_000, 2_000, 5_000];
/// How long a webhook is tried (§1.3).
const GIVE_UP_MS: i64 = 7 * 86_400_000;
/// How long the loop sleeps at most.
const NAP_MS: i64 = 60_000;

/// What is due.
#[derive(Default)]
struct Work {
    events: Vec<Event>,
    webhooks: Vec<(Webhook, u32)>,
    next_ms: Option<i64>,
}

impl Meta {
    /// Delivers until the twin closes.
    pub(crate) async fn deliver(self, tasks: TaskTracker) {
        let mut lanes: HashMap<String, Arc<Semaphore>> = HashMap::new();
        loop {
            let now_ms = self.now_ms();
            let (ended, typing_ms) = self.limits().typing_ended(now_ms);
            for (phone_number_id, user) in ended {
                self.announce(phone_number_id, user);
            }
            let work = self.due(now_ms);
            work.events.into_iter().for_each(|event| self.note(event));
            for (webhook, attempts) in work.webhooks {
                let lane = lanes.entry(webhook.phone_number_id.clone());
                let lane = Arc::clone(lane.or_insert_with(|| Arc::new(Semaphore::new(PARALLEL))));
                tasks.spawn(self.clone().attempt(webhook, attempts + 1, lane));
            }
            let next_ms = [work.next_ms, typing_ms].into_iter().flatten().min();
            let nap_ms = next_ms.map_or(NAP_MS, |next_ms| (next_ms - now_ms).clamp(1, NAP_MS));
            let nap = tokio::time::sleep(Duration::from_millis(nap_ms.unsigned_abs()));
            tokio::select! {
                () = self.closing().cancelled() => return,
                () = self.work().notified() => {}
                () = nap => {}
            }
        }
    }

    /// Tells the phones that a chat changed.
    pub(crate) fn announce(&self, account: String, user: String) {
        // Nobody may be looking.
        drop(self.changes().send(ChatChange { account, user }));
    }

    /// Takes what is due out of the lists.
    fn due(&self, now_ms: i64) -> Work {
        let knobs = self.faults().knobs();
        let mut state = self.state();
        let mut work = Work::default();
        while let Some((_, wamid, status)) = pop_due(&mut state.pending, |entry| entry.0, now_ms) {
            let Some(message) = state.messages.get(&wamid) else { continue };
            let webhook = statuses::webhook(&state, message, status, &knobs, now_ms);
            work.events.push(Event::Status { at_ms: now_ms, wamid, status, webhook });
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
        let target = subscriptions::target(&self.state(), &webhook);
        let (url, outcome) = match target {
            None => (None, Err("nobody is subscribed".to_owned())),
            Some((url, secret)) => {
                let copies = self.faults().knobs().duplicate.max(1);
                let tries = (0..copies).map(|_| self.post(&url, &secret, webhook.body.as_bytes()));
                let mut outcomes = join_all(tries).await;
                let best = outcomes.iter().position(|outcome| *outcome == Ok(200)).unwrap_or(0);
                (Some(url), outcomes.swap_remove(best))
            }
        };
        let at_ms = self.now_ms();
        let over = url.is_none() || outcome == Ok(200) || at_ms - webhook.at_ms > GIVE_UP_MS;
        let place = usize::try_from(attempt - 1).unwrap_or(usize::MAX).min(RETRY_MS.len() - 1);
        let wait_ms = RETRY_MS.get(place).copied().unwrap_or(NAP_MS);
        self.note(Event::Attempt(Attempt {
            at_ms,
            webhook: webhook.id,
            number: attempt,
            url,
            http_status: outcome.as_ref().ok().copied(),
            error: outcome.err(),
            next_ms: (!over).then_some(at_ms + wait_ms),
        }));
    }

    /// Posts a signed body; gives the HTTP status, or why there is none.
    pub(crate) async fn post(&self, url: &str, secret: &str, body: &[u8]) -> Result<u16, String> {
        self.post_signed(url, &raw::signature(secret, body), body).await
    }

    /// Posts a body with this signature header.
    pub(crate) async fn post_signed(&self, url: &str, signature: &str, body: &[u8]) -> Result<u16, String> {
        let client = self.egress().client().map_err(|error| error.to_string())?;
        let request = client
            .post(url)
            .header(http::header::CONTENT_TYPE, "application/json")
            .header("X-Hub-Signature-256", signature)
            .body(body.to_vec());
        match request.send().await {
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
