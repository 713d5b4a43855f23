//! The section *Session behaviour* of the connection page.

use std::borrow::Cow;

use warta_core::channel::Protocol;
use warta_store::Channel;

use super::form::{Form, LANGUAGES, TEXTS, WORDS, help, label};
use super::phone::Phone;
use super::timeline::Timeline;
use crate::channel::draft::Draft;
use crate::form::{Field, Kind};
use crate::texts::Lang;

/// The section *Session behaviour* of the connection page.
pub(crate) struct Session {
    /// Whether to ask, and the delays.
    pub(crate) timing: Vec<Field>,
    /// The texts, by language.
    pub(crate) texts: Vec<Spoken>,
    /// Additional words that count as an answer.
    pub(crate) words: Vec<Field>,
    /// Whether the texts are expanded.
    pub(crate) texts_open: bool,
    /// What happens after the user's last message.
    pub(crate) timeline: Timeline,
    /// Whether a question costs money.
    pub(crate) costs: bool,
}

/// The texts in one language.
pub(crate) struct Spoken {
    pub(crate) language: Cow<'static, str>,
    pub(crate) fields: Vec<Field>,
    /// A preview of the user's phone.
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
            timeline: Timeline::of(&channel.session, l),
            costs: channel.protocol == Protocol::MetaCloud && channel.session.ask,
        }
    }

    /// Every field, to find the first at fault.
    pub(in super::super) fn fields(&mut self) -> impl Iterator<Item = &mut Field> {
        let texts = self.texts.iter_mut().flat_map(|spoken| &mut spoken.fields);
        self.timing.iter_mut().chain(texts).chain(&mut self.words)
    }
}

/// The phone previews, by language code.
pub(super) fn previews(form: &Form, business: &str) -> [(&'static str, Phone); 2] {
    LANGUAGES.map(|language| (language, Phone::picture(language, &form.texts(language), business)))
}
