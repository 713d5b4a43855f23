//! docs/capabilities.md is written from the table of each protocol, and held to it.

use std::fmt::Write;

use super::{Capabilities, Support, Templates, WindowSignal};
use warta_core::channel::Protocol;

const HEAD: &str = "# What each provider can do

Written from the tables in the code: `WARTA_WRITE=1 cargo test -p warta-protocol capabilities`. A kind of message that is *no* here the API refuses with
`unsupported_by_provider` and the sentence that stands here.

|";

fn word(support: Support) -> String {
    match support {
        Support::Yes => "yes".to_owned(),
        Support::AsText => "as numbered text".to_owned(),
        Support::No(instead) => format!("no: {}", instead.en),
    }
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

fn rows(can: &Capabilities) -> Vec<(String, String)> {
    let templates = match can.templates {
        Templates::Provider => "yes",
        Templates::Declared => "no: they are declared in Warta",
    };
    let window = match can.window {
        WindowSignal::LastMessage => "the user's last message",
        WindowSignal::Room => "the user's last message, and the provider's room",
    };
    let pace =
        can.templates_per_minute.map_or_else(|| "as the number may".to_owned(), |count| count.to_string());
    let mut rows = vec![
        ("list templates".to_owned(), templates.to_owned()),
        ("create a template".to_owned(), word(can.create_template)),
        ("edit a template".to_owned(), word(can.edit_template)),
        ("delete a template".to_owned(), word(can.delete_template)),
        ("templates a minute".to_owned(), pace),
    ];
    rows.extend(can.content.iter().map(|(kind, support)| (format!("send `{kind}`"), word(*support))));
    rows.extend([
        ("answer under a message".to_owned(), yes(can.reply_context)),
        ("is typing".to_owned(), yes(can.typing)),
        ("blue ticks for the user".to_owned(), yes(can.read_receipts)),
        ("window known by".to_owned(), window.to_owned()),
        ("register the endpoint by API".to_owned(), word(can.registration)),
    ]);
    rows
}

fn page() -> String {
    let entries: Vec<_> = Protocol::ALL.iter().filter_map(|protocol| crate::entry(*protocol)).collect();
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
