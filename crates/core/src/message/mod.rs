//! Messages: what a user can send us, and what an agent or a person can send to a user.
//!
//! The content of both directions serialises to the object named like its kind (`{"text":{"body":"…"}}`), which is
//! the shape agents see, the API speaks and the database keeps.

mod contact;
mod direction;
mod inbound;
mod outbound;
mod parts;

pub use contact::{Contact, ContactAddress, ContactName, ContactOrg, ContactValue};
pub use direction::Direction;
pub use inbound::{
    ButtonReply, Content as InboundContent, Context, FlowReply, InboundMedia, ListReply, Order, OrderItem,
    SystemChange, Unsupported,
};
pub use outbound::{
    Button, Buttons, Content as OutboundContent, CtaUrl, Invalid, List, LocationRequest, OutboundMedia, Row,
    Section, Template,
};
pub use parts::{Location, Reaction, Text};
