//! What a user can send.

use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    /// Sound: a file or a voice message.
    Audio(InboundMedia),
    /// A file.
    Document(InboundMedia),
    /// A sticker.
    Sticker(InboundMedia),
    /// A place.
    Location(Location),
    /// Contact cards.
    Contacts(Vec<Contact>),
    /// A tap on a reply button, ours or a template's.
    ButtonReply(ButtonReply),
    /// A choice from a list.
    ListReply(ListReply),
    /// The result of a flow or address form.
    FlowReply(FlowReply),
    /// An emoji on one of our messages.
    Reaction(Reaction),
    /// An order from a catalogue.
    Order(Order),
    /// New words for an earlier message.
    Edit {
        /// The provider's id of the message that is changed.
        original_message_id: String,
        /// What it says now, where that is something we can read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content: Option<Box<Content>>,
    },
    /// An earlier message was taken back.
    Revoke {
        /// The provider's id of the message that is gone.
        original_message_id: String,
    },
    /// WhatsApp itself has something to say about the user.
    System(SystemChange),
    /// Something this channel cannot carry; the agent learns what it was.
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

    /// Whether the user wrote something that an agent should answer. WhatsApp's own notices are not.
    #[must_use]
    pub const fn is_from_user(&self) -> bool {
        !matches!(self, Self::System(_))
    }
}

/// A file a user sent. The bytes stay with the provider until they are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InboundMedia {
    /// The provider's id of the file. Meta keeps it for 7 days.
    pub media_id: String,
    /// Its MIME type.
    pub mime_type: String,
    /// Its SHA-256 as the provider wrote it. Meta writes base 64 or hex: advisory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What the user wrote under it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// The file's name; documents only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// A voice message rather than a sound file.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub voice: bool,
    /// A moving sticker.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub animated: bool,
}

/// The answer to a reply button, ours or a template's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ButtonReply {
    /// The id the button was sent with; of a template's button its payload.
    pub id: String,
    /// What stood on it.
    pub title: String,
}

/// A choice from a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListReply {
    /// The id the row was sent with.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its description, where it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// The result of a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowReply {
    /// `flow` or `address_message`.
    pub name: String,
    /// What WhatsApp showed in the chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// What the user filled in. A text where the provider's JSON could not be read.
    pub response: Value,
}

/// An order from a catalogue.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Order {
    /// The catalogue.
    pub catalog_id: String,
    /// What the user wrote with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The things ordered.
    pub product_items: Vec<OrderItem>,
}

/// One line of an order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OrderItem {
    /// The seller's own id of the product.
    pub product_retailer_id: String,
    /// How many.
    pub quantity: f64,
    /// The price of one, in `currency`.
    pub item_price: f64,
    /// ISO 4217.
    pub currency: String,
}

/// A notice of WhatsApp about a user: a new number or a new business-scoped id.
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
    /// The business-scoped id that it replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_bsuid: Option<String>,
}

/// Something this channel cannot carry.
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

/// What a message refers to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Context {
    /// The provider's id of the message quoted, or of the one whose button was tapped.
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
    /// The advertisement or post the user came from, as the provider described it (facts/meta-cloud.md §2.4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referral: Option<Value>,
    /// The group it was written in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
}

impl Context {
    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
