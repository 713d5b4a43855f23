//! `warta migrate`.

use anyhow::Result;
use clap::Args;

use super::settings::SettingsFile;
use crate::{lifecycle, print};

/// Bring the store's tables up to date.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(flatten)]
    settings: SettingsFile,
}

/// Applies what is missing.
///
/// # Errors
///
/// When the store cannot be opened or a migration fails; it then stands as before that migration.
pub(crate) async fn run(migrate: Migrate) -> Result<()> {
    let config = migrate.settings.read()?;
    let store = lifecycle::open_as_it_is(&config.store, &config.secret_key).await?;
    let pending = store.pending_migrations().await?;
    store.migrate().await?;
    store.close().await;
    print::line(match pending {
        0 => "the store was up to date".to_owned(),
        count => format!("{count} migrations applied"),
    });
    Ok(())
}
