//! The direction of a message.

use crate::vocabulary::words;

words! {
    /// Which way a message goes.
    Direction {
        /// From the user.
        Inbound = "inbound",
        /// To the user.
        Outbound = "outbound",
    }
}
