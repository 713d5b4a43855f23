//! A send that its provider's routes found good: what becomes of it.

use std::time::Duration;

use serde_json::Value;

use super::{
    account::Account,
    event::Event,
    faults::{FaultSettings, Scenario},
    message::{Head, Message, Outbound},
    platform::{Bsp, Platform},
};
use crate::{
    chat::{Failure, Ticks},
    engine::Status,
};

/// How long the twin keeps a caller waiting that is to get no answer.
const HANG: Duration = Duration::from_mins(2);
/// How much later the answer comes than the first status.
const LATE_ANSWER: Duration = Duration::from_millis(700);
/// WhatsApp's customer service window.
pub(crate) const WINDOW_MS: i64 = 24 * 3_600_000;

/// A send that is good.
pub(crate) struct Accepted {
    pub(crate) id: String,
    pub(crate) wamid: String,
    /// Digits of the user's number.
    pub(crate) user: String,
    pub(crate) name: String,
    /// Meta's message object.
    pub(crate) content: Value,
    pub(crate) context_id: Option<String>,
    pub(crate) room: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) broadcast: Option<String>,
    pub(crate) said: Value,
    pub(crate) category: String,
    /// Why it will fail, by itself.
    pub(crate) failure: Option<Failure>,
}

/// What keeps a send from being taken.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// HTTP 500 in the provider's own words.
    Http500,
    /// HTTP 502, a page of the gateway's.
    Gateway,
    /// HTTP 429.
    Throttled,
    /// The journal could not be written.
    Journal(std::io::Error),
}

impl Bsp {
    /// Before a send is looked at: waits and fails as the faults say.
    pub(crate) async fn trouble(&self) -> Result<FaultSettings, Trouble> {
        let faults = self.faults().take();
        if faults.slow_ms > 0 {
            tokio::time::sleep(Duration::from_millis(faults.slow_ms)).await;
        }
        match faults.scenario {
            Scenario::Http500 => Err(Trouble::Http500),
            Scenario::Gateway => Err(Trouble::Gateway),
            Scenario::Throttled => Err(Trouble::Throttled),
            Scenario::Success
            | Scenario::Failed
            | Scenario::Hang
            | Scenario::DeliveredBeforeSent
            | Scenario::ReadFirst
            | Scenario::StatusBeforeAnswer
            | Scenario::NoStatus
            | Scenario::Duplicate
            | Scenario::OlderShape
            | Scenario::BareShape => Ok(faults),
        }
    }

    /// Takes a send, durably; its statuses follow by themselves.
    pub(crate) async fn accept(
        &self,
        account: &Account,
        accepted: Accepted,
        faults: &FaultSettings,
    ) -> Result<Message, Trouble> {
        let at_ms = self.now_ms();
        let magic = accepted.user.ends_with("0026").then(|| Failure::of(131_026));
        let failure = accepted
            .failure
            .or(magic)
            .or_else(|| (faults.scenario == Scenario::Failed).then(|| Failure::of(131_026)));
        let mut plan = plan(faults, failure.is_some(), at_ms);
        if self.platform() == Platform::Qontak && !plan.is_empty() && accepted.broadcast.is_none() {
            plan.push((Status::Created, at_ms));
        }
        let Accepted { id, wamid, name, room, .. } = accepted;
        let message = Message {
            head: Head { id, wamid, account: account.id.clone(), name, room },
            user: accepted.user,
            from_user: false,
            content: accepted.content,
            at_ms,
            ticks: Ticks::None,
            failure,
            context_id: accepted.context_id,
            outbound: Some(Outbound {
                key: accepted.key,
                broadcast: accepted.broadcast,
                said: accepted.said,
                category: accepted.category,
                plan,
            }),
        };
        self.commit(Event::Accepted(Box::new(message.clone()))).await.map_err(Trouble::Journal)?;
        if faults.scenario == Scenario::StatusBeforeAnswer {
            tokio::time::sleep(LATE_ANSWER).await;
        }
        if faults.scenario == Scenario::Hang {
            tokio::select! {
                () = tokio::time::sleep(HANG) => {}
                () = self.closing().cancelled() => {}
            }
        }
        Ok(message)
    }

    /// Notes that a send was refused.
    pub(crate) fn refused(&self, account: &str, why: &str) {
        let (account, why) = (account.to_owned(), why.to_owned());
        self.note(Event::Refused { at_ms: self.now_ms(), account, why });
    }

    /// Whether the user wrote to the account within the last 24 hours.
    pub(crate) fn window_is_open(&self, account: &str, user: &str) -> bool {
        let last_ms = self.state().last_inbound_ms(account, user);
        last_ms.is_some_and(|last_ms| self.now_ms() - last_ms < WINDOW_MS)
    }
}

/// The statuses a send will have, and when.
fn plan(faults: &FaultSettings, failed: bool, at_ms: i64) -> Vec<(Status, i64)> {
    let delays = &faults.status_delays_ms;
    let at = |delay: u32| at_ms + i64::from(delay);
    if failed {
        return vec![(Status::Failed, at(delays.sent))];
    }
    let [first, second, third] = [at(delays.sent), at(delays.delivered), at(delays.read)];
    match faults.scenario {
        Scenario::NoStatus => Vec::new(),
        Scenario::DeliveredBeforeSent => {
            vec![(Status::Sent, second), (Status::Delivered, first), (Status::Read, third)]
        }
        Scenario::ReadFirst => {
            vec![(Status::Sent, third), (Status::Delivered, second), (Status::Read, first)]
        }
        Scenario::StatusBeforeAnswer => {
            vec![(Status::Sent, at_ms), (Status::Delivered, second), (Status::Read, third)]
        }
        Scenario::Success
        | Scenario::Failed
        | Scenario::Http500
        | Scenario::Gateway
        | Scenario::Throttled
        | Scenario::Hang
        | Scenario::Duplicate
        | Scenario::OlderShape
        | Scenario::BareShape => {
            vec![(Status::Sent, first), (Status::Delivered, second), (Status::Read, third)]
        }
    }
}
