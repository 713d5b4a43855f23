//! What a protocol can and cannot do: a value that pages, the API and the sender ask, so that none of them knows a protocol by
//! name. `docs/capabilities.md` shows the same values.

use warta_core::message::OutboundContent;

use crate::describe::Text;

/// How a protocol carries something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// As it is.
    Yes,
    /// As numbered text whose answer is understood.
    AsText,
    /// Not at all; what to do instead.
    No(Text),
}

/// Where the list of templates comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Templates {
    /// The provider tells.
    Provider,
    /// It has no list: people declare here what they may send.
    Declared,
}

/// How one learns that a user may be written to without a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowSignal {
    /// By our own clock, from the user's last message; the provider refuses what comes too late.
    LastMessage,
    /// As before, and the provider's room closes besides.
    Room,
}

/// What a protocol can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Where the list of templates comes from.
    pub templates: Templates,
    /// Making a template at the provider.
    pub create_template: Support,
    /// Changing one.
    pub edit_template: Support,
    /// Deleting one.
    pub delete_template: Support,
    /// How many templates may be sent in a minute, where the provider counts them.
    pub templates_per_minute: Option<u32>,
    /// Each kind of outbound content by its word ([`OutboundContent::kind`]).
    pub content: &'static [(&'static str, Support)],
    /// Answering under a certain message.
    pub reply_context: bool,
    /// "Is typing".
    pub typing: bool,
    /// Blue ticks for the user.
    pub read_receipts: bool,
    /// How one learns that the window is open.
    pub window: WindowSignal,
    /// Leading the provider's events here by its API.
    pub registration: Support,
}

impl Capabilities {
    /// How content of this kind is carried. What the table does not name is not.
    #[must_use]
    pub fn content(&self, content: &OutboundContent) -> Support {
        let kind = content.kind();
        self.content.iter().find(|(name, _)| *name == kind).map_or(
            Support::No(Text {
                en: "This provider does not carry it.",
                id: "Penyedia ini tidak dapat mengirimnya.",
            }),
            |(_, support)| *support,
        )
    }
}

#[cfg(test)]
mod tests;
