//! The sample agent's answer to an event: a pure function, so the same event gets the same answer.
//!
//! Written from the agent contract (DESIGN §5). Missing fields are tolerated.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::words::{Intent, Language, understand};

/// Longest echo of a user's text, in characters; WhatsApp accepts 4,096 in all.
const ECHO_CHARS: usize = 3_000;

/// Who answers.
pub(super) struct Speaker<'a> {
    /// Name of the agent, as its owner writes it.
    pub(super) name: &'a str,
    /// True for the draft deployment, whose answers say so.
    pub(super) draft: bool,
    /// Base URL of the agent's own pictures and pages, without a final slash.
    pub(super) base: &'a str,
}

/// The body of the answer (200), or `None` for an event that needs none.
pub(super) fn answer(event: &Value, speaker: &Speaker<'_>) -> Option<Value> {
    if word(event, "/type") != "message.received" {
        return None;
    }
    let person = word(event, "/conversation/user/name");
    let indonesian = word(event, "/conversation/user/phone").starts_with("+62")
        || word(event, "/conversation/user/bsuid").starts_with("ID.");
    let fallback = if indonesian { Language::Id } else { Language::En };

    let mut replies = Vec::new();
    let mut end_session = false;
    let mut first = opens_session(event);
    for message in event.get("messages").and_then(Value::as_array).into_iter().flatten() {
        let (intent, language) = wish(message, fallback);
        let voice = Voice { speaker, person, language };
        match intent {
            Some(Intent::End) => {
                end_session = true;
                replies.push(voice.goodbye());
            }
            Some(intent) => replies.extend(voice.fulfil(intent, message)),
            None => replies.extend(voice.continuation(message, first)),
        }
        first = false;
    }
    Some(json!({ "replies": replies, "end_session": end_session }))
}

/// True if the session began with the first message of this event.
fn opens_session(event: &Value) -> bool {
    let time = |at| word(event, at).parse::<Timestamp>().ok();
    match (time("/session/started_at"), time("/messages/0/received_at")) {
        (Some(started), Some(received)) => started >= received,
        _ => false,
    }
}

/// The intent of a message, from its word or from the id of the tapped button or row.
fn wish(message: &Value, fallback: Language) -> (Option<Intent>, Language) {
    let (kind, content) = parts(message);
    match kind {
        "text" => understand(word(content, "/body"), fallback),
        "button_reply" | "list_reply" => {
            let id = word(content, "/id");
            let (language, rest) = match id.split_once('.') {
                Some(("id", rest)) => (Language::Id, rest),
                Some(("en", rest)) => (Language::En, rest),
                _ => (fallback, id),
            };
            (understand(rest, language).0, language)
        }
        _ => (None, fallback),
    }
}

/// The type of a message and the object named like it.
fn parts(message: &Value) -> (&str, &Value) {
    let kind = word(message, "/type");
    (kind, message.get(kind).unwrap_or(&Value::Null))
}

/// The text at a JSON pointer; empty when there is none.
fn word<'v>(value: &'v Value, at: &str) -> &'v str {
    value.pointer(at).and_then(Value::as_str).unwrap_or_default()
}

struct Voice<'a> {
    speaker: &'a Speaker<'a>,
    person: &'a str,
    language: Language,
}

