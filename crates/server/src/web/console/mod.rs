//! The console: pages rendered here, which work without script and are kept fresh by a small one.
//!
//! Every text stands in `texts`, every style in `assets/`, every page in `templates/`.

pub(crate) mod activity;
pub(crate) mod agents;
pub(crate) mod assets;
pub(crate) mod channel;
pub(crate) mod chrome;
pub(crate) mod conversations;
pub(crate) mod doctor;
pub mod door;
pub(crate) mod enter;
pub(crate) mod fault;
pub(crate) mod form;
pub(crate) mod handoff;
pub(crate) mod message;
pub(crate) mod organization;
pub(crate) mod overview;
pub(crate) mod pill;
pub(crate) mod promotion;
pub(crate) mod revisions;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod texts;
pub(crate) mod turn;
pub(crate) mod view;
