//! The bytes of a webhook: how JSON is encoded, and how it is signed (facts §1.2).

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use super::faults::FaultSettings;

/// The header of the signature.
pub(crate) const SIGNATURE: &str = "X-Hub-Signature-256";

/// JSON as Meta writes it: other characters than ASCII as `\u00e1`, emoji as surrogate pairs, unless the faults say
/// otherwise.
pub(crate) fn text(value: &Value, faults: &FaultSettings) -> String {
    let plain = value.to_string();
    let mut text = String::with_capacity(plain.len() + 16);
    for sign in plain.chars() {
        match sign {
            '/' if faults.escape_slash => text.push_str("\\/"),
            _ if sign.is_ascii() || !faults.escape_unicode => text.push(sign),
            _ => {
                for &mut unit in sign.encode_utf16(&mut [0; 2]) {
                    text.push_str("\\u");
                    let digit = |shift: u16| char::from_digit(u32::from(unit >> shift) & 0xf, 16);
                    text.extend([12, 8, 4, 0].into_iter().filter_map(digit));
                }
            }
        }
    }
    text
}

/// The value of `X-Hub-Signature-256` for these bytes.
pub(crate) fn signature(app_secret: &str, body: &[u8]) -> String {
    format!("sha256={}", hmac_hex(app_secret, body))
}

/// Hex of HMAC-SHA256; also makes `appsecret_proof` (§8.4).
pub(crate) fn hmac_hex(key: &str, message: &[u8]) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any key length");
    mac.update(message);
    hex::encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn signatures_agree_with_the_vectors_of_the_fact_sheet() {
        let empty = br#"{"object":"whatsapp_business_account","entry":[]}"#;
        let cases = [
            ("test_app_secret", "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"),
            ("otro_secreto", "769b03d8c2ae6498f2d1e1f7299c0ba55448c69d741e7b0bb243d852d8a8d8c7"),
        ];
        for (secret, hex) in cases {
            assert_eq!(signature(secret, empty), format!("sha256={hex}"));
        }
        assert_eq!(
            hmac_hex("test_app_secret", b"EAATESTTOKEN"),
            "bad6df0b858104754a0ffde2f0c05fe9731f1a5e141ee1bccf316d05f28d5135"
        );
    }

    #[test]
    fn unicode_is_escaped_as_meta_does_and_the_knobs_change_it() {
        let value = json!({"t": "Olá 👋/"});
        let faults = FaultSettings::default();
        assert_eq!(text(&value, &faults), r#"{"t":"Ol\u00e1 \ud83d\udc4b/"}"#);
        let raw = FaultSettings { escape_unicode: false, escape_slash: true, ..faults };
        assert_eq!(text(&value, &raw), r#"{"t":"Olá 👋\/"}"#);
    }
}
