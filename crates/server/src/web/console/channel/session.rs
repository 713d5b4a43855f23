//! The section *Session behaviour*: whether and when users are asked about the end of a session, in which words, and a line that shows
//! what the machine makes of it.

use std::borrow::Cow;
use std::time::Duration;

use axum::response::Response;
use warta_core::audit::Action;
use warta_core::channel::Protocol;
use warta_core::session::{Mark, Part, Problem as Fault, Settings, Texts, What, timeline};
use warta_store::{Change, Channel, ChannelChange, Error};

use crate::web::console::channel::conflict::{self, Version};
use crate::web::console::channel::connection::{self, Draft};
use crate::web::console::channel::desk::Desk;
use crate::web::console::form::{Field, Kind, Typed};
use crate::web::console::texts::Lang;
use crate::web::problem::Problem;

/// How often a save that was overtaken by another section's is tried again.
const TRIES: u32 = 5;
/// The languages that texts are kept in.
const LANGUAGES: [&str; 2] = ["en", "id"];
/// The fields with words of a channel's own, and what they mean.
const WORDS: [&str; 2] = ["words.go_on", "words.end"];
/// The fields of texts: as a form names them, which is as [`Settings::problems`] does.
const TEXTS: [(&str, &str, Part); 14] = [
    ("texts.en.ask_more", "en", Part::AskMore),
    ("texts.en.more_yes", "en", Part::MoreYes),
    ("texts.en.more_no", "en", Part::MoreNo),
    ("texts.en.ask_end", "en", Part::AskEnd),
    ("texts.en.end_yes", "en", Part::EndYes),
    ("texts.en.end_no", "en", Part::EndNo),
    ("texts.en.closing", "en", Part::Closing),
    ("texts.id.ask_more", "id", Part::AskMore),
    ("texts.id.more_yes", "id", Part::MoreYes),
    ("texts.id.more_no", "id", Part::MoreNo),
    ("texts.id.ask_end", "id", Part::AskEnd),
    ("texts.id.end_yes", "id", Part::EndYes),
    ("texts.id.end_no", "id", Part::EndNo),
    ("texts.id.closing", "id", Part::Closing),
];

/// The section as the page draws it.
pub(super) struct Session {
    /// Whether to ask, and the delays.
    pub(super) timing: Vec<Field>,
    /// What is said, by language.
    pub(super) texts: Vec<Spoken>,
    /// What is understood beyond the words we know.
    pub(super) words: Vec<Field>,
    /// Whether the texts are shown at once.
    pub(super) texts_open: bool,
    /// What happens after the user's last message.
    pub(super) line: Vec<Step>,
    /// Whether a question costs money.
    pub(super) costs: bool,
}

/// What is said in one language.
pub(super) struct Spoken {
    pub(super) language: Cow<'static, str>,
    pub(super) fields: Vec<Field>,
}

/// One point of the line.
pub(super) struct Step {
    /// For the colour.
    pub(super) tone: &'static str,
    pub(super) what: Cow<'static, str>,
    pub(super) after: String,
    /// Where it stands on the line, in hundredths, by the logarithm of its time: minutes and a day are both seen.
    pub(super) place: String,
}

impl Session {
    pub(super) fn of(channel: &Channel, draft: &Draft<'_>, l: Lang) -> Self {
        let saved = Form::of(&channel.session);
        let form = draft.typed.filter(|typed| typed.has("ask_more_minutes")).map_or(saved, Form::typed);
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
        let texts = LANGUAGES.map(|language| Spoken {
            language: l.language_name(language),
            fields: TEXTS
                .iter()
                .filter(|(_, of, _)| *of == language)
                .map(|(name, _, _)| field(name, Kind::Text))
                .collect(),
        });
        Self {
            timing,
            texts: texts.into(),
            words: WORDS.map(|name| field(name, Kind::Text).optional()).into(),
            texts_open: draft.faults.iter().any(|(name, _)| name.starts_with("texts.")),
            line: line(&channel.session, l),
            costs: channel.protocol == Protocol::MetaCloud && channel.session.ask,
        }
    }

    /// Every field, to find the first at fault.
    pub(super) fn fields(&mut self) -> impl Iterator<Item = &mut Field> {
        let texts = self.texts.iter_mut().flat_map(|spoken| &mut spoken.fields);
        self.timing.iter_mut().chain(texts).chain(&mut self.words)
    }
}

