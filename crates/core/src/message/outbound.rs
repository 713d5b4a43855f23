//! Content that can be sent to a user, and WhatsApp's limits on it.
//!
//! The limits are WhatsApp's own (facts/meta-cloud.md §5.3 and §5.4). They are checked when a message is accepted, so that the caller
//! gets the fault at once instead of a later refusal by the provider.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::contact::Contact;
use super::parts::{Location, Reaction, Text};

/// The content of a message to a user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Plain text.
    Text(Text),
    /// A picture.
    Image(OutboundMedia),
    /// A video.
    Video(OutboundMedia),
    /// An audio file.
    Audio(OutboundMedia),
    /// A file.
    Document(OutboundMedia),
    /// A sticker.
    Sticker(OutboundMedia),
    /// A location.
    Location(Location),
    /// Contact cards.
    Contacts(Vec<Contact>),
    /// Text with up to three reply buttons.
    Buttons(Buttons),
    /// Text with a list to choose from.
    List(List),
    /// Text with a button that opens a web page.
    CtaUrl(CtaUrl),
    /// A request for the user's location.
    LocationRequest(LocationRequest),
    /// A reaction to one of the user's messages.
    Reaction(Reaction),
    /// A template: the only kind that may be sent outside the 24-hour window.
    Template(Template),
}

/// A file to send: exactly one of `link` and `media_id`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutboundMedia {
    /// A public URL from which the provider fetches the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The provider's id of an uploaded file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_id: Option<String>,
    /// Caption of a picture, video or document, up to 1,024 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// File name for display; documents only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// Show as a voice message; Ogg/Opus audio only.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub voice: bool,
}

/// Text with reply buttons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Buttons {
    /// Up to 1,024 characters.
    pub body: String,
    /// A line above, up to 60 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// A line below, up to 60 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// One to three.
    pub buttons: Vec<Button>,
}

/// A reply button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Button {
    /// Returned with the tap; up to 256 characters.
    pub id: String,
    /// 1 to 20 characters; no two buttons may have the same title.
    pub title: String,
}

/// Text with a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Up to 4,096 characters.
    pub body: String,
    /// Title of the button that opens the list; up to 20 characters.
    pub button: String,
    /// A line above, up to 60 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// A line below, up to 60 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// Up to 10 sections, with up to 10 rows in total.
    pub sections: Vec<Section>,
}

/// A section of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Up to 24 characters; required when there is more than one section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Returned with the choice; up to 200 characters.
    pub id: String,
    /// 1 to 24 characters.
    pub title: String,
    /// Up to 72 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Text with a button that opens a web page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CtaUrl {
    /// Up to 1,024 characters.
    pub body: String,
    /// Title of the button; up to 20 characters.
    pub display_text: String,
    /// The page's URL.
    pub url: String,
    /// A line above, up to 60 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// A line below, up to 60 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
}

/// A request for the user's location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocationRequest {
    /// Up to 1,024 characters.
    pub body: String,
}

/// A template with its parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name at the provider.
    pub name: String,
    /// The exact language, such as `id` or `en_US`. There is no fallback to another language.
    pub language: String,
    /// The parameters, in the provider's format (facts/meta-cloud.md §5.6).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Value>,
}

/// A fault in a content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// A JSON pointer into the content, such as `/buttons/buttons/0/title`.
    pub pointer: String,
    /// The fault, and what is allowed.
    pub detail: String,
}

impl Content {
    /// The kind: the name of the object in JSON.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Image(_) => "image",
            Self::Video(_) => "video",
            Self::Audio(_) => "audio",
            Self::Document(_) => "document",
            Self::Sticker(_) => "sticker",
            Self::Location(_) => "location",
            Self::Contacts(_) => "contacts",
            Self::Buttons(_) => "buttons",
            Self::List(_) => "list",
            Self::CtaUrl(_) => "cta_url",
            Self::LocationRequest(_) => "location_request",
            Self::Reaction(_) => "reaction",
            Self::Template(_) => "template",
        }
    }

    /// True if the content may only be sent within the 24-hour window.
    #[must_use]
    pub const fn needs_window(&self) -> bool {
        !matches!(self, Self::Template(_))
    }

    /// All faults for which WhatsApp would refuse the content; empty if it can be sent.
    #[must_use]
    pub fn faults(&self) -> Vec<Invalid> {
        let mut check = Check { kind: self.kind(), faults: Vec::new() };
        match self {
            Self::Text(text) => check.text("body", &text.body, 1, 4_096),
            Self::Image(media) | Self::Video(media) | Self::Document(media) => check.media(media, true),
            Self::Audio(media) | Self::Sticker(media) => check.media(media, false),
            Self::Location(location) => check.location(location),
            Self::Contacts(contacts) => check.contacts(contacts),
            Self::Buttons(buttons) => check.buttons(buttons),
            Self::List(list) => check.list(list),
            Self::CtaUrl(cta) => {
                check.frame(&cta.body, 1_024, cta.header.as_deref(), cta.footer.as_deref());
                check.text("display_text", &cta.display_text, 1, 20);
                check.web_address("url", &cta.url);
            }
            Self::LocationRequest(request) => check.text("body", &request.body, 1, 1_024),
            Self::Reaction(reaction) => check.text("message_id", &reaction.message_id, 1, 512),
            Self::Template(template) => {
                check.text("name", &template.name, 1, 512);
                check.text("language", &template.language, 2, 15);
            }
        }
        check.faults
    }
}

