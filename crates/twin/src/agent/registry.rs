//! The state of the sample agents: their names and secrets, the events that arrived, and the faults that are ordered.

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Events held in memory over all agents; the oldest are dropped first.
const JOURNAL_EVENTS: usize = 100_000;

/// The deployment of an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Version {
    /// The deployment for users.
    #[default]
    Published,
    /// The deployment for its developers.
    Draft,
}

impl Version {
    /// The value of the query parameter.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Draft => "draft",
        }
    }
}

/// One deployment of one agent, as stored in `agents.json`.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Agent {
    /// The name as its owner wrote it.
    pub(super) name: String,
    /// The name in a URL.
    pub(super) slug: String,
    /// Published or draft.
    pub(super) version: Version,
    /// The Standard Webhooks secret, `whsec_…`.
    pub(super) secret: String,
}

/// One event that arrived with a good signature.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Receipt {
    /// The agent, by slug.
    pub(super) agent: String,
    /// Published or draft.
    pub(super) version: Version,
    /// The webhook id, stable over attempts.
    pub(super) id: String,
    /// The event's type, such as `message.received`.
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// Ids of the messages in it.
    pub(super) messages: Vec<String>,
    /// How often it arrived.
    pub(super) count: u64,
    /// How often it was answered with success.
    pub(super) answered: u64,
}

/// A fault ordered for one agent.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(super) struct Fault {
    /// HTTP status to answer instead of a reply.
    pub(super) status: Option<u16>,
    /// Time to wait before any answer.
    #[serde(default)]
    pub(super) delay_ms: u64,
    /// For how many requests it lasts; 0 cancels it.
    #[serde(default = "once")]
    pub(super) count: u64,
}

fn once() -> u64 {
    1
}

/// The sample agents of one twin: secrets and arrivals survive the process, faults do not.
pub(crate) struct Registry {
    agents_path: PathBuf,
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    contents: Mutex<Contents>,
}

struct Contents {
    agents: Vec<Agent>,
    faults: HashMap<String, Fault>,
    /// Receipts in order of first arrival.
    receipts: BTreeMap<u64, Receipt>,
    places: HashMap<(String, Version, String), u64>,
    next: u64,
    journal: File,
}

impl Registry {
    /// Opens the registry in `dir`, which must exist; `now` is the clock that signatures are checked against.
    ///
    /// # Errors
    /// When `agents.json` or `agents-journal.jsonl` in `dir` cannot be read or written, or the first is not JSON.
    pub(crate) fn open(dir: &Path, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> io::Result<Self> {
        let agents_path = dir.join("agents.json");
        let journal_path = dir.join("agents-journal.jsonl");
        let agents = match read(&agents_path)? {
            None => Vec::new(),
            Some(text) => serde_json::from_str(&text)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
                .map_err(with_path(&agents_path))?,
        };
        let journal = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&journal_path)
            .map_err(with_path(&journal_path))?;
        let mut contents = Contents {
            agents,
            faults: HashMap::new(),
            receipts: BTreeMap::new(),
            places: HashMap::new(),
            next: 0,
            journal,
        };
        let lines = read(&journal_path)?.unwrap_or_default();
        if !lines.is_empty() && !lines.ends_with('\n') {
            contents.journal.write_all(b"\n").map_err(with_path(&journal_path))?;
        }
        for line in lines.lines() {
            // A line cut by a power failure is the record of an event that was never answered.
            if let Ok(receipt) = serde_json::from_str(line) {
                contents.count(receipt);
            }
        }
        let contents = Mutex::new(contents);
        Ok(Self { agents_path, now: Box::new(now), contents })
    }

    /// The clock in unix seconds.
    pub(super) fn now_s(&self) -> i64 {
        (self.now)().as_second()
    }

    /// The deployment `version` of the agent with this slug.
    pub(super) fn agent(&self, slug: &str, version: Version) -> Option<Agent> {
        self.lock().agents.iter().find(|agent| agent.slug == slug && agent.version == version).cloned()
    }

    /// All deployments, in the order they were made, as (name, slug, word of the version).
    pub(crate) fn list(&self) -> Vec<(String, String, &'static str)> {
        let contents = self.lock();
        contents
            .agents
            .iter()
            .map(|agent| (agent.name.clone(), agent.slug.clone(), agent.version.word()))
            .collect()
    }

    /// The deployment with this name and version; created with a secret of `random` if missing.
    ///
    /// # Errors
    /// When `agents.json` cannot be written; then nothing is created.
    pub(super) fn obtain(&self, name: &str, version: Version, random: [u8; 24]) -> io::Result<Agent> {
        let slug = slug(name);
        let mut contents = self.lock();
        if let Some(agent) =
            contents.agents.iter().find(|agent| agent.slug == slug && agent.version == version)
        {
            return Ok(agent.clone());
        }
        let secret = format!("whsec_{}", STANDARD.encode(random));
        let agent = Agent { name: name.to_owned(), slug, version, secret };
        let mut agents = contents.agents.clone();
        agents.push(agent.clone());
        replace(&self.agents_path, &agents).map_err(with_path(&self.agents_path))?;
        contents.agents = agents;
        Ok(agent)
    }

