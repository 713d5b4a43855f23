//! The Cloud API's error codes (§9.2): what each means to a person, and whether sending again can help. The same table serves
//! answers to our requests and the `errors[]` of statuses.

use std::time::Duration;

use warta_core::delivery::{Failure, Scope};

use crate::outcome::{Class, add_explanation, class_of_status};

/// The meaning of a code, or of a range of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The first code of the range.
    pub first: i64,
    /// The last code of the range.
    pub last: i64,
    /// Our code for it, which never changes.
    pub failure_code: &'static str,
    /// What it means for the message.
    pub class: Class,
    /// What happened.
    pub reason: &'static str,
    /// What to do about it.
    pub advice: &'static str,
}

/// The row of a code. If the code says only "invalid parameter", the row of the subcode (§9.2, last lines).
#[must_use]
pub fn look_up(code: Option<i64>, subcode: Option<i64>) -> Option<&'static Row> {
    let find = |code: i64| ROWS.iter().find(|row| (row.first..=row.last).contains(&code));
    let (code, subcode) = (code.and_then(|code| Some((code, find(code)?))), subcode.and_then(find));
    match (code, subcode) {
        (Some((100, _)) | None, Some(row)) | (Some((_, row)), _) => Some(row),
        (None, None) => None,
    }
}

/// The failure for a code. `detail` is the provider's own explanation.
#[must_use]
pub fn failure(code: Option<i64>, subcode: Option<i64>, detail: Option<&str>) -> Failure {
    let row = look_up(code, subcode);
    let mut text = match row {
        Some(row) => format!("{} {}", row.reason, row.advice),
        None => "Meta refused it with a code that is not in our table.".to_owned(),
    };
    add_explanation(&mut text, "Meta", detail);
    let word = row.map_or("provider_error", |row| row.failure_code);
    Failure { code: word.to_owned(), provider_code: code, detail: text }
}

/// The class of a failure: its code decides before its HTTP status, but 429 always means "slow down" (§9.2, S20).
pub(crate) fn class(row: Option<&Row>, status: u16) -> Class {
    match row.map(|row| row.class) {
        Some(class @ Class::Later(..)) => class,
        Some(class) if status != 429 => class,
        Some(_) | None => class_of_status(status),
    }
}

/// A row of one code.
pub(crate) const fn row(
    first: i64,
    failure_code: &'static str,
    class: Class,
    reason: &'static str,
    advice: &'static str,
) -> Row {
    Row { first, last: first, failure_code, class, reason, advice }
}

impl Row {
    /// The same row for all codes up to `last`.
    const fn to(self, last: i64) -> Self {
        Self { last, ..self }
    }
}

/// The number waits at least this long.
pub(crate) const fn number(seconds: u64) -> Class {
    Class::Later(Scope::Number, Duration::from_secs(seconds))
}

const fn message(seconds: u64) -> Class {
    Class::Later(Scope::Message, Duration::from_secs(seconds))
}

const NEW_TOKEN: &str = "Enter a valid access token.";
const PERMISSION: &str =
    "Give the token the permissions whatsapp_business_messaging and whatsapp_business_management.";
const CHECK_MESSAGE: &str = "Correct the message; sending the same again will not help.";
const CHECK_TEMPLATE: &str = "Compare the values with the template and send again.";
const WAIT: &str = "Sending it again later can help.";
const REGISTER: &str = "Register the number in WhatsApp Manager.";
const BUSINESS: &str = "Look at the account in Meta Business Suite.";
const MANAGE: &str = "Correct the template and submit it again.";
const OTHER_API: &str = "This channel does not use that part of the API.";

use Class::{Refused, Stops, Transient};

