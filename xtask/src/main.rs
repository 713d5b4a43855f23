//! `cargo xtask`: what CI and a developer run, as commands. It uses the standard library only and none of our
//! crates, so that it starts at once on a machine that has nothing but cargo.

mod axe;
mod check;
mod command;
mod deny;
mod machine;
mod postgres;
mod snapshots;
mod test;
mod tree;
mod unfinished;

use std::{env, io, process::ExitCode};

use command::{Outcome, cargo, say};

const HELP: &str = "\
Usage: cargo xtask <COMMAND>

  test [--long] [--skip-browser] [FILTER…]
      Set up what is missing, start a throw-away PostgreSQL and run every test.
      --long          the long forms (the default run has the same code at a hundredth of the size)
      --skip-browser  leave out what needs Chromium
      FILTER          only tests whose name contains one of these

  check [--fast] [--keep-going]
      Format, lints, docs, dependencies, layering, unfinished work. Green before every commit.
      --fast          install nothing and fetch nothing
      --keep-going    run the later steps too when one fails

  bench [ARGS…]
      Measure, in release mode. `cargo xtask bench --help` says what.

  postgres
      A throw-away PostgreSQL for as long as this runs; Ctrl-C or end of input removes it.
";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(&format!("xtask: {failure}"));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Outcome {
    let (name, rest) = args.split_first().map_or(("", args), |(name, rest)| (name.as_str(), rest));
    match name {
        "test" => test::run(&test::Options::parse(rest)?),
        "check" => check::run(check::Options::parse(rest)?),
        "bench" => command::run(cargo().args(["run", "--release", "--package", "bench", "--"]).args(rest)),
        "postgres" => keep_postgres(),
        "" | "help" | "-h" | "--help" => {
            say(HELP);
            Ok(())
        }
        unknown => Err(format!("no command `{unknown}`\n\n{HELP}")),
    }
}

/// Starts a cluster for work by hand and keeps it until the input ends.
fn keep_postgres() -> Outcome {
    let cluster = postgres::Cluster::start(&machine::postgres_programs()?)?;
    say(&format!("export {}='{}'", test::POSTGRES, cluster.url()));
    io::copy(&mut io::stdin(), &mut io::sink()).map(|_| ()).map_err(|error| error.to_string())
}
