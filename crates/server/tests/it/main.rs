//! The gateway through its real router, on a real store, with a clock that stands still.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail loudly")]

mod agents_pages;
mod api_access;
mod api_document;
mod api_frame;
mod api_listen;
mod api_media;
mod api_messages;
mod api_send;
mod channel_pages;
mod channel_secrets;
mod console_pages;
mod doctor_checks;
mod doctor_loopback;
mod doctor_pages;
mod flow_agent;
mod flow_messages;
mod flow_privacy;
mod flow_qontak;
mod flow_send;
mod flow_session;
mod flow_twin;
mod handoff_pages;
mod page_snapshots;
mod people_pages;
mod people_walk;
mod promotion_load;
mod promotion_pages;
mod protocol_suite;
mod qontak_keys;
mod qontak_pace;
mod qontak_pages;
mod sign_in_pages;
mod support;
mod webhooks_input;
mod webhooks_route;
