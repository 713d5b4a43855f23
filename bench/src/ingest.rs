//! How much a durable webhook costs beside a bare hello on the same HTTP stack, in the same minutes.
//!
//! Hello, webhooks, hello, webhooks, …, hello: each slot of webhooks is set against the two of hello around it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::json;
use warta_core::ids::OrganizationId;
use warta_core::message::Direction;
use warta_store::{MessageFilter, Scope};

use crate::child::Server;
use crate::load::{self, Outcome};
use crate::machine::{self, Noise, float, percentile};
use crate::report::{Section, progress};
use crate::{payload, serve};

/// The longest the warm-up may take.
const WARM_UP: Duration = Duration::from_mins(2);

/// What can be chosen.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) connections: usize,
    pub(crate) rounds: usize,
    pub(crate) seconds: usize,
    /// Whether the workers run, against an agent that says nothing.
    pub(crate) workers: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { connections: 64, rounds: 5, seconds: 3, workers: false }
    }
}

/// A slot of load on one server.
#[derive(Debug, Clone, Copy)]
struct Slot {
    outcome: Outcome,
    /// The server's processor time for one request, in microseconds.
    cpu_us: f64,
    /// Our own for one request: the generator must not be what limits hello.
    generator_us: f64,
    /// The machine before and after.
    noise: [Noise; 2],
}

/// Measures.
pub(crate) async fn measure(options: &Options) -> Result<Section> {
    let folder = machine::folder()?;
    let data = folder.path().display().to_string();
    let hello = Server::start(&["serve-hello"])?;
    let null = Server::start(&["serve-hello"])?;
    let outside = format!("http://{}", null.address);
    let args: &[&str] = &["serve-warta", &data, &outside, &outside];
    let args = if options.workers { args } else { args.get(..2).unwrap_or_default() };
    let warta = Server::start(args)?;
    let greetings: Arc<Vec<_>> = Arc::new((0..2_000).map(|n| payload::request(&hello.path, n)).collect());

    // Every person writes once beforehand: most messages of a business come from people it knows.
    let warmed = warm_up(&warta, options.connections).await?;

    let mut noise = machine::noise(folder.path())?;
    let (mut hellos, mut webhooks, mut sent) = (Vec::new(), Vec::new(), warmed.accepted + warmed.refused);
    for round in 0..=options.rounds {
        hellos.push(slot(&hello, Arc::clone(&greetings), true, (options, folder.path(), &mut noise)).await?);
        progress(format_args!("round {round}: hello {}", hellos.last().map(line).unwrap_or_default()));
        if round < options.rounds {
            // As many as there can be: a webhook is never faster than a hello, by far.
            let most = hellos.last().map_or(0.0, |slot| slot.outcome.per_second) * 0.8;
            let most = count(most) * options.seconds + 1_000;
            let requests = Arc::new((sent..sent + most).map(|n| payload::request(&warta.path, n)).collect());
            sent += most;
            webhooks.push(slot(&warta, requests, false, (options, folder.path(), &mut noise)).await?);
            progress(format_args!(
                "round {round}: webhooks {}",
                webhooks.last().map(line).unwrap_or_default()
            ));
        }
    }
    let resident_kib = warta.resident_kib()?;
    let organization =
        warta.said.get("organization").and_then(|id| id.as_str()).context("no organization")?;
    let organization: OrganizationId = organization.parse()?;
    warta.stop()?;
    let rows = rows(folder.path(), organization).await?;
    Ok(section(options, &hellos, &webhooks, (&warmed, rows, resident_kib)))
}

async fn warm_up(warta: &Server, connections: usize) -> Result<Outcome> {
    let requests = Arc::new((0..payload::CONTACTS).map(|n| payload::request(&warta.path, n)).collect());
    let warmed = load::closed(&warta.address, requests, (connections, WARM_UP, false)).await?;
    progress(format_args!("everybody wrote once: {:.0}/s", warmed.per_second));
    Ok(warmed)
}

async fn slot(
    server: &Server,
    requests: Arc<Vec<Vec<u8>>>,
    again: bool,
    (options, folder, noise): (&Options, &Path, &mut Noise),
) -> Result<Slot> {
    let before = *noise;
    let time = Duration::from_secs(u64::try_from(options.seconds)?);
    let (cpu, own) = (server.cpu()?, machine::cpu(std::process::id())?);
    let outcome = load::closed(&server.address, requests, (options.connections, time, again)).await?;
    let (cpu, own) =
        (server.cpu()?.saturating_sub(cpu), machine::cpu(std::process::id())?.saturating_sub(own));
    *noise = machine::noise(folder)?;
    let each = |cpu: Duration| cpu.as_secs_f64() * 1_000_000.0 / float(outcome.accepted + outcome.refused);
    Ok(Slot { outcome, cpu_us: each(cpu), generator_us: each(own), noise: [before, *noise] })
}

fn line(slot: &Slot) -> String {
    let Outcome { per_second, latency_ms: [p50, p90, p99], .. } = slot.outcome;
    let [before, after] = slot.noise;
    format!(
        "{per_second:.0}/s, cpu {:.1} us, p50 {p50:.2} p90 {p90:.2} p99 {p99:.2} ms; machine {:.2} {:.2}, flush {:.2} {:.2} ms",
        slot.cpu_us, before.stretch, after.stretch, before.flush_ms, after.flush_ms
    )
}

/// How many messages the store holds, by reading every one.
async fn rows(data: &Path, organization: OrganizationId) -> Result<usize> {
    let store = serve::open(data).await?;
    let scope = Scope::new(organization);
    let mut filter =
        MessageFilter { direction: Some(Direction::Inbound), limit: 1_000, ..MessageFilter::default() };
    let mut rows = 0;
    loop {
        let page = store.messages(scope, &filter).await?;
        rows += page.messages.len();
        filter.before = page.messages.last().map(|message| message.id);
        if !page.has_more {
            break;
        }
    }
    store.close().await;
    Ok(rows)
}

