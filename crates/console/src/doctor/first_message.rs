//! The first real message: a QR code that opens WhatsApp with a greeting to the number, and the page waiting for it.

use qrcode::{Color, EcLevel, QrCode};
use warta_core::channel::State;
use warta_core::time::Timestamp;
use warta_store::Channel;

use crate::texts::Lang;
use crate::view::Instant;

/// The section of the page.
pub(super) struct FirstMessage {
    pub(super) came: Option<Instant>,
    pub(super) is_live: bool,
    pub(super) way: Way,
}

/// How one writes to the number.
pub(super) enum Way {
    /// By WhatsApp.
    WhatsApp(Qr),
    /// By a twin's phone, at this address.
    Phone(String),
    /// The number is not known.
    Unknown,
}

/// A link as a picture.
pub(super) struct Qr {
    pub(super) link: String,
    /// How many squares each side has, with the quiet zone.
    pub(super) side: usize,
    /// The dark squares, as a path.
    pub(super) path: String,
}

/// The white frame that readers need, in squares.
const QUIET: usize = 4;

impl FirstMessage {
    /// For a channel whose last message came at `inbound_at`; `display` is the number as the provider writes it.
    pub(super) fn of(
        channel: &Channel,
        agent: &str,
        (inbound_at, display): (Option<Timestamp>, Option<&str>),
        l: Lang,
    ) -> Self {
        let known = |text: &str| Some(digits(text)).filter(|digits| digits.len() > 6);
        let number = display.and_then(known).or_else(|| known(channel.account.as_ref()?.as_str()));
        let way = match (phone(channel), number.and_then(|number| Qr::of(&number, &l.first_said(agent)))) {
            (Some(phone), _) => Way::Phone(phone),
            (None, Some(qr)) => Way::WhatsApp(qr),
            (None, None) => Way::Unknown,
        };
        let came = inbound_at.map(|at| Instant::of(at, l));
        Self { came, is_live: channel.state == State::Live, way }
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The phone of the twin that a channel talks to. Only a twin is called by plain HTTP under such a path.
fn phone(channel: &Channel) -> Option<String> {
    let provider = warta_protocol::read(channel.protocol, &channel.settings).ok()?;
    let (twin, path) = provider.base_url().strip_prefix("http://")?.split_once('/')?;
    if path.split('/').next()? != warta_protocol::entry(channel.protocol).twin_path {
        return None;
    }
    Some(format!("http://{twin}/phone/{}", provider.sender()))
}

impl Qr {
    fn of(number: &str, greeting: &str) -> Option<Self> {
        let text: String = url::form_urlencoded::byte_serialize(greeting.as_bytes()).collect();
        // In this place WhatsApp takes a plus sign for one.
        let link = format!("https://wa.me/{number}?text={}", text.replace('+', "%20"));
        let code = QrCode::with_error_correction_level(&link, EcLevel::M).ok()?;
        let width = code.width();
        let squares = code.to_colors().into_iter().enumerate();
        let dark = squares.filter(|(_, color)| *color == Color::Dark);
        let path =
            dark.map(|(place, _)| format!("M{} {}h1v1h-1z", place % width + QUIET, place / width + QUIET));
        Some(Self { link, side: width + 2 * QUIET, path: path.collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_opens_a_chat_with_a_greeting() {
        let qr = Qr::of("6281100000001", "Halo Kapal & Co").unwrap();
        assert_eq!(qr.link, "https://wa.me/6281100000001?text=Halo%20Kapal%20%26%20Co");
        // The finder pattern of the corner begins behind the quiet zone.
        assert!(qr.path.starts_with("M4 4h1v1h-1zM5 4h1v1h-1z"), "{}", qr.path);
        assert!(qr.side > 2 * QUIET + 21);
    }
}
