//! Writes what was judged, in its order and in groups, and keeps account of the places.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::bail;
use manzil_server::api::load::{Loader, Ready, Refused};
use manzil_store::{Key, Store};
use tokio::task::spawn_blocking;

use super::aside::Aside;
use super::input::{InputFile, Position, Text};
use super::judge::{self, Chunk, Item, Piece, Source};
use super::ledger::{Ledger, Progress, key};
use super::report::Report;

/// Resources of one change set.
const GROUP_RESOURCES_MAX: usize = 1_000;
/// The texts of one change set, about.
const GROUP_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Entries of a batch that are judged at once.
const ENTRIES_AT_ONCE: usize = 500;

/// One file and how far it is.
struct State {
    file: InputFile,
    progress: Progress,
    aside: Aside,
}

/// What is written together next.
#[derive(Default)]
struct Group {
    readies: Vec<Ready>,
    sources: Vec<(Position, Position, Source)>,
    keys: BTreeSet<Key>,
    count: usize,
    bytes: usize,
}

/// How it ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    Done,
    /// Somebody asked to stop.
    Stopped,
}

/// The loading of all files.
pub(super) struct Flow {
    loader: Arc<Loader>,
    ledger: Ledger,
    pub(super) report: Report,
    states: Vec<State>,
    group: Group,
    skip_invalid: bool,
    stop: Arc<AtomicBool>,
}

impl Flow {
    /// Looks at the files and at how far each was loaded before.
    pub(super) async fn new(
        loader: Loader,
        store: Arc<dyn Store>,
        paths: Vec<PathBuf>,
        skip_invalid: bool,
        stop: Arc<AtomicBool>,
    ) -> anyhow::Result<Self> {
        let ledger = Ledger::new(store);
        let mut states = Vec::new();
        for path in paths {
            let file = InputFile::open(&path)?;
            let progress = ledger.find(&file).await?;
            let aside = Aside::beside(&path, progress.refused_bytes);
            states.push(State { file, progress, aside });
        }
        let report = Report::new(states.iter().map(|state| state.file.bytes).sum())?;
        let (loader, group) = (Arc::new(loader), Group::default());
        Ok(Self { loader, ledger, report, states, group, skip_invalid, stop })
    }

    /// Loads everything. Whatever happens, the places that were reached are written down.
    pub(super) async fn run(&mut self) -> anyhow::Result<End> {
        let end = self.load().await;
        self.report.end();
        self.ledger.write().await?;
        end
    }

    async fn load(&mut self) -> anyhow::Result<End> {
        let mut open = std::collections::VecDeque::new();
        for (number, state) in self.states.iter().enumerate() {
            let (file, progress) = (&state.file, &state.progress);
            let path = file.path.display();
            if progress.is_done {
                self.report
                    .say(&format!("{path}: loaded before, {} resources", progress.resources));
                continue;
            }
            if progress.reached > Position::default() {
                let line = progress.reached.line + 1;
                self.report.say(&format!("{path}: goes on at line {line}"));
            }
            open.push_back((number, file.clone(), progress.reached));
        }
        let mut chunks = judge::ahead(&self.loader, open, &self.report.bytes_read);
        while let Some(chunk) = chunks.recv().await {
            let chunk = chunk.await??;
            if self.chunk(chunk).await? == End::Stopped {
                return Ok(End::Stopped);
            }
        }
        Ok(End::Done)
    }

    async fn chunk(&mut self, chunk: Chunk) -> anyhow::Result<End> {
        let Chunk { file, pieces, is_last, .. } = chunk;
        for piece in pieces {
            match piece {
                Piece::Item(item) => self.item(file, item).await?,
                Piece::Batch(text, entries) => self.batch(file, text, entries).await?,
            }
            if self.stop.load(Ordering::Relaxed) {
                return Ok(End::Stopped);
            }
        }
        if is_last {
            self.flush(file).await?;
            self.done(file).await?;
        }
        Ok(End::Done)
    }

    async fn batch(
        &mut self,
        file: usize,
        text: Text,
        entries: Vec<Range<usize>>,
    ) -> anyhow::Result<()> {
        let reached = self.state(file)?.progress.reached;
        let mut next = if reached.offset == text.start.offset { reached.entry } else { 0 };
        let entries = Arc::new(entries);
        while next < entries.len() && !self.stop.load(Ordering::Relaxed) {
            let numbers = next..(next + ENTRIES_AT_ONCE).min(entries.len());
            next = numbers.end;
            let (loader, text, entries) =
                (Arc::clone(&self.loader), text.clone(), Arc::clone(&entries));
            let judging = spawn_blocking(move || judge::entries(&loader, &text, &entries, numbers));
            for item in judging.await? {
                self.item(file, item).await?;
            }
        }
        Ok(())
    }

