//! The phone, the pages around it and the sample agent, over real HTTP.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail loudly")]

mod agent;
mod phone;
mod site;