/// Collects the faults of one content.
struct Check {
    kind: &'static str,
    faults: Vec<Invalid>,
}

impl Check {
    fn fault(&mut self, at: &str, detail: impl Into<String>) {
        self.faults.push(Invalid { pointer: format!("/{}/{at}", self.kind), detail: detail.into() });
    }

    fn text(&mut self, at: &str, text: &str, least: usize, most: usize) {
        let count = text.chars().count();
        if text.trim().is_empty() && least > 0 {
            self.fault(at, "must not be empty");
        } else if !(least..=most).contains(&count) {
            self.fault(at, format!("has {count} characters; WhatsApp allows {least} to {most}"));
        }
    }

    fn optional(&mut self, at: &str, text: Option<&str>, most: usize) {
        if let Some(text) = text {
            self.text(at, text, 1, most);
        }
    }

    fn frame(&mut self, body: &str, most: usize, header: Option<&str>, footer: Option<&str>) {
        self.text("body", body, 1, most);
        self.optional("header", header, 60);
        self.optional("footer", footer, 60);
    }

    fn web_address(&mut self, at: &str, url: &str) {
        if !(url.starts_with("https://") || url.starts_with("http://")) {
            self.fault(at, "must be a web address that starts with https://");
        }
    }

    fn media(&mut self, media: &OutboundMedia, has_caption: bool) {
        match (&media.link, &media.media_id) {
            (Some(link), None) => self.web_address("link", link),
            (None, Some(id)) => self.text("media_id", id, 1, 512),
            (Some(_), Some(_)) => self.fault("media_id", "give either link or media_id, not both"),
            (None, None) => self.fault("link", "give a link or a media_id"),
        }
        if has_caption {
            self.optional("caption", media.caption.as_deref(), 1_024);
        } else if media.caption.is_some() {
            self.fault("caption", format!("WhatsApp shows no caption under {}", self.kind));
        }
    }

    fn location(&mut self, location: &Location) {
        if !(-90.0..=90.0).contains(&location.latitude) {
            self.fault("latitude", "must be between -90 and 90");
        }
        if !(-180.0..=180.0).contains(&location.longitude) {
            self.fault("longitude", "must be between -180 and 180");
        }
    }

    fn contacts(&mut self, contacts: &[Contact]) {
        if !(1..=257).contains(&contacts.len()) {
            self.fault("", format!("has {} contacts; WhatsApp allows 1 to 257", contacts.len()));
        }
        for (index, contact) in contacts.iter().enumerate() {
            self.text(&format!("{index}/name/formatted_name"), &contact.name.formatted_name, 1, 512);
        }
    }

    fn buttons(&mut self, buttons: &Buttons) {
        self.frame(&buttons.body, 1_024, buttons.header.as_deref(), buttons.footer.as_deref());
        if !(1..=3).contains(&buttons.buttons.len()) {
            self.fault("buttons", format!("has {} buttons; WhatsApp allows 1 to 3", buttons.buttons.len()));
        }
        for (index, button) in buttons.buttons.iter().enumerate() {
            self.text(&format!("buttons/{index}/id"), &button.id, 1, 256);
            self.text(&format!("buttons/{index}/title"), &button.title, 1, 20);
            if buttons.buttons.iter().take(index).any(|earlier| earlier.title == button.title) {
                self.fault(&format!("buttons/{index}/title"), "another button has the same title");
            }
            if buttons.buttons.iter().take(index).any(|earlier| earlier.id == button.id) {
                self.fault(&format!("buttons/{index}/id"), "another button has the same id");
            }
        }
    }

