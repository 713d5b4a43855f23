//! The machine: its clock, what it says about processes, and how disturbed it is just now.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

/// Linux counts processor time for user space in hundredths of a second, whatever the kernel's own beat.
const TICK: Duration = Duration::from_millis(10);
/// How much longer than its processor time fixed work may take before the machine counts as disturbed.
const LARGEST_STRETCH: f64 = 1.15;

/// The instant now.
#[expect(clippy::disallowed_methods, reason = "the one place of the bench that looks at the clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// A folder on the disk the workspace is on, removed in the end: `/tmp` may be memory, which makes a flush a lie.
pub(crate) fn folder() -> Result<tempfile::TempDir> {
    let target = workspace().join("target");
    fs::create_dir_all(&target)?;
    Ok(tempfile::Builder::new().prefix("bench-").tempdir_in(target)?)
}

/// The folder of the workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_path_buf()
}

/// The processor time of a process so far, all its threads together.
pub(crate) fn cpu(process: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    ticks(&stat, 14)
}

/// The processor time of all processes that this one has started and waited for, and of theirs.
pub(crate) fn children_cpu() -> Result<Duration> {
    ticks(&fs::read_to_string("/proc/self/stat")?, 16)
}

/// The sum of two neighbouring times in user space and in the kernel, the first at `field` of `proc_pid_stat(5)`.
fn ticks(stat: &str, field: usize) -> Result<Duration> {
    // Behind the name in parentheses, which may hold anything: field 3 is the first there.
    let (_, fields) = stat.rsplit_once(") ").context("an unusual /proc/PID/stat")?;
    let times = fields.split(' ').skip(field - 3).take(2);
    let ticks: u32 = times.filter_map(|time| time.parse::<u32>().ok()).sum();
    Ok(TICK.saturating_mul(ticks))
}

/// The memory of a process that is in use, in KiB.
pub(crate) fn resident_kib(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// How disturbed the machine is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noise {
    /// Fixed work on two threads: wall time by processor time. 1 when nothing else runs.
    pub(crate) stretch: f64,
    /// The median of flushing a page to disk, in milliseconds.
    pub(crate) flush_ms: f64,
}

impl Noise {
    /// Whether others were at work, when a flush takes `best_flush_ms` at best.
    pub(crate) fn disturbs(self, best_flush_ms: f64) -> bool {
        self.stretch > LARGEST_STRETCH || self.flush_ms > 2.0 * best_flush_ms
    }
}

/// Takes the machine's pulse, in about half a second. Facts/performance.md §10.
pub(crate) fn noise(folder: &Path) -> Result<Noise> {
    let threads: Vec<_> = (0..2).map(|_| std::thread::spawn(stretch)).collect();
    let mut worst = 1.0_f64;
    for thread in threads {
        let stretch = thread.join().map_err(|_| anyhow::anyhow!("the calibration panicked"))??;
        worst = worst.max(stretch);
    }
    Ok(Noise { stretch: worst, flush_ms: flush_ms(folder)? })
}

fn stretch() -> Result<f64> {
    let (cpu, wall) = (thread_cpu()?, now());
    let block = vec![7_u8; 65_536];
    let mut hash = Sha256::new();
    for _ in 0..1_500 {
        hash.update(&block);
    }
    std::hint::black_box(hash.finalize());
    Ok(wall.elapsed().as_secs_f64() / (thread_cpu()?.saturating_sub(cpu)).as_secs_f64())
}

fn thread_cpu() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(Duration::from_nanos(stat.split(' ').next().context("an empty schedstat")?.parse()?))
}

fn flush_ms(folder: &Path) -> Result<f64> {
    let mut file = fs::File::create(folder.join("flush"))?;
    let (start, mut times) = (now(), Vec::new());
    while start.elapsed() < Duration::from_millis(300) {
        let at = now();
        file.write_all(&[7; 4_096])?;
        file.sync_data()?;
        times.push(at.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(percentile(&mut times, 50))
}

/// The value that `percent` of the values do not exceed; 0 when there are none.
pub(crate) fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let index = (values.len() * percent / 100).min(values.len().saturating_sub(1));
    values.get(index).copied().unwrap_or_default()
}

/// A count as a number to reckon with.
pub(crate) fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}