/// The table. Source of all rows: facts/meta-cloud.md §9.2 (Meta's error page as fetched 2026-09-11; rows marked there
/// with `[C]` come from client code). Where we differ from it, the row says why.
#[rustfmt::skip] // one row, one line
pub const ROWS: &[Row] = &[
    // Access (general Graph API, S13).
    row(0, "token_invalid", Stops, "Meta did not accept the access token.", NEW_TOKEN),
    row(1, "provider_fault", Transient, "Meta reported an unknown fault.", WAIT),
    row(2, "provider_unavailable", number(1), "Meta's service is down for the moment.", WAIT),
    row(3, "permission_missing", Stops, "The app may not use this part of the API.", PERMISSION),
    row(4, "app_rate_limited", number(60), "The app has made too many calls.", WAIT),
    row(10, "permission_missing", Stops, "The token may not do this.", PERMISSION),
    row(17, "app_rate_limited", number(60), "The token's user has made too many calls.", WAIT),
    row(32, "app_rate_limited", number(60), "The page has made too many calls.", WAIT),
    // Also the subcode of 100 when an id is unknown or not ours to see (§9.1).
    row(33, "no_access", Stops, "The number does not exist or the token cannot see it.", "Check the phone number ID and the token."),
    row(100, "invalid_parameter", Refused, "Meta found a parameter invalid.", CHECK_MESSAGE),
    row(104, "token_invalid", Stops, "Meta asks for an access token or a proof of it.", NEW_TOKEN),
    row(190, "token_invalid", Stops, "The access token has expired or was revoked.", NEW_TOKEN),
    row(200, "permission_missing", Stops, "The token may not do this.", PERMISSION).to(299),
    row(368, "account_blocked", Stops, "Meta blocked the account for breaking its policy.", BUSINESS),
    row(613, "app_rate_limited", number(60), "Too many calls.", WAIT),
    row(803, "not_found", Refused, "An id in the call is unknown to Meta.", CHECK_MESSAGE), // [C]
    row(1304, "file_missing", Refused, "The upload held no file.", "Send the file again."), // [C]
    row(2500, "unknown_path", Stops, "The Graph API does not know this address or version.", "Check base_url and version of the channel."), // [C]; to a wrong address nothing can be sent
    row(80007, "account_rate_limited", number(300), "The account has made too many calls in this hour.", WAIT),
    // Sending.
    row(130_403, "user_blocked", Refused, "You blocked this user.", "Unblock the user first."),
    row(130_429, "rate_limited", number(1), "The number sends faster than it may.", WAIT),
    row(130_472, "user_in_experiment", Refused, "Meta keeps marketing from this user in an experiment.", "Reach the user another way."),
    // Only this country is closed: the others go on, though the sheet would stop all.
    row(130_497, "country_restricted", Refused, "The business may not send to users of this country.", BUSINESS),
    row(131_000, "provider_fault", Transient, "Something went wrong at Meta.", WAIT),
    row(131_005, "permission_missing", Stops, "Access was denied.", PERMISSION),
    row(131_008, "parameter_missing", Refused, "A required parameter is missing.", CHECK_MESSAGE),
    row(131_009, "parameter_invalid", Refused, "A value in the message is not valid.", CHECK_MESSAGE),
    row(131_016, "provider_unavailable", number(1), "Meta's service is overloaded.", WAIT),
    row(131_021, "recipient_is_sender", Refused, "The recipient is the sending number itself.", "Choose another recipient."),
    row(131_026, "undeliverable", Refused, "WhatsApp cannot deliver to this user: no WhatsApp, an old version, or its terms not accepted.", "Reach the user another way."),
    row(131_030, "recipient_not_allowed", Refused, "A test number reaches only the recipients on its list.", "Add the number to the list in Meta's App Dashboard."),
    row(131_031, "account_locked", Stops, "The account is locked.", BUSINESS),
    row(131_037, "name_not_approved", Stops, "The number's display name is not approved.", "Have a display name approved in WhatsApp Manager."),
    row(131_042, "payment_problem", Stops, "Meta cannot charge the account.", "Repair the payment method in Meta Business Suite."),
    // Only calls are closed.
    row(131_044, "payment_problem", Refused, "Meta cannot charge the account for calls.", "Repair the payment method in Meta Business Suite."),
    row(131_045, "number_not_registered", Stops, "The number's certificate or registration is wrong.", REGISTER),
    row(131_047, "window_closed", Refused, "The user last wrote more than 24 hours ago.", "Send a template instead."),
    row(131_048, "spam_rate_limited", number(900), "Users reported too much spam from this number.", "Send less, and only what users asked for."),
    // The sheet says not before 24 hours. A marketing message of yesterday is a new decision, so nobody is asked to wait.
    row(131_049, "marketing_limited", Refused, "Meta held it back: this user gets enough marketing already.", "Try again after a day at the earliest."),
    row(131_050, "user_opted_out", Refused, "The user stopped your marketing messages.", "Respect it."),
    row(131_051, "type_unsupported", Refused, "This type of message is not supported.", CHECK_MESSAGE),
    row(131_052, "media_download_failed", Refused, "The file the user sent could not be fetched.", "Ask the user to send it again."),
    row(131_053, "media_upload_failed", Transient, "Meta could not take the file.", "Check the file's type and size, and that its link can be reached."),
    row(131_055, "method_not_allowed", Refused, "The marketing API does not take this.", OTHER_API),
    row(131_056, "pair_rate_limited", Class::Later(Scope::Pair, Duration::from_secs(4)), "Too many messages to this user in a short time.", WAIT),
    row(131_057, "number_in_maintenance", number(60), "The number is being moved to a higher throughput.", WAIT),
    row(131_058, "test_template_only", Refused, "The template hello_world can only be sent from Meta's test numbers.", "Use a template of your own."), // [C]
    row(131_060, "message_unavailable", Refused, "WhatsApp cannot show this message.", "Ask the user to send it again."),
    row(131_062, "phone_required", Refused, "This template needs the user's phone number.", "Send it to a phone number."),
    // Only marketing is closed.
    row(131_063, "marketing_disabled", Refused, "Marketing is switched off for the Cloud API.", BUSINESS),
    row(131_064, "template_limited", message(21_600), "The account is limited for templates in the wrong category.", WAIT),
    row(131_200, "groups_fault", Refused, "A fault of the groups API.", OTHER_API).to(131_299),
    // Templates.
    row(132_000, "template_parameter_count", Refused, "The number of values is not the number of the template's variables.", CHECK_TEMPLATE),
    row(132_001, "template_not_found", Refused, "There is no approved template with this name in this language.", "Check name and language, or wait for approval."),
    row(132_005, "template_text_too_long", Refused, "With its values filled in the text is too long.", CHECK_TEMPLATE),
    row(132_007, "template_policy", Refused, "The template's characters break WhatsApp's policy.", MANAGE),
    row(132_008, "template_parameter_invalid", Refused, "A value of the template is not valid.", CHECK_TEMPLATE), // [C]
    row(132_012, "template_parameter_format", Refused, "A value does not have the form its variable asks for.", CHECK_TEMPLATE),
    row(132_015, "template_paused", Refused, "The template is paused for low quality.", "Wait until Meta takes it up again, or use another one."),
    row(132_016, "template_disabled", Refused, "The template was paused too often and is disabled.", "Create a new one."),
    row(132_018, "template_validation", Refused, "The values break the template: line breaks, tabs or more than four blanks in a row.", CHECK_TEMPLATE),
    row(132_021, "direct_send_refused", Refused, "Meta does not send this without a template.", CHECK_MESSAGE),
    row(132_068, "flow_blocked", Refused, "The flow is blocked.", "Correct the flow."),
    row(132_069, "flow_throttled", message(600), "The flow is throttled to ten messages an hour.", "Correct the flow; sending again later can help."),
    // Registration.
    row(133_000, "deregistration_incomplete", Transient, "An earlier deregistration was not completed.", REGISTER),
    row(133_004, "provider_unavailable", number(10), "Meta's server is unavailable for the moment.", WAIT),
    row(133_005, "pin_wrong", Stops, "The two-step PIN is wrong.", REGISTER),
    row(133_006, "number_not_verified", Stops, "The number must be verified again.", REGISTER),
    row(133_008, "pin_locked", Stops, "The two-step PIN was wrong too often.", REGISTER),
    row(133_009, "pin_too_fast", Stops, "The two-step PIN was entered too fast.", REGISTER),
    row(133_010, "number_not_registered", Stops, "The number is not registered for the Cloud API.", REGISTER),
    row(133_015, "number_being_deleted", Stops, "The number was deleted a moment ago.", "Wait five minutes, then register it."),
    row(133_016, "registration_limited", number(3_600), "The number was registered too often; Meta waits 72 hours.", WAIT),
    // Marketing API, payments and accounts.
    row(134_011, "payment_terms", Stops, "The payment terms were not accepted.", BUSINESS),
    row(134_100, "marketing_only", Refused, "Only marketing templates can be sent this way.", CHECK_MESSAGE),
    row(134_101, "template_syncing", message(600), "The template is still being set up for marketing.", WAIT),
    // Only this template is closed.
    row(134_102, "template_unavailable", Refused, "The template cannot be used for marketing.", BUSINESS),
    row(135_000, "generic_user_error", Refused, "Meta refused the message without saying why.", CHECK_MESSAGE),
    row(136_024, "verification_refused", message(600), "A verification code cannot be asked for now.", WAIT),
    row(137_000, "identity_changed", Refused, "The user's identity is no longer the one expected.", "Confirm who you are writing to."),
    // Calling, flows, blocking, user names.
    row(138_000, "calling_fault", Refused, "A fault of the calling API.", OTHER_API).to(138_999),
    row(139_000, "flow_fault", Refused, "A fault of the flows API.", OTHER_API).to(139_004),
    row(139_100, "block_list_fault", Refused, "A fault of the block list.", OTHER_API).to(139_103),
    row(147_001, "username_fault", Refused, "A fault of the user name API.", OTHER_API).to(147_005),
    // Template management and onboarding: mostly as subcode of 100.
    row(1_752_041, "onboarding_duplicate", Refused, "The number is being connected already.", OTHER_API),
    row(2_388_019, "template_quota", Refused, "The account has as many templates as it may.", "Delete templates that are no longer used."),
    row(2_388_023, "template_being_deleted", Refused, "A template of this name is being deleted.", "Use another name, or wait 30 days."), // [C]
    row(2_388_024, "template_exists", Refused, "There is a template of this name in this language.", "Use it, or choose another name."),
    row(2_388_039, "template_not_editable", message(3_600), "The template cannot be edited now.", WAIT),
    row(2_388_040, "template_field_too_long", Refused, "A part of the template is too long.", MANAGE),
    row(2_388_043, "template_example_missing", Refused, "The template lacks an example.", MANAGE), // [C]
    row(2_388_047, "template_header_format", Refused, "The template's header is malformed.", MANAGE),
    row(2_388_049, "template_language_unsupported", Refused, "WhatsApp does not know this language.", MANAGE), // [C]
    row(2_388_072, "template_body_format", Refused, "The template's body is malformed.", MANAGE),
    row(2_388_073, "template_footer_format", Refused, "The template's footer is malformed.", MANAGE),
    row(2_388_293, "template_too_many_variables", Refused, "The template has too many variables for its length.", MANAGE),
    row(2_388_299, "template_variable_at_edge", Refused, "The template begins or ends with a variable.", MANAGE),
    row(2_494_100, "number_in_maintenance", number(60), "The number is in maintenance.", WAIT),
    row(2_494_191, "thread_control_refused", Refused, "This app may not take the thread over.", OTHER_API), // [C]
    row(2_593_107, "history_sync_fault", Refused, "A fault of the history synchronisation.", OTHER_API).to(2_593_109),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Every code of facts/meta-cloud.md §9.2, runs by their ends.
    const CODES: &[i64] = &[
        0, 1, 2, 3, 4, 10, 33, 100, 104, 190, 200, 299, 368, 613, 17, 32, 803, 1304, 2500, 80007, 130_403,
        130_429, 130_472, 130_497, 131_000, 131_005, 131_008, 131_009, 131_016, 131_021, 131_026, 131_030,
        131_031, 131_037, 131_042, 131_044, 131_045, 131_047, 131_048, 131_049, 131_050, 131_051, 131_052,
        131_053, 131_055, 131_056, 131_057, 131_058, 131_060, 131_062, 131_063, 131_064, 132_000, 132_001,
        132_005, 132_007, 132_008, 132_012, 132_015, 132_016, 132_018, 132_021, 132_068, 132_069, 133_000,
        133_004, 133_005, 133_006, 133_008, 133_009, 133_010, 133_015, 133_016, 134_011, 134_100, 134_101,
        134_102, 135_000, 136_024, 137_000, 138_000, 138_999, 131_200, 131_299, 139_000, 139_004, 139_100,
        139_103, 147_001, 147_005, 2_388_019, 2_388_023, 2_388_024, 2_388_039, 2_388_040, 2_388_047,
        2_388_072, 2_388_073, 2_388_043, 2_388_049, 2_388_293, 2_388_299, 2_494_191, 2_494_100, 2_593_107,
        2_593_109, 1_752_041,
    ];

    #[test]
    fn every_code_of_the_facts_is_in_the_table() {
        for code in CODES {
            assert!(look_up(Some(*code), None).is_some(), "{code}");
        }
        let facts: Vec<_> = CODES.iter().filter_map(|code| look_up(Some(*code), None)).collect();
        for row in ROWS {
            assert!(facts.contains(&row), "{} is not in the facts", row.first);
        }
    }

    #[test]
    fn no_code_has_two_rows() {
        for (index, row) in ROWS.iter().enumerate() {
            assert!(row.first <= row.last, "{}", row.first);
            for other in ROWS.iter().skip(index + 1) {
                assert!(
                    row.last < other.first || other.last < row.first,
                    "{} and {}",
                    row.first,
                    other.first
                );
            }
        }
    }

    #[test]
    fn words_are_words_and_texts_are_sentences() {
        for row in ROWS {
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
            assert!(
                !row.failure_code.is_empty() && row.failure_code.bytes().all(plain),
                "{}",
                row.failure_code
            );
            for text in [row.reason, row.advice] {
                assert!(
                    text.ends_with('.') && text.starts_with(|first: char| first.is_ascii_uppercase()),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn metas_own_words_are_cut_and_cleaned() {
        let failure = failure(Some(131_009), None, Some(&format!("a\u{0}\n{}", "x".repeat(1_000))));
        assert!(failure.detail.len() < 500 && !failure.detail.contains(char::is_control));
    }
}
