//! Reading an agent's answer, and messages sent through the API. `lenient` reads the replies of an answer.

use serde_json::{Map, Value};
use warta_core::message::{Invalid, OutboundContent};

use super::part::{KINDS, invalid, reaction_fault, unquoted};
use super::{hint, lenient};

pub use super::part::NewReply;

/// The most replies in one answer.
pub const MOST_REPLIES: usize = 20;
/// The most messages that one answer comes to after long replies have been split.
const MOST_MESSAGES: usize = 60;

/// An agent's answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reply {
    /// The messages for the user, in order, each within WhatsApp's limits. One reply may be several messages.
    pub replies: Vec<NewReply>,
    /// True if the session ends.
    pub end_session: bool,
    /// The replies that cannot be sent. Pointers start at the root of the answer.
    pub faults: Vec<Invalid>,
    /// True if the body is not an answer at all. [`Reply::faults`] then says what is wrong and what is nearest to it.
    pub unreadable: bool,
    /// True if the agent said something to the user that cannot be sent.
    pub lost: bool,
}

/// The status is not 2xx: the agent did not take the event, and is called again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the agent answered with status {0}; 200, 202 or 204 is expected")]
pub struct NotTaken(pub u16);

/// Reads an agent's answer. Any 2xx means that the agent took the event, whatever the body says: a body that is not an answer has
/// no replies and is [`Reply::unreadable`]. A reply that cannot be sent is left out and reported in [`Reply::faults`]; the others
/// are kept. Unknown fields beside `replies` are ignored.
///
/// # Errors
///
/// For a status other than 2xx.
pub fn read(status: u16, body: &[u8]) -> Result<Reply, NotTaken> {
    if !(200..300).contains(&status) {
        return Err(NotTaken(status));
    }
    // Frameworks put a word of their own into the body of a 202 or 204. Only an answer is read there.
    let may_be_anything = matches!(status, 202 | 204);
    if body.trim_ascii().is_empty() {
        return Ok(Reply::default());
    }
    let answer: Value = match serde_json::from_slice(body) {
        Ok(answer) => answer,
        Err(_) if may_be_anything => return Ok(Reply::default()),
        Err(error) => return Ok(unreadable("", hint::of_text(&error))),
    };
    let Value::Object(fields) = &answer else {
        return Ok(if may_be_anything { Reply::default() } else { not_an_answer(&answer) });
    };
    if !fields.is_empty() && !fields.contains_key("replies") && !fields.contains_key("end_session") {
        return Ok(if may_be_anything { Reply::default() } else { not_an_answer(&answer) });
    }
    let answer = fields;
    let items: &[Value] = match answer.get("replies") {
        None | Some(Value::Null) => &[],
        Some(Value::Array(items)) => items,
        Some(other) => {
            return Ok(Reply { lost: true, ..unreadable("/replies", hint::of_replies(other)) });
        }
    };
    let mut reply = Reply::default();
    match answer.get("end_session") {
        None | Some(Value::Null) => {}
        Some(Value::Bool(end)) => reply.end_session = *end,
        Some(_) => reply.faults.push(invalid("/end_session", "must be true or false")),
    }
    for (index, item) in items.iter().take(MOST_REPLIES).enumerate() {
        match lenient::messages(item) {
            Ok(new) if reply.replies.len() + new.len() > MOST_MESSAGES => {
                let detail =
                    format!("is too long: an answer may come to {MOST_MESSAGES} messages at most; say less");
                reply.faults.push(invalid(format!("/replies/{index}"), detail));
                reply.lost = true;
            }
            Ok(new) => reply.replies.extend(new),
            Err(faults) => {
                reply.faults.extend(faults.into_iter().map(|fault| Invalid {
                    pointer: format!("/replies/{index}{}", fault.pointer),
                    detail: fault.detail,
                }));
                reply.lost = true;
            }
        }
    }
    if items.len() > MOST_REPLIES {
        let detail =
            format!("has {} replies; the first {MOST_REPLIES} are sent, the rest is left out", items.len());
        reply.faults.push(invalid("/replies", detail));
        reply.lost = true;
    }
    Ok(reply)
}

fn not_an_answer(answer: &Value) -> Reply {
    Reply { lost: hint::speaks(answer), ..unreadable("", hint::of_json(answer)) }
}

