//! Reads files ahead and judges what stands in them, on other threads than the one that writes.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use manzil_server::api::load::{Content, Loader, Ready, Refused};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::{JoinHandle, spawn_blocking};

use super::input::{InputFile, Position, Text, Texts};

/// What is judged at once, about.
const CHUNK_BYTES: usize = 1024 * 1024;
/// What is read and not written yet. A text that is larger is alone.
const AHEAD_KIB_MAX: u32 = 64 * 1024;
/// Chunks that are judged before they can be written.
const AHEAD_CHUNKS_MAX: usize = 8;

/// Texts of one file that stand one behind the other.
pub(super) struct Chunk {
    /// Which of the files.
    pub(super) file: usize,
    pub(super) pieces: Vec<Piece>,
    /// Nothing comes behind it in this file.
    pub(super) is_last: bool,
    /// Counts towards what may be read ahead until it is written.
    _permit: OwnedSemaphorePermit,
}

/// What came of one text.
pub(super) enum Piece {
    Item(Item),
    /// A batch and where its entries stand in it.
    Batch(Text, Vec<Range<usize>>),
}

/// Something that is written, or refused, as a whole.
pub(super) struct Item {
    pub(super) start: Position,
    pub(super) end: Position,
    pub(super) source: Source,
    pub(super) ready: Result<Ready, Refused>,
}

/// Where it stands.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) text: Arc<Vec<u8>>,
    pub(super) range: Range<usize>,
    /// Its number, for an entry of a batch.
    pub(super) entry: Option<usize>,
}

impl Source {
    pub(super) fn bytes(&self) -> &[u8] {
        self.text.get(self.range.clone()).unwrap_or_default()
    }

    /// Judges it again.
    pub(super) fn judge(&self, loader: &Loader) -> Result<Option<Ready>, Refused> {
        if let Some(number) = self.entry {
            return loader.read_entry(self.bytes(), number);
        }
        match loader.read(self.bytes())? {
            Content::Ready(ready) => Ok(Some(ready)),
            Content::Batch(_) => Ok(None),
        }
    }
}

/// A chunk being judged.
pub(super) type Judging = JoinHandle<anyhow::Result<Chunk>>;

/// Reads the files one behind the other from their places, and gives the chunks in their order.
pub(super) fn ahead(
    loader: &Arc<Loader>,
    files: VecDeque<(usize, InputFile, Position)>,
    read: &Arc<AtomicU64>,
) -> mpsc::Receiver<Judging> {
    let (sender, receiver) = mpsc::channel(AHEAD_CHUNKS_MAX);
    let (loader, read) = (Arc::clone(loader), Arc::clone(read));
    let runtime = tokio::runtime::Handle::current();
    let room = Arc::new(Semaphore::new(AHEAD_KIB_MAX as usize));
    spawn_blocking(move || {
        for (number, file, from) in files {
            let mut texts = match Texts::open(&file, from, Arc::clone(&read)) {
                Ok(texts) => texts,
                Err(error) => {
                    drop(sender.blocking_send(spawn_blocking(move || Err(error))));
                    return;
                }
            };
            loop {
                let (texts, is_last) = match take(&mut texts) {
                    Ok(taken) => taken,
                    Err(error) => {
                        drop(sender.blocking_send(spawn_blocking(move || Err(error))));
                        return;
                    }
                };
                let bytes: usize = texts.iter().map(|text| text.bytes.len()).sum();
                let kib = u32::try_from(bytes / 1024 + 1).unwrap_or(u32::MAX).min(AHEAD_KIB_MAX);
                let Ok(permit) = runtime.block_on(Arc::clone(&room).acquire_many_owned(kib)) else {
                    return;
                };
                let loader = Arc::clone(&loader);
                let judging = spawn_blocking(move || {
                    let pieces = texts.into_iter().map(|text| piece(&loader, text)).collect();
                    Ok(Chunk { file: number, pieces, is_last, _permit: permit })
                });
                if sender.blocking_send(judging).is_err() {
                    return;
                }
                if is_last {
                    break;
                }
            }
        }
    });
    receiver
}

/// The next texts, and whether there are no more.
fn take(from: &mut Texts) -> anyhow::Result<(Vec<Text>, bool)> {
    let (mut texts, mut bytes) = (Vec::new(), 0);
    while bytes < CHUNK_BYTES {
        let Some(text) = from.next()? else { return Ok((texts, true)) };
        bytes += text.bytes.len();
        texts.push(text);
    }
    Ok((texts, false))
}

fn piece(loader: &Loader, text: Text) -> Piece {
    let ready = match loader.read(&text.bytes) {
        Ok(Content::Batch(entries)) => return Piece::Batch(text, entries),
        Ok(Content::Ready(ready)) => Ok(ready),
        Err(refused) => Err(refused),
    };
    let source = Source { range: 0..text.bytes.len(), text: text.bytes, entry: None };
    Piece::Item(Item { start: text.start, end: text.end, source, ready })
}

/// Some entries of a batch, from a number on; those that only read are passed over.
pub(super) fn entries(
    loader: &Loader,
    text: &Text,
    all: &[Range<usize>],
    numbers: Range<usize>,
) -> Vec<Item> {
    let place = |number| match number {
        0 => text.start,
        number if number >= all.len() => text.end,
        entry => Position { entry, ..text.start },
    };
    let items = numbers.filter_map(|number| {
        let range = all.get(number)?.clone();
        let source = Source { text: Arc::clone(&text.bytes), range, entry: Some(number) };
        let ready = source.judge(loader).transpose()?;
        Some(Item { start: place(number), end: place(number + 1), source, ready })
    });
    items.collect()
}
