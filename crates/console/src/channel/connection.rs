//! `GET B/connection`: every section of a channel's configuration, each with a form of its own.

use std::borrow::Cow;

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use warta_core::channel::{SecretKind, State};
use warta_http::problem::Problem;
use warta_protocol::describe::{ACCOUNT, FieldSpec, Format, Section};
use warta_store::{Channel, SecretRow};

use crate::channel::account_form::saved;
use crate::channel::account_owner::clash_of;
use crate::channel::desk::Desk;
use crate::channel::draft::{Draft, bare};
use crate::channel::endpoint::Endpoint;
use crate::channel::head::{Head, Page};
use crate::channel::readiness::{self, Todo};
use crate::channel::secrets::{self, Credential, Line};
use crate::channel::session::Session;
use crate::channel::start::Card;
use crate::channel::{start, webhook};
use crate::chrome::Chrome;
use crate::form::{Field, Kind, focus_fault};
use crate::texts::Lang;
use crate::view;

#[derive(Template)]
#[template(path = "channel/connection.html")]
struct Connection {
    l: Lang,
    chrome: Chrome,
    head: Head,
    note: Option<Note>,
    at_fault: bool,
    may_change: bool,
    /// Where a stand-in issues test accounts, where one runs.
    test_account: Option<String>,
    revision: i64,
    protocol: Card,
    account: Vec<Field>,
    reach: Vec<Field>,
    /// Whether what only few change is shown at once.
    reach_open: bool,
    clash: Option<Cow<'static, str>>,
    credentials: Vec<Credential>,
    /// Asked for where an app secret would be replaced.
    overlap: Option<Field>,
    callback: String,
    registration: Endpoint,
    webhook: Vec<Line>,
    session: Session,
    todo: Vec<Todo>,
    state: State,
}

impl Connection {
    fn is_live(&self) -> bool {
        self.state == State::Live
    }

    fn is_paused(&self) -> bool {
        self.state == State::Paused
    }
}

/// One line about what was done, in the section where it was, else above all.
pub(super) struct Note {
    tone: &'static str,
    text: Cow<'static, str>,
    at: &'static str,
}

/// The sections.
const SECTIONS: [&str; 7] =
    ["paste", "account-section", "credentials", "webhook", "registration", "session", "live"];

/// What the page was called with.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    done: String,
    #[serde(default)]
    at: String,
}

/// The page.
pub(crate) async fn page(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    match desk.found() {
        None => start::nothing_yet(&desk, Page::Connection).await,
        Some(channel) => {
            let draft = Draft { done: asked.done.into(), at: asked.at.into(), ..Draft::default() };
            show(&desk, channel, draft).await
        }
    }
}

/// The page as it is saved, with what was typed and what is wrong with it.
pub(super) async fn show(desk: &Desk, channel: &Channel, draft: Draft<'_>) -> Result<Response, Problem> {
    let (l, app) = (desk.l, &desk.app);
    let description = desk.description()?;
    let rows = app.store.secret_rows(desk.scope(), channel.id).await?;
    let mut account = Vec::new();
    let specs = std::iter::once(&ACCOUNT).chain(description.open(Section::Account));
    account.extend(specs.map(|spec| field(spec, channel, &draft, l)));
    let mut reach: Vec<_> =
        description.open(Section::Reach).map(|spec| field(spec, channel, &draft, l)).collect();
    let mut credentials = secrets::sections(desk, channel, &rows, &draft);
    let reach_open = description.open(Section::Reach).any(|spec| !value(spec, channel, &draft).is_empty());
    let secret_fields = credentials.iter_mut().map(|credential| &mut credential.field);
    let mut session = Session::of(channel, &desk.seat.agent.name, &draft, l);
    let open = account.iter_mut().chain(&mut reach).chain(secret_fields);
    let at_fault = focus_fault(open.chain(session.fields()));
    let page = Connection {
        l,
        chrome: Chrome::of(&desk.visitor, l),
        head: desk.head(Page::Connection).await?,
        note: note(&draft, l),
        at_fault,
        may_change: desk.may_change(),
        test_account: test_account(desk, channel),
        revision: draft.typed.map_or(channel.revision, |typed| super::conflict::expected(typed, channel)),
        protocol: Card::of(description, l),
        account,
        reach,
        reach_open,
        clash: clash_of(desk, channel).await?,
        overlap: credentials.iter().any(Credential::overlaps).then(|| webhook::overlap(l)),
        credentials,
        callback: webhook::callback(desk, channel),
        registration: Endpoint::of(desk, channel).await?,
        webhook: webhook_lines(desk, channel, &rows),
        session,
        todo: readiness::todo(desk, channel).await?,
        state: channel.state,
    };
    let refused = at_fault
        || draft.endpoint_fault.is_some()
        || draft.done == "not_ready"
        || draft.done == "last_secret";
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, view::page(&page)).into_response())
}

