//! Delivery of Coster's and Qontak's webhooks: sent until the answer is 2xx, and given up after the last wait.

use super::model::{Bsp, BspRules, Event, FaultSettings, Scenario, State, Webhook, WordingContext};
use crate::{
    engine::{Call, Deliver, Status},
    ids,
};

/// Waits before the second, third … attempt. Neither provider publishes any (§4).
const RETRY_MS: [i64; 6] = [200, 500, 1_000, 3_000, 10_000, 30_000];

impl Deliver for BspRules {
    const PARALLEL: usize = 64;

    /// All webhooks share one lane.
    fn lane(_webhook: &Webhook) -> &'static str {
        ""
    }

    fn status_event(
        bsp: &Bsp,
        state: &State,
        faults: &FaultSettings,
        (id, status): (String, Status),
        now_ms: i64,
    ) -> Option<Event> {
        let message = state.messages.get(&id)?;
        let account = state.accounts.get(&message.head.account)?;
        let copies = if faults.scenario == Scenario::Duplicate { 2 } else { 1 };
        let context = WordingContext { state, faults, base_url: bsp.base_url(), now_ms };
        let new = (bsp.memory.reached)(&context, account, message, status);
        let owed = |new| Webhook::of(new, ids::secret(8), copies, now_ms, Some(id.clone()));
        let webhooks = new.into_iter().map(owed).collect();
        Some(Event::Status { at_ms: now_ms, id, status, webhooks })
    }

    fn call(_bsp: &Bsp, webhook: &Webhook) -> Option<Call> {
        let headers = webhook.request_id.iter().map(|id| ("X-Request-Id", id.clone())).collect();
        Some(Call { url: webhook.url.clone(), headers, copies: webhook.copies.into() })
    }

    fn retry_after_ms(attempt: u32, _age_ms: i64) -> Option<i64> {
        RETRY_MS.get(usize::try_from(attempt - 1).unwrap_or(usize::MAX)).copied()
    }
}
