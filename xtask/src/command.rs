//! Running other programs, and saying so: one short line before, one with the time after.

use std::{
    env,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// What a step gives: nothing, or a sentence about what went wrong.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// The cargo that started us, in the workspace.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// Prints a line where cargo prints its own, so that the order stays true in a log.
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}

/// Shows a command, runs it without input, and fails when it does.
///
/// # Errors
/// When the program cannot be started or ends with another code than 0.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let shown = shown(command);
    say(&format!("   $ {shown}"));
    let status = command.stdin(Stdio::null()).status().map_err(|error| format!("{shown}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown}: {status}")) }
}

/// Whether a program starts and ends well; its output is dropped.
pub(crate) fn succeeds(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Does one step under a heading and says how long it took.
///
/// # Errors
/// The step's own.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    timed(name, work).1
}

/// As [`step`], giving the time too.
pub(crate) fn timed<T>(name: &str, work: impl FnOnce() -> Outcome<T>) -> (Duration, Outcome<T>) {
    say(&format!("== {name}"));
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of xtask that measures how long a step took"
    )]
    let began = Instant::now();
    let outcome = work();
    let took = began.elapsed();
    let verdict = if outcome.is_ok() { "done" } else { "FAILED" };
    say(&format!("   {verdict} in {:.1} s", took.as_secs_f64()));
    (took, outcome)
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
