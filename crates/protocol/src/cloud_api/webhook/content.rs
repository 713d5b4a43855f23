//! The content of users' messages, by type (§2.5).

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use warta_core::message::{
    ButtonReply, FlowReply, InboundContent as Content, InboundMedia, ListReply, Location, Order, OrderItem,
    Reaction, SystemChange, Unsupported,
};

use super::wire::{Fault, Flag, Items, Loose, Part};
use crate::cards;

/// The object of a text.
#[derive(Deserialize)]
pub(super) struct Text<'a> {
    #[serde(borrow, default)]
    body: Loose<'a>,
}

impl Text<'_> {
    pub(super) fn read(&self) -> Result<Content, String> {
        let body = self.body.as_written().ok_or("its text has no body")?.to_owned();
        Ok(Content::Text(warta_core::message::Text { body, preview_url: false }))
    }
}

/// Reads the content of a message of this `kind`; a message that does not say its kind is of the first kind that it has an object of.
/// `fault` is the reason that Meta gives for content that is missing.
pub(super) fn read<'a>(
    kind: Option<&str>,
    message: &'a RawValue,
    fault: impl FnOnce() -> Option<Fault<'a>>,
) -> Result<Content, String> {
    let kind = kind.or_else(|| kind_by_object(message)).unwrap_or("unknown");
    match of_kind(kind, message, true) {
        Some(Ok(Content::Unsupported(found))) => Ok(unsupported(found.raw_type, fault().as_ref())),
        Some(Ok(content)) => Ok(content),
        None => Ok(unsupported(kind.to_owned(), fault().as_ref())),
        // For example a file that is too large to fetch: Meta says what kind it was and why it is missing.
        Some(Err(reason)) => fault().map(|fault| unsupported(kind.to_owned(), Some(&fault))).ok_or(reason),
    }
}

/// The kinds of content that stand in an object of the same name.
const KINDS: [&str; 15] = [
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "button",
    "interactive",
    "reaction",
    "order",
    "system",
    "edit",
    "revoke",
];

fn kind_by_object(message: &RawValue) -> Option<&'static str> {
    let fields: HashMap<String, &RawValue> = serde_json::from_str(message.get()).ok()?;
    KINDS.into_iter().find(|kind| fields.contains_key(*kind))
}

fn unsupported(raw_type: String, fault: Option<&Fault<'_>>) -> Content {
    Content::Unsupported(Unsupported {
        raw_type,
        code: fault.and_then(|fault| fault.code.number()),
        detail: fault.and_then(Fault::detail).map(str::to_owned),
    })
}

/// Reads the object named `kind`. `None` for an unknown kind.
fn of_kind(kind: &str, message: &RawValue, outermost: bool) -> Option<Result<Content, String>> {
    let object = Object { kind, message };
    Some(match kind {
        "text" => object.read::<Text<'_>>().and_then(|text| text.read()),
        "image" => object.media().map(Content::Image),
        "video" => object.media().map(Content::Video),
        "audio" => object.media().map(Content::Audio),
        "document" => object.media().map(Content::Document),
        "sticker" => object.media().map(Content::Sticker),
        "location" => object.location(),
        "contacts" => object.contacts(),
        "button" => object.button(),
        "interactive" => object.interactive(),
        "reaction" => object.reaction(),
        "order" => object.order(),
        "system" => object.system(),
        "unsupported" => Ok(object.unsupported()),
        "edit" if outermost => object.edit(),
        "revoke" => object.revoke(),
        _ => return None,
    })
}

/// The object of a message named after its type.
#[derive(Clone, Copy)]
struct Object<'a> {
    kind: &'a str,
    message: &'a RawValue,
}

