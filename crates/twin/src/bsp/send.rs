//! Sends that passed the checks of their provider's routes: faults, acceptance and planned statuses.

use std::time::Duration;

use serde_json::Value;

use super::model::{Bsp, Event, FaultSettings, Head, Message, Outbound, Platform, Scenario};
use crate::{
    chat::{Failure, Ticks},
    engine::Status,
};

/// How long a caller waits that gets no answer.
const HANG: Duration = Duration::from_mins(2);
/// How much later than the first status the answer comes.
const LATE_ANSWER: Duration = Duration::from_millis(700);

/// A send that its provider's routes found valid, to be given to [`Bsp::accept`].
pub(crate) fn draft(head: Head, user: String, content: Value, outbound: Outbound) -> Message {
    Message {
        head,
        user,
        from_user: false,
        content,
        at_ms: 0,
        ticks: Ticks::None,
        failure: None,
        context_id: None,
        outbound: Some(outbound),
    }
}

/// Why a send is not accepted although it may be valid.
#[derive(Debug)]
pub(crate) enum SendFault {
    /// HTTP 500 in the provider's own format.
    Http500,
    /// HTTP 502, an HTML page of a gateway.
    Gateway,
    /// HTTP 429.
    Throttled,
    /// The journal could not be written.
    Journal(std::io::Error),
}

impl Bsp {
    /// Runs the ordered faults that come before a send is checked: waits, or fails.
    pub(crate) async fn before_send(&self) -> Result<FaultSettings, SendFault> {
        let faults = self.faults.take();
        if faults.slow_ms > 0 {
            tokio::time::sleep(Duration::from_millis(faults.slow_ms)).await;
        }
        let refusals = [
            (Scenario::Http500, SendFault::Http500),
            (Scenario::Gateway, SendFault::Gateway),
            (Scenario::Throttled, SendFault::Throttled),
        ];
        let refused = refusals.into_iter().find(|(scenario, _)| *scenario == faults.scenario);
        refused.map_or(Ok(faults), |(_, fault)| Err(fault))
    }

    /// Accepts a send durably and plans its statuses. A failure in the draft comes before those of faults.
    pub(crate) async fn accept(&self, draft: Message, faults: &FaultSettings) -> Result<Message, SendFault> {
        let mut message = Message { at_ms: self.now_ms(), ..draft };
        let fails = message.user.ends_with("0026") || faults.scenario == Scenario::Failed;
        message.failure = message.failure.or_else(|| fails.then(|| Failure::of(131_026)));
        let mut plan = plan(faults, message.failure.is_some(), message.at_ms);
        if let Some(outbound) = &mut message.outbound {
            if self.platform() == Platform::Qontak && !plan.is_empty() && outbound.broadcast.is_none() {
                plan.push((Status::Created, message.at_ms));
            }
            outbound.plan = plan;
        }
        self.commit(Event::Accepted(Box::new(message.clone()))).await.map_err(SendFault::Journal)?;
        if faults.scenario == Scenario::StatusBeforeAnswer {
            tokio::time::sleep(LATE_ANSWER).await;
        }
        if faults.scenario == Scenario::Hang {
            tokio::select! {
                () = tokio::time::sleep(HANG) => {}
                () = self.closing.cancelled() => {}
            }
        }
        Ok(message)
    }

    /// Records that a send was refused.
    pub(crate) fn refused(&self, account: &str, why: &str) {
        let (account, why) = (account.to_owned(), why.to_owned());
        self.enqueue(Event::Refused { at_ms: self.now_ms(), account, why });
    }
}

/// The statuses of a send, and when each is due.
fn plan(faults: &FaultSettings, failed: bool, at_ms: i64) -> Vec<(Status, i64)> {
    let delays = &faults.status_delays_ms;
    let at = |delay: u32| at_ms + i64::from(delay);
    if failed {
        return vec![(Status::Failed, at(delays.sent))];
    }
    let [first, second, third] = [at(delays.sent), at(delays.delivered), at(delays.read)];
    let [sent, delivered, read] = match faults.scenario {
        Scenario::NoStatus => return Vec::new(),
        Scenario::DeliveredBeforeSent => [second, first, third],
        Scenario::ReadFirst => [third, second, first],
        Scenario::StatusBeforeAnswer => [at_ms, second, third],
        Scenario::Success
        | Scenario::Failed
        | Scenario::Http500
        | Scenario::Gateway
        | Scenario::Throttled
        | Scenario::Hang
        | Scenario::Duplicate
        | Scenario::OlderShape
        | Scenario::BareShape => [first, second, third],
    };
    vec![(Status::Sent, sent), (Status::Delivered, delivered), (Status::Read, read)]
}
