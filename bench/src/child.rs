//! Servers under measurement, as processes: this very program, started anew.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::machine;

/// A running server. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// Where it listens, such as `127.0.0.1:4711`.
    pub(crate) address: String,
    /// What to call there.
    pub(crate) path: String,
    /// All it said.
    pub(crate) said: Value,
}

impl Server {
    /// Starts `bench ARGS` and waits until it says where it is.
    pub(crate) fn start(args: &[&str]) -> Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
        let said: Value =
            serde_json::from_str(&line).with_context(|| format!("bench {args:?} did not start"))?;
        let text = |name: &str| said.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Self { child, address: text("address"), path: text("path"), said })
    }

    /// The processor time it has used.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        machine::cpu(self.child.id())
    }

    /// Its memory in use, in KiB.
    pub(crate) fn resident_kib(&self) -> Result<u64> {
        machine::resident_kib(self.child.id())
    }

    /// Lets it finish what it does.
    pub(crate) fn stop(mut self) -> Result<()> {
        drop(self.child.stdin.take());
        let status = self.child.wait()?;
        ensure!(status.success(), "a server under measurement ended with {status}");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
