//! Measures Warta on the machine it runs on. It prints and asserts nothing: figures of different machines and runs are not
//! comparable, ratios within one run are. `cargo xtask bench` starts it.

mod build;
mod child;
mod ingest;
mod latency;
mod load;
mod machine;
mod payload;
mod report;
mod serve;
mod start;

use std::env;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use serde_json::json;
use tokio::runtime;

use crate::report::Section;

/// The servers under measurement allocate as the product does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str = "\
Usage: cargo xtask bench [WHAT…] [OPTIONS]

WHAT, of which the first three run when none is named:
  ingest     durable signed webhooks against a bare hello of the same HTTP stack
  latency    from webhook to agent, and to the provider, at 50 messages a second
  start      time until `warta demo` is ready, idle memory, size of the binary
  build      time and processor time of a release build from nothing, size of the binary; takes minutes

  --connections N   keep-alive connections of ingest (64)
  --rounds N        rounds of ingest (5)
  --seconds N       length of one slot of ingest (3)
  --workers         ingest with the workers on, against an agent that says nothing
  --against DIR     build, first, the checkout in DIR as well, and print the ratios
  --json            one JSON line at the end
";

/// What was asked for.
#[derive(Debug)]
struct Options {
    what: Vec<String>,
    ingest: ingest::Options,
    json: bool,
    /// Another checkout, whose build is timed beside ours.
    against: Option<PathBuf>,
}

impl Options {
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Self> {
        let ingest = ingest::Options::default();
        let mut options = Self { what: Vec::new(), ingest, json: false, against: None };
        while let Some(arg) = args.next() {
            let mut number = || {
                let number = args.next().and_then(|value| value.parse().ok()).filter(|number| *number > 0);
                number.with_context(|| format!("{arg} takes a number above 0"))
            };
            match arg.as_str() {
                "--connections" => options.ingest.connections = number()?,
                "--rounds" => options.ingest.rounds = number()?,
                "--seconds" => options.ingest.seconds = number()?,
                "--against" => {
                    let folder = args.next().context("--against takes the folder of another checkout")?;
                    options.against = Some(PathBuf::from(folder));
                }
                "--workers" => options.ingest.workers = true,
                "--json" => options.json = true,
                "ingest" | "latency" | "start" | "build" => options.what.push(arg),
                _ => bail!("no such argument: {arg}\n\n{HELP}"),
            }
        }
        if options.what.is_empty() {
            options.what = ["ingest", "latency", "start"].map(str::to_owned).into();
        }
        Ok(options)
    }
}

fn main() -> Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["--help" | "-h", ..] => report::say(HELP),
        // Servers get as many threads as the product; the generator gets by with one, and leaves them the rest.
        ["serve-hello"] => runtime::Runtime::new()?.block_on(serve::hello())?,
        ["serve-warta", data, rest @ ..] => {
            let outside = match rest {
                [] => None,
                [agent, graph] => {
                    Some(serve::Outside { agent: (*agent).to_owned(), graph: (*graph).to_owned() })
                }
                _ => bail!("serve-warta DATA [AGENT GRAPH]"),
            };
            runtime::Runtime::new()?.block_on(serve::warta(PathBuf::from(data), outside))?;
        }
        _ => {
            let options = Options::parse(args.into_iter())?;
            runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure(&options))?;
        }
    }
    Ok(())
}

async fn measure(options: &Options) -> Result<()> {
    let mut sections = Vec::new();
    for what in &options.what {
        let section: Section = match what.as_str() {
            "ingest" => ingest::measure(&options.ingest).await?,
            "latency" => latency::measure().await?,
            "start" => start::measure()?,
            _ => build::measure(options.against.as_deref())?,
        };
        report::say(&section);
        sections.push(section);
    }
    if options.json {
        let figures: serde_json::Map<_, _> =
            sections.into_iter().map(|section| (section.name.to_owned(), section.figures)).collect();
        report::say(json!(figures));
    }
    Ok(())
}
