//! What is said while files are loaded: a bar on a terminal, else a line now and then.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use jiff::{SignedDuration, Timestamp};

use crate::ids;

/// How often a line is said where there is no terminal.
const SAID_EVERY: SignedDuration = SignedDuration::from_secs(10);

/// What was read and written so far.
pub(super) struct Report {
    bar: Option<ProgressBar>,
    bytes_all: u64,
    /// Read from the disk, of all files.
    pub(super) bytes_read: Arc<AtomicU64>,
    resources: u64,
    started: Timestamp,
    said: Timestamp,
}

impl Report {
    pub(super) fn new(bytes_all: u64) -> anyhow::Result<Self> {
        let style =
            ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes}  {msg}  {eta} left")?;
        let bar =
            std::io::stderr().is_terminal().then(|| ProgressBar::new(bytes_all).with_style(style));
        let (started, said) = (ids::now(), ids::now());
        Ok(Self { bar, bytes_all, bytes_read: Arc::default(), resources: 0, started, said })
    }

    /// Counts what was written.
    pub(super) fn wrote(&mut self, resources: u64) {
        self.resources += resources;
        let now = ids::now();
        let read = self.bytes_read.load(Ordering::Relaxed);
        if let Some(bar) = &self.bar {
            bar.set_position(read);
            bar.set_message(self.sum(now));
        } else if now.duration_since(self.said) >= SAID_EVERY {
            self.said = now;
            let left = self.left(read, now);
            self.say(&format!(
                "{} of {}, {}, {left} s left",
                HumanBytes(read),
                HumanBytes(self.bytes_all),
                self.sum(now)
            ));
        }
    }

    /// Says something between.
    #[expect(clippy::print_stderr, reason = "this is the program's voice")]
    pub(super) fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| eprintln!("{text}")),
            None => eprintln!("{text}"),
        }
    }

    /// `12,000 resources, 3,400 each second`.
    pub(super) fn sum(&self, now: Timestamp) -> String {
        let rate = self.resources as f64 / self.seconds(now);
        let (count, rate) = (HumanCount(self.resources), HumanCount(rate as u64));
        format!("{count} resources, {rate} each second")
    }

    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn seconds(&self, now: Timestamp) -> f64 {
        now.duration_since(self.started).as_secs_f64().max(0.001)
    }

    fn left(&self, read: u64, now: Timestamp) -> u64 {
        let rest = self.bytes_all.saturating_sub(read) as f64;
        (rest / (read.max(1) as f64 / self.seconds(now))) as u64
    }
}
