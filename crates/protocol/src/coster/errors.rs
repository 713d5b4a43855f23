//! What Coster's error codes mean. It passes on the codes of the Cloud API ([`crate::cloud_api::errors`]) and also uses those of the
//! On-Premises API (§6.4), which are here. Both tables serve answers to our requests and the `errors[]` of statuses.

use warta_core::delivery::Failure;

use crate::check::TOKEN_INVALID;
use crate::cloud_api::errors::{self as cloud_api, Row, number, row};
use crate::outcome::{Class, add_explanation};

use Class::{Refused, Stops, Transient};

const CHECK_MESSAGE: &str = "Correct the message; sending the same again will not help.";
const CHECK_TEMPLATE: &str = "Compare the values with the template and send again.";
const WAIT: &str = "Sending it again later can help.";
const OTHER_WAY: &str = "Reach the user another way.";
const ASK: &str = "Ask Coster's team about the account.";

/// The table. 1006 has been seen from Coster (§6.4). The others are the On-Premises API's own, and that Coster
/// passes them on is a guess.
#[rustfmt::skip] // one row, one line
pub const ROWS: &[Row] = &[
    row(470, "window_closed", Refused, "The user last wrote more than 24 hours ago.", "Send a template instead."),
    row(471, "spam_rate_limited", number(900), "Users reported too much spam from this number.", "Send less, and only what users asked for."),
    row(1000, "provider_fault", Transient, "Something went wrong at the provider.", WAIT),
    row(1001, "parameter_invalid", Refused, "The message is too long.", CHECK_MESSAGE),
    row(1005, "permission_missing", Stops, "Access was denied.", ASK),
    row(1006, "not_found", Refused, "Something that the message names is missing or unknown, such as the contact.", CHECK_MESSAGE),
    row(1008, "parameter_missing", Refused, "A required parameter is missing.", CHECK_MESSAGE),
    row(1009, "parameter_invalid", Refused, "A value in the message is not valid.", CHECK_MESSAGE),
    row(1010, "parameter_invalid", Refused, "The message holds a parameter that does not belong there.", CHECK_MESSAGE),
    row(1011, "provider_unavailable", number(10), "The service is not ready.", WAIT),
    row(1013, "undeliverable", Refused, "The recipient is no WhatsApp user.", OTHER_WAY),
    row(1014, "provider_fault", Transient, "Something went wrong inside the provider.", WAIT),
    row(1015, "rate_limited", number(1), "The number sends faster than it may.", WAIT),
    row(1016, "provider_unavailable", number(1), "The service is overloaded.", WAIT),
    row(1026, "undeliverable", Refused, "The recipient's WhatsApp cannot show this message.", OTHER_WAY),
    row(2000, "template_parameter_count", Refused, "The number of values is not the number of the template's variables.", CHECK_TEMPLATE),
    row(2001, "template_not_found", Refused, "There is no approved template with this name in this language.", "Check name and language with Coster's team."),
];

/// The row of a code. 0 means no code: Coster fills unused fields with it (§6.6).
#[must_use]
pub fn look_up(code: Option<i64>) -> Option<&'static Row> {
    let code = code.filter(|code| *code != 0)?;
    let own = ROWS.iter().find(|row| (row.first..=row.last).contains(&code));
    own.or_else(|| cloud_api::look_up(Some(code), None))
}

/// The failure for a code. `detail` is the provider's own explanation.
#[must_use]
pub fn failure(code: Option<i64>, detail: Option<&str>) -> Failure {
    let code = code.filter(|code| *code != 0);
    let row = look_up(code);
    let mut text = match row {
        // Meta's advice is for its own customers; here Coster is the customer.
        Some(row) if row.class == Stops => format!("{} {ASK}", row.reason),
        Some(row) => format!("{} {}", row.reason, row.advice),
        None => "Coster refused it and gave no reason that is in our table.".to_owned(),
    };
    add_explanation(&mut text, "Coster", detail);
    let word = row.map_or("provider_error", |row| row.failure_code);
    Failure { code: word.to_owned(), provider_code: code, detail: text }
}

/// The failure for an answer without a known code, by its HTTP status.
#[must_use]
pub fn of_status(status: u16, code: Option<i64>, detail: Option<&str>) -> Failure {
    let (word, mut text) = match status {
        401 => (TOKEN_INVALID, "Coster did not accept the token. Enter a valid one.".to_owned()),
        403 => ("permission_missing", format!("Coster does not let this token do this. {ASK}")),
        200..=299 => return failure(code, detail),
        _ => ("provider_error", format!("Coster answered with HTTP status {status}.")),
    };
    add_explanation(&mut text, "Coster", detail);
    Failure { code: word.to_owned(), provider_code: code.filter(|code| *code != 0), detail: text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_of_ours_is_metas_too() {
        for (index, row) in ROWS.iter().enumerate() {
            assert!(cloud_api::look_up(Some(row.first), None).is_none(), "{}", row.first);
            assert!(ROWS.iter().skip(index + 1).all(|other| other.first > row.last), "{}", row.first);
            for text in [row.reason, row.advice] {
                assert!(text.ends_with('.') && text.starts_with(char::is_uppercase), "{text}");
            }
        }
    }

    #[test]
    fn metas_codes_are_known_and_zero_is_none() {
        assert_eq!(failure(Some(131_026), None).code, "undeliverable");
        assert_eq!(failure(Some(1006), None).code, "not_found");
        let none = failure(Some(0), Some("marker"));
        assert_eq!((none.code.as_str(), none.provider_code), ("provider_error", None));
        assert!(none.detail.ends_with("Coster says: marker"), "{}", none.detail);
    }

    #[test]
    fn a_stopped_account_is_a_matter_for_costers_team() {
        let failure = failure(Some(131_042), None);
        assert!(failure.detail.contains("Coster's team") && !failure.detail.contains("Suite"), "{failure:?}");
    }

    #[test]
    fn the_providers_own_words_are_cut_and_cleaned() {
        let failure = failure(Some(1006), Some(&format!("a\u{0}\n{}", "x".repeat(1_000))));
        assert!(failure.detail.len() < 500 && !failure.detail.contains(char::is_control));
    }
}