impl<'a> Object<'a> {
    fn read<T: Deserialize<'a>>(self) -> Result<T, String> {
        let fields: HashMap<String, &'a RawValue> =
            serde_json::from_str(self.message.get()).map_err(|_| "it is not an object")?;
        let object = fields.get(self.kind).ok_or_else(|| format!("it has no {} object", self.kind))?;
        serde_json::from_str(object.get()).map_err(|_| format!("its {} object is not as expected", self.kind))
    }

    fn need(self, field: &Loose<'_>, name: &str) -> Result<String, String> {
        field.owned().ok_or_else(|| self.without(name))
    }

    fn without(self, name: &str) -> String {
        format!("its {} object has no {name}", self.kind)
    }

    fn contacts(self) -> Result<Content, String> {
        let cards = cards::read(&self.read()?);
        if cards.is_empty() {
            Err("it has no readable card".to_owned())
        } else {
            Ok(Content::Contacts(cards))
        }
    }

    /// A file's `url` expires after five minutes and its id after seven days, so the URL is read only if there is no id.
    fn media(self) -> Result<InboundMedia, String> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(borrow, default)]
            id: Loose<'a>,
            #[serde(borrow, default)]
            mime_type: Loose<'a>,
            #[serde(borrow, default)]
            sha256: Loose<'a>,
            #[serde(borrow, default)]
            caption: Loose<'a>,
            #[serde(borrow, default)]
            filename: Loose<'a>,
            #[serde(borrow, default)]
            url: Loose<'a>,
            #[serde(default)]
            voice: Flag,
            #[serde(default)]
            animated: Flag,
        }
        let wire: Wire<'_> = self.read()?;
        Ok(InboundMedia {
            media_id: wire.id.owned().or_else(|| wire.url.owned()).ok_or_else(|| self.without("id"))?,
            mime_type: wire.mime_type.or_empty(),
            sha256: wire.sha256.owned(),
            caption: wire.caption.owned(),
            filename: wire.filename.owned(),
            voice: wire.voice.0,
            animated: wire.animated.0,
        })
    }

    fn location(self) -> Result<Content, String> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(borrow, default)]
            latitude: Loose<'a>,
            #[serde(borrow, default)]
            longitude: Loose<'a>,
            #[serde(borrow, default)]
            name: Loose<'a>,
            #[serde(borrow, default)]
            address: Loose<'a>,
            #[serde(borrow, default)]
            url: Loose<'a>,
        }
        let wire: Wire<'_> = self.read()?;
        let degrees = |field: &Loose<'_>| field.number::<f64>().filter(|degrees| degrees.is_finite());
        Ok(Content::Location(Location {
            latitude: degrees(&wire.latitude).ok_or("its location has no latitude")?,
            longitude: degrees(&wire.longitude).ok_or("its location has no longitude")?,
            name: wire.name.owned(),
            address: wire.address.owned(),
            url: wire.url.owned(),
        }))
    }

    /// A tap on a template's button. It has a payload instead of an id.
    fn button(self) -> Result<Content, String> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(borrow, default)]
            payload: Loose<'a>,
            #[serde(borrow, default)]
            text: Loose<'a>,
        }
        let wire: Wire<'_> = self.read()?;
        let id = wire
            .payload
            .owned()
            .or_else(|| wire.text.owned())
            .ok_or("its button has neither payload nor text")?;
        let title = wire.text.owned().unwrap_or_else(|| id.clone());
        Ok(Content::ButtonReply(ButtonReply { id, title }))
    }

    fn interactive(self) -> Result<Content, String> {
        #[derive(Deserialize)]
        struct Reply<'a> {
            #[serde(borrow, default)]
            id: Loose<'a>,
            #[serde(borrow, default)]
            title: Loose<'a>,
            #[serde(borrow, default)]
            description: Loose<'a>,
        }
        #[derive(Deserialize)]
        struct Form<'a> {
            #[serde(borrow, default)]
            name: Loose<'a>,
            #[serde(borrow, default)]
            body: Loose<'a>,
            #[serde(borrow)]
            response_json: Option<&'a RawValue>,
        }
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(borrow, default, rename = "type")]
            kind: Loose<'a>,
            #[serde(borrow, default)]
            button_reply: Part<Reply<'a>>,
            #[serde(borrow, default)]
            list_reply: Part<Reply<'a>>,
            #[serde(borrow, default)]
            nfm_reply: Part<Form<'a>>,
        }
        let wire: Wire<'_> = self.read()?;
        let id = |reply: &Reply<'_>| {
            reply.id.owned().or_else(|| reply.title.owned()).ok_or_else(|| self.without("id"))
        };
        let parts = (wire.button_reply.get(), wire.list_reply.get(), wire.nfm_reply.get());
        Ok(match (wire.kind.get(), parts) {
            (Some("button_reply") | None, (Some(reply), ..)) => {
                Content::ButtonReply(ButtonReply { id: id(reply)?, title: reply.title.or_empty() })
            }
            (Some("list_reply") | None, (_, Some(reply), _)) => Content::ListReply(ListReply {
                id: id(reply)?,
                title: reply.title.or_empty(),
                description: reply.description.owned(),
            }),
            (Some("nfm_reply") | None, (.., Some(form))) => Content::FlowReply(FlowReply {
                name: form.name.or_empty(),
                body: form.body.owned(),
                response: filled_in(form.response_json),
            }),
            (Some(kind @ ("button_reply" | "list_reply" | "nfm_reply")), _) => {
                return Err(format!("it has no {kind} object"));
            }
            (kind, _) => {
                let raw_type = kind.unwrap_or("interactive").to_owned();
                Content::Unsupported(Unsupported { raw_type, code: None, detail: None })
            }
        })
    }

    fn reaction(self) -> Result<Content, String> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(borrow, default)]
            message_id: Loose<'a>,
            #[serde(borrow, default)]
            emoji: Loose<'a>,
        }
        let wire: Wire<'_> = self.read()?;
        let message_id = self.need(&wire.message_id, "message_id")?;
        Ok(Content::Reaction(Reaction { message_id, emoji: wire.emoji.owned() }))
    }

    fn order(self) -> Result<Content, String> {
        #[derive(Deserialize)]
        struct Line<'a> {
            #[serde(borrow, default)]
            product_retailer_id: Loose<'a>,
            #[serde(borrow, default)]
            quantity: Loose<'a>,
            #[serde(borrow, default)]
            item_price: Loose<'a>,
            #[serde(borrow, default)]
            currency: Loose<'a>,
        }
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(borrow, default)]
            catalog_id: Loose<'a>,
            #[serde(borrow, default)]
            text: Loose<'a>,
            #[serde(borrow, default)]
            product_items: Items<'a>,
        }
        let wire: Wire<'_> = self.read()?;
        let item = |line: Line<'_>| OrderItem {
            product_retailer_id: line.product_retailer_id.owned(),
            quantity: line.quantity.number(),
            item_price: line.item_price.number(),
            currency: line.currency.owned(),
        };
        Ok(Content::Order(Order {
            catalog_id: wire.catalog_id.or_empty(),
            text: wire.text.owned(),
            product_items: wire.product_items.read().into_iter().map(item).collect(),
        }))
    }

    /// Not read: `body`, a sentence for people that Meta advises against parsing (§2.7).
    fn system(self) -> Result<Content, String> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(borrow, default, rename = "type")]
            kind: Loose<'a>,
            #[serde(borrow, default)]
            wa_id: Loose<'a>,
            #[serde(borrow, default)]
            user_id: Loose<'a>,
            #[serde(borrow, default)]
            previous_user_id: Loose<'a>,
        }
        let wire: Wire<'_> = self.read()?;
        Ok(Content::System(SystemChange {
            kind: wire.kind.get().unwrap_or("unknown").to_owned(),
            phone: wire.wa_id.owned(),
            bsuid: wire.user_id.owned(),
            previous_bsuid: wire.previous_user_id.owned(),
        }))
    }

    /// Older payloads have no object that names the type.
    fn unsupported(self) -> Content {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(borrow, default, rename = "type")]
            kind: Loose<'a>,
        }
        let kind = self.read::<Wire<'_>>().ok().and_then(|wire| wire.kind.owned());
        let raw_type = kind.unwrap_or_else(|| "unknown".to_owned());
        Content::Unsupported(Unsupported { raw_type, code: None, detail: None })
    }

    fn edit(self) -> Result<Content, String> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(borrow, default)]
            original_message_id: Loose<'a>,
            #[serde(borrow)]
            message: Option<&'a RawValue>,
        }
        #[derive(Deserialize)]
        struct Kind<'a> {
            #[serde(borrow, default, rename = "type")]
            kind: Loose<'a>,
        }
        let wire: Wire<'_> = self.read()?;
        let content = wire.message.and_then(|message| {
            let kind: Kind<'_> = serde_json::from_str(message.get()).ok()?;
            // An edit inside an edit does not exist, and following it could recurse without end.
            of_kind(kind.kind.get()?, message, false)?.ok()
        });
        Ok(Content::Edit {
            original_message_id: self.need(&wire.original_message_id, "original_message_id")?,
            content: content.map(Box::new),
        })
    }

    fn revoke(self) -> Result<Content, String> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(borrow, default)]
            original_message_id: Loose<'a>,
        }
        let wire: Wire<'_> = self.read()?;
        let original_message_id = self.need(&wire.original_message_id, "original_message_id")?;
        Ok(Content::Revoke { original_message_id })
    }
}

/// The answers of a form are JSON in a text, and the text is not always valid JSON (§2.5).
fn filled_in(response: Option<&RawValue>) -> Value {
    let written: Value = response.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
    let read = written.as_str().and_then(|text| serde_json::from_str(text).ok());
    read.unwrap_or(written)
}
