//! What a protocol can do. Pages, the API and the sender read this table, so that none of them knows a protocol by name.
//! `docs/capabilities.md` shows the same table.

use warta_core::message::OutboundContent;

use crate::bilingual::Bilingual;
use crate::template::Task;

/// How a protocol supports an ability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// Supported.
    Yes,
    /// Sent as numbered text. The answer is understood.
    AsText,
    /// Only in the gateway: the provider has no API for it, so the gateway stores it and answers for it.
    Here,
    /// Not supported, with what to do instead.
    No(Bilingual),
}

/// What decides whether a user may be sent a message without a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowSignal {
    /// The time since the user's last message. The provider refuses a message that is too late.
    LastMessage,
    /// The time since the user's last message, and whether the provider's room is open.
    Room,
}

/// An ability of a protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ability {
    /// [`Capabilities::list_templates`].
    ListTemplates,
    /// [`Capabilities::create_template`].
    CreateTemplate,
    /// [`Capabilities::edit_template`].
    EditTemplate,
    /// [`Capabilities::delete_template`].
    DeleteTemplate,
    /// Send this kind of content.
    Send(&'static str),
    /// [`Capabilities::reply_context`].
    ReplyContext,
    /// [`Capabilities::typing`].
    Typing,
    /// [`Capabilities::read_receipts`].
    ReadReceipts,
    /// [`Capabilities::registration`].
    Registration,
}

/// What a protocol can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// List the provider's templates, and read one.
    pub list_templates: Support,
    /// Create a template.
    pub create_template: Support,
    /// Edit a template.
    pub edit_template: Support,
    /// Delete a template.
    pub delete_template: Support,
    /// Templates that may be sent in a minute, if the provider limits them.
    pub templates_per_minute: Option<u32>,
    /// Each kind of outbound content, by [`OutboundContent::kind`].
    pub content: &'static [(&'static str, Support)],
    /// Quote the message that is answered.
    pub reply_context: Support,
    /// Show "is typing".
    pub typing: Support,
    /// Show a message as read.
    pub read_receipts: Support,
    /// What decides whether the customer service window is open.
    pub window: WindowSignal,
    /// Register the webhook URL by API.
    pub registration: Support,
}

/// A table in which every kind of outbound content is supported.
pub(crate) const EVERY_KIND: &[(&str, Support)] = &[
    ("text", Support::Yes),
    ("image", Support::Yes),
    ("video", Support::Yes),
    ("audio", Support::Yes),
    ("document", Support::Yes),
    ("sticker", Support::Yes),
    ("location", Support::Yes),
    ("contacts", Support::Yes),
    ("buttons", Support::Yes),
    ("list", Support::Yes),
    ("cta_url", Support::Yes),
    ("location_request", Support::Yes),
    ("reaction", Support::Yes),
    ("template", Support::Yes),
];

impl Capabilities {
    /// All abilities, in the order in which people see them.
    #[must_use]
    pub fn all(&self) -> Vec<(Ability, Support)> {
        // Destructured, so that a new field cannot be forgotten here.
        let Self {
            list_templates,
            create_template,
            edit_template,
            delete_template,
            templates_per_minute: _,
            content,
            reply_context,
            typing,
            read_receipts,
            window: _,
            registration,
        } = *self;
        let mut all = vec![
            (Ability::ListTemplates, list_templates),
            (Ability::CreateTemplate, create_template),
            (Ability::EditTemplate, edit_template),
            (Ability::DeleteTemplate, delete_template),
        ];
        all.extend(content.iter().map(|(kind, support)| (Ability::Send(kind), *support)));
        all.extend([
            (Ability::ReplyContext, reply_context),
            (Ability::Typing, typing),
            (Ability::ReadReceipts, read_receipts),
            (Ability::Registration, registration),
        ]);
        all
    }

    /// True if templates are declared in the gateway, because the provider's API does not know them.
    #[must_use]
    pub fn declares_templates(&self) -> bool {
        self.create_template == Support::Here
    }

    /// How a task on templates is supported.
    #[must_use]
    pub const fn template(&self, task: Task<'_>) -> Support {
        match task {
            Task::List(_) | Task::Read { .. } => self.list_templates,
            Task::Create(_) => self.create_template,
            Task::Edit { .. } => self.edit_template,
            Task::Delete { .. } => self.delete_template,
        }
    }

    /// How content of this kind is supported. A kind that is not in the table is not supported.
    #[must_use]
    pub fn content(&self, content: &OutboundContent) -> Support {
        let kind = content.kind();
        self.content.iter().find(|(name, _)| *name == kind).map_or(
            Support::No(Bilingual {
                en: "This provider does not carry it.",
                id: "Penyedia ini tidak dapat mengirimnya.",
            }),
            |(_, support)| *support,
        )
    }
}

#[cfg(test)]
mod tests;
