//! Where a command finds its settings.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::config::{self, Config};

/// The settings file.
#[derive(Debug, Args)]
pub(crate) struct SettingsFile {
    /// The settings file. Where none is named, it may be missing when everything needed is in the environment (`WARTA_…`)
    #[arg(long, value_name = "FILE", default_value = config::FILE, env = "WARTA_CONFIG")]
    pub config: PathBuf,
}

impl SettingsFile {
    /// Reads file and environment.
    ///
    /// # Errors
    ///
    /// As [`config::read`].
    pub(crate) fn read(&self) -> Result<Config> {
        config::read(&self.config, |name| std::env::var(name).ok())
    }
}
