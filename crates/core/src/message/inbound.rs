//! Content that a user can send.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::contact::Contact;
use super::parts::{Location, Reaction, Text};

/// The content of a message from a user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Plain text.
    Text(Text),
    /// A picture.
    Image(InboundMedia),
    /// A video.
    Video(InboundMedia),
    /// An audio file or a voice message.
    Audio(InboundMedia),
    /// A file.
    Document(InboundMedia),
    /// A sticker.
    Sticker(InboundMedia),
    /// A location.
    Location(Location),
    /// Contact cards.
    Contacts(Vec<Contact>),
    /// A tap on a reply button of a message or template.
    ButtonReply(ButtonReply),
    /// A choice from a list.
    ListReply(ListReply),
    /// The result of a flow or address form.
    FlowReply(FlowReply),
    /// A reaction to one of our messages.
    Reaction(Reaction),
    /// An order from a catalogue.
    Order(Order),
    /// A change of an earlier message.
    Edit {
        /// The id of the changed message: the provider's, or ours where we know the message.
        original_message_id: String,
        /// The new content, if its kind is supported.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content: Option<Box<Content>>,
    },
    /// The user deleted an earlier message.
    Revoke {
        /// The id of the deleted message: the provider's, or ours where we know the message.
        original_message_id: String,
    },
    /// A notice from WhatsApp about the user.
    System(SystemChange),
    /// Content of a kind that this channel does not support; it names the kind.
    Unsupported(Unsupported),
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
            Self::ButtonReply(_) => "button_reply",
            Self::ListReply(_) => "list_reply",
            Self::FlowReply(_) => "flow_reply",
            Self::Reaction(_) => "reaction",
            Self::Order(_) => "order",
            Self::Edit { .. } => "edit",
            Self::Revoke { .. } => "revoke",
            Self::System(_) => "system",
            Self::Unsupported(_) => "unsupported",
        }
    }

    /// The id of the message that a reaction, an edit or a deletion is about: the provider's, or ours once it is looked up.
    #[must_use]
    pub const fn about(&mut self) -> Option<&mut String> {
        match self {
            Self::Reaction(reaction) => Some(&mut reaction.message_id),
            Self::Edit { original_message_id, .. } | Self::Revoke { original_message_id } => {
                Some(original_message_id)
            }
            Self::Text(_)
            | Self::Image(_)
            | Self::Video(_)
            | Self::Audio(_)
            | Self::Document(_)
            | Self::Sticker(_)
            | Self::Location(_)
            | Self::Contacts(_)
            | Self::ButtonReply(_)
            | Self::ListReply(_)
            | Self::FlowReply(_)
            | Self::Order(_)
            | Self::System(_)
            | Self::Unsupported(_) => None,
        }
    }

    /// True if the user sent the message, so that an agent should answer. False for WhatsApp's own notices.
    #[must_use]
    pub const fn is_from_user(&self) -> bool {
        !matches!(self, Self::System(_))
    }

    /// True if the user said something new, which starts a session or keeps it open. False for a reaction to something that was said,
    /// its change and its deletion.
    #[must_use]
    pub const fn is_activity(&self) -> bool {
        !matches!(self, Self::System(_) | Self::Reaction(_) | Self::Edit { .. } | Self::Revoke { .. })
    }
}

/// A file from a user. The bytes stay with the provider until they are requested.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InboundMedia {
    /// The provider's id of the file. Meta keeps it for 7 days.
    pub media_id: String,
    /// Its MIME type.
    pub mime_type: String,
    /// Its SHA-256 as the provider sent it. Meta sends base64 or hex, so treat it as advisory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The caption under the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// The file's name; documents only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// True for a voice message, false for an audio file.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub voice: bool,
    /// True for an animated sticker.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub animated: bool,
}

/// A tap on a reply button of a message or template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ButtonReply {
    /// The id that the button was sent with; for a template's button, its payload.
    pub id: String,
    /// The button's title.
    pub title: String,
}

/// A choice from a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListReply {
    /// The id that the row was sent with.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its description, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// The result of a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowReply {
    /// `flow` or `address_message`.
    pub name: String,
    /// The text that WhatsApp showed in the chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The values that the user entered. A string if the provider's JSON could not be parsed.
    pub response: Value,
}

/// An order from a catalogue.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Order {
    /// The catalogue's id.
    pub catalog_id: String,
    /// The user's text with the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The ordered products.
    pub product_items: Vec<OrderItem>,
}

/// One line of an order. What the provider did not send, or sent in a form that cannot be read, is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OrderItem {
    /// The seller's own id of the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_retailer_id: Option<String>,
    /// The quantity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Number>,
    /// The unit price, in `currency`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_price: Option<Number>,
    /// The currency code (ISO 4217).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// A notice from WhatsApp about a user: a new phone number or a new business-scoped id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemChange {
    /// The provider's word, such as `user_changed_number`.
    pub kind: String,
    /// The new phone number, in digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The new business-scoped id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bsuid: Option<String>,
    /// The previous business-scoped id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_bsuid: Option<String>,
}

/// Content of a kind that this channel does not support.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsupported {
    /// The provider's word for it, such as `poll_creation`.
    #[serde(rename = "type")]
    pub raw_type: String,
    /// The provider's code, such as 131051.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// The provider's explanation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// The references of a message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Context {
    /// The provider's id of the quoted message, or of the message whose button was tapped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// Forwarded from another chat.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub forwarded: bool,
    /// Forwarded more than five times.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub frequently_forwarded: bool,
    /// The product page the user came from: `catalog_id`, `product_retailer_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referred_product: Option<Value>,
    /// The advertisement or post the user came from, as the provider describes it (facts/meta-cloud.md §2.4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referral: Option<Value>,
    /// The group that the message was sent in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
}

impl Context {
    /// True if the message has no references.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