/// What stands in the form, by the name of the field.
struct Form(Vec<(&'static str, String)>);

impl Form {
    fn of(settings: &Settings) -> Self {
        let mut fields = vec![
            ("ask", settings.ask.to_string()),
            ("ask_more_minutes", settings.ask_more_minutes.to_string()),
            ("ask_end_minutes", settings.ask_end_minutes.to_string()),
            ("grace_minutes", settings.grace_minutes.to_string()),
            ("agent_counts", settings.agent_counts.to_string()),
        ];
        let text = |(name, language, part): &(&'static str, &str, Part)| {
            (*name, settings.texts(language).part(*part).to_owned())
        };
        fields.extend(TEXTS.iter().map(text));
        let [go_on, end] = WORDS;
        fields.extend([(go_on, settings.words.go_on.join(", ")), (end, settings.words.end.join(", "))]);
        Self(fields)
    }

    fn typed(typed: &Typed) -> Self {
        let names = Self::of(&Settings::default()).0.into_iter().map(|(name, _)| name);
        Self(names.map(|name| (name, typed.text(name).to_owned())).collect())
    }

    fn value(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| *found == name).map_or("", |(_, value)| value)
    }

    /// The settings that are asked for, and what cannot be read. A text that is ours is not kept: it follows later versions.
    fn settings(&self) -> (Settings, Vec<Fault>) {
        let mut faults = Vec::new();
        let mut minutes = |name: &'static str| {
            self.value(name).parse().unwrap_or_else(|_| {
                // Zero is out of range, and so is what is no number.
                faults.push(name);
                0
            })
        };
        let mut settings = Settings {
            ask: self.value("ask") == "true",
            ask_more_minutes: minutes("ask_more_minutes"),
            ask_end_minutes: minutes("ask_end_minutes"),
            grace_minutes: minutes("grace_minutes"),
            agent_counts: self.value("agent_counts") == "true",
            ..Settings::default()
        };
        for language in LANGUAGES {
            let mut texts = Texts::of(language);
            for (name, _, part) in TEXTS.iter().filter(|(_, of, _)| *of == language) {
                self.value(name).clone_into(texts.part_mut(*part));
            }
            if texts != Texts::of(language) {
                settings.texts.insert(language.to_owned(), texts);
            }
        }
        let words = |name| {
            let words = self.value(name).split(',').map(str::trim).filter(|word| !word.is_empty());
            words.map(str::to_owned).collect()
        };
        let [go_on, end] = WORDS;
        (settings.words.go_on, settings.words.end) = (words(go_on), words(end));
        let problems = settings.problems();
        (settings, problems)
    }

    /// What is different.
    fn changes(&self, before: &Self) -> Vec<Change> {
        let pairs = self.0.iter().zip(&before.0).filter(|(after, before)| after.1 != before.1);
        pairs
            .map(|((name, after), (_, before))| Change {
                field: (*name).to_owned(),
                before: Some(before.clone()),
                after: Some(after.clone()),
            })
            .collect()
    }
}

