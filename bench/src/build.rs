//! How long a newcomer waits for the first build.

use std::process::Command;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::machine;
use crate::report::Section;

/// Builds the release binary in an empty folder; crates are downloaded before, the clock sees only the compiler.
pub(crate) fn measure() -> Result<Section> {
    let folder = machine::folder()?;
    let cargo = |args: &[&str]| {
        let mut cargo = Command::new("cargo");
        cargo.args(args).current_dir(machine::workspace()).env("CARGO_TARGET_DIR", folder.path());
        cargo.status()
    };
    ensure!(cargo(&["fetch", "--locked"])?.success(), "the crates cannot be fetched");
    let noise = machine::noise(folder.path())?;
    let start = machine::now();
    ensure!(cargo(&["build", "--release", "--locked", "--package", "warta"])?.success(), "the build failed");
    let seconds = start.elapsed().as_secs_f64();
    let mut section = Section::new("build");
    let machine = format!("machine {:.2} before", noise.stretch);
    section.row("release build from nothing", format!("{seconds:.0} s"), machine);
    section.figures = json!({ "seconds": seconds, "stretch_before": noise.stretch });
    Ok(section)
}
