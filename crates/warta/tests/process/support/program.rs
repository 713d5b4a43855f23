//! A process of the program under test: started, asked to stop or killed, and always reaped.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::http::eventually;

/// A running program.
pub(crate) struct Program {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Program {
    /// Starts `warta` and waits for the JSON line that says it is ready.
    pub(crate) async fn start<T: DeserializeOwned>(args: &[&str]) -> (Self, T) {
        let mut command = Self::command(args);
        let read = tokio::task::spawn_blocking(move || {
            let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
            let stdout = BufReader::new(child.stdout.take().unwrap());
            let mut program = Self { child, stdout };
            let mut line = String::new();
            program.stdout.read_line(&mut line).unwrap();
            (program, line)
        });
        let (program, line) = read.await.unwrap();
        let ready = serde_json::from_str(&line);
        (program, ready.unwrap_or_else(|error| panic!("{error} in the line {line:?}")))
    }

    /// Runs `warta` to its end. `environment` is all it has of `WARTA_…`.
    pub(crate) fn run(args: &[impl AsRef<OsStr>]) -> Output {
        Self::command(args).stdin(Stdio::null()).output().unwrap()
    }

    fn command(args: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_warta"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("WARTA_") {
                command.env_remove(name);
            }
        }
        command.args(args);
        command
    }

    /// Ends it at once, in the middle of whatever it does.
    pub(crate) fn kill_9(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and gives its exit code and what else it wrote to standard output.
    pub(crate) async fn stop(mut self) -> (Option<i32>, String) {
        let asked =
            Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status().unwrap();
        assert!(asked.success(), "SIGTERM could not be sent");
        let child = &mut self.child;
        let status = eventually("the program ends after SIGTERM", Duration::from_secs(10), async || {
            child.try_wait().unwrap()
        })
        .await;
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (status.code(), rest)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail when it has ended before, which is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
