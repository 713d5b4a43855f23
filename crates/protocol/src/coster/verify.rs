//! Answering a `GET` of the webhook URL (§6.5, §6.8). Coster signs nothing (§1): the secret in the URL proves a webhook, see
//! [`crate::verify::path_secret`].

use warta_core::secret::Secret;

use crate::cloud_api;
use crate::verify::{Refused, matching_secret};

/// The answer to a call without a challenge.
const ALIVE: &str = "OK";

/// Answers Coster's health check: with the challenge, if it makes a handshake like Meta.
///
/// # Errors
///
/// When the secret in the URL is missing or wrong, or the handshake is malformed or has a wrong token.
pub fn handshake(query: &str, shown: Option<&str>, secret: &Secret) -> Result<String, Refused> {
    let shown = shown.filter(|shown| !shown.is_empty()).ok_or(Refused::Missing)?;
    matching_secret(shown, &[secret]).ok_or(Refused::Wrong)?;
    match cloud_api::handshake::answer(query, std::slice::from_ref(secret)) {
        // There is no handshake.
        Err(Refused::Missing) => Ok(ALIVE.to_owned()),
        answer => answer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_health_check_is_answered_where_the_address_is_right() {
        let secret = Secret::new("whs_right");
        let ask = |query, shown| handshake(query, shown, &secret);
        let challenge = "hub.mode=subscribe&hub.verify_token=whs_right&hub.challenge=4711";
        assert_eq!(ask("", Some("whs_right")).as_deref(), Ok("OK"));
        assert_eq!(ask("x=1&y", Some("whs_right")).as_deref(), Ok("OK"));
        assert_eq!(ask(challenge, Some("whs_right")).as_deref(), Ok("4711"));
        assert_eq!(ask("", Some("whs_wrong")), Err(Refused::Wrong));
        assert_eq!(ask(challenge, Some("whs_wrong")), Err(Refused::Wrong));
        assert_eq!(ask(challenge, None), Err(Refused::Missing));
        assert_eq!(ask("", Some("")), Err(Refused::Missing));
        let foreign = "hub.mode=subscribe&hub.verify_token=whs_wrong&hub.challenge=4711";
        assert_eq!(ask(foreign, Some("whs_right")), Err(Refused::Wrong));
    }

    #[test]
    fn an_empty_secret_opens_nothing() {
        assert_eq!(handshake("", Some(""), &Secret::new("")), Err(Refused::Missing));
        assert_eq!(handshake("", Some(" "), &Secret::new("")), Err(Refused::Wrong));
    }
}
