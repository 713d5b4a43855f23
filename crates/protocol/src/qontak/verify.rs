//! Answering a `GET` of the webhook URL. Qontak signs nothing: the secret in the URL proves a webhook (§3.1).

use warta_core::secret::Secret;

use crate::verify::{Refused, matching_secret};

/// Answers a health check by people and monitors. Qontak itself makes none.
///
/// # Errors
///
/// When the secret in the URL is missing or wrong.
pub fn alive(shown: Option<&str>, secret: &Secret) -> Result<String, Refused> {
    let shown = shown.filter(|shown| !shown.is_empty()).ok_or(Refused::Missing)?;
    matching_secret(shown, &[secret]).map(|_| "OK".to_owned()).ok_or(Refused::Wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_answers_whoever_knows_all_of_it() {
        let secret = Secret::new("whs_1");
        assert_eq!(alive(Some("whs_1"), &secret).as_deref(), Ok("OK"));
        assert_eq!(alive(Some("whs_2"), &secret), Err(Refused::Wrong));
        assert_eq!(alive(None, &secret), Err(Refused::Missing));
        assert_eq!(alive(Some(""), &Secret::new("")), Err(Refused::Missing));
    }
}
