//! Meta's rules of delivery: a webhook is sent until the answer is exactly 200 (facts §1.3, §12.8).

use super::{
    event::Event,
    faults::FaultSettings,
    message::Webhook,
    raw,
    state::{Meta, MetaRules, State},
    statuses, targets,
};
use crate::engine::{Call, Deliver, Status};

/// Waits before the second, third … attempt; the last one repeats. Meta publishes none.
const RETRY_MS: [i64; 5] = [200, 500, 1_000, 2_000, 5_000];
/// How long a webhook is retried (§1.3).
const GIVE_UP_MS: i64 = 7 * 86_400_000;

impl Deliver for MetaRules {
    const PARALLEL: usize = 32;

    /// Each number has its own lane.
    fn lane(webhook: &Webhook) -> &str {
        &webhook.phone_number_id
    }

    fn status_event(
        _meta: &Meta,
        state: &State,
        faults: &FaultSettings,
        (wamid, status): (String, Status),
        now_ms: i64,
    ) -> Option<Event> {
        let message = state.messages.get(&wamid)?;
        let webhook = statuses::webhook(state, message, status, faults, now_ms);
        Some(Event::Status { at_ms: now_ms, wamid, status, webhook })
    }

    fn call(meta: &Meta, webhook: &Webhook) -> Option<Call> {
        let (url, secret) = targets::target(&meta.state(), webhook)?;
        let signature = raw::signature(&secret, webhook.body.as_bytes());
        let copies = meta.faults().settings().duplicate;
        Some(Call { url, headers: vec![(raw::SIGNATURE, signature)], copies })
    }

    fn retry_after_ms(attempt: u32, age_ms: i64) -> Option<i64> {
        let place = usize::try_from(attempt - 1).unwrap_or(usize::MAX).min(RETRY_MS.len() - 1);
        RETRY_MS.get(place).copied().filter(|_| age_ms <= GIVE_UP_MS)
    }

    /// Announces the chats whose "is typing" has run out.
    fn each_round(meta: &Meta, now_ms: i64) -> Option<i64> {
        let (ended, next_ms) = meta.memory().typing_ended(now_ms);
        for (phone_number_id, user) in ended {
            meta.announce(phone_number_id, user);
        }
        next_ms
    }
}
