//! The direction of a message.

use crate::vocabulary::words;

words! {
    /// The direction of a message.
    Direction {
        /// From the user.
        Inbound = "inbound",
        /// To the user.
        Outbound = "outbound",
    }
}
