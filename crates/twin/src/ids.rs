//! Identifiers and secrets in the shapes the providers give them (facts/meta-cloud.md §0.2).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

/// `len` random decimal digits, the first not zero.
pub(crate) fn digits(len: usize) -> String {
    (0..len)
        .map(|place| char::from(if place == 0 { random_in(b'1', 9) } else { random_in(b'0', 10) }))
        .collect()
}

/// `bytes` random bytes in lower-case hex.
pub(crate) fn secret(bytes: usize) -> String {
    hex::encode(random_bytes(bytes))
}

/// An access token in Meta's format.
pub(crate) fn access_token() -> String {
    format!("EAA{}", secret(40).to_uppercase())
}

/// A random UUID.
pub(crate) fn uuid() -> String {
    uuid_of(&secret(16))
}

/// The UUID of these hex digits.
pub(crate) fn uuid_of(hex: &str) -> String {
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-4{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

/// The direction of a message; the message id encodes it.
#[derive(Clone, Copy)]
pub(crate) enum Direction {
    /// From the user.
    Inbound,
    /// From the business.
    Outbound,
}

/// A message id: `wamid.` and base64 of the user's number, the direction and a random part.
pub(crate) fn wamid(user: &str, direction: Direction) -> String {
    let (mark, length, random) = match direction {
        Direction::Inbound => (0x12, 0x14, 10),
        Direction::Outbound => (0x11, 0x12, 9),
    };
    let mut raw = vec![0x1c, 0x18, u8::try_from(user.len()).unwrap_or(u8::MAX)];
    raw.extend_from_slice(user.as_bytes());
    raw.extend_from_slice(&[0x15, 0x02, 0x00, mark, 0x18, length]);
    raw.extend_from_slice(secret(random).to_uppercase().as_bytes());
    raw.push(0);
    format!("wamid.{}", STANDARD.encode(raw))
}

/// The business-scoped id of a phone number, always the same for the same number. The country is taken from
/// the calling code if it is known.
pub(crate) fn bsuid(phone: &str) -> String {
    const COUNTRIES: [(&str, &str); 10] = [
        ("62", "ID"),
        ("60", "MY"),
        ("65", "SG"),
        ("91", "IN"),
        ("44", "GB"),
        ("49", "DE"),
        ("52", "MX"),
        ("54", "AR"),
        ("55", "BR"),
        ("1", "US"),
    ];
    let country =
        COUNTRIES.iter().find(|(code, _)| phone.starts_with(code)).map_or("ID", |(_, country)| country);
    let digest = Sha256::digest(phone.as_bytes());
    let number = digest.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    format!("{country}.{:016}", number % 10_000_000_000_000_000)
}

/// Puts `items` in a random order.
pub(crate) fn shuffle<T>(items: &mut [T]) {
    for last in (1..items.len()).rev() {
        items.swap(last, rand::random_range(0..=last));
    }
}

fn random_in(first: u8, count: u8) -> u8 {
    first + rand::random_range(0..count)
}

fn random_bytes(count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    rand::fill(bytes.as_mut_slice());
    bytes
}
