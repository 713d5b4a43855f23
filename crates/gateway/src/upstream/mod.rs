//! Every call to a provider but a send: what a program or a person asks for, and what sending needs first (a valid token, the id of a
//! template).

pub mod declarations;
pub mod key;
pub mod media;
pub mod registration;
pub mod renewal;
pub mod seen;
pub mod template_failure;
pub mod template_ids;
pub mod templates;
pub mod token;
