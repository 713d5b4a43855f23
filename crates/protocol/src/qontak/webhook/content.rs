//! The content of users' messages, by type (§3.3). No source shows Qontak's own fields for locations, contacts and taps: the
//! fields tried, and their order, are \[inferred\].

use warta_core::message::{
    ButtonReply, Contact, InboundContent as Content, InboundMedia, ListReply, Location, Text, Unsupported,
};

use super::wire::Object;
use crate::cards;
use crate::qontak::media;

/// Reads the content of a message. Content in an unknown format is unsupported and keeps its text, so that the agent hears of
/// it.
pub(super) fn read(object: Object<'_>) -> Content {
    if let Some(reply) = reply(object) {
        return reply;
    }
    let kind = object.text("/type").unwrap_or("text");
    let found = match kind {
        "text" => text(object),
        "image" => file(object, false).map(Content::Image),
        "video" => file(object, false).map(Content::Video),
        "audio" => file(object, false).map(Content::Audio),
        "voice" => file(object, true).map(Content::Audio),
        "document" | "file" => file(object, false).map(Content::Document),
        "sticker" => file(object, false).map(Content::Sticker),
        "location" => location(object).map(Content::Location).or_else(|| text(object)),
        "contact" | "contacts" => contacts(object).map(Content::Contacts),
        _ => None,
    };
    found.unwrap_or_else(|| {
        let (raw_type, detail) = (kind.to_owned(), object.owned("/text"));
        Content::Unsupported(Unsupported { raw_type, code: None, detail })
    })
}

fn text(object: Object<'_>) -> Option<Content> {
    let body = object.owned("/text")?;
    Some(Content::Text(Text { body, preview_url: false }))
}

/// A file. Its id is its URL, because Qontak gives no other. Its name decides the MIME type.
fn file(object: Object<'_>, voice: bool) -> Option<InboundMedia> {
    let media_id = object.first(&["/file/url", "/url"])?.to_owned();
    let filename = object.owned("/file/filename");
    let mime_type = media::mime_type(filename.as_deref().unwrap_or(&media_id)).to_owned();
    let caption = object.owned("/text");
    Some(InboundMedia { media_id, mime_type, sha256: None, caption, filename, voice, animated: false })
}

fn location(object: Object<'_>) -> Option<Location> {
    let place = |place: Object<'_>| {
        Some(Location {
            latitude: place.number("/latitude")?,
            longitude: place.number("/longitude")?,
            name: place.owned("/name"),
            address: place.owned("/address"),
            url: place.owned("/url"),
        })
    };
    let own = object.object("/location").and_then(place);
    let raw = || object.raw()?.object("/location").and_then(place);
    own.or_else(|| place(object)).or_else(raw)
}

fn contacts(object: Object<'_>) -> Option<Vec<Contact>> {
    let readable =
        |object: Object<'_>| object.0.get("contacts").map(cards::read).filter(|cards| !cards.is_empty());
    object.raw().and_then(readable).or_else(|| readable(object))
}

/// A tap on a button or a row. Without WhatsApp's own message Qontak gives only the title, as a text, and the gateway finds the
/// choice.
fn reply(object: Object<'_>) -> Option<Content> {
    let raw = object.raw()?;
    let button = |id: &str, title: &str| {
        let title = raw.owned(title)?;
        let id = raw.owned(id).unwrap_or_else(|| title.clone());
        Some(Content::ButtonReply(ButtonReply { id, title }))
    };
    let row = || {
        let (id, title) =
            (raw.owned("/interactive/list_reply/id")?, raw.owned("/interactive/list_reply/title")?);
        let description = raw.owned("/interactive/list_reply/description");
        Some(Content::ListReply(ListReply { id, title, description }))
    };
    button("/interactive/button_reply/id", "/interactive/button_reply/title")
        .or_else(row)
        .or_else(|| button("/button/payload", "/button/text"))
}
