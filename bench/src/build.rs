//! How long a newcomer waits for the first build, and how large the binary is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::machine;
use crate::report::Section;

/// One build from nothing.
struct Build {
    wall: Duration,
    processor: Duration,
    binary_bytes: u64,
    /// How disturbed the machine was before: 1 when nothing else ran.
    stretch: f64,
}

/// Builds the release binary of this tree in an empty folder, and before it that of the tree in `against`, if one is given: machines
/// differ from hour to hour, so two trees are compared in one run. Crates are downloaded before; the clock sees the compiler alone.
pub(crate) fn measure(against: Option<&Path>) -> Result<Section> {
    let other = against.map(build).transpose()?;
    let own = build(&machine::workspace())?;
    let mut section = Section::new("build");
    for (name, build) in other.iter().map(|build| ("the other tree", build)).chain([("this tree", &own)]) {
        let (wall, processor) = (build.wall.as_secs_f64(), build.processor.as_secs_f64());
        let figures =
            format!("{wall:.0} s, processor {processor:.0} s, {:.1} MB", megabytes(build.binary_bytes));
        section.row(name, figures, format!("machine {:.2} before", build.stretch));
    }
    let figures = |build: &Build| {
        json!({
            "seconds": build.wall.as_secs_f64(), "processor_seconds": build.processor.as_secs_f64(),
            "binary_bytes": build.binary_bytes, "stretch_before": build.stretch,
        })
    };
    section.figures = figures(&own);
    if let Some(other) = &other {
        let (wall, processor) =
            (own.wall.div_duration_f64(other.wall), own.processor.div_duration_f64(other.processor));
        let about = "this tree by the other".to_owned();
        section.row("ratio", format!("wall {wall:.2}, processor {processor:.2}"), about);
        section.figures =
            json!({ "own": figures(&own), "other": figures(other), "wall": wall, "processor": processor });
    }
    Ok(section)
}

fn build(tree: &Path) -> Result<Build> {
    let folder = machine::folder()?;
    let cargo = |args: &[&str]| {
        let mut cargo = Command::new("cargo");
        cargo.args(args).current_dir(tree).env("CARGO_TARGET_DIR", folder.path());
        cargo.status()
    };
    ensure!(cargo(&["fetch", "--locked"])?.success(), "the crates cannot be fetched");
    let noise = machine::noise(folder.path())?;
    let (start, before) = (machine::now(), machine::children_cpu()?);
    ensure!(cargo(&["build", "--release", "--locked", "--package", "warta"])?.success(), "the build failed");
    let binary: PathBuf = folder.path().join("release/warta");
    Ok(Build {
        wall: start.elapsed(),
        processor: machine::children_cpu()?.saturating_sub(before),
        binary_bytes: fs::metadata(binary)?.len(),
        stretch: noise.stretch,
    })
}

fn megabytes(bytes: u64) -> f64 {
    u32::try_from(bytes / 1_000).map_or(f64::INFINITY, f64::from) / 1_000.0
}
