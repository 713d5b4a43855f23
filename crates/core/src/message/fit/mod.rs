//! What an agent says, brought within WhatsApp's limits: split, shortened or said in another form. Nothing is left out.

mod choices;
mod numbered;
mod split;

pub use self::numbered::{Choice, choices, numbered};
pub use self::split::{shorten, split};
use super::{CtaUrl, Invalid, LocationRequest, OutboundContent, OutboundMedia, Text};

/// The longest text, in characters.
pub const LONGEST_TEXT: usize = 4_096;
/// The longest caption, and the longest body above a button.
const CAPTION: usize = 1_024;
const LABEL: usize = 20;
const CONTACTS: usize = 257;
/// The title of a button that opens a page, if the agent gives none.
const OPEN: &str = "Link";

/// The messages that say what `content` says, in order; each of them has no [`OutboundContent::faults`].
///
/// # Errors
///
/// The faults that leave nothing to send: no words at all, no file, a place that is not on the globe.
pub fn fit(content: OutboundContent) -> Result<Vec<OutboundContent>, Vec<Invalid>> {
    let faults = content.faults();
    if faults.is_empty() && !is_long_list(&content) {
        return Ok(vec![content]);
    }
    let parts = match content {
        OutboundContent::Text(text) => texts(&text.body, text.preview_url),
        OutboundContent::Image(file) => media(file, true, OutboundContent::Image),
        OutboundContent::Video(file) => media(file, true, OutboundContent::Video),
        OutboundContent::Document(file) => media(file, true, OutboundContent::Document),
        OutboundContent::Audio(file) => media(file, false, OutboundContent::Audio),
        OutboundContent::Sticker(file) => media(file, false, OutboundContent::Sticker),
        OutboundContent::Buttons(buttons) => self::choices::buttons(buttons),
        OutboundContent::List(list) => self::choices::list(list),
        OutboundContent::CtaUrl(cta) => cta_url(cta),
        OutboundContent::LocationRequest(request) => {
            last_piece(&request.body, |body| OutboundContent::LocationRequest(LocationRequest { body }))
        }
        OutboundContent::Contacts(cards) => {
            cards.chunks(CONTACTS).map(|cards| OutboundContent::Contacts(cards.to_vec())).collect()
        }
        other @ (OutboundContent::Location(_)
        | OutboundContent::Reaction(_)
        | OutboundContent::Template(_)) => {
            vec![other]
        }
    };
    if parts.is_empty() || parts.iter().any(|part| !part.faults().is_empty()) {
        return Err(faults);
    }
    Ok(parts)
}

/// A text as one message or several.
#[must_use]
pub fn texts(body: &str, preview_url: bool) -> Vec<OutboundContent> {
    let pieces = split(body, LONGEST_TEXT).into_iter();
    pieces.map(|body| OutboundContent::Text(Text { body, preview_url })).collect()
}

/// A list that WhatsApp takes, and which would be too long as numbered text.
fn is_long_list(content: &OutboundContent) -> bool {
    numbered(content).is_some_and(|text| text.body.chars().count() > LONGEST_TEXT)
}

/// A file whose caption fits; the rest of the caption follows as text.
fn media(
    mut file: OutboundMedia,
    has_caption: bool,
    make: impl Fn(OutboundMedia) -> OutboundContent,
) -> Vec<OutboundContent> {
    let mut pieces = file.caption.take().map(|caption| split(&caption, CAPTION)).unwrap_or_default();
    if file.link.is_some() {
        file.media_id = None;
    }
    if has_caption && !pieces.is_empty() {
        file.caption = Some(pieces.remove(0));
    }
    let rest = pieces.iter().flat_map(|piece| texts(piece, false));
    std::iter::once(make(file)).chain(rest).collect()
}

/// The text, whose last piece is the body of what `make` makes.
fn last_piece(body: &str, make: impl FnOnce(String) -> OutboundContent) -> Vec<OutboundContent> {
    let mut pieces = split(body, CAPTION);
    let Some(last) = pieces.pop() else { return Vec::new() };
    let before = pieces.iter().flat_map(|piece| texts(piece, false));
    before.collect::<Vec<_>>().into_iter().chain([make(last)]).collect()
}

/// A page's button; a plain text if its address is no web address.
fn cta_url(mut cta: CtaUrl) -> Vec<OutboundContent> {
    let label = cta.display_text.trim().to_owned();
    let mut lines = Vec::new();
    for text in [&mut cta.header, &mut cta.footer] {
        *text = text.take().filter(|text| !text.trim().is_empty());
        if text.as_ref().is_some_and(|text| text.chars().count() > 60) {
            lines.extend(text.take());
        }
    }
    lines.insert(0, cta.body.trim().to_owned());
    if !(cta.url.starts_with("https://") || cta.url.starts_with("http://")) {
        let frame = [cta.header, cta.footer].into_iter().flatten();
        lines.extend(frame.chain([format!("{label} {}", cta.url)]));
        return texts(&lines.join("\n"), true);
    }
    cta.display_text = if label.is_empty() { OPEN.to_owned() } else { shorten(&label, LABEL) };
    if cta.display_text != label && !label.is_empty() {
        lines.push(label);
    }
    let body = lines.join("\n");
    let body = if body.trim().is_empty() { cta.display_text.clone() } else { body };
    last_piece(&body, |body| OutboundContent::CtaUrl(CtaUrl { body, ..cta }))
}

#[cfg(test)]
mod tests;
