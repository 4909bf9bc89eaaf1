//! Counts failed sign-ins, so that nobody can try passwords for long.
//!
//! Three counters: one account from one address, one account from anywhere, one address over all
//! accounts. Kept in memory: a restart forgets them, and a restart is not something a stranger
//! can cause.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::limits::{
    SIGN_IN_FAILURES_ACCOUNT_MAX, SIGN_IN_FAILURES_ADDRESS_MAX, SIGN_IN_FAILURES_PAIR_MAX,
    SIGN_IN_KEYS_MAX, SIGN_IN_WINDOW,
};

/// The counters of one server.
#[derive(Debug, Default)]
pub struct SignInRate {
    failures: Mutex<BTreeMap<Counted, Vec<Timestamp>>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Counted {
    Pair(String, IpAddr),
    Account(String),
    Address(IpAddr),
}

impl Counted {
    fn failures_max(&self) -> usize {
        match self {
            Self::Pair(..) => SIGN_IN_FAILURES_PAIR_MAX,
            Self::Account(_) => SIGN_IN_FAILURES_ACCOUNT_MAX,
            Self::Address(_) => SIGN_IN_FAILURES_ADDRESS_MAX,
        }
    }

    fn of(account: &str, address: IpAddr) -> [Self; 3] {
        let network = network(address);
        [
            Self::Pair(account.to_owned(), network),
            Self::Account(account.to_owned()),
            Self::Address(network),
        ]
    }
}

impl SignInRate {
    /// How many minutes to wait before the next try; none when it may be made now.
    pub fn wait_minutes(&self, account: &str, address: IpAddr, now: Timestamp) -> Option<i64> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = Counted::of(account, address).into_iter().filter_map(|counted| {
            let recent: Vec<Timestamp> =
                failures.get(&counted)?.iter().copied().filter(|at| is_recent(*at, now)).collect();
            let release = recent.len().checked_sub(counted.failures_max())?;
            let freed_by = recent.get(release)?;
            let left = SIGN_IN_WINDOW - now.duration_since(*freed_by);
            Some((left.as_secs() + 59) / 60)
        });
        waits.max()
    }

    /// Counts a failure.
    pub fn failed(&self, account: &str, address: IpAddr, now: Timestamp) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() + 3 > SIGN_IN_KEYS_MAX {
            failures.retain(|_, times| times.iter().any(|at| is_recent(*at, now)));
        }
        for counted in Counted::of(account, address) {
            if failures.len() >= SIGN_IN_KEYS_MAX && !failures.contains_key(&counted) {
                continue;
            }
            let times = failures.entry(counted).or_default();
            times.retain(|at| is_recent(*at, now));
            times.push(now);
        }
    }

    /// Forgets the failures of this account from this address: it is their owner.
    pub fn succeeded(&self, account: &str, address: IpAddr) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.remove(&Counted::Pair(account.to_owned(), network(address)));
    }
}

fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) < SIGN_IN_WINDOW
}

/// An IPv6 customer has a whole /64 to try from; it counts as one address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}