    /// Orders a fault for the agent with this slug; a count of 0 cancels it.
    pub(super) fn order(&self, slug: String, fault: Fault) {
        self.lock().faults.insert(slug, fault);
    }

    /// The fault for the next request of this agent; each call counts it down.
    pub(super) fn fault(&self, slug: &str) -> Option<Fault> {
        let mut contents = self.lock();
        let fault = contents.faults.get_mut(slug).filter(|fault| fault.count > 0)?;
        fault.count -= 1;
        Some(*fault)
    }

    /// Records an event that arrived, in memory and in the journal file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn record(&self, receipt: Receipt) -> io::Result<()> {
        let mut line = serde_json::to_vec(&receipt)?;
        line.push(b'\n');
        let mut contents = self.lock();
        contents.journal.write_all(&line)?;
        contents.count(receipt);
        Ok(())
    }

    /// The journal of one agent, or of all, in order of first arrival.
    pub(super) fn journal(&self, slug: Option<&str>) -> Vec<Receipt> {
        let wanted = |receipt: &&Receipt| slug.is_none_or(|slug| slug == receipt.agent);
        self.lock().receipts.values().filter(wanted).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contents {
    fn count(&mut self, receipt: Receipt) {
        let key = (receipt.agent.clone(), receipt.version, receipt.id.clone());
        if let Some(known) = self.places.get(&key).and_then(|place| self.receipts.get_mut(place)) {
            known.count += receipt.count;
            known.answered += receipt.answered;
            return;
        }
        self.places.insert(key, self.next);
        self.receipts.insert(self.next, receipt);
        self.next += 1;
        if self.receipts.len() > JOURNAL_EVENTS
            && let Some((_, oldest)) = self.receipts.pop_first()
        {
            self.places.remove(&(oldest.agent, oldest.version, oldest.id));
        }
    }
}

/// The name in a URL: lower-case letters and digits, everything else one dash.
pub(super) fn slug(name: &str) -> String {
    let words: Vec<_> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    words.join("-")
}

fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(with_path(path)(error)),
    }
}

/// Adds the path of the file to an error.
fn with_path(path: &Path) -> impl FnOnce(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Replaces a file atomically, readable for its owner only; it is on disk when this returns.
fn replace(path: &Path, agents: &[Agent]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh)?;
    file.write_all(&serde_json::to_vec_pretty(agents)?)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(dir: &Path) -> Registry {
        Registry::open(dir, || Timestamp::UNIX_EPOCH).unwrap()
    }

    fn receipt(id: &str, answered: u64) -> Receipt {
        Receipt {
            agent: "kopi".into(),
            version: Version::Published,
            id: id.into(),
            kind: "message.received".into(),
            messages: vec!["msg_1".into()],
            count: 1,
            answered,
        }
    }

    #[test]
    fn a_secret_survives_a_restart_and_differs_by_version() {
        let dir = tempfile::tempdir().unwrap();
        let first = open(dir.path()).obtain("Kopi Nusa", Version::Published, [1; 24]).unwrap();
        let again = open(dir.path());
        assert_eq!(again.obtain("kopi nusa", Version::Published, [2; 24]).unwrap().secret, first.secret);
        assert_ne!(again.obtain("Kopi Nusa", Version::Draft, [2; 24]).unwrap().secret, first.secret);
        assert_eq!(first.slug, "kopi-nusa");
    }

    #[test]
    fn the_journal_survives_a_restart_and_counts_repeats() {
        let dir = tempfile::tempdir().unwrap();
        let registry = open(dir.path());
        registry.record(receipt("evt_1", 0)).unwrap();
        registry.record(receipt("evt_2", 1)).unwrap();
        drop(registry);
        let registry = open(dir.path());
        registry.record(receipt("evt_1", 1)).unwrap();
        let seen: Vec<_> =
            registry.journal(Some("kopi")).into_iter().map(|r| (r.id, r.count, r.answered)).collect();
        assert_eq!(seen, [("evt_1".to_owned(), 2, 1), ("evt_2".to_owned(), 1, 1)]);
        assert!(registry.journal(Some("other")).is_empty());
    }

    #[test]
    fn a_cut_journal_line_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        open(dir.path()).record(receipt("evt_1", 1)).unwrap();
        let mut file = OpenOptions::new().append(true).open(dir.path().join("agents-journal.jsonl")).unwrap();
        file.write_all(b"{\"agent\":\"ko").unwrap();
        open(dir.path()).record(receipt("evt_2", 1)).unwrap();
        assert_eq!(open(dir.path()).journal(None).len(), 2);
    }

    #[test]
    fn a_fault_lasts_as_often_as_ordered() {
        let dir = tempfile::tempdir().unwrap();
        let registry = open(dir.path());
        registry.order("kopi".into(), Fault { status: Some(500), delay_ms: 0, count: 2 });
        let met: Vec<_> = (0..3).map(|_| registry.fault("kopi").is_some()).collect();
        assert_eq!(met, [true, true, false]);
    }
}
