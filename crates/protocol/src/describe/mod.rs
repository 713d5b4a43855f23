//! The description of a protocol for people: its fields, and reading a pasted block into them.

mod field;
mod paste;

pub use field::{ACCOUNT, Description, FieldSpec, Format, Section, account};
pub use paste::{Pasted, paste};