impl Voice<'_> {
    /// One of two texts.
    fn say<'t>(&self, indonesian: &'t str, english: &'t str) -> &'t str {
        match self.language {
            Language::Id => indonesian,
            Language::En => english,
        }
    }

    /// A button id that carries the language.
    fn id(&self, rest: &str) -> String {
        format!("{}.{rest}", self.say("id", "en"))
    }

    fn fulfil(&self, intent: Intent, message: &Value) -> Vec<Value> {
        match intent {
            Intent::Greet => vec![text(&self.greeting())],
            Intent::Menu => vec![self.menu()],
            Intent::List => vec![self.times()],
            Intent::Hours => vec![text(self.say(
                "Kami buka setiap hari pukul *07.00–21.00*.",
                "We are open every day from *07:00 to 21:00*.",
            ))],
            Intent::Picture => vec![self.picture()],
            Intent::Place => vec![json!({ "type": "location", "location": {
                "latitude": -8.5069, "longitude": 115.2625, "name": self.speaker.name, "address": "Jl. Raya Ubud 1, Ubud, Bali" } })],
            Intent::Contact => vec![json!({ "type": "contacts", "contacts": [{
                "name": { "formatted_name": self.speaker.name, "first_name": self.speaker.name },
                "phones": [{ "phone": "+62 811-0000-0001", "type": "WORK", "wa_id": "6281100000001" }] }] })],
            Intent::Document => vec![json!({ "type": "document", "document": {
                "link": format!("{}/agent/assets/menu.txt", self.speaker.base), "filename": "menu.txt" } })],
            Intent::Link => vec![self.link()],
            Intent::Thank => vec![
                json!({ "type": "reaction", "reaction": { "message_id": message.get("id"), "emoji": "👍" } }),
                text(self.say("Sama-sama!", "You are welcome!")),
            ],
            Intent::End => vec![self.goodbye()],
        }
    }

    /// The replies to a message without a known intent: a tap, a picture, a place, some text.
    fn continuation(&self, message: &Value, first: bool) -> Vec<Value> {
        let (kind, content) = parts(message);
        let quoting = |body: &str| {
            vec![json!({ "type": "text", "text": { "body": body }, "reply_to": message.get("id") })]
        };
        match kind {
            "text" => vec![text(&self.echo(word(content, "/body"), first))],
            "button_reply" | "list_reply" => {
                let title = word(content, "/title");
                vec![text(&match self.language {
                    Language::Id => format!("Baik, *{title}* kami catat. Ada lagi? Ketik *menu*."),
                    Language::En => format!("Noted: *{title}*. Anything else? Write *menu*."),
                })]
            }
            "image" | "video" | "audio" | "document" | "sticker" => {
                let mime = word(content, "/mime_type");
                quoting(&match self.language {
                    Language::Id => format!(
                        "Terima kasih, {} sudah kami terima ({mime}).",
                        media_word(kind, self.language)
                    ),
                    Language::En => {
                        format!("Thank you, the {} has arrived ({mime}).", media_word(kind, self.language))
                    }
                })
            }
            "location" => {
                let number = |key| content.get(key).map(Value::to_string).unwrap_or_default();
                let (latitude, longitude) = (number("latitude"), number("longitude"));
                quoting(&match self.language {
                    Language::Id => format!("Lokasi Anda: {latitude}, {longitude}."),
                    Language::En => format!("You are at {latitude}, {longitude}."),
                })
            }
            "contacts" => {
                let name = word(content, "/0/name/formatted_name");
                quoting(&match self.language {
                    Language::Id => format!("Terima kasih, kontak *{name}* kami simpan."),
                    Language::En => format!("Thank you for the contact *{name}*."),
                })
            }
            // A reaction is a full stop, not a question.
            "reaction" => Vec::new(),
            other => {
                let raw = content.get("type").and_then(Value::as_str).unwrap_or(other);
                vec![text(&match self.language {
                    Language::Id => format!("Maaf, pesan jenis ini belum bisa saya baca ({raw})."),
                    Language::En => format!("Sorry, I cannot read this kind of message yet ({raw})."),
                })]
            }
        }
    }

    fn greeting(&self) -> String {
        let name = self.speaker.name;
        let comma = if self.person.is_empty() { "" } else { " " };
        let version = if self.speaker.draft { self.say(" (versi draf)", " (draft version)") } else { "" };
        match self.language {
            Language::Id => format!(
                "Halo{comma}{}! Ini *{name}*{version}. Ketik *menu*, *jam*, *gambar*, *lokasi* atau *selesai*.",
                self.person
            ),
            Language::En => format!(
                "Hello{comma}{}! This is *{name}*{version}. Write *menu*, *list*, *picture*, *location* or *bye*.",
                self.person
            ),
        }
    }

    fn echo(&self, body: &str, first: bool) -> String {
        let body: String = body.chars().take(ECHO_CHARS).collect();
        let draft = if self.speaker.draft { self.say("[draf] ", "[draft] ") } else { "" };
        let echo = format!("{draft}{} {body}", self.say("Anda menulis:", "You wrote:"));
        if first { format!("{}\n\n{echo}", self.greeting()) } else { echo }
    }

    fn menu(&self) -> Value {
        let button = |id: &str, title: &str| json!({ "id": self.id(id), "title": title });
        json!({ "type": "buttons", "buttons": {
            "header": self.speaker.name,
            "body": self.say("Apa yang bisa kami bantu?", "What can we do for you?"),
            "footer": self.say("Agen contoh", "Sample agent"),
            "buttons": [
                button("list", self.say("Pilih jam", "Pick a time")),
                button("picture", self.say("Lihat gambar", "See a picture")),
                button("end", self.say("Selesai", "That is all")),
            ] } })
    }

    fn times(&self) -> Value {
        let row = |time: &str, seats: u8| {
            let shown = if self.language == Language::Id { time.replace(':', ".") } else { time.to_owned() };
            json!({ "id": self.id(&format!("at.{time}")), "title": shown,
                "description": format!("{seats} {}", self.say("kursi tersisa", "seats left")) })
        };
        json!({ "type": "list", "list": {
            "header": self.say("Jadwal hari ini", "Today"),
            "body": self.say("Pilih jam kedatangan Anda.", "Pick the time of your visit."),
            "button": self.say("Pilih jam", "Pick a time"),
            "footer": self.say("Buka 07.00–21.00", "Open 07:00–21:00"),
            "sections": [
                { "title": self.say("Pagi", "Morning"), "rows": [row("07:00", 4), row("09:30", 2)] },
                { "title": self.say("Sore", "Afternoon"), "rows": [row("13:00", 6), row("16:30", 3)] },
            ] } })
    }

    fn picture(&self) -> Value {
        json!({ "type": "image", "image": {
            "link": format!("{}/agent/assets/kopi.png", self.speaker.base),
            "caption": self.say("Kopi hari ini ☕", "Today's coffee ☕") } })
    }

    fn link(&self) -> Value {
        json!({ "type": "cta_url", "cta_url": {
            "body": self.say("Halaman kami ada di sini.", "Here is our page."),
            "display_text": self.say("Buka halaman", "Open the page"),
            "url": format!("{}/", self.speaker.base) } })
    }

    fn goodbye(&self) -> Value {
        text(self.say("Terima kasih, sampai jumpa!", "Thank you, goodbye!"))
    }
}

fn text(body: &str) -> Value {
    json!({ "type": "text", "text": { "body": body } })
}

fn media_word(kind: &str, language: Language) -> &'static str {
    match (kind, language) {
        ("image", Language::Id) => "gambar",
        ("image", Language::En) => "picture",
        ("video", _) => "video",
        ("audio", Language::Id) => "rekaman suara",
        ("audio", Language::En) => "recording",
        ("sticker", Language::Id) => "stiker",
        ("sticker", Language::En) => "sticker",
        (_, Language::Id) => "dokumen",
        (_, Language::En) => "document",
    }
}
