//! The Meta twin over real HTTP, with a small receiver in Warta's place.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail loudly")]
#![expect(clippy::needless_pass_by_value, reason = "`json!` values read best where they are used")]

mod breaks;
mod crash;
mod delivery;
mod durability;
mod faults;
mod refusals;
mod sending;
mod subscriptions;
mod templates;
mod world;
