//! The layout of the pages in this folder: a heading, an optional form, and hints.

use std::borrow::Cow;

use askama::Template;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use warta_core::audit::Action;
use warta_core::ids::{AuditId, PersonId};
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::{By, Entry, NewPerson};

use crate::form::{Field, Kind, Typed};
use crate::sign_in::password::{self, Weak};
use crate::texts::Lang;
use crate::view;
use crate::visitor;

/// The longest name of a person or an organization, in characters.
const LONGEST_NAME: usize = 80;

type Text = Cow<'static, str>;

/// A page for visitors who are not signed in.
#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
pub(super) struct Page {
    l: Lang,
    title: Text,
    lead: Text,
    at_fault: bool,
    note: Option<Text>,
    form: Option<Form>,
    way: Option<(String, Text)>,
    lines: Vec<Text>,
}

/// A form of such a page.
#[derive(Debug)]
pub(super) struct Form {
    /// Where it goes.
    pub(super) action: String,
    /// Its hidden fields.
    pub(super) hidden: Vec<(String, String)>,
    /// Its fields.
    pub(super) fields: Vec<Field>,
    /// The label of its button.
    pub(super) button: Text,
}

impl Page {
    /// A page with nothing on it but a heading and a line.
    pub(super) fn new(l: Lang, title: Text, lead: Text) -> Self {
        let (note, form, way, lines) = (None, None, None, Vec::new());
        Self { l, title, lead, at_fault: false, note, form, way, lines }
    }

    /// A note above everything else.
    pub(super) fn note(mut self, note: Option<Text>) -> Self {
        self.note = note;
        self
    }

    /// Says in the title that something is wrong.
    pub(super) fn at_fault(mut self, at_fault: bool) -> Self {
        self.at_fault = at_fault;
        self
    }

    /// Its fields.
    pub(super) fn form(mut self, form: Form) -> Self {
        self.form = Some(form);
        self
    }

    /// A link to continue.
    pub(super) fn way(mut self, href: impl Into<String>, text: Text) -> Self {
        self.way = Some((href.into(), text));
        self
    }

    /// Additional hints.
    pub(super) fn lines(mut self, lines: Vec<Text>) -> Self {
        self.lines = lines;
        self
    }

    /// The answer.
    pub(super) fn answer(&self, status: StatusCode) -> Response {
        (status, view::page(self)).into_response()
    }
}

/// The page for a used, expired or unknown link, with hints what to do.
pub(super) fn gone(l: Lang, lines: Vec<Text>) -> Response {
    Page::new(l, l.link_gone(), l.link_gone_lead()).lines(lines).answer(StatusCode::GONE)
}

/// The field for an e-mail.
pub(super) fn email_field(l: Lang) -> Field {
    Field::new(l, "email", Kind::Email, l.email()).autocomplete("username")
}

/// The field for a person's name.
pub(crate) fn name_field(l: Lang) -> Field {
    Field::new(l, "name", Kind::Text, l.your_name()).autocomplete("name")
}

/// The field for a new password.
pub(crate) fn new_password_field(l: Lang) -> Field {
    Field::new(l, "password", Kind::Secret, l.new_password())
        .help(l.password_help(password::SHORTEST, password::LONGEST))
        .autocomplete("new-password")
}

/// The field for the console's language; an unknown language becomes the page's.
pub(super) fn language_field(l: Lang, chosen: &str) -> Field {
    let options = [("en", "English"), ("id", "Bahasa Indonesia")];
    let options = options.map(|(code, name)| (code.to_owned(), name.into())).to_vec();
    Field::new(l, "language", Kind::Choice(options), l.language()).value(language(l, chosen).code())
}

/// The chosen language.
fn language(l: Lang, chosen: &str) -> Lang {
    Lang::named(chosen).unwrap_or(l)
}

/// A new person from a valid form.
pub(super) async fn newcomer(app: &App, l: Lang, typed: &Typed, email: &str) -> Result<NewPerson, Problem> {
    Ok(NewPerson {
        id: PersonId::from_uuid(app.minter.uuid(app.now())),
        email: email.to_owned(),
        name: typed.text("name").to_owned(),
        password_hash: Some(password::hash(&*app.minter, typed.exact("password")).await?),
        language: Some(language(l, typed.text("language")).code().to_owned()),
    })
}

/// The audit entry of a new person's first action.
pub(super) fn entry(app: &App, new: &NewPerson, request: &Parts, action: Action) -> Entry {
    let by = By { person: Some(new.id), actor: new.name.clone(), address: visitor::address(app, request) };
    Entry::new(AuditId::from_uuid(app.minter.uuid(app.now())), by, action, app.now())
}

/// The fault of a name, if any.
pub(crate) fn name_fault(l: Lang, name: &str) -> Option<Text> {
    match name.chars().count() {
        0 => Some(l.fault_empty()),
        1..=LONGEST_NAME => None,
        _ => Some(l.fault_long(LONGEST_NAME)),
    }
}

/// The fault of an e-mail address, if any. The check is loose, because nothing is sent to it.
pub(crate) fn email_fault(l: Lang, email: &str) -> Option<Text> {
    let is_one = email.len() <= 254
        && !email.chars().any(|character| character.is_whitespace() || character.is_control())
        && email.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && !host.is_empty() && !host.contains('@') && !host.starts_with('.')
        });
    (!is_one).then(|| l.fault_email())
}

/// The fault of a new password, if any.
pub(crate) fn password_fault(l: Lang, password: &str, email: &str, name: &str) -> Option<Text> {
    match password::check(password, email, name).err()? {
        Weak::Short => Some(l.fault_password_short(password::SHORTEST)),
        Weak::Long => Some(l.fault_password_long(password::LONGEST)),
        Weak::Guessable => Some(l.fault_password_guessable()),
        Weak::Common => Some(l.fault_password_common()),
    }
}
