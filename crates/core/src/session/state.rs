//! Where a conversation's session stands.

use serde::{Deserialize, Serialize};

use super::words::Prompt;
use crate::ids::SessionId;
use crate::time::Timestamp;
use crate::vocabulary::words;

/// Where a conversation's session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// The user has never written.
    #[default]
    None,
    /// In progress.
    Active(Open),
    /// The user was asked whether there is anything else.
    AskedMore(Asked),
    /// The user was asked whether to end.
    AskedEnd(Asked),
    /// Over; the next message of the user starts another.
    Ended {
        /// The session that ended.
        id: SessionId,
        /// When it had started; rows of before this was kept do not tell.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        started_at: Option<Timestamp>,
        /// When.
        ended_at: Timestamp,
        /// Why.
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
    /// When the user last did something: the 24-hour window counts from here.
    #[serde(alias = "last_activity_at")]
    pub last_user_at: Timestamp,
    /// When the agent last said something, where that counts as activity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_agent_at: Option<Timestamp>,
    /// The question that was last broken off: silence counts from it at the earliest, the window does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumed_at: Option<Timestamp>,
}

/// A session in progress whose user was asked something and has not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The session.
    #[serde(flatten)]
    pub open: Open,
    /// When they were asked.
    pub asked_at: Timestamp,
}

words! {
    /// Why a session ended.
    EndReason {
        /// Nobody said anything for as long as the settings allow.
        Inactive = "inactive",
        /// The user said so.
        User = "user",
        /// The agent said so.
        Agent = "agent",
        /// A person of the business said so.
        Operator = "operator",
        /// There was no time left to ask before WhatsApp's 24-hour window closes.
        WindowClosed = "window_closed",
    }
}

impl Open {
    /// A session that starts with something the user did.
    #[must_use]
    pub const fn new(id: SessionId, at: Timestamp) -> Self {
        Self { id, started_at: at, last_user_at: at, last_agent_at: None, resumed_at: None }
    }

    /// When somebody whose words count last did something.
    #[must_use]
    pub fn last_activity_at(&self) -> Timestamp {
        let others = [self.last_agent_at, self.resumed_at];
        others.into_iter().flatten().fold(self.last_user_at, Timestamp::max)
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

    /// The question that waits for its answer.
    #[must_use]
    pub const fn asked(&self) -> Option<Prompt> {
        match self {
            Self::AskedMore(_) => Some(Prompt::More),
            Self::AskedEnd(_) => Some(Prompt::End),
            Self::None | Self::Active(_) | Self::Ended { .. } => None,
        }
    }

    /// The word for it, as agents and the API see it.
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
    fn rows_of_before_there_were_prompts_can_be_read() {
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
