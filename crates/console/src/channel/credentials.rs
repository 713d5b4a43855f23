//! The section *Credentials*: adding a secret, checking a token with the provider, retiring a secret.

use axum::response::Response;
use uuid::Uuid;
use warta_core::audit::Action;
use warta_core::channel::SecretKind;
use warta_core::secret::Secret;
use warta_gateway::memory::tokens::Checked;
use warta_gateway::upstream::{renewal, token};
use warta_http::problem::Problem;
use warta_store::{Change, Channel, Error, NewSecret, Others, Standing};

use crate::channel::conflict::{self, Version};
use crate::channel::connection;
use crate::channel::context::ChannelContext;
use crate::channel::draft::Draft;
use crate::channel::webhook;
use crate::form::Typed;

/// `POST B/connection/credentials`: stores the entered secrets encrypted; a token is checked with the provider.
pub(crate) async fn save(context: ChannelContext, typed: Typed) -> Result<Response, Problem> {
    let (channel, description, l, now) =
        (context.channel()?, context.description()?, context.l, context.app.now());
    let (mut entered, mut faults) = (Vec::new(), Vec::new());
    for (kind, spec) in description.secrets() {
        match typed.text(spec.name) {
            "" => {}
            text if spec.format.takes_secret(text) => entered.push((kind, Secret::new(text))),
            _ => faults.push((spec.name, l.say(spec.format.wrong()).into())),
        }
    }
    if !faults.is_empty() {
        let draft = Draft { typed: Some(&typed), faults, ..Draft::default() };
        return connection::show(&context, channel, draft).await;
    }
    let kinds: Vec<_> = entered.iter().map(|(kind, _)| *kind).collect();
    if let Some(answer) = overtaken(&context, channel, &typed, &kinds).await? {
        return Ok(answer);
    }
    let mut done = if entered.is_empty() { "unchanged" } else { "saved" };
    for (kind, secret) in entered {
        let known = channel.secret_rows_of(kind, now).find(|(_, known)| known.expose() == secret.expose());
        let row = match known {
            Some((row, _)) => row,
            None => add(&context, channel, (kind, secret), &typed).await?,
        };
        if kind == token::kind(channel) {
            done = check_row(&context, row).await?;
        }
    }
    Ok(context.done(done, "credentials"))
}

async fn add(
    context: &ChannelContext,
    channel: &Channel,
    (kind, secret): (SecretKind, Secret),
    typed: &Typed,
) -> Result<Uuid, Problem> {
    let now = context.app.now();
    let change = Change {
        field: kind.as_str().to_owned(),
        before: channel.secrets(kind, now).next().map(Secret::last_four),
        after: Some(secret.last_four()),
    };
    let others = if kind.verifies() {
        webhook::chosen(typed, now)
    } else if renewal::gets_to_work(&context.app, channel, kind) {
        Others::StayUntilProven
    } else {
        Others::Retire
    };
    let row = context.app.minter.uuid(now);
    let entry = context.entry(Action::SecretAdded, kind.as_str(), vec![change]);
    let new = NewSecret { row, kind, secret };
    context.app.store.add_secret(context.scope(), channel.id, new, others, &entry).await?;
    context.app.directory.forget();
    Ok(row)
}

/// The conflict page, if somebody else added a secret of the same kind after the form was rendered.
async fn overtaken(
    context: &ChannelContext,
    channel: &Channel,
    typed: &Typed,
    kinds: &[SecretKind],
) -> Result<Option<Response>, Problem> {
    let Some(basis) = conflict::basis(context, typed, channel).await? else { return Ok(None) };
    let now = context.app.now();
    let mut versions = Vec::new();
    for (kind, spec) in context.description()?.secrets().filter(|(kind, _)| kinds.contains(kind)) {
        let theirs = channel.secret_rows_of(kind, now).max_by_key(|(row, _)| *row);
        if let Some((_, secret)) = theirs.filter(|(row, _)| Some(*row) != conflict::newest(&basis, kind)) {
            versions.push(Version {
                label: context.l.say(spec.label).into(),
                theirs: format!("•••• {}", secret.last_four()),
                yours: format!("•••• {}", Secret::new(typed.text(spec.name)).last_four()),
            });
        }
    }
    if versions.is_empty() {
        return Ok(None);
    }
    conflict::page(context, channel, "credentials", (versions, Vec::new())).await.map(Some)
}

/// Checks a token with the provider, remembers the result, and gives its outcome code.
async fn check_row(context: &ChannelContext, row: Uuid) -> Result<&'static str, Problem> {
    let channel = context.again().await?;
    let mut tokens = channel.secret_rows_of(token::kind(&channel), context.app.now());
    let Some((_, token)) = tokens.find(|(known, _)| *known == row) else { return Ok("saved") };
    let checked = token::check(&context.app, &channel, row, token).await;
    let word = match &checked {
        Checked::Worked(_) => "token_worked",
        Checked::Refused(_) => "token_refused",
        Checked::Unreached(_) => "token_unreached",
        Checked::Incomplete => "token_waits",
        Checked::Unasked => "token_unasked",
    };
    context.app.memory.tokens.note(row, checked, context.app.now());
    Ok(word)
}

/// Checks the newest token with the provider if it was not checked yet.
pub(super) async fn check_untried(context: &ChannelContext) -> Result<Option<&'static str>, Problem> {
    let channel = context.again().await?;
    let tokens = channel.to_try(token::kind(&channel), context.app.now());
    match tokens.iter().find(|(_, _, standing)| *standing == Standing::Untried) {
        Some((row, _, _)) => check_row(context, *row).await.map(Some),
        None => Ok(None),
    }
}

/// `POST B/connection/token`: checks the newest token with the provider again.
pub(crate) async fn check_now(context: ChannelContext) -> Result<Response, Problem> {
    let channel = context.channel()?;
    let newest = channel.secret_rows_of(token::kind(channel), context.app.now());
    let done = match newest.map(|(row, _)| row).max() {
        Some(row) => check_row(&context, row).await?,
        None => "unchanged",
    };
    Ok(context.done(done, "credentials"))
}

/// `POST B/connection/secrets/{row}/retire`: ends a secret now, while another is valid.
pub(crate) async fn retire(context: ChannelContext) -> Result<Response, Problem> {
    let channel = context.channel()?;
    let rows = context.app.store.secret_rows(context.scope(), channel.id).await?;
    let row =
        rows.iter().find(|row| row.row.to_string() == context.part("row")).ok_or_else(Problem::not_found)?;
    let section = if row.kind == SecretKind::WebhookSecret { "webhook" } else { "credentials" };
    let change =
        Change { field: row.kind.as_str().to_owned(), before: Some(row.last_four.clone()), after: None };
    let entry = context.entry(Action::SecretRetired, row.kind.as_str(), vec![change]);
    match context.app.store.retire_secret(context.scope(), channel.id, row.row, &entry).await {
        // Already ended: what was asked for.
        Ok(()) | Err(Error::NotFound) => Ok(context.done("retired", section)),
        Err(Error::LastSecret) => {
            connection::show(&context, channel, Draft { done: "last_secret".into(), ..Draft::default() })
                .await
        }
        Err(error) => Err(error.into()),
    }
}
