//! How long answers took.

use std::fmt;
use std::time::Duration;

/// The times of many answers of one kind.
#[derive(Debug, Default)]
pub struct Latency(Vec<Duration>);

impl Latency {
    pub fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// In milliseconds: the time that so many of a hundred stayed below.
    fn at(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted.get(place).map_or(0.0, |took| took.as_secs_f64() * 1e3)
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (half, most, all) = (self.at(50), self.at(99), self.at(100));
        write!(formatter, "p50 {half:8.2} ms  p99 {most:8.2} ms  max {all:8.2} ms")
    }
}
