//! The rules of `deny.toml`: licences, sources, banned and doubled crates; advisories where they can be had.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::{
    command::{Outcome, cargo, root, run, say},
    machine::on_path,
};

const VERSION: &str = "0.20.2";

/// Checks the dependencies with cargo-deny, which is installed below `target/` when it is missing and `fast` is not
/// asked for.
///
/// # Errors
/// When a rule is broken or cargo-deny cannot be installed.
pub(crate) fn check(fast: bool) -> Outcome {
    let program = match find() {
        Some(program) => program,
        None if fast => {
            say("   cargo-deny is not installed and --fast installs nothing: dependencies were NOT checked");
            return Ok(());
        }
        None => install()?,
    };
    let deny = || {
        let mut command = Command::new(&program);
        command.current_dir(root()).arg("check");
        command
    };
    run(deny().args(["bans", "licenses", "sources"]))?;
    if fast {
        say("   --fast fetches nothing: advisories were NOT checked");
        return Ok(());
    }
    advisories(deny().arg("advisories"))
}

/// The database of advisories comes from the network, which not every machine has.
fn advisories(command: &mut Command) -> Outcome {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    let words = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        say("   advisories ok");
        Ok(())
    } else if words.contains("failed to fetch advisory database") {
        say("   advisories were NOT checked: their database cannot be fetched from here");
        Ok(())
    } else {
        say(&words);
        Err("an advisory stands against a dependency".to_owned())
    }
}

fn find() -> Option<PathBuf> {
    let ours = tools().join("bin/cargo-deny");
    on_path("cargo-deny").or_else(|| ours.is_file().then_some(ours))
}

/// Unoptimised: it builds in half the time and checks this tree in four seconds.
fn install() -> Outcome<PathBuf> {
    let mut install = cargo();
    install
        .args(["install", "cargo-deny", "--locked", "--debug", "--version", VERSION, "--root"])
        .arg(tools());
    run(&mut install)?;
    find().ok_or_else(|| "cargo-deny was installed but is not there".to_owned())
}

fn tools() -> PathBuf {
    root().join("target").join("tools")
}
