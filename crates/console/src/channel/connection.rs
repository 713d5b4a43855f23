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
use crate::channel::context::ChannelContext;
use crate::channel::draft::{Draft, bare};
use crate::channel::endpoint::Endpoint;
use crate::channel::head::{Head, Page};
use crate::channel::readiness::{self, Todo};
use crate::channel::secrets::{self, Credential, ListedSecret};
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
    /// URL where the twin issues test accounts, if a twin runs.
    test_account: Option<String>,
    revision: i64,
    protocol: Card,
    account: Vec<Field>,
    reach: Vec<Field>,
    /// Whether the rarely changed fields are expanded.
    reach_open: bool,
    clash: Option<Cow<'static, str>>,
    credentials: Vec<Credential>,
    /// How long an old app secret stays valid; asked if one would be replaced.
    overlap: Option<Field>,
    callback: String,
    registration: Endpoint,
    webhook: Vec<ListedSecret>,
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

/// The outcome of the last action, shown in its section or above all sections.
pub(super) struct Note {
    tone: &'static str,
    text: Cow<'static, str>,
    at: &'static str,
}

/// The sections.
const SECTIONS: [&str; 7] =
    ["paste", "account-section", "credentials", "webhook", "registration", "session", "live"];

/// The query parameters of the page.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct PageQuery {
    #[serde(default)]
    done: String,
    #[serde(default)]
    at: String,
}

/// The page.
pub(crate) async fn page(
    context: ChannelContext,
    Query(query): Query<PageQuery>,
) -> Result<Response, Problem> {
    match context.found() {
        None => start::nothing_yet(&context, Page::Connection).await,
        Some(channel) => {
            let draft = Draft { done: query.done.into(), at: query.at.into(), ..Draft::default() };
            show(&context, channel, draft).await
        }
    }
}

/// The page with the saved values, overlaid with a draft.
pub(super) async fn show(
    context: &ChannelContext,
    channel: &Channel,
    draft: Draft<'_>,
) -> Result<Response, Problem> {
    let (l, app) = (context.l, &context.app);
    let description = context.description()?;
    let rows = app.store.secret_rows(context.scope(), channel.id).await?;
    let mut account = Vec::new();
    let specs = std::iter::once(&ACCOUNT).chain(description.open(Section::Account));
    account.extend(specs.map(|spec| field(spec, channel, &draft, l)));
    let mut reach: Vec<_> =
        description.open(Section::Reach).map(|spec| field(spec, channel, &draft, l)).collect();
    let mut credentials = secrets::sections(context, channel, &rows, &draft);
    let reach_open = description.open(Section::Reach).any(|spec| !value(spec, channel, &draft).is_empty());
    let secret_fields = credentials.iter_mut().map(|credential| &mut credential.field);
    let mut session = Session::of(channel, &context.seat.agent.name, &draft, l);
    let open = account.iter_mut().chain(&mut reach).chain(secret_fields);
    let at_fault = focus_fault(open.chain(session.fields()));
    let page = Connection {
        l,
        chrome: Chrome::of(&context.visitor, l),
        head: context.head(Page::Connection).await?,
        note: note(&draft, l),
        at_fault,
        may_change: context.may_change(),
        test_account: test_account(context, channel),
        revision: draft.typed.map_or(channel.revision, |typed| super::conflict::expected(typed, channel)),
        protocol: Card::of(description, l),
        account,
        reach,
        reach_open,
        clash: clash_of(context, channel).await?,
        overlap: credentials.iter().any(Credential::overlaps).then(|| webhook::overlap(l)),
        credentials,
        callback: webhook::callback(context, channel),
        registration: Endpoint::of(context, channel).await?,
        webhook: webhook_lines(context, channel, &rows),
        session,
        todo: readiness::todo(context, channel).await?,
        state: channel.state,
    };
    let refused = at_fault
        || draft.endpoint_fault.is_some()
        || draft.done == "not_ready"
        || draft.done == "last_secret";
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, view::page(&page)).into_response())
}

/// The twin's page that issues a test account of this protocol, named after the agent.
fn test_account(context: &ChannelContext, channel: &Channel) -> Option<String> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("provider", channel.protocol.as_str()).append_pair("name", &context.seat.agent.name);
    Some(format!("{}/new-account?{}", context.app.settings.twin.as_ref()?, query.finish()))
}

/// The value of a field: the draft's, else the saved one.
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

fn webhook_lines(context: &ChannelContext, channel: &Channel, rows: &[SecretRow]) -> Vec<ListedSecret> {
    let mut lines = secrets::lines(context, SecretKind::WebhookSecret, rows);
    if context.may_change() {
        for (row, secret) in channel.secret_rows_of(SecretKind::WebhookSecret, context.app.now()) {
            if let Some(line) = lines.iter_mut().find(|line| line.row == row.to_string()) {
                line.shown = Some(secret.expose().to_owned());
            }
        }
    }
    lines
}

/// The message for an outcome code; an unknown code has none.
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