    /// Adds to the group, which is written first where it must end. Where a group ends depends on
    /// where it begins and on what the file holds, on nothing else: so has it the same key when
    /// it is written again.
    async fn item(&mut self, file: usize, item: Item) -> anyhow::Result<()> {
        let Item { start, end, source, ready } = item;
        let ready = match ready {
            Ok(ready) => ready,
            Err(refused) => {
                self.flush(file).await?;
                return self.refuse(file, (start, end), &source, &refused).await;
            }
        };
        let singly = self.state(file)?.progress.singly_until.is_some_and(|until| start < until);
        if singly || self.group.must_end_before(&ready, source.range.len()) {
            self.flush(file).await?;
        }
        self.group.add(ready, (start, end, source));
        Ok(())
    }

    /// Writes the group.
    async fn flush(&mut self, file: usize) -> anyhow::Result<()> {
        let Group { readies, sources, .. } = std::mem::take(&mut self.group);
        let (Some((start, ..)), Some((_, end, last))) = (sources.first(), sources.last()) else {
            return Ok(());
        };
        let (start, end) = (*start, *end);
        let key = key(&self.state(file)?.file, start, end);
        match self.loader.write(readies, &key).await {
            Ok(count) => self.reached(file, end, count).await,
            Err(refused) if refused.is_input && sources.len() == 1 => {
                let last = last.clone();
                self.refuse(file, (start, end), &last, &refused).await
            }
            Err(refused) if refused.is_input => self.singly(file, sources, end).await,
            Err(refused) => Err(refused.into()),
        }
    }

    /// Writes each by itself, to find out which it is that is refused.
    async fn singly(
        &mut self,
        file: usize,
        sources: Vec<(Position, Position, Source)>,
        until: Position,
    ) -> anyhow::Result<()> {
        self.state(file)?.progress.singly_until = Some(until);
        self.note(file).await?;
        self.ledger.write().await?;
        for (start, end, source) in sources {
            let key = key(&self.state(file)?.file, start, end);
            let written = match source.judge(&self.loader) {
                Ok(Some(ready)) => self.loader.write(vec![ready], &key).await,
                Ok(None) => Ok(0),
                Err(refused) => Err(refused),
            };
            match written {
                Ok(count) => self.reached(file, end, count).await?,
                Err(refused) if refused.is_input => {
                    self.refuse(file, (start, end), &source, &refused).await?;
                }
                Err(refused) => return Err(refused.into()),
            }
        }
        Ok(())
    }

    /// Puts aside what is refused, or ends there.
    async fn refuse(
        &mut self,
        file: usize,
        (start, end): (Position, Position),
        source: &Source,
        refused: &Refused,
    ) -> anyhow::Result<()> {
        let skip_invalid = self.skip_invalid;
        let state = self.state(file)?;
        let place = format!("{}, line {}", state.file.path.display(), start.line + 1);
        if !skip_invalid {
            let loaded = state.progress.resources;
            bail!(
                "{place}: {refused}. What stands before it is loaded ({loaded} resources of this \
                 file); with --skip-invalid what is refused is put aside and the rest is loaded"
            );
        }
        state.progress.refused += 1;
        state.progress.refused_bytes = state.aside.add(source.bytes(), source.entry.is_some())?;
        self.report.say(&format!("{place}: {refused}"));
        self.reached(file, end, 0).await
    }

    async fn reached(&mut self, file: usize, end: Position, count: usize) -> anyhow::Result<()> {
        self.report.wrote(count as u64);
        let progress = &mut self.state(file)?.progress;
        progress.reached = end;
        progress.resources += count as u64;
        if progress.singly_until.is_some_and(|until| until <= end) {
            progress.singly_until = None;
        }
        self.note(file).await
    }

    async fn done(&mut self, file: usize) -> anyhow::Result<()> {
        let state = self.state(file)?;
        state.progress.is_done = true;
        if state.progress.refused > 0 {
            let (count, path) = (state.progress.refused, state.aside.path().display().to_string());
            self.report.say(&format!("{count} refused, put aside in {path}; mend and load it"));
        }
        self.note(file).await
    }

    async fn note(&mut self, file: usize) -> anyhow::Result<()> {
        let Some(state) = self.states.get(file) else { return Ok(()) };
        self.ledger.note(&state.file, &state.progress).await
    }

    fn state(&mut self, file: usize) -> anyhow::Result<&mut State> {
        self.states.get_mut(file).ok_or_else(|| anyhow::anyhow!("a file is missing"))
    }
}

impl Group {
    /// Whether the group is full, or cannot be written together with what comes next.
    fn must_end_before(&self, next: &Ready, bytes: usize) -> bool {
        !self.readies.is_empty()
            && (self.count + next.count() > GROUP_RESOURCES_MAX
                || self.bytes + bytes > GROUP_BYTES_MAX
                || next.asks()
                || next.is_bundle()
                || self.readies.iter().any(Ready::is_bundle)
                || next.keys().any(|key| self.keys.contains(&key)))
    }

    fn add(&mut self, ready: Ready, source: (Position, Position, Source)) {
        self.count += ready.count();
        self.bytes += source.2.range.len();
        self.keys.extend(ready.keys());
        self.readies.push(ready);
        self.sources.push(source);
    }
}
