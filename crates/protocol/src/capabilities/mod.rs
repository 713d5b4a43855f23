//! What a protocol can and cannot do: a value that pages, the API and the sender ask, so that none of them knows a protocol by
//! name. `docs/capabilities.md` shows the same values.

use warta_core::message::OutboundContent;

use crate::bilingual::Bilingual;
use crate::template::Task;

/// How a protocol carries something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// As it is.
    Yes,
    /// As numbered text whose answer is understood.
    AsText,
    /// Only here: the provider has no call for it, so what is told is kept and answered by us.
    Here,
    /// Not at all; what to do instead.
    No(Bilingual),
}

/// How one learns that a user may be written to without a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowSignal {
    /// By our own clock, from the user's last message; the provider refuses what comes too late.
    LastMessage,
    /// As before, and the provider's room closes besides.
    Room,
}

/// One thing that a protocol can do or not.
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
    /// Sending this kind of content.
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
    /// Listing the provider's templates, and reading one.
    pub list_templates: Support,
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
    pub reply_context: Support,
    /// "Is typing".
    pub typing: Support,
    /// Blue ticks for the user.
    pub read_receipts: Support,
    /// How one learns that the window is open.
    pub window: WindowSignal,
    /// Leading the provider's events here by its API.
    pub registration: Support,
}

impl Capabilities {
    /// Everything that it can do or not, in the order in which people are shown it.
    #[must_use]
    pub fn all(&self) -> Vec<(Ability, Support)> {
        // Taken apart, so that what is added to the table cannot be forgotten here.
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

    /// Whether templates are declared here, since the provider's API does not know them.
    #[must_use]
    pub fn declares_templates(&self) -> bool {
        self.create_template == Support::Here
    }

    /// Whether something can be done with the provider's templates.
    #[must_use]
    pub const fn template(&self, task: Task<'_>) -> Support {
        match task {
            Task::List(_) | Task::Read { .. } => self.list_templates,
            Task::Create(_) => self.create_template,
            Task::Edit { .. } => self.edit_template,
            Task::Delete { .. } => self.delete_template,
        }
    }

    /// How content of this kind is carried. What the table does not name is not.
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
