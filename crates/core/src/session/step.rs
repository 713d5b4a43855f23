//! The session machine: it starts with a message of the user, lives from activity, and ends when told to.

use serde::{Deserialize, Serialize};

use crate::channel::words;
use crate::ids::SessionId;
use crate::time::Timestamp;

/// Where a conversation's session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// The user has never written.
    #[default]
    None,
    /// In progress.
    Active {
        /// The session.
        id: SessionId,
        /// When it started.
        started_at: Timestamp,
        /// When the user last did something.
        last_activity_at: Timestamp,
    },
    /// Over; the next message of the user starts another.
    Ended {
        /// The session that ended.
        id: SessionId,
        /// When.
        ended_at: Timestamp,
        /// Why.
        reason: EndReason,
    },
}

words! {
    /// Why a session ended.
    EndReason {
        /// The agent said so.
        Agent = "agent",
    }
}

/// Something that happened in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The user wrote or tapped.
    UserMessage {
        /// The session this message would start.
        starts: SessionId,
        /// When the user did it.
        at: Timestamp,
    },
    /// The agent asked for the end.
    AgentEnded,
}

/// What the server has to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Record that a session started.
    Started {
        /// The session.
        id: SessionId,
    },
    /// Record that it ended.
    Ended {
        /// The session.
        id: SessionId,
        /// Why.
        reason: EndReason,
    },
}

/// What `event` makes of `state` at `now`. Never fails; an event that does not fit changes nothing.
#[must_use]
pub fn step(state: &State, event: Event, now: Timestamp) -> (State, Vec<Effect>) {
    match (*state, event) {
        (State::None | State::Ended { .. }, Event::UserMessage { starts, at }) => {
            // The same message seen again after its session ended must not start that session a second time.
            if matches!(state, State::Ended { id, .. } if *id == starts) {
                return (*state, Vec::new());
            }
            let at = at.min(now);
            let active = State::Active { id: starts, started_at: at, last_activity_at: at };
            (active, vec![Effect::Started { id: starts }])
        }
        (State::Active { id, started_at, last_activity_at }, Event::UserMessage { at, .. }) => {
            // A late message does not turn activity back; one from the future counts as now.
            let last_activity_at = last_activity_at.max(at.min(now));
            (State::Active { id, started_at, last_activity_at }, Vec::new())
        }
        (State::Active { id, .. }, Event::AgentEnded) => {
            let reason = EndReason::Agent;
            (State::Ended { id, ended_at: now, reason }, vec![Effect::Ended { id, reason }])
        }
        (State::None | State::Ended { .. }, Event::AgentEnded) => (*state, Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn session(number: u128) -> SessionId {
        SessionId::from_uuid(Uuid::from_u128(number))
    }

    fn any_event() -> impl Strategy<Value = Event> {
        prop_oneof![
            3 => (0_u128..20, -50_i64..50).prop_map(|(starts, at)| Event::UserMessage {
                starts: session(starts),
                at: Timestamp::from_millis(1_000 + at),
            }),
            1 => Just(Event::AgentEnded),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]
        #[test]
        fn starts_and_ends_alternate_and_match(events in proptest::collection::vec(any_event(), 0..60)) {
            let (mut state, mut open) = (State::None, None);
            for (tick, event) in (0_i64..).zip(events) {
                let (next, effects) = step(&state, event, Timestamp::from_millis(1_000 + tick));
                for effect in effects {
                    match effect {
                        Effect::Started { id } => {
                            prop_assert_eq!(open, None);
                            open = Some(id);
                        }
                        Effect::Ended { id, .. } => {
                            prop_assert_eq!(open, Some(id));
                            open = None;
                        }
                    }
                }
                prop_assert_eq!(open.is_some(), matches!(next, State::Active { .. }));
                state = next;
            }
        }

        #[test]
        fn activity_never_goes_back_nor_into_the_future(events in proptest::collection::vec(any_event(), 0..60)) {
            let mut state = State::None;
            for (tick, event) in (0_i64..).zip(events) {
                let now = Timestamp::from_millis(1_000 + tick);
                let (next, _) = step(&state, event, now);
                if let State::Active { id, last_activity_at, .. } = next {
                    prop_assert!(last_activity_at <= now);
                    if let State::Active { id: before_id, last_activity_at: before, .. } = state
                        && id == before_id
                    {
                        prop_assert!(last_activity_at >= before);
                    }
                }
                state = next;
            }
        }
    }

    #[test]
    fn a_message_seen_twice_does_not_reopen_the_session_it_started() {
        let now = Timestamp::from_millis(5);
        let message = Event::UserMessage { starts: session(1), at: now };
        let (state, _) = step(&State::None, message, now);
        let (state, _) = step(&state, Event::AgentEnded, now);
        let (again, effects) = step(&state, message, now);
        assert_eq!((again, effects), (state, vec![]));
    }

    #[test]
    fn a_message_after_the_end_starts_another_session() {
        let now = Timestamp::from_millis(5);
        let ended = State::Ended { id: session(1), ended_at: now, reason: EndReason::Agent };
        let (state, effects) = step(&ended, Event::UserMessage { starts: session(2), at: now }, now);
        assert!(matches!(state, State::Active { id, .. } if id == session(2)));
        assert_eq!(effects, vec![Effect::Started { id: session(2) }]);
    }
}
