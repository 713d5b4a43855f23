//! The section as the page draws it.

use std::borrow::Cow;

use warta_core::channel::Protocol;
use warta_store::Channel;

use super::form::{Form, LANGUAGES, TEXTS, WORDS, help, label};
use super::line::Line;
use super::phone::Phone;
use crate::channel::draft::Draft;
use crate::form::{Field, Kind};
use crate::texts::Lang;

/// The section as the page draws it.
pub(crate) struct Session {
    /// Whether to ask, and the delays.
    pub(crate) timing: Vec<Field>,
    /// What is said, by language.
    pub(crate) texts: Vec<Spoken>,
    /// What is understood beyond the words we know.
    pub(crate) words: Vec<Field>,
    /// Whether the texts are shown at once.
    pub(crate) texts_open: bool,
    /// What happens after the user's last message.
    pub(crate) line: Line,
    /// Whether a question costs money.
    pub(crate) costs: bool,
}

/// What is said in one language.
pub(crate) struct Spoken {
    pub(crate) language: Cow<'static, str>,
    pub(crate) fields: Vec<Field>,
    /// What a user sees of it.
    pub(crate) phone: Phone,
}

impl Session {
    pub(in super::super) fn of(channel: &Channel, business: &str, draft: &Draft<'_>, l: Lang) -> Self {
        let saved = Form::of(&channel.session);
        let form = draft.typed.and_then(Form::sent).unwrap_or(saved);
        let fault = |name: &str| {
            let mut faults = draft.faults.iter();
            faults.find(|(field, _)| *field == name).map(|(_, fault)| fault.clone())
        };
        let field = |name: &'static str, kind: Kind| {
            let field = Field::new(l, name, kind, label(name, l)).value(form.value(name)).fault(fault(name));
            field.help(help(name, l))
        };
        let yes_no =
            || Kind::Choice(vec![("true".to_owned(), l.session_yes()), ("false".to_owned(), l.session_no())]);
        let minutes = ["ask_more_minutes", "ask_end_minutes", "grace_minutes"];
        let delays = minutes.map(|name| field(name, Kind::Code).pattern("[0-9]{1,4}"));
        let mut timing = vec![field("ask", yes_no())];
        timing.extend(delays);
        timing.push(field("agent_counts", yes_no()));
        let texts = previews(&form, business).map(|(language, phone)| Spoken {
            language: l.language_name(language),
            fields: TEXTS
                .iter()
                .filter(|(_, of, _)| *of == language)
                .map(|(name, _, _)| field(name, Kind::Text))
                .collect(),
            phone,
        });
        Self {
            timing,
            texts: texts.into(),
            words: WORDS.map(|name| field(name, Kind::Text).optional()).into(),
            texts_open: draft.faults.iter().any(|(name, _)| name.starts_with("texts.")),
            line: Line::of(&channel.session, l),
            costs: channel.protocol == Protocol::MetaCloud && channel.session.ask,
        }
    }

    /// Every field, to find the first at fault.
    pub(in super::super) fn fields(&mut self) -> impl Iterator<Item = &mut Field> {
        let texts = self.texts.iter_mut().flat_map(|spoken| &mut spoken.fields);
        self.timing.iter_mut().chain(texts).chain(&mut self.words)
    }
}

/// What a user sees of each language, and its code.
pub(super) fn previews(form: &Form, business: &str) -> [(&'static str, Phone); 2] {
    LANGUAGES.map(|language| (language, Phone::picture(language, &form.texts(language), business)))
}