/// The page of the stand-in that issues a test account of this protocol, named after the agent.
fn test_account(desk: &Desk, channel: &Channel) -> Option<String> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("provider", channel.protocol.as_str()).append_pair("name", &desk.seat.agent.name);
    Some(format!("{}/new-account?{}", desk.app.settings.twin.as_ref()?, query.finish()))
}

/// What stands in a field: what was typed, else what is saved.
fn value(spec: &FieldSpec, channel: &Channel, draft: &Draft<'_>) -> String {
    let typed = draft.typed.filter(|typed| typed.has(spec.name));
    match typed {
        Some(typed) => typed.text(spec.name).to_owned(),
        None => saved(spec, channel),
    }
}

fn field(spec: &'static FieldSpec, channel: &Channel, draft: &Draft<'_>, l: Lang) -> Field {
    let fault = draft.faults.iter().find(|(name, _)| *name == spec.name).map(|(_, fault)| fault.clone());
    let value = value(spec, channel, draft);
    let field = match spec.format {
        Format::Choice(words) => {
            // An absent one is the first: what is saved says no more than it must.
            let word = |word: &'static str| {
                if words.first().is_some_and(|(first, _)| *first == word) { "" } else { word }
            };
            let options = words.iter().map(|(known, text)| (word(known).to_owned(), l.say(*text).into()));
            let chosen = words.iter().find(|(known, _)| *known == value).map_or("", |(known, _)| word(known));
            bare(spec, Kind::Choice(options.collect()), l).value(chosen)
        }
        Format::Account
        | Format::Digits
        | Format::Address
        | Format::Version
        | Format::Uuid
        | Format::Word
        | Format::Secret
        | Format::Password => bare(spec, Kind::Code, l).value(value),
    };
    let field = field.fault(fault);
    if spec.required { field } else { field.optional() }
}

fn webhook_lines(desk: &Desk, channel: &Channel, rows: &[SecretRow]) -> Vec<Line> {
    let mut lines = secrets::lines(desk, SecretKind::WebhookSecret, rows);
    if desk.may_change() {
        for (row, secret) in channel.secret_rows_of(SecretKind::WebhookSecret, desk.app.now()) {
            if let Some(line) = lines.iter_mut().find(|line| line.row == row.to_string()) {
                line.shown = Some(secret.expose().to_owned());
            }
        }
    }
    lines
}

/// What is said of what was done; a word that is not ours says nothing.
fn note(draft: &Draft<'_>, l: Lang) -> Option<Note> {
    if let Some(text) = draft.endpoint_fault.clone() {
        return Some(Note { tone: "bad", text, at: "" });
    }
    let (tone, text) = match &*draft.done {
        "started" => ("good", l.channel_done_started()),
        "saved" => ("good", l.channel_done_saved()),
        "unchanged" => ("good", l.channel_done_unchanged()),
        "token_worked" => ("good", l.channel_done_token_worked()),
        "token_refused" => ("bad", l.channel_done_token_refused()),
        "token_unreached" => ("doubt", l.channel_done_token_unreached()),
        "token_unasked" => ("doubt", l.channel_done_token_unasked()),
        "token_waits" => ("doubt", l.channel_done_token_waits()),
        "regenerated" => ("good", l.channel_done_regenerated()),
        "retired" => ("good", l.channel_done_retired()),
        "last_secret" => ("bad", l.channel_last_secret()),
        "live" => ("good", l.channel_done_live()),
        "paused" => ("good", l.channel_done_paused()),
        "restored" => ("good", l.channel_done_restored()),
        "not_ready" => ("bad", l.channel_not_ready()),
        "registered" => ("good", l.registration_done()),
        "unregistered" => ("good", l.registration_undone()),
        "looked" => ("good", l.registration_looked()),
        "session_saved" => ("good", l.session_saved()),
        "filled" => ("good", l.channel_done_filled()),
        "filled_secrets" => ("doubt", l.channel_done_filled_secrets()),
        "nothing_found" => ("doubt", l.channel_done_nothing_found()),
        _ => return None,
    };
    let at = SECTIONS.into_iter().find(|section| *section == draft.at).unwrap_or_default();
    Some(Note { tone, text, at })
}
