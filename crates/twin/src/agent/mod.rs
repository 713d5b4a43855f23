//! The sample agent: the smallest bot that uses every part of the agent contract.
//!
//! It is a separate HTTP endpoint and meets the gateway only as a foreign bot would: it verifies the
//! Standard Webhooks signature and answers with replies. It keeps no conversation: the same event always
//! gets the same answer, and that is all the idempotency it needs. The [`Registry`] keeps what must outlive
//! the process, in files of its own: the secret of each agent, and which events arrived.

mod answer;
mod registry;
mod routes;
mod sign;
mod words;

pub(crate) use registry::Registry;
pub(crate) use routes::router;
