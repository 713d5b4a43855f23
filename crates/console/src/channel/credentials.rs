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
use crate::channel::desk::Desk;
use crate::channel::draft::Draft;
use crate::channel::webhook;
use crate::form::Typed;

/// `POST B/connection/credentials`: what was entered is sealed and kept; a token is shown to the provider.
pub(crate) async fn save(desk: Desk, typed: Typed) -> Result<Response, Problem> {
    let (channel, description, l, now) = (desk.channel()?, desk.description()?, desk.l, desk.app.now());
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
        return connection::show(&desk, channel, draft).await;
    }
    let kinds: Vec<_> = entered.iter().map(|(kind, _)| *kind).collect();
    if let Some(answer) = overtaken(&desk, channel, &typed, &kinds).await? {
        return Ok(answer);
    }
    let mut done = if entered.is_empty() { "unchanged" } else { "saved" };
    for (kind, secret) in entered {
        let known = channel.secret_rows_of(kind, now).find(|(_, known)| known.expose() == secret.expose());
        let row = match known {
            Some((row, _)) => row,
            None => add(&desk, channel, (kind, secret), &typed).await?,
        };
        if kind == token::kind(channel) {
            done = check_row(&desk, row).await?;
        }
    }
    Ok(desk.done(done, "credentials"))
}

async fn add(
    desk: &Desk,
    channel: &Channel,
    (kind, secret): (SecretKind, Secret),
    typed: &Typed,
) -> Result<Uuid, Problem> {
    let now = desk.app.now();
    let change = Change {
        field: kind.as_str().to_owned(),
        before: channel.secrets(kind, now).next().map(Secret::last_four),
        after: Some(secret.last_four()),
    };
    let others = if kind.verifies() {
        webhook::chosen(typed, now)
    } else if renewal::gets_to_work(&desk.app, channel, kind) {
        Others::StayUntilProven
    } else {
        Others::Retire
    };
    let row = desk.app.minter.uuid(now);
    let entry = desk.entry(Action::SecretAdded, kind.as_str(), vec![change]);
    let new = NewSecret { row, kind, secret };
    desk.app.store.add_secret(desk.scope(), channel.id, new, others, &entry).await?;
    desk.app.directory.forget();
    Ok(row)
}

/// The page with both versions, where somebody else has entered a secret of the same kind since the form was drawn.
async fn overtaken(
    desk: &Desk,
    channel: &Channel,
    typed: &Typed,
    kinds: &[SecretKind],
) -> Result<Option<Response>, Problem> {
    let Some(basis) = conflict::basis(desk, typed, channel).await? else { return Ok(None) };
    let now = desk.app.now();
    let mut versions = Vec::new();
    for (kind, spec) in desk.description()?.secrets().filter(|(kind, _)| kinds.contains(kind)) {
        let theirs = channel.secret_rows_of(kind, now).max_by_key(|(row, _)| *row);
        if let Some((_, secret)) = theirs.filter(|(row, _)| Some(*row) != conflict::newest(&basis, kind)) {
            versions.push(Version {
                label: desk.l.say(spec.label).into(),
                theirs: format!("•••• {}", secret.last_four()),
                yours: format!("•••• {}", Secret::new(typed.text(spec.name)).last_four()),
            });
        }
    }
    if versions.is_empty() {
        return Ok(None);
    }
    conflict::page(desk, channel, "credentials", (versions, Vec::new())).await.map(Some)
}

/// Shows a token to the provider and keeps what it said; the word for the page.
async fn check_row(desk: &Desk, row: Uuid) -> Result<&'static str, Problem> {
    let channel = desk.again().await?;
    let mut tokens = channel.secret_rows_of(token::kind(&channel), desk.app.now());
    let Some((_, token)) = tokens.find(|(known, _)| *known == row) else { return Ok("saved") };
    let checked = token::check(&desk.app, &channel, row, token).await;
    let word = match &checked {
        Checked::Worked(_) => "token_worked",
        Checked::Refused(_) => "token_refused",
        Checked::Unreached(_) => "token_unreached",
        Checked::Incomplete => "token_waits",
        Checked::Unasked => "token_unasked",
    };
    desk.app.memory.tokens.note(row, checked, desk.app.now());
    Ok(word)
}

/// Shows the newest token to the provider if that was not possible before.
pub(super) async fn check_untried(desk: &Desk) -> Result<Option<&'static str>, Problem> {
    let channel = desk.again().await?;
    let tokens = channel.to_try(token::kind(&channel), desk.app.now());
    match tokens.iter().find(|(_, _, standing)| *standing == Standing::Untried) {
        Some((row, _, _)) => check_row(desk, *row).await.map(Some),
        None => Ok(None),
    }
}

/// `POST B/connection/token`: shows the newest token to the provider once more.
pub(crate) async fn check_now(desk: Desk) -> Result<Response, Problem> {
    let channel = desk.channel()?;
    let newest = channel.secret_rows_of(token::kind(channel), desk.app.now());
    let done = match newest.map(|(row, _)| row).max() {
        Some(row) => check_row(&desk, row).await?,
        None => "unchanged",
    };
    Ok(desk.done(done, "credentials"))
}

/// `POST B/connection/secrets/{row}/retire`: ends a secret now, while another is valid.
pub(crate) async fn retire(desk: Desk) -> Result<Response, Problem> {
    let channel = desk.channel()?;
    let rows = desk.app.store.secret_rows(desk.scope(), channel.id).await?;
    let row =
        rows.iter().find(|row| row.row.to_string() == desk.part("row")).ok_or_else(Problem::not_found)?;
    let section = if row.kind == SecretKind::WebhookSecret { "webhook" } else { "credentials" };
    let change =
        Change { field: row.kind.as_str().to_owned(), before: Some(row.last_four.clone()), after: None };
    let entry = desk.entry(Action::SecretRetired, row.kind.as_str(), vec![change]);
    match desk.app.store.retire_secret(desk.scope(), channel.id, row.row, &entry).await {
        // Already ended: what was asked for.
        Ok(()) | Err(Error::NotFound) => Ok(desk.done("retired", section)),
        Err(Error::LastSecret) => {
            connection::show(&desk, channel, Draft { done: "last_secret".into(), ..Draft::default() }).await
        }
        Err(error) => Err(error.into()),
    }
}