/// A ratio over all rounds, and over those in which nothing disturbed.
struct Ratio {
    all: Vec<f64>,
    quiet: Vec<f64>,
}

impl Ratio {
    fn new(hellos: &[Slot], webhooks: &[Slot], best_flush_ms: f64, value: impl Fn(&Slot) -> f64) -> Self {
        let mut ratio = Self { all: Vec::new(), quiet: Vec::new() };
        for (pair, webhook) in hellos.windows(2).zip(webhooks) {
            let hello = pair.iter().map(&value).sum::<f64>() / 2.0;
            ratio.all.push(value(webhook) / hello);
            if !pair.iter().chain([webhook]).any(|slot| disturbed(slot, best_flush_ms)) {
                ratio.quiet.push(value(webhook) / hello);
            }
        }
        ratio
    }

    fn row(&self, section: &mut Section, name: &str, goal: &str) {
        let mut all = self.all.clone();
        let [least, median, most] = [0, 50, 100].map(|percent| percentile(&mut all, percent));
        let quiet = match self.quiet.len() {
            0 => "no quiet round".to_owned(),
            rounds => format!("{:.3} over {rounds} quiet", percentile(&mut self.quiet.clone(), 50)),
        };
        section.row(name, format!("{median:.3}"), format!("{least:.3} to {most:.3}; {quiet}; goal {goal}"));
        let each: Vec<_> = self.all.iter().map(|ratio| format!("{ratio:.3}")).collect();
        section.row(format!("  each round: {}", each.join(" ")), "", "");
    }

    fn median(&self) -> f64 {
        percentile(&mut self.all.clone(), 50)
    }
}

fn disturbed(slot: &Slot, best_flush_ms: f64) -> bool {
    slot.noise.iter().any(|noise| noise.disturbs(best_flush_ms))
}

fn section(
    options: &Options,
    hellos: &[Slot],
    webhooks: &[Slot],
    (warmed, rows, resident): (&Outcome, usize, u64),
) -> Section {
    let all = || hellos.iter().chain(webhooks);
    let best_flush_ms =
        all().flat_map(|slot| slot.noise).map(|noise| noise.flush_ms).fold(f64::MAX, f64::min);
    let noisy = all().filter(|slot| disturbed(slot, best_flush_ms)).count();
    let median = |slots: &[Slot], value: fn(&Slot) -> f64| {
        percentile(&mut slots.iter().map(value).collect::<Vec<_>>(), 50)
    };
    let per_second = Ratio::new(hellos, webhooks, best_flush_ms, |slot| slot.outcome.per_second);
    let cpu = Ratio::new(hellos, webhooks, best_flush_ms, |slot| slot.cpu_us);
    let accepted = warmed.accepted + webhooks.iter().map(|slot| slot.outcome.accepted).sum::<usize>();
    let refused: usize = all().map(|slot| slot.outcome.refused).sum();
    let mut section = Section::new("ingest");
    let workers = if options.workers { "workers on" } else { "workers off" };
    let setting = format!("{} connections, {} s a slot, {workers}", options.connections, options.seconds);
    section.row("rounds", options.rounds.to_string(), setting);
    section.row("people who write for the first time", format!("{:.0}/s", warmed.per_second), "warm-up");
    section.row("slots on a disturbed machine", noisy.to_string(), format!("of {}", all().count()));
    per_second.row(&mut section, "webhooks / hello, requests a second", ">= 0.18");
    cpu.row(&mut section, "webhooks / hello, processor time of one", "<= 6");
    for (name, slots) in [("hello", hellos), ("webhooks", webhooks)] {
        let ms = |index: usize| {
            let mut values: Vec<f64> =
                slots.iter().filter_map(|slot| slot.outcome.latency_ms.get(index).copied()).collect();
            percentile(&mut values, 50)
        };
        let times = format!(
            "p50 {:.2} p90 {:.2} p99 {:.2} ms; {:.1} us cpu, generator {:.1} us",
            ms(0),
            ms(1),
            ms(2),
            median(slots, |slot| slot.cpu_us),
            median(slots, |slot| slot.generator_us),
        );
        section.row(name, format!("{:.0}/s", median(slots, |slot| slot.outcome.per_second)), times);
    }
    section.row("other answers than 200", refused.to_string(), "");
    let verdict = if rows == accepted { "as many as answered 200" } else { "NOT as many as answered 200" };
    section.row("messages in the store", rows.to_string(), format!("{verdict} ({accepted})"));
    section.row("memory under load", format!("{resident} KiB"), "");
    section.figures = json!({
        "workers": options.workers, "rounds": options.rounds, "noisy_slots": noisy, "slots": all().count(),
        "rps_ratio": per_second.median(), "rps_ratios": per_second.all, "cpu_ratio": cpu.median(), "cpu_ratios": cpu.all,
        "first_contact_rps": warmed.per_second, "hello_rps": median(hellos, |slot| slot.outcome.per_second), "hello_cpu_us": median(hellos, |slot| slot.cpu_us),
        "webhook_rps": median(webhooks, |slot| slot.outcome.per_second), "webhook_cpu_us": median(webhooks, |slot| slot.cpu_us),
        "refused": refused, "accepted": accepted, "rows": rows, "resident_kib": resident,
    });
    section
}

/// A number of requests out of a rate, cut off below one.
fn count(rate: f64) -> usize {
    format!("{rate:.0}").parse().unwrap_or_default()
}
