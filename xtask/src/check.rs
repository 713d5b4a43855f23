//! `cargo xtask check`: what must be green before every commit, apart from the tests.

use std::time::Duration;

use crate::{
    command::{self, Outcome, cargo, root, say, timed},
    deny, unfinished,
};

/// What was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Options {
    /// Install nothing, fetch nothing.
    fast: bool,
    keep_going: bool,
}

impl Options {
    /// Reads the arguments after `check`.
    ///
    /// # Errors
    /// For anything it does not know.
    pub(crate) fn parse(args: &[String]) -> Outcome<Self> {
        let mut options = Self::default();
        for arg in args {
            match arg.as_str() {
                "--fast" => options.fast = true,
                "--keep-going" => options.keep_going = true,
                unknown => return Err(format!("check has no option `{unknown}`")),
            }
        }
        Ok(options)
    }
}

type Step<'a> = (&'static str, &'a dyn Fn() -> Outcome);

/// Runs the steps, cheapest first, and sums them up.
///
/// # Errors
/// Names the steps that failed.
pub(crate) fn run(options: Options) -> Outcome {
    let steps: [Step<'_>; 6] = [
        ("unfinished work", &|| unfinished::check(root())),
        ("format", &|| command::run(cargo().args(["fmt", "--all", "--check"]))),
        ("lints", &|| {
            command::run(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
        }),
        ("docs", &|| {
            let mut doc = cargo();
            doc.args(["doc", "--workspace", "--no-deps", "--document-private-items"]);
            command::run(doc.env("RUSTDOCFLAGS", "-D warnings"))
        }),
        ("dependencies", &|| deny::check(options.fast)),
        ("layering", &|| command::run(cargo().args(["test", "--workspace", "--test", "layering"]))),
    ];
    let mut done: Vec<(&str, Duration, Outcome)> = Vec::new();
    for (name, work) in steps {
        let (took, outcome) = timed(name, work);
        let stop = outcome.is_err() && !options.keep_going;
        done.push((name, took, outcome));
        if stop {
            break;
        }
    }
    sum_up(&done)
}

fn sum_up(done: &[(&str, Duration, Outcome)]) -> Outcome {
    say("== summary");
    let mut failed = Vec::new();
    for (name, took, outcome) in done {
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        say(&format!("   {name:<16} {word:<6} {:>6.1} s", took.as_secs_f64()));
        if let Err(failure) = outcome {
            failed.push(format!("{name}: {failure}"));
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_known_or_refused() {
        let args = ["--fast".to_owned(), "--keep-going".to_owned()];
        assert_eq!(Options::parse(&args), Ok(Options { fast: true, keep_going: true }));
        Options::parse(&["--quick".to_owned()]).unwrap_err();
    }

    #[test]
    fn the_summary_names_what_failed() {
        let done = [("format", Duration::ZERO, Ok(())), ("lints", Duration::ZERO, Err("two".to_owned()))];
        assert_eq!(sum_up(&done), Err("lints: two".to_owned()));
    }
}
