//! How fast the product is there, and how little it needs: `warta demo` from start to its ready line, idle memory, size.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::machine;
use crate::report::{Section, progress};

const STARTS: usize = 5;
const IDLE: Duration = Duration::from_secs(3);

/// Measures the binary in `target/release`, which is built when it is missing.
pub(crate) fn measure() -> Result<Section> {
    let binary = binary()?;
    let mut ready_ms = Vec::new();
    let mut resident_kib = 0;
    for start in 0..STARTS {
        let data = machine::folder()?;
        let at = machine::now();
        let mut child = Command::new(&binary)
            .args(["demo", "--json", "--port", "0", "--data"])
            .arg(data.path())
            .stdout(Stdio::piped())
            .spawn()?;
        let ready = ready(&mut child);
        ready_ms.push(at.elapsed().as_secs_f64() * 1_000.0);
        if start == 0 && ready.is_ok() {
            std::thread::sleep(IDLE);
            resident_kib = machine::resident_kib(child.id())?;
        }
        child.kill()?;
        child.wait()?;
        ready?;
    }
    let [least, median, most] = [0, 50, 100].map(|percent| machine::percentile(&mut ready_ms, percent));
    let (bytes, stripped) = (fs::metadata(&binary)?.len(), stripped(&binary));
    let mut section = Section::new("start");
    section.row(
        "start of `warta demo` to ready",
        format!("{median:.0} ms"),
        format!("{least:.0} to {most:.0} in {STARTS}"),
    );
    section.row("memory of the idle demo", format!("{resident_kib} KiB"), "twin and sample agents included");
    section.row("size of the binary", format!("{bytes} B"), "with line tables");
    let size = stripped.as_ref().map_or_else(|_| "unknown".to_owned(), |bytes| format!("{bytes} B"));
    section.row("size of the binary, stripped", size, "");
    section.figures = json!({
        "ready_ms": median, "ready_ms_max": most, "idle_resident_kib": resident_kib,
        "binary_bytes": bytes, "stripped_bytes": stripped.ok(),
    });
    Ok(section)
}

fn ready(child: &mut Child) -> Result<()> {
    let mut line = String::new();
    BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
    ensure!(line.starts_with('{'), "`warta demo` did not become ready");
    Ok(())
}

fn binary() -> Result<PathBuf> {
    let binary = machine::workspace().join("target/release/warta");
    if !binary.exists() {
        progress("building the release binary");
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--release", "--package", "warta"]).current_dir(machine::workspace());
        ensure!(cargo.status()?.success(), "the release binary cannot be built");
    }
    Ok(binary)
}

fn stripped(binary: &Path) -> Result<u64> {
    let folder = machine::folder()?;
    let copy = folder.path().join("warta");
    ensure!(Command::new("strip").arg("-o").arg(&copy).arg(binary).status()?.success(), "strip failed");
    Ok(fs::metadata(copy)?.len())
}
