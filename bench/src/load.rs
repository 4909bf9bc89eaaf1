//! Sending many requests over several connections, and what that took.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;

use crate::clock::Stopwatch;
use crate::http::{Answer, Connection};

/// What to send: `count` requests out of the list, which is gone through in turn.
#[derive(Clone, Debug)]
pub struct Load {
    pub requests: Arc<Vec<Vec<u8>>>,
    pub count: usize,
    pub clients: usize,
    /// No request is begun after this.
    pub limit: Duration,
}

/// What a load took.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Requests that were answered, well or not.
    pub requests: usize,
    /// Answers that were not 2xx, and connections that broke.
    pub errors: usize,
    /// The first error, as a person should see it.
    pub first_error: Option<String>,
    pub elapsed: Duration,
    /// In microseconds, smallest first, of the good answers.
    latencies: Vec<u32>,
}

impl Measured {
    /// The latency in milliseconds below which `percent` of the good answers came.
    pub fn percentile(&self, percent: usize) -> Option<f64> {
        let last = self.latencies.len().checked_sub(1)?;
        // The nearest rank: of 100 answers, the 99th is the 99th percentile.
        let rank = (self.latencies.len() * percent).div_ceil(100).saturating_sub(1).min(last);
        self.latencies.get(rank).map(|micros| f64::from(*micros) / 1000.0)
    }

    /// How many answers were good.
    pub fn good(&self) -> usize {
        self.latencies.len()
    }
}

/// Sends a load. `keep` sees every good answer with the place of its request, and what it
/// returns is handed back.
pub async fn send<T: Send + 'static>(
    address: SocketAddr,
    load: &Load,
    keep: impl Fn(usize, &Answer<'_>) -> Option<T> + Copy + Send + 'static,
) -> (Measured, Vec<T>) {
    let next = Arc::new(AtomicUsize::new(0));
    let watch = Stopwatch::start();
    let mut clients = JoinSet::new();
    for _ in 0..load.clients.max(1) {
        clients.spawn(client(address, load.clone(), Arc::clone(&next), watch, keep));
    }
    let mut all = Measured::default();
    let mut kept = Vec::new();
    while let Some(Ok((one, own))) = clients.join_next().await {
        all.requests += one.requests;
        all.errors += one.errors;
        all.first_error = all.first_error.or(one.first_error);
        all.latencies.extend(one.latencies);
        kept.extend(own);
    }
    all.elapsed = watch.elapsed();
    all.latencies.sort_unstable();
    (all, kept)
}

async fn client<T>(
    address: SocketAddr,
    load: Load,
    next: Arc<AtomicUsize>,
    watch: Stopwatch,
    keep: impl Fn(usize, &Answer<'_>) -> Option<T>,
) -> (Measured, Vec<T>) {
    let mut connection = Connection::new(address);
    let mut own = Measured::default();
    let mut kept = Vec::new();
    while watch.elapsed() < load.limit {
        let turn = next.fetch_add(1, Ordering::Relaxed);
        let place = turn.checked_rem(load.requests.len()).unwrap_or_default();
        let Some(request) = load.requests.get(place).filter(|_| turn < load.count) else { break };
        let begun = Stopwatch::start();
        let answer = connection.exchange(request).await;
        own.requests += 1;
        match answer {
            Ok(answer) if answer.is_good() => {
                own.latencies.push(begun.elapsed().as_micros().try_into().unwrap_or(u32::MAX));
                kept.extend(keep(place, &answer));
            }
            Ok(answer) => own.fails(&complaint(&answer)),
            Err(error) => own.fails(&format!("{error:#}")),
        }
    }
    (own, kept)
}

impl Measured {
    fn fails(&mut self, why: &str) {
        self.errors += 1;
        self.first_error.get_or_insert_with(|| why.to_owned());
    }
}

fn complaint(answer: &Answer<'_>) -> String {
    let text: String = String::from_utf8_lossy(answer.body).chars().take(400).collect();
    format!("{}: {text}", answer.status)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(latencies: Vec<u32>) -> Measured {
        Measured { latencies, ..Measured::default() }
    }

    #[test]
    fn percentiles_are_nearest_ranks() {
        let hundred = measured((1..=100).map(|each| each * 1000).collect());
        assert_eq!(hundred.percentile(50), Some(50.0));
        assert_eq!(hundred.percentile(99), Some(99.0));
        assert_eq!(measured(vec![7000]).percentile(99), Some(7.0));
        assert_eq!(measured(Vec::new()).percentile(50), None);
    }

    #[tokio::test]
    async fn nobody_listening_is_an_error_for_each_request() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let load = Load {
            requests: Arc::new(vec![b"GET / HTTP/1.1\r\n\r\n".to_vec()]),
            count: 5,
            clients: 2,
            limit: Duration::from_secs(5),
        };
        let (measured, kept) = send(address, &load, |place, _| Some(place)).await;
        assert_eq!((measured.requests, measured.errors, kept.len()), (5, 5, 0));
        assert!(measured.first_error.is_some());
    }
}
