//! The durable log: one file of JSON lines, one thread that writes it, and the state its events add up to.
//!
//! An event is applied to the state only when it is on disk, so a crash loses nothing that a caller has seen.
//! Events that wait are written and flushed together.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::Duration,
};

use tokio::sync::{Notify, broadcast, oneshot};

use super::state::{Rules, State};
use crate::chat::ChatChange;

/// Lines written in one go at most.
const BATCH: usize = 1024;

/// A journal larger than this is compacted at start.
const COMPACT_ABOVE_BYTES: u64 = 64 * 1024 * 1024;

/// How often `open` tries to lock the file while a former owner still has it, 20 ms apart.
const LOCK_TRIES: u32 = 100;

/// The journal and the state it adds up to.
pub(crate) struct Journal<R: Rules> {
    path: PathBuf,
    queue: mpsc::Sender<Entry<R::Event>>,
    pub(super) applied: Arc<Applied<R>>,
}

/// The sum of the events that are on disk.
pub(super) struct Applied<R: Rules> {
    state: Mutex<State<R>>,
    /// Sends every changed chat.
    pub(super) changes: broadcast::Sender<ChatChange>,
    /// Woken whenever events were applied.
    pub(super) work: Notify,
}

struct Entry<E> {
    /// None for an entry that only waits until those before it are written.
    event: Option<E>,
    written: Option<oneshot::Sender<io::Result<()>>>,
}

impl<R: Rules> Journal<R> {
    /// Opens the journal, reads it, and starts its thread.
    pub(crate) fn open(path: PathBuf) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path)?;
        lock(&file)?;
        sync_folder(&path)?;
        let mut state = State::default();
        let length = replay(&file, &path, &mut state)?;
        // A line cut short by a crash was never acknowledged.
        file.set_len(length)?;
        if length > COMPACT_ABOVE_BYTES {
            file = compact(&path, &state)?;
            state = State::default();
            replay(&file, &path, &mut state)?;
        }
        let (queue, waiting) = mpsc::channel();
        let (changes, _) = broadcast::channel(4096);
        let applied = Arc::new(Applied { state: Mutex::new(state), changes, work: Notify::new() });
        let writer = Writer { file, applied: Arc::clone(&applied) };
        thread::Builder::new().name("twin-journal".to_owned()).spawn(move || writer.run(&waiting))?;
        Ok(Self { path, queue, applied })
    }

    /// Writes the event; returns when it is on disk and applied.
    pub(crate) async fn commit(&self, event: R::Event) -> io::Result<()> {
        self.write(Some(event)).await
    }

    /// Returns when all events added so far are on disk.
    pub(crate) async fn flush(&self) -> io::Result<()> {
        self.write(None).await
    }

    async fn write(&self, event: Option<R::Event>) -> io::Result<()> {
        let (written, done) = oneshot::channel();
        self.queue.send(Entry { event, written: Some(written) }).map_err(|_| gone())?;
        done.await.map_err(|_| gone())?
    }

    /// Queues the event without waiting for the disk: for work that may be repeated after a crash.
    pub(crate) fn enqueue(&self, event: R::Event) {
        if self.queue.send(Entry { event: Some(event), written: None }).is_err() {
            tracing::error!("the twin's journal is closed");
        }
    }

    /// The present state.
    pub(crate) fn state(&self) -> MutexGuard<'_, State<R>> {
        self.applied.lock()
    }

    /// Whole lines from byte `since` on, at most about `max_bytes` of them, and where the next read begins.
    pub(crate) fn lines_since(&self, since: u64, max_bytes: u64) -> io::Result<(Vec<String>, u64)> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(since))?;
        let mut reader = BufReader::new(file);
        let (mut lines, mut next) = (Vec::new(), since);
        while next - since < max_bytes {
            let mut line = String::new();
            let read = reader.read_line(&mut line)?;
            if !line.ends_with('\n') {
                break;
            }
            next += u64::try_from(read).unwrap_or(u64::MAX);
            lines.push(line);
        }
        Ok((lines, next))
    }
}

/// The journal's thread.
struct Writer<R: Rules> {
    file: File,
    applied: Arc<Applied<R>>,
}

impl<R: Rules> Writer<R> {
    fn run(mut self, waiting: &mpsc::Receiver<Entry<R::Event>>) {
        while let Ok(first) = waiting.recv() {
            let batch: Vec<_> = std::iter::once(first).chain(waiting.try_iter().take(BATCH - 1)).collect();
            let outcome = self.write(&batch);
            let (events, acks): (Vec<_>, Vec<_>) =
                batch.into_iter().map(|entry| (entry.event, entry.written)).unzip();
            if outcome.is_ok() {
                self.apply(events.into_iter().flatten());
            } else {
                tracing::error!("the twin could not write its journal");
            }
            for written in acks.into_iter().flatten() {
                let told = outcome.as_ref().map_or_else(|error| Err(error.kind().into()), |()| Ok(()));
                // The caller may have gone away with its connection.
                drop(written.send(told));
            }
        }
    }

    fn write(&mut self, batch: &[Entry<R::Event>]) -> io::Result<()> {
        let mut bytes = Vec::new();
        for event in batch.iter().filter_map(|entry| entry.event.as_ref()) {
            serde_json::to_writer(&mut bytes, event)?;
            bytes.push(b'\n');
        }
        let before = self.file.metadata()?.len();
        let written = self.file.write_all(&bytes).and_then(|()| {
            if batch.iter().any(|entry| entry.written.is_some()) { self.file.sync_data() } else { Ok(()) }
        });
        if written.is_err() {
            self.file.set_len(before)?;
        }
        written
    }

    fn apply(&self, events: impl Iterator<Item = R::Event>) {
        let changes: Vec<_> = {
            let mut state = self.applied.lock();
            events.flat_map(|event| R::apply(&mut state, event)).collect()
        };
        for change in changes {
            // There may be no receiver.
            drop(self.applied.changes.send(change));
        }
        self.applied.work.notify_one();
    }
}

impl<R: Rules> Applied<R> {
    fn lock(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn gone() -> io::Error {
    io::Error::other("the twin's journal is closed")
}

fn lock(file: &File) -> io::Result<()> {
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(20)),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::ResourceBusy, "another twin uses this data folder"))
}

/// Makes the name of the file durable.
fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Applies all complete lines; gives their total length in bytes.
fn replay<R: Rules>(file: &File, path: &Path, state: &mut State<R>) -> io::Result<u64> {
    let mut reader = BufReader::new(file);
    reader.seek(SeekFrom::Start(0))?;
    let mut length = 0;
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader.by_ref().read_until(b'\n', &mut line)?;
        if !line.ends_with(b"\n") {
            return Ok(length);
        }
        let event = serde_json::from_slice(&line).map_err(|error| {
            let name = path.file_name().unwrap_or_default().display();
            io::Error::new(io::ErrorKind::InvalidData, format!("{name}, byte {length}: {error}"))
        })?;
        R::apply(state, event);
        length += u64::try_from(read).unwrap_or(u64::MAX);
    }
}

/// Rewrites the journal from the state, without what is finished.
fn compact<R: Rules>(path: &Path, state: &State<R>) -> io::Result<File> {
    let fresh = path.with_extension("new");
    let mut bytes = Vec::new();
    for event in R::events(state) {
        serde_json::to_writer(&mut bytes, &event)?;
        bytes.push(b'\n');
    }
    let mut file = File::create(&fresh)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)?;
    sync_folder(path)?;
    let file = OpenOptions::new().read(true).append(true).open(path)?;
    lock(&file)?;
    Ok(file)
}