fn unreadable(pointer: &str, detail: String) -> Reply {
    Reply { faults: vec![invalid(pointer, detail)], unreadable: true, ..Reply::default() }
}

/// Reads one message of an API request. What breaks a limit is refused, so that the caller hears of it at once.
///
/// # Errors
///
/// Every fault, each with its JSON pointer.
pub fn message(value: &Value) -> Result<NewReply, Vec<Invalid>> {
    let one = |pointer: &str, detail: String| vec![invalid(pointer, detail)];
    let Value::Object(fields) = value else {
        return Err(one("", "must be an object with a type".to_owned()));
    };
    let Some(Value::String(kind)) = fields.get("type") else {
        return Err(one("/type", format!("is missing; give one of: {}", KINDS.join(", "))));
    };
    if !KINDS.contains(&kind.as_str()) {
        return Err(one("/type", format!("is not a kind of message; give one of: {}", KINDS.join(", "))));
    }
    let Some(object) = fields.get(kind) else {
        return Err(one(&format!("/{kind}"), format!("is missing; a message of type {kind} needs it")));
    };
    let mut faults: Vec<Invalid> = fields
        .keys()
        .filter(|name| *name != kind && !matches!(name.as_str(), "type" | "reply_to"))
        .map(|name| invalid(format!("/{}", escape(name)), "is not a field of a message"))
        .collect();
    let reply_to = match fields.get("reply_to") {
        None | Some(Value::Null) => None,
        Some(id) => {
            let id = id.as_str().and_then(|id| id.parse().ok());
            if id.is_none() {
                faults.push(invalid("/reply_to", "must be the id of a message, such as msg_…"));
            }
            id
        }
    };
    let content = Value::Object(Map::from_iter([(kind.clone(), object.clone())]));
    match serde_json::from_value::<OutboundContent>(content) {
        Ok(content) => {
            faults.extend(content.faults());
            faults.extend(reaction_fault(&content));
            if faults.is_empty() { Ok(NewReply { content, reply_to }) } else { Err(faults) }
        }
        Err(error) => {
            faults.push(invalid(format!("/{kind}"), unquoted(&error.to_string())));
            Err(faults)
        }
    }
}

