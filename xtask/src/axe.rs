//! axe-core, which looks for what keeps people with a disability out of a page. The browser tests run it in their pages; it
//! comes from the npm registry, checked against its known checksum, and is part of nothing we ship.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::command::{Outcome, root, run};

const VERSION: &str = "4.14.1";
/// Of the packed file, as the registry tells it.
const SHA512: &str = "1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b734f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5";

/// The script, fetched when it is not here yet.
///
/// # Errors
/// When it cannot be fetched, or is not what it should be.
pub(crate) fn script() -> Outcome<PathBuf> {
    let folder = root().join("target").join(format!("axe-core-{VERSION}"));
    let script = folder.join("package/axe.min.js");
    if !script.is_file() {
        fetch(&folder)?;
    }
    Ok(script)
}

fn fetch(folder: &Path) -> Outcome {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(failed)?;
    let packed = folder.join("packed.tgz");
    let url = format!("https://registry.npmjs.org/axe-core/-/axe-core-{VERSION}.tgz");
    run(Command::new("curl").args(["-fsSL", "--retry", "3", "-o"]).arg(&packed).arg(url))?;
    let sums = folder.join("sums");
    fs::write(&sums, format!("{SHA512}  packed.tgz\n")).map_err(failed)?;
    run(Command::new("sha512sum").current_dir(folder).args(["--check", "--quiet", "sums"]))?;
    run(Command::new("tar").current_dir(folder).args(["-xzf", "packed.tgz", "package/axe.min.js"]))
}
