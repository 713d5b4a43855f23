//! Why a call has no answer.

use warta_core::checkup::Silence;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The address may not be called.
    #[error(
        "the address is private to this machine or its network; an operator can open it with egress_allow"
    )]
    Forbidden,
    /// No connection came about, so nothing was sent.
    #[error("no connection")]
    NotConnected,
    /// The other side took too long. What we sent may have arrived.
    #[error("no answer in time")]
    TimedOut,
    /// The connection broke after bytes had left.
    #[error("the connection broke")]
    Broken,
    /// The answer was longer than we read.
    #[error("the answer was longer than is read")]
    TooLong,
}

impl Error {
    /// Whether it is certain that nothing arrived at the other side.
    #[must_use]
    pub const fn nothing_left(self) -> bool {
        match self {
            Self::Forbidden | Self::NotConnected => true,
            Self::TimedOut | Self::Broken | Self::TooLong => false,
        }
    }
}

impl From<Error> for Silence {
    fn from(error: Error) -> Self {
        match error {
            Error::Forbidden => Self::Forbidden,
            Error::NotConnected => Self::NotConnected,
            Error::TimedOut => Self::TimedOut,
            Error::Broken => Self::Broken,
            Error::TooLong => Self::TooLong,
        }
    }
}
