//! Validation of a deployment's address.

use std::borrow::Cow;

use url::Url;
use warta_gateway::egress::Egress;

use crate::texts::Lang;

/// The longest accepted address, in bytes.
const LONGEST: usize = 2_000;

/// The address, or why it is invalid.
///
/// Host names are resolved only when the address is called, because the result can change at any time.
pub(super) fn checked(egress: &Egress, typed: &str, l: Lang) -> Result<String, Cow<'static, str>> {
    if typed.is_empty() {
        return Err(l.address_missing());
    }
    if typed.len() > LONGEST {
        return Err(l.address_too_long());
    }
    let url = Url::parse(typed).map_err(|_| l.address_unreadable())?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(l.address_unreadable());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(l.address_names_a_user());
    }
    if egress.may_call(typed) {
        return Ok(typed.to_owned());
    }
    Err(if url.scheme() == "http" { l.address_not_https() } else { l.address_private() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(allow: &[&str], typed: &str) -> Option<Cow<'static, str>> {
        drop(rustls::crypto::ring::default_provider().install_default()); // another test may have been first
        let egress = Egress::new(allow.iter().map(|network| network.parse().unwrap()).collect()).unwrap();
        checked(&egress, typed, Lang::En).err()
    }

    #[test]
    fn each_wrong_address_has_its_own_words() {
        let l = Lang::En;
        let long = format!("https://agent.example.com/{}", "x".repeat(LONGEST));
        for (typed, words) in [
            ("", l.address_missing()),
            ("agent.example.com/events", l.address_unreadable()),
            ("ftp://agent.example.com/", l.address_unreadable()),
            ("https://", l.address_unreadable()),
            (&long, l.address_too_long()),
            ("https://me:word@agent.example.com/", l.address_names_a_user()),
            ("http://agent.example.com/", l.address_not_https()),
            ("http://127.0.0.1:9000/", l.address_not_https()),
            ("https://127.0.0.1:9000/", l.address_private()),
            ("https://10.1.2.3/", l.address_private()),
        ] {
            assert_eq!(fault(&[], typed), Some(words), "{typed}");
        }
    }

    #[test]
    fn what_the_operator_opened_may_be_typed() {
        assert_eq!(fault(&[], "https://agent.example.com/events?tenant=1"), None);
        assert_eq!(fault(&["127.0.0.0/8"], "http://127.0.0.1:9000/agent"), None);
        assert_eq!(fault(&["127.0.0.0/8"], "http://localhost:9000/agent"), None);
    }
}
