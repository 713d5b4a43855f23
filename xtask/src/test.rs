//! `cargo xtask test`: everything, on one machine, with what it needs brought along.

use std::{env, process::Command};

use crate::{
    axe,
    command::{self, Outcome, cargo, say, step, succeeds},
    machine::{Machine, Needs},
    postgres::Cluster,
    snapshots,
};

/// A superuser's address; each test makes a database of its own there.
pub(crate) const POSTGRES: &str = "WARTA_TEST_POSTGRES";
/// Set: a missing PostgreSQL or browser fails the test instead of skipping it.
pub(crate) const REQUIRE: &str = "WARTA_TEST_REQUIRE";
/// Set: browser tests return at once.
const SKIP_BROWSER: &str = "WARTA_TEST_SKIP_BROWSER";
/// Set: the long form of a test runs.
const LONG: &str = "WARTA_TEST_LONG";
const CHROMIUM: &str = "WARTA_TEST_CHROMIUM";
const CHROMEDRIVER: &str = "WARTA_TEST_CHROMEDRIVER";
const AXE: &str = "WARTA_TEST_AXE";

/// What was asked for.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Options {
    long: bool,
    skip_browser: bool,
    filters: Vec<String>,
}

impl Options {
    /// Reads the arguments after `test`.
    ///
    /// # Errors
    /// For an option that does not exist.
    pub(crate) fn parse(args: &[String]) -> Outcome<Self> {
        let mut options = Self::default();
        for arg in args {
            match arg.as_str() {
                "--long" => options.long = true,
                "--skip-browser" => options.skip_browser = true,
                unknown if unknown.starts_with('-') => return Err(format!("test has no option `{unknown}`")),
                filter => options.filters.push(filter.to_owned()),
            }
        }
        Ok(options)
    }
}

/// Sets up, builds, runs.
///
/// # Errors
/// The first thing that failed.
pub(crate) fn run(options: &Options) -> Outcome {
    let own_server = env::var(POSTGRES).ok();
    let needs = Needs { postgres: own_server.is_none(), browser: !options.skip_browser };
    let machine = step("set up", || Machine::set_up(needs))?;
    let axe = needs.browser.then(|| step("axe-core", axe::script)).transpose()?;
    let nextest = has_nextest();
    step("build", || command::run(runner(nextest, options).arg("--no-run")))?;
    if options.filters.is_empty() {
        // Before the others: the last closing line of a run is then the one that counts its tests.
        step("examples in the docs", || {
            command::run(cargo().args(["test", "--doc", "--workspace", "--quiet"]))
        })?;
    }
    let cluster = machine.postgres.as_deref().map(|bin| {
        step("a throw-away PostgreSQL (fsync and synchronous_commit off)", || Cluster::start(bin))
    });
    let cluster = cluster.transpose()?;

    let mut tests = runner(nextest, options);
    if !nextest {
        tests.arg("--");
    }
    tests.args(&options.filters);
    pass_on(&mut tests, options, &machine);
    if let Some(axe) = axe {
        tests.env(AXE, axe);
    }
    if let Some(url) = cluster.as_ref().map(Cluster::url).or(own_server.as_deref()) {
        tests.env(POSTGRES, url);
    }
    // A part of the tests reads a part of the snapshots.
    let all = options.filters.is_empty() && !options.skip_browser;
    let list = all.then(snapshots::new_list).transpose()?;
    if let Some(list) = &list {
        tests.env(snapshots::REFERENCES, list);
    }
    step("tests", || command::run(&mut tests))?;
    list.as_deref().map_or(Ok(()), snapshots::reject_unread)
}

/// A newcomer has only cargo; nextest is used where it is.
fn has_nextest() -> bool {
    let found = succeeds("cargo-nextest", &["nextest", "--version"]);
    if !found {
        say("   cargo-nextest is not installed: cargo test runs the tests, one program after the other");
    }
    found
}

fn runner(nextest: bool, options: &Options) -> Command {
    let mut command = cargo();
    if nextest {
        command.args(["nextest", "run", "--workspace"]);
        if options.long {
            command.args(["--profile", "long"]);
        }
    } else {
        command.args(["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"]);
    }
    command
}

/// Tells the tests what they have and what is asked of them.
fn pass_on(tests: &mut Command, options: &Options, machine: &Machine) {
    tests.env(REQUIRE, "1").env("INSTA_UPDATE", "no").env("INSTA_FORCE_PASS", "0");
    if options.long {
        tests.env(LONG, "1");
    }
    if options.skip_browser {
        tests.env(SKIP_BROWSER, "1");
    }
    if let Some(browser) = &machine.browser {
        tests.env(CHROMIUM, &browser.chromium).env(CHROMEDRIVER, &browser.driver);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Outcome<Options> {
        Options::parse(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn options_and_filters_come_in_any_order() {
        let wanted =
            Options { long: true, skip_browser: true, filters: vec!["claim".into(), "lease".into()] };
        assert_eq!(parse(&["claim", "--long", "lease", "--skip-browser"]), Ok(wanted));
        assert_eq!(parse(&[]), Ok(Options::default()));
    }

    #[test]
    fn a_misspelt_option_is_refused() {
        parse(&["--longer"]).unwrap_err();
    }
}
