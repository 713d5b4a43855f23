//! Message content: the inbound kinds from users, and the outbound kinds from agents and people.
//!
//! Content serializes to an object named after its kind (`{"text":{"body":"…"}}`). Agents, the API and the database all use this
//! shape.

mod contact;
mod direction;
pub mod fit;
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
