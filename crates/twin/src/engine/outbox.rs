//! The outbox: webhooks that wait for delivery, by the time they are due.

use std::collections::BTreeSet;

use super::{
    message::{Attempt, Status, Undelivered, Webhook as _},
    state::{Rules, State},
};
use crate::chat::ChatChange;

impl<R: Rules> State<R> {
    /// Adds a webhook, due at once.
    pub(crate) fn add_webhook(&mut self, webhook: R::Webhook) {
        let (id, due_ms) = (webhook.id().to_owned(), webhook.at_ms());
        self.due_webhooks.insert((due_ms, id.clone()));
        self.undelivered.insert(id, Undelivered { webhook, attempts: 0, due_ms });
    }

    /// Records an attempt. After the last one the webhook is removed; if it was delivered, the user's messages in it are.
    pub(crate) fn record_attempt(&mut self, attempt: Attempt) -> Vec<ChatChange> {
        let Some(owed) = self.undelivered.get_mut(&attempt.webhook) else { return Vec::new() };
        owed.attempts = attempt.number;
        // When the journal is read back, the former time is still in the list.
        self.due_webhooks.remove(&(owed.due_ms, attempt.webhook.clone()));
        if let Some(next_ms) = attempt.next_ms {
            owed.due_ms = next_ms;
            self.due_webhooks.insert((next_ms, attempt.webhook));
            return Vec::new();
        }
        let Some(owed) = self.undelivered.remove(&attempt.webhook) else { return Vec::new() };
        if !attempt.http_status.is_some_and(R::is_delivered) {
            return Vec::new();
        }
        owed.webhook.about().iter().filter_map(|id| self.user_message_delivered(id)).collect()
    }

    /// Takes the next status that is due: the message id and the status.
    pub(super) fn take_status(&mut self, now_ms: i64) -> Option<(String, Status)> {
        pop_due(&mut self.due_statuses, |entry| entry.0, now_ms).map(|(_, id, status)| (id, status))
    }

    /// Takes the next webhook that is due, with its attempts so far.
    pub(super) fn take_webhook(&mut self, now_ms: i64) -> Option<(R::Webhook, u32)> {
        while let Some((_, id)) = pop_due(&mut self.due_webhooks, |entry| entry.0, now_ms) {
            if let Some(owed) = self.undelivered.get(&id) {
                return Some((owed.webhook.clone(), owed.attempts));
            }
        }
        None
    }

    /// When the next status or webhook is due.
    pub(super) fn next_due_ms(&self) -> Option<i64> {
        let next =
            [self.due_statuses.first().map(|entry| entry.0), self.due_webhooks.first().map(|entry| entry.0)];
        next.into_iter().flatten().min()
    }
}

/// The first entry of a list, if it is due.
fn pop_due<T: Ord>(list: &mut BTreeSet<T>, due_ms: impl Fn(&T) -> i64, now_ms: i64) -> Option<T> {
    if list.first().is_some_and(|first| due_ms(first) <= now_ms) { list.pop_first() } else { None }
}
