//! The durable log: one file of JSON lines, one thread that writes it, and the state it adds up to.
//!
//! An event is applied to the state only when it is on disk, so nothing that anybody saw is lost by a crash.
//! What waits is written and flushed together.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::Duration,
};

use tokio::sync::{Notify, broadcast, oneshot};

use serde::{Serialize, de::DeserializeOwned};

use crate::chat::ChatChange;

/// Lines written in one go at most.
const BATCH: usize = 1024;

/// A journal larger than this is compacted at start.
const COMPACT_ABOVE_BYTES: u64 = 64 * 1024 * 1024;

/// How long `open` waits for a former owner of the file to let go.
const LOCK_TRIES: u32 = 100;

/// A state that is the sum of events.
pub(crate) trait Sum: Default + Send + 'static {
    /// One line of the journal.
    type Event: Serialize + DeserializeOwned + Send + 'static;

    /// Adds one event; gives the chats it changed.
    fn apply(&mut self, event: Self::Event) -> Vec<ChatChange>;

    /// Events that add up to this state, without what is over and done with.
    fn events(&self) -> Vec<Self::Event>;
}

/// The journal and the state it adds up to.
#[derive(Debug)]
pub(crate) struct Journal<S: Sum> {
    path: PathBuf,
    state: Arc<Mutex<S>>,
    lines: mpsc::Sender<Line<S::Event>>,
    changes: broadcast::Sender<ChatChange>,
    work: Arc<Notify>,
}

impl<S: Sum> Clone for Journal<S> {
    fn clone(&self) -> Self {
        Self {
            path: self.path.clone(),
            state: Arc::clone(&self.state),
            lines: self.lines.clone(),
            changes: self.changes.clone(),
            work: Arc::clone(&self.work),
        }
    }
}

struct Line<E> {
    /// None for a line that only waits until those before it are written.
    event: Option<E>,
    written: Option<oneshot::Sender<io::Result<()>>>,
}

impl<S: Sum> Journal<S> {
    /// Opens the journal, reads it, and starts its thread.
    pub(crate) fn open(path: PathBuf) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path)?;
        lock(&file)?;
        sync_folder(&path)?;
        let mut state = S::default();
        let length = replay(&file, &path, &mut state)?;
        // A line cut by a crash was never answered for.
        file.set_len(length)?;
        if length > COMPACT_ABOVE_BYTES {
            file = compact(&path, &state)?;
            state = S::default();
            replay(&file, &path, &mut state)?;
        }
        let (lines, waiting) = mpsc::channel();
        let (changes, _) = broadcast::channel(4096);
        let journal = Self {
            path,
            state: Arc::new(Mutex::new(state)),
            lines,
            changes: changes.clone(),
            work: Arc::default(),
        };
        let writer =
            Writer { file, state: Arc::clone(&journal.state), changes, work: Arc::clone(&journal.work) };
        thread::Builder::new().name("twin-journal".to_owned()).spawn(move || writer.run(&waiting))?;
        Ok(journal)
    }

    /// Writes the event; returns when it is on disk and in the state.
    pub(crate) async fn commit(&self, event: S::Event) -> io::Result<()> {
        self.write(Some(event)).await
    }

    /// Returns when everything noted so far is on disk.
    pub(crate) async fn settle(&self) -> io::Result<()> {
        self.write(None).await
    }

    async fn write(&self, event: Option<S::Event>) -> io::Result<()> {
        let (written, done) = oneshot::channel();
        self.lines.send(Line { event, written: Some(written) }).map_err(|_| gone())?;
        done.await.map_err(|_| gone())?
    }

    /// Writes the event soon, without flushing for it alone: for what may be done again after a crash.
    pub(crate) fn note(&self, event: S::Event) {
        if self.lines.send(Line { event: Some(event), written: None }).is_err() {
            tracing::error!("the twin's journal is closed");
        }
    }

    /// The present state.
    pub(crate) fn state(&self) -> MutexGuard<'_, S> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells of changed chats.
    pub(crate) const fn changes(&self) -> &broadcast::Sender<ChatChange> {
        &self.changes
    }

    /// Woken whenever something was written.
    pub(crate) fn work(&self) -> &Notify {
        &self.work
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

/// The thread's side of the journal.
struct Writer<S: Sum> {
    file: File,
    state: Arc<Mutex<S>>,
    changes: broadcast::Sender<ChatChange>,
    work: Arc<Notify>,
}

impl<S: Sum> Writer<S> {
    fn run(mut self, waiting: &mpsc::Receiver<Line<S::Event>>) {
        while let Ok(first) = waiting.recv() {
            let batch: Vec<_> = std::iter::once(first).chain(waiting.try_iter().take(BATCH - 1)).collect();
            let outcome = self.write(&batch);
            let (events, acks): (Vec<_>, Vec<_>) =
                batch.into_iter().map(|line| (line.event, line.written)).unzip();
            if outcome.is_ok() {
                self.apply(events.into_iter().flatten());
            } else {
                tracing::error!("the twin could not write its journal");
            }
            for written in acks.into_iter().flatten() {
                let told = outcome.as_ref().map_or_else(|error| Err(error.kind().into()), |()| Ok(()));
                // Whoever waited may have gone away with its connection.
                drop(written.send(told));
            }
        }
    }

    fn write(&mut self, batch: &[Line<S::Event>]) -> io::Result<()> {
        let mut bytes = Vec::new();
        for event in batch.iter().filter_map(|line| line.event.as_ref()) {
            serde_json::to_writer(&mut bytes, event)?;
            bytes.push(b'\n');
        }
        let before = self.file.metadata()?.len();
        let written = self.file.write_all(&bytes).and_then(|()| {
            if batch.iter().any(|line| line.written.is_some()) { self.file.sync_data() } else { Ok(()) }
        });
        if written.is_err() {
            self.file.set_len(before)?;
        }
        written
    }

    fn apply(&self, events: impl Iterator<Item = S::Event>) {
        let changes: Vec<_> = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            events.flat_map(|event| state.apply(event)).collect()
        };
        for change in changes {
            // Nobody may be looking.
            drop(self.changes.send(change));
        }
        self.work.notify_one();
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

/// Makes the file's name durable.
fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Applies all whole lines; gives the length they take.
fn replay<S: Sum>(file: &File, path: &Path, state: &mut S) -> io::Result<u64> {
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
        state.apply(event);
        length += u64::try_from(read).unwrap_or(u64::MAX);
    }
}

/// Writes the journal anew from the state, without what is over and done with.
fn compact<S: Sum>(path: &Path, state: &S) -> io::Result<File> {
    let fresh = path.with_extension("new");
    let mut bytes = Vec::new();
    for event in state.events() {
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
