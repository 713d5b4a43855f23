//! Buttons and lists as numbered text.

use crate::message::{OutboundContent, Text};

/// The line that asks for a number.
const PROMPT: &str = "↩ 1–";

/// One choice of buttons or a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice<'a> {
    /// Comes back with the choice.
    pub id: &'a str,
    /// What the user sees.
    pub title: &'a str,
    /// A line below it, in lists.
    pub description: Option<&'a str>,
}

/// The choices that content offers, in their order.
#[must_use]
pub fn choices(content: &OutboundContent) -> Vec<Choice<'_>> {
    if let OutboundContent::Buttons(buttons) = content {
        let all = buttons.buttons.iter();
        all.map(|button| Choice { id: &button.id, title: &button.title, description: None }).collect()
    } else if let OutboundContent::List(list) = content {
        let rows = list.sections.iter().flat_map(|section| &section.rows);
        rows.map(|row| Choice { id: &row.id, title: &row.title, description: row.description.as_deref() })
            .collect()
    } else {
        Vec::new()
    }
}

/// Content as numbered text. `None` for content without choices.
#[must_use]
pub fn numbered(content: &OutboundContent) -> Option<Text> {
    let (header, body, footer) = if let OutboundContent::Buttons(buttons) = content {
        (&buttons.header, &buttons.body, &buttons.footer)
    } else if let OutboundContent::List(list) = content {
        (&list.header, &list.body, &list.footer)
    } else {
        return None;
    };
    let choices = choices(content);
    let mut lines = Vec::with_capacity(choices.len() + 6);
    lines.extend(header.as_ref().map(|header| format!("*{header}*")));
    lines.push(body.clone());
    lines.push(String::new());
    for (index, choice) in choices.iter().enumerate() {
        let about = choice.description.map(|text| format!(": {text}")).unwrap_or_default();
        lines.push(format!("{}. {}{about}", index + 1, choice.title));
    }
    lines.extend(footer.as_ref().map(|footer| format!("\n_{footer}_")));
    lines.push(format!("\n{PROMPT}{}", choices.len()));
    Some(Text { body: lines.join("\n"), preview_url: false })
}
