//! The person who holds a phone, and the number it talks to.

use axum::extract::Query;
use http::StatusCode;
use serde::Deserialize;

use super::number::Number;
use crate::{chat::Person, refusal::Refusal, twin::Twin};

/// The query that names the holder of a phone.
#[derive(Debug, Deserialize)]
pub(super) struct Holder {
    r#as: Option<String>,
    name: Option<String>,
}

impl Holder {
    /// The person; refused if `as` is not a phone number.
    pub(super) fn person(self) -> Result<Person, Refusal> {
        let phone = self.r#as.unwrap_or_default();
        if !(7..=15).contains(&phone.len()) || !phone.bytes().all(|sign| sign.is_ascii_digit()) {
            return Err(Refusal::bad("a phone is opened as=DIGITS, 7 to 15 of them"));
        }
        let name = self.name.unwrap_or_default().chars().take(100).collect();
        Ok(Person { phone, name })
    }
}

/// The query of every request of a phone.
pub(super) type HolderQuery = Query<Holder>;

/// The number with this account id.
pub(super) fn find_number(twin: &Twin, account: &str) -> Result<Number, Refusal> {
    let gone = || Refusal::new(StatusCode::NOT_FOUND, "there is no account with this id");
    Number::find(twin, account).ok_or_else(gone)
}
