//! `warta replay`: what was kept because it could not be read, or not be handed on.

use anyhow::{Result, bail};
use clap::Args;
use warta_core::ids::{EnvelopeId, MessageId};
use warta_gateway::app::{App, Settings};
use warta_gateway::flow::receive::{self, Received};
use warta_store::{Quarantined, Scope};

use super::settings::SettingsFile;
use crate::{lifecycle, print};

/// How many are looked at in one run.
const MOST: u32 = 10_000;

/// Read webhooks in quarantine once more; or hand dead letters to their agents once more.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    #[command(flatten)]
    settings: SettingsFile,
    /// Only list what is there
    #[arg(long)]
    list: bool,
    /// Dead letters instead of webhooks: messages that their agent did not take
    #[arg(long)]
    dead: bool,
    /// Only this one: a webhook (env_…), or with --dead a message (msg_…)
    id: Option<String>,
}

/// Reads each again, with the program as it is now. What can be read leaves quarantine; what was stored before is not stored
/// twice.
///
/// # Errors
///
/// When the store fails, or the one asked for is not in quarantine.
pub(crate) async fn run(replay: Replay) -> Result<()> {
    let config = replay.settings.read()?;
    let store = lifecycle::open(&config.store, &config.secret_key).await?;
    let app =
        lifecycle::assemble(store, Settings::default(), Vec::new(), &config.secret_key, None).await?.app;
    let result = if replay.dead { dead_letters(&app, &replay).await } else { webhooks(&app, &replay).await };
    app.store.close().await;
    result
}

async fn webhooks(app: &App, replay: &Replay) -> Result<()> {
    let wanted: Option<EnvelopeId> = replay.id.as_deref().map(str::parse).transpose()?;
    let (mut found, mut read) = (0, 0);
    for (organization, name) in app.store.organizations().await? {
        let scope = Scope::new(organization);
        for kept in app.store.quarantined(scope, MOST).await? {
            if wanted.is_some_and(|id| id != kept.id) {
                continue;
            }
            found += 1;
            let result = if replay.list { "waits" } else { once_more(app, scope, &kept).await? };
            read += u32::from(result == "read");
            print::line(format!(
                "{}  {name}  {}  {} bytes  {result}: {}",
                kept.id, kept.received_at, kept.size_bytes, kept.reason
            ));
        }
    }
    match (wanted, found) {
        (Some(id), 0) => bail!("{id} is not in quarantine"),
        (None, 0) => print::line("nothing is in quarantine"),
        _ if replay.list => print::line(format!("{found} in quarantine")),
        _ => print::line(format!("{read} of {found} could be read")),
    }
    Ok(())
}

async fn once_more(app: &App, scope: Scope, kept: &Quarantined) -> Result<&'static str> {
    let Some(runtime) = app.directory.channel(&app.store, kept.channel, app.now()).await? else {
        return Ok("without channel");
    };
    let Some(body) = app.store.quarantined_body(scope, kept.id).await? else { return Ok("gone") };
    match receive::replay(app, &runtime, body.into()).await? {
        Received::Stored => {
            app.store.mark_replayed(scope, kept.id, app.now()).await?;
            Ok("read")
        }
        Received::Quarantined => Ok("still unreadable"),
    }
}

async fn dead_letters(app: &App, replay: &Replay) -> Result<()> {
    let wanted: Option<MessageId> = replay.id.as_deref().map(str::parse).transpose()?;
    let mut found = 0;
    for (organization, name) in app.store.organizations().await? {
        let scope = Scope::new(organization);
        for letter in app.store.dead_letters(scope, MOST).await? {
            if wanted.is_some_and(|id| id != letter.id) {
                continue;
            }
            found += 1;
            if !replay.list {
                app.store.replay_dead(scope, letter.id, app.now()).await?;
            }
            let reason = letter.failure.map_or_else(String::new, |failure| failure.detail);
            print::line(format!(
                "{}  {name}  {}  {} attempts  {reason}",
                letter.id, letter.created_at, letter.attempts
            ));
        }
    }
    match (wanted, found) {
        (Some(id), 0) => bail!("{id} is no dead letter"),
        _ if replay.list => print::line(format!("{found} dead letters")),
        _ => print::line(format!("{found} dead letters wait for their agents again")),
    }
    Ok(())
}