    fn list(&mut self, list: &List) {
        self.frame(&list.body, 4_096, list.header.as_deref(), list.footer.as_deref());
        self.text("button", &list.button, 1, 20);
        if !(1..=10).contains(&list.sections.len()) {
            self.fault("sections", format!("has {} sections; WhatsApp allows 1 to 10", list.sections.len()));
        }
        let rows: usize = list.sections.iter().map(|section| section.rows.len()).sum();
        if !(1..=10).contains(&rows) {
            self.fault("sections", format!("has {rows} rows in all; WhatsApp allows 1 to 10"));
        }
        let mut seen = Vec::with_capacity(rows);
        for (s, section) in list.sections.iter().enumerate() {
            match &section.title {
                Some(title) => self.text(&format!("sections/{s}/title"), title, 1, 24),
                None if list.sections.len() > 1 => {
                    self.fault(&format!("sections/{s}/title"), "each of several sections needs a title");
                }
                None => {}
            }
            for (r, row) in section.rows.iter().enumerate() {
                let at = format!("sections/{s}/rows/{r}");
                self.text(&format!("{at}/id"), &row.id, 1, 200);
                self.text(&format!("{at}/title"), &row.title, 1, 24);
                self.optional(&format!("{at}/description"), row.description.as_deref(), 72);
                if seen.contains(&row.id.as_str()) {
                    self.fault(&format!("{at}/id"), "another row has the same id");
                }
                seen.push(&row.id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn faults(content: Value) -> Vec<String> {
        let content: Content = serde_json::from_value(content).unwrap();
        content.faults().into_iter().map(|fault| format!("{}: {}", fault.pointer, fault.detail)).collect()
    }

    #[test]
    fn valid_contents_have_no_faults() {
        for content in [
            json!({"text": {"body": "Halo"}}),
            json!({"image": {"link": "https://cdn.example/a.png", "caption": "Menu"}}),
            json!({"audio": {"media_id": "77", "voice": true}}),
            json!({"buttons": {"body": "Lagi?", "buttons": [{"id": "y", "title": "Ya"}, {"id": "n", "title": "Tidak"}]}}),
            json!({"list": {"body": "Pilih", "button": "Buka", "sections": [{"rows": [{"id": "1", "title": "Satu"}]}]}}),
            json!({"template": {"name": "visit_reminder", "language": "id"}}),
        ] {
            assert_eq!(faults(content.clone()), Vec::<String>::new(), "{content}");
        }
    }

    #[test]
    fn each_fault_points_to_its_field() {
        let button = |title: &str| json!({"id": title, "title": title});
        for (content, place) in [
            (json!({"text": {"body": "  "}}), "/text/body"),
            (json!({"text": {"body": "x".repeat(4_097)}}), "/text/body"),
            (json!({"image": {}}), "/image/link"),
            (json!({"image": {"link": "https://a/b", "media_id": "1"}}), "/image/media_id"),
            (json!({"image": {"link": "file:///etc/passwd"}}), "/image/link"),
            (json!({"sticker": {"media_id": "1", "caption": "no"}}), "/sticker/caption"),
            (json!({"location": {"latitude": 91.0, "longitude": 0.0}}), "/location/latitude"),
            (json!({"contacts": []}), "/contacts/"),
            (json!({"buttons": {"body": "b", "buttons": []}}), "/buttons/buttons"),
            (
                json!({"buttons": {"body": "b", "buttons": [button("a"), button("b"), button("c"), button("d")]}}),
                "/buttons/buttons",
            ),
            (
                json!({"buttons": {"body": "b", "buttons": [button("same"), {"id": "2", "title": "same"}]}}),
                "/buttons/buttons/1/title",
            ),
            (
                json!({"buttons": {"body": "b", "buttons": [button("a title of 21 letters")]}}),
                "/buttons/buttons/0/title",
            ),
            (json!({"list": {"body": "b", "button": "Open", "sections": [{"rows": []}]}}), "/list/sections"),
            (
                json!({"list": {"body": "b", "button": "Open", "sections": [{"rows": [{"id": "1", "title": "a"}]}, {"title": "T", "rows": []}]}}),
                "/list/sections/0/title",
            ),
            (
                json!({"cta_url": {"body": "b", "display_text": "Go", "url": "javascript:alert(1)"}}),
                "/cta_url/url",
            ),
        ] {
            let found = faults(content.clone());
            assert!(
                found.iter().any(|fault| fault.starts_with(&format!("{place}: "))),
                "{content}: {found:?}"
            );
        }
    }
}
