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
    /// Sent as text: choices numbered, and the answer understood; other kinds written out.
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
mod tests {
    // docs/capabilities.md is written from the table of each protocol, and compared with it.
    use std::fmt::Write;

    use super::*;
    use crate::read_receipt::ReadReceipt;
    use crate::template::{Change, Listing, NewTemplate};
    use serde_json::json;
    use warta_core::channel::Protocol;
    use warta_core::secret::Secret;
    use warta_core::time::Timestamp;

    const HEAD: &str = "# What each provider can do

Written from the tables in the code: `WARTA_WRITE=1 cargo test -p warta-protocol capabilities`. What is *no* here the API refuses with
`unsupported_by_provider` and the sentence that stands here. *Declared here*: the provider's API does not know its templates, so the gateway keeps what it is
told of them, and the provider learns nothing of it.

|";

    fn word(support: Support) -> String {
        match support {
            Support::Yes => "yes".to_owned(),
            Support::AsText => "as text".to_owned(),
            Support::Here => "declared here".to_owned(),
            Support::No(instead) => format!("no: {}", instead.en),
        }
    }

    fn name(ability: Ability) -> String {
        match ability {
            Ability::ListTemplates => "list templates".to_owned(),
            Ability::CreateTemplate => "create a template".to_owned(),
            Ability::EditTemplate => "edit a template".to_owned(),
            Ability::DeleteTemplate => "delete a template".to_owned(),
            Ability::Send(kind) => format!("send `{kind}`"),
            Ability::ReplyContext => "answer under a message".to_owned(),
            Ability::Typing => "is typing".to_owned(),
            Ability::ReadReceipts => "blue ticks for the user".to_owned(),
            Ability::Registration => "register the endpoint by API".to_owned(),
        }
    }

    fn rows(can: &Capabilities) -> Vec<(String, String)> {
        let window = match can.window {
            WindowSignal::LastMessage => "the user's last message",
            WindowSignal::Room => "the user's last message, and the provider's room",
        };
        let pace = can
            .templates_per_minute
            .map_or_else(|| "as the number may".to_owned(), |count| count.to_string());
        let mut rows: Vec<_> =
            can.all().into_iter().map(|(ability, support)| (name(ability), word(support))).collect();
        rows.extend([
            ("templates a minute".to_owned(), pace),
            ("window known by".to_owned(), window.to_owned()),
        ]);
        rows
    }

    fn page() -> String {
        let entries: Vec<_> = Protocol::ALL.iter().map(|protocol| crate::entry(*protocol)).collect();
        let tables: Vec<_> = entries.iter().map(|entry| rows(entry.capabilities)).collect();
        let mut page = HEAD.to_owned();
        for entry in &entries {
            write!(page, " | {}", entry.description.name).unwrap();
        }
        writeln!(page, " |\n|---{}|", "|---".repeat(entries.len())).unwrap();
        for (index, (what, _)) in tables[0].iter().enumerate() {
            write!(page, "| {what}").unwrap();
            for table in &tables {
                assert_eq!(table[index].0, *what, "every protocol has the same rows in the same order");
                write!(page, " | {}", table[index].1).unwrap();
            }
            page.push_str(" |\n");
        }
        page
    }

    #[test]
    fn the_page_shows_what_the_code_does() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/capabilities.md");
        if std::env::var_os("WARTA_WRITE").is_some() {
            std::fs::write(path, page()).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap_or_default(),
            page(),
            "docs/capabilities.md is out of date"
        );
    }

    #[test]
    fn a_call_is_built_exactly_where_the_table_says_so() {
        let new = json!({"name": "a", "language": "id", "category": "utility", "components": [{"type": "BODY", "text": "Halo."}]});
        let (new, change) = (NewTemplate::read(&new).unwrap(), Change { category: None, components: None });
        let (key, now) = (Secret::new("t"), Timestamp::from_millis(0));
        let tasks = [
            Task::List(Listing { name: None, status: None, after: None, limit: 1 }),
            Task::Read { id: "5" },
            Task::Create(&new),
            Task::Edit { id: "5", change: &change },
            Task::Delete { id: "5", name: "a" },
        ];
        for protocol in Protocol::ALL {
            let entry = crate::entry(*protocol);
            let can = entry.capabilities;
            let provider = crate::read(*protocol, &entry.description.examples()).unwrap();
            for task in tasks {
                let built =
                    provider.templates().and_then(|templates| templates.request(&key, task, now)).is_some();
                assert_eq!(built, can.template(task) == Support::Yes, "{protocol} {task:?}");
            }
            assert_eq!(provider.registration().is_some(), can.registration == Support::Yes, "{protocol}");
            let receipt = ReadReceipt { provider_id: "m", room: Some("r"), typing: false };
            let built =
                provider.read_receipts().and_then(|receipts| receipts.request(&key, receipt, now)).is_some();
            assert_eq!(built, can.read_receipts == Support::Yes, "{protocol}");
        }
    }

    #[test]
    fn what_is_absent_says_in_both_languages_what_to_do_instead() {
        for protocol in Protocol::ALL {
            for (ability, support) in crate::entry(*protocol).capabilities.all() {
                if let Support::No(instead) = support {
                    for text in [instead.en, instead.id] {
                        assert!(text.ends_with('.') && text.len() > 20, "{protocol} {ability:?}: {text}");
                    }
                }
            }
        }
    }
}