/// `POST B/connection/session`
pub(crate) async fn save(desk: Desk, typed: Typed) -> Result<Response, Problem> {
    let l = desk.l;
    let mut channel = desk.channel()?.clone();
    let form = Form::typed(&typed);
    let (settings, problems) = form.settings();
    if !problems.is_empty() {
        let names = form.0.iter().map(|(name, _)| *name);
        let faults = names.filter_map(|name| {
            let problem = problems.iter().find(|problem| problem.field == name)?;
            Some((name, words(&problem.what, l)))
        });
        let draft = Draft { typed: Some(&typed), faults: faults.collect(), ..Draft::default() };
        return connection::show(&desk, &channel, draft).await;
    }
    for _ in 0..TRIES {
        if let Some(answer) = overtaken(&desk, &channel, &typed, &form).await? {
            return Ok(answer);
        }
        let changes = form.changes(&Form::of(&channel.session));
        if changes.is_empty() {
            return Ok(desk.done("unchanged", "session"));
        }
        let change = ChannelChange { session: Some(settings.clone()), ..ChannelChange::default() };
        let entry = desk.entry(Action::ChannelChanged, "session", changes);
        let place = (channel.id, channel.revision);
        match desk.app.store.change_channel(desk.scope(), place, change, "session", &entry).await {
            Ok(_) => {
                desk.app.directory.forget();
                return Ok(desk.done("session_saved", "session"));
            }
            Err(Error::Conflict { .. }) => channel = desk.again().await?,
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Busy.into())
}

/// The page with both versions, where somebody else has saved this section since the form was drawn.
async fn overtaken(
    desk: &Desk,
    channel: &Channel,
    typed: &Typed,
    form: &Form,
) -> Result<Option<Response>, Problem> {
    let Some(basis) = conflict::basis(desk, typed, channel).await? else { return Ok(None) };
    let (was, theirs) = (Form::of(&basis.session), Form::of(&channel.session));
    let differing =
        theirs.0.iter().filter(|(name, theirs)| was.value(name) != theirs && form.value(name) != theirs);
    let versions: Vec<_> = differing
        .map(|(name, theirs)| Version {
            label: label(name, desk.l),
            theirs: theirs.clone(),
            yours: form.value(name).to_owned(),
        })
        .collect();
    if versions.is_empty() {
        return Ok(None);
    }
    let again = form.0.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    conflict::page(desk, channel, "session", (versions, again)).await.map(Some)
}

/// What happens after the last message, as the machine does it.
fn line(settings: &Settings, l: Lang) -> Vec<Step> {
    let day = logarithm(Duration::from_hours(24));
    let step = |mark, after: Duration| {
        let (tone, what) = match mark {
            Mark::Message => ("user", l.session_message()),
            Mark::AskMore => ("ask", l.session_ask_more()),
            Mark::AskEnd => ("ask", l.session_ask_end()),
            Mark::End => ("end", l.session_end()),
            Mark::WindowCloses => ("window", l.session_window()),
        };
        let place = (logarithm(after) * 100.0 / day).min(100.0);
        Step { tone, what, after: span(after, l), place: format!("{place:.1}") }
    };
    timeline(settings).into_iter().map(|moment| step(moment.mark, moment.after)).collect()
}

fn logarithm(after: Duration) -> f64 {
    (after.as_secs_f64() / 60.0).ln_1p()
}

/// A time in hours and minutes.
fn span(after: Duration, l: Lang) -> String {
    let minutes = after.as_secs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => l.session_minutes(minutes).into_owned(),
        (hours, 0) => l.session_hours(hours).into_owned(),
        (hours, minutes) => format!("{} {}", l.session_hours(hours), l.session_minutes(minutes)),
    }
}

fn label(name: &str, l: Lang) -> Cow<'static, str> {
    match name {
        "ask" => l.session_ask(),
        "ask_more_minutes" => l.session_ask_more_delay(),
        "ask_end_minutes" => l.session_ask_end_delay(),
        "grace_minutes" => l.session_grace(),
        "agent_counts" => l.session_agent_counts(),
        "words.go_on" => l.session_words_go_on(),
        "words.end" => l.session_words_end(),
        _ => {
            let part = TEXTS.iter().find(|(known, ..)| *known == name).map(|(.., part)| *part);
            match part {
                Some(Part::AskMore) | None => l.session_text_ask_more(),
                Some(Part::MoreYes) => l.session_text_more_yes(),
                Some(Part::MoreNo) => l.session_text_more_no(),
                Some(Part::AskEnd) => l.session_text_ask_end(),
                Some(Part::EndYes) => l.session_text_end_yes(),
                Some(Part::EndNo) => l.session_text_end_no(),
                Some(Part::Closing) => l.session_text_closing(),
            }
        }
    }
}

fn help(name: &str, l: Lang) -> Cow<'static, str> {
    match name {
        "ask" => l.session_ask_help(),
        "ask_more_minutes" => l.session_ask_more_delay_help(),
        "ask_end_minutes" => l.session_ask_end_delay_help(),
        "grace_minutes" => l.session_grace_help(),
        "agent_counts" => l.session_agent_counts_help(),
        "words.go_on" | "words.end" => l.session_words_help(),
        _ => Cow::default(),
    }
}

fn words(what: &What, l: Lang) -> Cow<'static, str> {
    match what {
        What::OutOfRange(least, most) => l.session_out_of_range(*least, *most),
        What::NeverFires => l.session_never_fires(),
        What::Empty => l.session_empty(),
        What::TooLong(most) => l.session_too_long(*most),
        What::UnknownVariable(name) => l.session_unknown_variable(name),
        What::SameTitle => l.session_same_title(),
    }
}
