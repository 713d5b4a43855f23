//! Buttons and lists within WhatsApp's limits: up to three buttons, then a list of up to ten rows, then numbered text. A title that
//! is too long is shortened, and stands in full in the text.

use super::numbered::numbered;
use super::split::{shorten, split};
use super::texts;
use crate::message::{Button, Buttons, List, OutboundContent, Row, Section};

const BUTTONS: usize = 3;
const ROWS: usize = 10;
const BUTTON_BODY: usize = 1_024;
/// Less than WhatsApp allows, so that the same list as numbered text is one message too.
const LIST_BODY: usize = 2_800;
const FRAME: usize = 60;
const BUTTON_TITLE: usize = 20;
const ROW_TITLE: usize = 24;
const DESCRIPTION: usize = 72;
const ROW_ID: usize = 200;
const BUTTON_ID: usize = 256;
/// The title of the button that opens a list; the same word in English and Indonesian.
const OPEN: &str = "Menu";
/// Stands where an agent gives choices and no text.
const NO_BODY: &str = "👇";

/// Buttons that can be sent.
pub(super) fn buttons(content: Buttons) -> Vec<OutboundContent> {
    let rows = content.buttons.into_iter();
    let rows = rows.map(|button| Row { id: button.id, title: button.title, description: None }).collect();
    let frame = (content.header, content.body, content.footer);
    choices(frame, OPEN, vec![Section { title: None, rows }], true)
}

/// A list that can be sent.
pub(super) fn list(content: List) -> Vec<OutboundContent> {
    let label = if content.button.trim().is_empty() { OPEN } else { content.button.trim() };
    choices((content.header, content.body, content.footer), label, content.sections, false)
}

type Frame = (Option<String>, String, Option<String>);

fn choices(frame: Frame, label: &str, sections: Vec<Section>, may_be_buttons: bool) -> Vec<OutboundContent> {
    let (header, mut body, footer) = framed(frame);
    let sections = distinct(sections);
    let count: usize = sections.iter().map(|section| section.rows.len()).sum();
    if body.trim().is_empty() && count > 0 {
        NO_BODY.clone_into(&mut body);
    }
    let mut list = List { body, button: shorten(label, BUTTON_TITLE), header, footer, sections };
    if count == 0 {
        let header = list.header.map(|header| format!("*{header}*"));
        let footer = list.footer.map(|footer| format!("_{footer}_"));
        let lines: Vec<_> = header.into_iter().chain([list.body]).chain(footer).collect();
        return texts(&lines.join("\n"), false);
    }
    let buttons = may_be_buttons && count <= BUTTONS;
    if count > ROWS || !ids_can_be_told_apart(&list, if buttons { BUTTON_ID } else { ROW_ID }) {
        return numbered(&OutboundContent::List(list))
            .map(|text| texts(&text.body, false))
            .unwrap_or_default();
    }
    let mut full = Vec::new();
    let mut seen = Vec::new();
    for row in list.sections.iter_mut().flat_map(|section| &mut section.rows) {
        fit_row(row, buttons, &mut seen, &mut full);
    }
    if !buttons {
        full.extend(fit_sections(&mut list.sections));
    }
    if !full.is_empty() {
        list.body = format!("{}\n\n{}", list.body, full.join("\n"));
    }
    let mut pieces = split(&list.body, if buttons { BUTTON_BODY } else { LIST_BODY });
    list.body = pieces.pop().unwrap_or_else(|| NO_BODY.to_owned());
    let mut sent: Vec<_> = pieces.iter().flat_map(|piece| texts(piece, false)).collect();
    sent.push(if buttons { as_buttons(list) } else { OutboundContent::List(list) });
    sent
}

/// Header and footer that are too long move into the body.
fn framed((header, body, footer): Frame) -> Frame {
    let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let fits = |text: &String| text.chars().count() <= FRAME;
    let (header, footer) = (given(header), given(footer));
    let mut lines: Vec<String> = header.iter().filter(|text| !fits(text)).cloned().collect();
    lines.push(body);
    lines.extend(footer.iter().filter(|text| !fits(text)).cloned());
    (header.filter(fits), lines.join("\n"), footer.filter(fits))
}

/// Rows without a title take their id, rows without an id their title; empty and repeated ones are left out, and so are sections
/// without rows.
fn distinct(sections: Vec<Section>) -> Vec<Section> {
    let mut seen: Vec<Row> = Vec::new();
    let sections = sections.into_iter().filter_map(|section| {
        let mut rows = Vec::new();
        for mut row in section.rows {
            if row.title.trim().is_empty() {
                row.title.clone_from(&row.id);
            }
            if row.id.trim().is_empty() {
                row.id.clone_from(&row.title);
            }
            row.description = row.description.filter(|text| !text.trim().is_empty());
            if !row.title.trim().is_empty() && !seen.contains(&row) {
                seen.push(row.clone());
                rows.push(row);
            }
        }
        (!rows.is_empty()).then_some(Section { title: section.title, rows })
    });
    sections.collect()
}

/// True if each choice comes back under an id of its own.
fn ids_can_be_told_apart(list: &List, most: usize) -> bool {
    let mut ids: Vec<_> = list.sections.iter().flat_map(|section| &section.rows).map(|row| &row.id).collect();
    let short = ids.iter().all(|id| id.chars().count() <= most);
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    short && ids.len() == count
}

/// Brings a row within the limits. Adds what was shortened to `full`.
fn fit_row(row: &mut Row, button: bool, seen: &mut Vec<String>, full: &mut Vec<String>) {
    let most = if button { BUTTON_TITLE } else { ROW_TITLE };
    let (whole, whole_description) = (row.title.trim().to_owned(), row.description.clone());
    row.title = shorten(&whole, most);
    let mut number = 2;
    while button && seen.contains(&row.title) {
        let mark = format!(" {number}");
        row.title = format!("{}{mark}", shorten(&whole, most.saturating_sub(mark.len())));
        number += 1;
    }
    seen.push(row.title.clone());
    let title_cut = row.title != whole;
    if !button && title_cut && row.description.is_none() && whole.chars().count() <= DESCRIPTION {
        row.description = Some(whole);
        return;
    }
    row.description = row.description.take().map(|text| shorten(&text, DESCRIPTION));
    if title_cut || row.description.as_deref().map(str::trim) != whole_description.as_deref().map(str::trim) {
        let about = whole_description.map(|text| format!(": {text}")).unwrap_or_default();
        full.push(format!("• {whole}{about}"));
    }
}

/// Each of several sections gets a title that fits. Returns those that were shortened.
fn fit_sections(sections: &mut [Section]) -> Vec<String> {
    let several = sections.len() > 1;
    let mut full = Vec::new();
    for (section, number) in sections.iter_mut().zip(1..) {
        let title = section.title.take().filter(|title| !title.trim().is_empty());
        let title = title.or_else(|| several.then(|| format!("{number}")));
        section.title = title.map(|title| {
            let short = shorten(&title, ROW_TITLE);
            if short != title.trim() {
                full.push(format!("*{title}*"));
            }
            short
        });
    }
    full
}

fn as_buttons(list: List) -> OutboundContent {
    let rows = list.sections.into_iter().flat_map(|section| section.rows);
    let buttons = rows.map(|row| Button { id: row.id, title: row.title }).collect();
    OutboundContent::Buttons(Buttons { body: list.body, header: list.header, footer: list.footer, buttons })
}
