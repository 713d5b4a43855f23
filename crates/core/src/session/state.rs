//! The session state of a conversation.

use serde::{Deserialize, Serialize};

use super::words::Prompt;
use crate::ids::SessionId;
use crate::time::Timestamp;
use crate::vocabulary::words;

/// The session state of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// The user has never written.
    #[default]
    None,
    /// A session is in progress.
    Active(Open),
    /// The user was asked whether they need anything else.
    AskedMore(Asked),
    /// The user was asked whether to end the session.
    AskedEnd(Asked),
    /// The session ended; the user's next message starts another.
    Ended {
        /// The session that ended.
        id: SessionId,
        /// When it started; older rows do not have it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        started_at: Option<Timestamp>,
        /// When it ended.
        ended_at: Timestamp,
        /// Why it ended.
        reason: EndReason,
    },
}

/// A session in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// The session.
    pub id: SessionId,
    /// When it started.
    pub started_at: Timestamp,
    /// When the user last wrote or tapped. The 24-hour window counts from here.
    #[serde(alias = "last_activity_at")]
    pub last_user_at: Timestamp,
    /// When the agent last replied, if the settings count replies as activity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_agent_at: Option<Timestamp>,
    /// When the last cancelled question was asked. Inactivity counts from this time or later; the window ignores it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumed_at: Option<Timestamp>,
    /// When our last answer left, or the agent took a message without answering it. Inactivity counts from this time or later; the
    /// window ignores it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
}

/// A session in progress with a question that the user has not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The session.
    #[serde(flatten)]
    pub open: Open,
    /// When the question left, or was put into the outbox if it has not left yet.
    pub asked_at: Timestamp,
}

words! {
    /// Why a session ended.
    EndReason {
        /// There was no activity for the time that the settings allow.
        Inactive = "inactive",
        /// The user ended it.
        User = "user",
        /// The agent ended it.
        Agent = "agent",
        /// A person of the business ended it.
        Operator = "operator",
        /// WhatsApp's 24-hour window was about to close, so no question could be asked.
        WindowClosed = "window_closed",
    }
}

impl Open {
    /// A session that starts with a message of the user at `at`.
    #[must_use]
    pub const fn new(id: SessionId, at: Timestamp) -> Self {
        Self {
            id,
            started_at: at,
            last_user_at: at,
            last_agent_at: None,
            resumed_at: None,
            answered_at: None,
        }
    }

    /// The time of the last activity.
    #[must_use]
    pub fn last_activity_at(&self) -> Timestamp {
        let others = [self.last_agent_at, self.resumed_at];
        others.into_iter().flatten().fold(self.last_user_at, Timestamp::max)
    }

    /// The time from which inactivity counts: the later of the last activity and our last answer.
    #[must_use]
    pub fn silent_since(&self) -> Timestamp {
        self.answered_at.map_or_else(|| self.last_activity_at(), |at| at.max(self.last_activity_at()))
    }
}

impl State {
    /// The session in progress.
    #[must_use]
    pub const fn open(&self) -> Option<&Open> {
        match self {
            Self::Active(open) => Some(open),
            Self::AskedMore(asked) | Self::AskedEnd(asked) => Some(&asked.open),
            Self::None | Self::Ended { .. } => None,
        }
    }

    /// The question that the user has not answered.
    #[must_use]
    pub const fn open_question(&self) -> Option<Prompt> {
        match self {
            Self::AskedMore(_) => Some(Prompt::More),
            Self::AskedEnd(_) => Some(Prompt::End),
            Self::None | Self::Active(_) | Self::Ended { .. } => None,
        }
    }

    /// The word of the state, as agents and the API see it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Active(_) => "active",
            Self::AskedMore(_) => "asked_more",
            Self::AskedEnd(_) => "asked_end",
            Self::Ended { .. } => "ended",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_from_before_prompts_existed_can_be_read() {
        let id = "ses_01kb3t5v9zc9rt2n6cy8q4h7mp";
        let row = format!(
            r#"{{"state":"active","id":"{id}","started_at":"2026-11-22T10:00:00Z","last_activity_at":"2026-11-22T10:05:00Z"}}"#
        );
        let State::Active(open) = serde_json::from_str(&row).unwrap() else { panic!("{row}") };
        assert_eq!(open.last_user_at.since(open.started_at).as_secs(), 300);
        let row =
            format!(r#"{{"state":"ended","id":"{id}","ended_at":"2026-11-22T10:00:00Z","reason":"agent"}}"#);
        assert!(matches!(serde_json::from_str(&row).unwrap(), State::Ended { reason: EndReason::Agent, .. }));
        assert_eq!(serde_json::from_str::<State>(r#"{"state":"none"}"#).unwrap(), State::None);
    }
}