/// Escapes a name for a JSON pointer (RFC 6901).
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn kinds(reply: &Reply) -> Vec<&str> {
        reply.replies.iter().map(|reply| reply.content.kind()).collect()
    }

    fn places(faults: &[Invalid]) -> Vec<&str> {
        faults.iter().map(|fault| fault.pointer.as_str()).collect()
    }

    fn answer(body: &Value) -> Reply {
        read(200, body.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn every_kind_of_reply_is_read() {
        let replies = json!([
            {"type": "text", "text": {"body": "Halo"}, "reply_to": "msg_01kb3t5v9zc9rt2n6cy8q4h7mp"},
            {"type": "image", "image": {"link": "https://cdn.example/a.png", "caption": "Menu"}},
            {"type": "video", "video": {"media_id": "1"}},
            {"type": "audio", "audio": {"media_id": "1", "voice": true}},
            {"type": "document", "document": {"link": "https://cdn.example/a.pdf", "filename": "a.pdf"}},
            {"type": "sticker", "sticker": {"media_id": "1"}},
            {"type": "location", "location": {"latitude": -6.2, "longitude": 106.8}},
            {"type": "contacts", "contacts": [{"name": {"formatted_name": "Ani"}}]},
            {"type": "buttons", "buttons": {"body": "Lagi?", "buttons": [{"id": "y", "title": "Ya"}]}},
            {"type": "list", "list": {"body": "Pilih", "button": "Buka", "sections": [{"rows": [{"id": "1", "title": "Satu"}]}]}},
            {"type": "cta_url", "cta_url": {"body": "b", "display_text": "Open", "url": "https://a.example"}},
            {"type": "location_request", "location_request": {"body": "Where?"}},
            {"type": "reaction", "reaction": {"message_id": "msg_01kb3t5v9zc9rt2n6cy8q4h7mp", "emoji": "👍"}},
            {"type": "template", "template": {"name": "hello", "language": "id"}},
        ]);
        let reply = answer(&json!({"replies": replies, "end_session": true, "trace": 7}));
        assert_eq!(reply.faults, []);
        assert_eq!(kinds(&reply), KINDS);
        assert!(reply.end_session);
        assert_eq!(reply.replies[0].reply_to.unwrap().to_string(), "msg_01kb3t5v9zc9rt2n6cy8q4h7mp");
    }

    #[test]
    fn an_agent_may_have_nothing_to_say() {
        for (status, body) in [
            (200, ""),
            (200, " \n"),
            (200, "{}"),
            (200, r#"{"replies":[]}"#),
            (200, r#"{"replies":null,"end_session":null}"#),
            (202, "accepted"),
            (202, r#"{"status":"queued"}"#),
            (202, "[]"),
            (204, ""),
        ] {
            assert_eq!(read(status, body.as_bytes()), Ok(Reply::default()), "{status} {body}");
        }
    }

    #[test]
    fn any_2xx_is_taken_and_a_body_that_is_no_answer_is_told() {
        for (status, body, place) in [
            (200, "Accepted", ""),
            (200, "[]", ""),
            (200, r#"{"replies":"#, ""),
            (200, r#"{"reply":"Halo"}"#, ""),
            (200, r#"{"status":"ok"}"#, ""),
            (201, r#"{"replies":{}}"#, "/replies"),
        ] {
            let reply = read(status, body.as_bytes()).unwrap();
            assert!(reply.unreadable && reply.replies.is_empty(), "{body}");
            assert_eq!(places(&reply.faults), [place], "{body}");
        }
        for status in [301, 400, 410, 429, 500, 503] {
            assert_eq!(read(status, b"{}"), Err(NotTaken(status)));
        }
    }

    #[test]
    fn replies_in_a_202_are_sent_too() {
        let body = br#"{"replies":[{"type":"text","text":{"body":"Halo"}}]}"#;
        assert_eq!(kinds(&read(202, body).unwrap()), ["text"]);
    }

    #[test]
    fn a_bad_reply_costs_its_neighbours_nothing() {
        let text = json!({"type": "text", "text": {"body": "Halo"}});
        let reply = answer(&json!({"end_session": "yes", "replies": [
            text, {"type": "image", "image": {}}, {"type": "hologram"}, 7, {"type": "text", "text": {"body": 9}}, text,
        ]}));
        assert_eq!(kinds(&reply), ["text", "text"]);
        assert!(!reply.end_session);
        let expected =
            ["/end_session", "/replies/1/image/link", "/replies/2/type", "/replies/3", "/replies/4/text"];
        assert_eq!(places(&reply.faults), expected);
    }

    #[test]
    fn more_than_twenty_replies_are_cut_and_said() {
        let text = json!({"type": "text", "text": {"body": "Halo"}});
        let reply = answer(&json!({"replies": vec![text; 21]}));
        assert_eq!(reply.replies.len(), 20);
        assert_eq!(places(&reply.faults), ["/replies"]);
    }

    #[test]
    fn everything_wrong_with_a_message_is_told_with_its_place() {
        for (value, places_expected) in [
            (json!("text"), vec![""]),
            (json!({}), vec!["/type"]),
            (json!({"type": "text"}), vec!["/text"]),
            (json!({"type": "text", "text": {"body": ""}}), vec!["/text/body"]),
            (json!({"type": "text", "text": {"body": "x", "colour": "red"}}), vec!["/text"]),
            (json!({"type": "text", "text": {"body": "x"}, "a/b": 1}), vec!["/a~1b"]),
            (json!({"type": "text", "text": {"body": "x"}, "reply_to": "wamid.1"}), vec!["/reply_to"]),
            (
                json!({"type": "text", "text": {"body": ""}, "reply_to": 3, "to": "+1"}),
                vec!["/to", "/reply_to", "/text/body"],
            ),
            (
                json!({"type": "reaction", "reaction": {"message_id": "wamid.1"}}),
                vec!["/reaction/message_id"],
            ),
        ] {
            assert_eq!(places(&message(&value).unwrap_err()), places_expected, "{value}");
        }
    }

    #[test]
    fn a_fault_does_not_repeat_what_was_written() {
        let fault = message(&json!({"type": "buttons", "buttons": "my \"marker\" words"})).unwrap_err();
        assert_eq!(fault[0].detail, "invalid type: string …, expected struct Buttons");
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_read_without_panic(status: u16, body: Vec<u8>) {
            drop(read(status, &body));
        }
    }
}
