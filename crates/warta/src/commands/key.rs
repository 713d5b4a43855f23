//! `warta key`.

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use warta_core::ids::{ApiKeyId, ChannelId};
use warta_gateway::app::{App, Settings};
use warta_gateway::web::keys;
use warta_store::Scope;

use super::settings::SettingsFile;
use crate::{lifecycle, print};

/// API keys.
#[derive(Debug, Args)]
pub(crate) struct Key {
    #[command(flatten)]
    settings: SettingsFile,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a key for a channel and print it, this once
    Create {
        /// The channel (chn_…)
        #[arg(long)]
        channel: ChannelId,
        /// What it is for
        #[arg(long)]
        name: String,
    },
    /// List the keys of a channel
    List {
        /// The channel (chn_…)
        #[arg(long)]
        channel: ChannelId,
    },
    /// End a key
    Revoke {
        /// The channel (chn_…)
        #[arg(long)]
        channel: ChannelId,
        /// The key's id (key_…)
        key: ApiKeyId,
    },
}

/// Carries it out.
///
/// # Errors
///
/// When the channel or key is not there, or the store fails.
pub(crate) async fn run(key: Key) -> Result<()> {
    let config = key.settings.read()?;
    let store = lifecycle::open(&config.store, &config.secret_key).await?;
    let app =
        lifecycle::assemble(store, Settings::default(), Vec::new(), &config.secret_key, None).await?.app;
    let result = act(&app, key.action).await;
    app.store.close().await;
    result
}

async fn act(app: &App, action: Action) -> Result<()> {
    match action {
        Action::Create { channel, name } => {
            let (record, secret) = keys::create(app, scope(app, channel).await?, channel, &name).await?;
            print::line(format!("{}\n{}\nIt is not shown again.", record.id, secret.expose()));
        }
        Action::List { channel } => {
            for record in app.store.api_keys(scope(app, channel).await?, channel).await? {
                let state = if record.revoked_at.is_some() { "revoked" } else { "valid" };
                let used = record.last_used_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
                print::line(format!("{}  {state:<8} {:<24} last used {used}", record.id, record.name));
            }
        }
        Action::Revoke { channel, key } => {
            let revoked = app.store.revoke_api_key(scope(app, channel).await?, key, app.now()).await?;
            anyhow::ensure!(revoked, "there is no such key, or it was revoked before");
            print::line(format!("{key} is revoked; running gateways refuse it within five seconds"));
        }
    }
    Ok(())
}

async fn scope(app: &App, channel: ChannelId) -> Result<Scope> {
    let row = app.store.channel(channel).await?.with_context(|| format!("there is no channel {channel}"))?;
    Ok(Scope::new(row.organization))
}
