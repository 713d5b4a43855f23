//! The programs the tests need from the machine: finding them, and on Debian installing them.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::command::{Outcome, run, say, succeeds};

/// The oldest PostgreSQL we run on.
const OLDEST_POSTGRES: u32 = 14;
const POSTGRES_PACKAGES: &[&str] = &["postgresql"];
const BROWSER_PACKAGES: &[&str] = &["chromium", "chromium-driver", "fonts-noto-color-emoji"];
/// Fetches what the browser tests run in their pages.
const FETCHING_PACKAGES: &[&str] = &["ca-certificates", "curl"];

/// A browser and the program that drives it.
pub(crate) struct Browser {
    /// The Chromium binary.
    pub(crate) chromium: PathBuf,
    /// The matching driver.
    pub(crate) driver: PathBuf,
}

/// What one run needs and this machine has; `None` is what the run can do without.
pub(crate) struct Machine {
    /// The folder with `initdb` and `pg_ctl`.
    pub(crate) postgres: Option<PathBuf>,
    /// The browser.
    pub(crate) browser: Option<Browser>,
}

/// What a run needs.
#[derive(Clone, Copy)]
pub(crate) struct Needs {
    /// A PostgreSQL server of our own.
    pub(crate) postgres: bool,
    /// A browser.
    pub(crate) browser: bool,
}

impl Machine {
    /// Looks for what is needed; installs what is missing where that is possible without asking anybody.
    ///
    /// # Errors
    /// When something is missing and cannot be installed: the sentence says exactly what to install.
    pub(crate) fn set_up(needs: Needs) -> Outcome<Self> {
        let packages = Self::look(needs).missing_packages(needs);
        if !packages.is_empty() {
            install(&packages)?;
        }
        let machine = Self::look(needs);
        let missing = machine.missing_packages(needs);
        if missing.is_empty() { Ok(machine) } else { Err(advice(&missing)) }
    }

    fn look(needs: Needs) -> Self {
        Self {
            postgres: needs.postgres.then(find_postgres).flatten(),
            browser: needs.browser.then(find_browser).flatten(),
        }
    }

    fn missing_packages(&self, needs: Needs) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if needs.postgres && self.postgres.is_none() {
            missing.extend(POSTGRES_PACKAGES);
        }
        if needs.browser && self.browser.is_none() {
            missing.extend(BROWSER_PACKAGES);
        }
        if needs.browser && on_path("curl").is_none() {
            missing.extend(FETCHING_PACKAGES);
        }
        missing
    }
}

/// The folder of PostgreSQL's programs, installed first when it is missing.
///
/// # Errors
/// As [`Machine::set_up`].
pub(crate) fn postgres_programs() -> Outcome<PathBuf> {
    let machine = Machine::set_up(Needs { postgres: true, browser: false })?;
    machine.postgres.ok_or_else(|| advice(POSTGRES_PACKAGES))
}

/// The first file of this name on `PATH`.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Debian keeps each version in a folder of its own, off `PATH`; others put the programs on it.
fn find_postgres() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let numbered = versions.filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        Some((version, entry.path().join("bin")))
    });
    let newest = numbered
        .filter(|(version, bin)| *version >= OLDEST_POSTGRES && has_postgres(bin))
        .max_by_key(|(version, _)| *version);
    newest.map(|(_, bin)| bin).or_else(|| {
        let real = on_path("pg_ctl")?.canonicalize().ok()?;
        real.parent().filter(|bin| has_postgres(bin)).map(Path::to_path_buf)
    })
}

fn has_postgres(bin: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"].iter().all(|name| bin.join(name).is_file())
}

fn find_browser() -> Option<Browser> {
    let chromium = ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(on_path)?;
    Some(Browser { chromium, driver: on_path("chromedriver")? })
}

fn install(packages: &[&str]) -> Outcome {
    let as_root = is_root();
    if !is_debian() || !(as_root || succeeds("sudo", &["-n", "true"])) {
        return Err(advice(packages));
    }
    say(&format!("   installing {} with apt-get", packages.join(", ")));
    let apt = |args: &[&str]| {
        let mut command = Command::new(if as_root { "env" } else { "sudo" });
        if !as_root {
            command.args(["-n", "env"]);
        }
        run(command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]).args(args))
    };
    apt(&["update"])?;
    apt(&[&["install", "-y", "--no-install-recommends"], packages].concat())
}

/// Whether we run as root, under which PostgreSQL refuses to start.
pub(crate) fn is_root() -> bool {
    matches!(number(&["-u"]), Ok(0))
}

/// What `id` answers: a user or group number.
///
/// # Errors
/// When there is no such user.
pub(crate) fn number(args: &[&str]) -> Outcome<u32> {
    let failure = || format!("`id {}` gave no number", args.join(" "));
    let output = Command::new("id").args(args).output().map_err(|_| failure())?;
    String::from_utf8_lossy(&output.stdout).trim().parse().map_err(|_| failure())
}

fn is_debian() -> bool {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    release.lines().any(|line| line == "ID=debian")
}

fn advice(packages: &[&str]) -> String {
    format!(
        "the tests need more from this machine. On Debian: apt-get install {}. Elsewhere: PostgreSQL {OLDEST_POSTGRES} or \
         newer (initdb, pg_ctl, postgres), or a server of yours in WARTA_TEST_POSTGRES; chromium and chromedriver on \
         PATH, or --skip-browser",
        packages.join(" ")
    )
}
