//! Waking workers after a commit that made something due.

use tokio::sync::Notify;

use crate::db::Due;

/// Which workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Those that take conversations to agents.
    Conversation,
    /// Those that send for numbers.
    Number,
}

/// Wakes workers of this process. Others see the table.
#[derive(Debug, Default)]
pub(crate) struct Wake {
    conversations: std::sync::Arc<Notify>,
    numbers: std::sync::Arc<Notify>,
}

impl Wake {
    pub(crate) fn wake(&self, due: Due) {
        if due.conversations {
            self.conversations.notify_waiters();
        }
        if due.numbers {
            self.numbers.notify_waiters();
        }
    }

    /// Ends with the next commit after this call that makes such an actor due, also when it is not awaited yet.
    pub(crate) fn next(&self, actor: Actor) -> impl Future<Output = ()> + Send + use<> {
        let notify = match actor {
            Actor::Conversation => &self.conversations,
            Actor::Number => &self.numbers,
        };
        std::sync::Arc::clone(notify).notified_owned()
    }
}
