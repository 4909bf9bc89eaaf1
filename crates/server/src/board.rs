//! Who waits for what: every open assessment, kept in memory and brought up to date from the
//! change log.
//!
//! Built at first use from the store. Afterwards only the people whose records changed are
//! examined again, and everybody once a day, because dates move people from one queue to the
//! next. What the board knows is the record's; it holds nothing of its own and can be thrown
//! away at any time. Start with [`Board::look`].

mod gather;
mod standing;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use manzil_journey::access::{Access, Purpose, Role};
use manzil_protocol::{Library, Station};
use manzil_store::{Store, StoreError};
use tokio::sync::Mutex;

use crate::App;
use crate::limits::BOARD_SECONDS_MAX;

pub use standing::{Entry, Progress, Standing, Task};

/// A place where somebody waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Queue {
    At(Station),
    /// Something was collected; its result is not back.
    Results,
    /// Everything is known; a physician has to sign.
    Signature,
    /// A decision or a review keeps the person from departing.
    Departure,
    /// The exam is on a later day.
    Coming,
}

impl Queue {
    /// All queues in the order in which a person passes them.
    pub const ALL: [Self; 10] = [
        Self::At(Station::Reception),
        Self::At(Station::Nurse),
        Self::At(Station::Laboratory),
        Self::At(Station::XRay),
        Self::At(Station::Physician),
        Self::At(Station::Treatment),
        Self::Signature,
        Self::Results,
        Self::Departure,
        Self::Coming,
    ];

    /// The word in an address.
    pub fn code(self) -> &'static str {
        match self {
            Self::At(station) => station.word(),
            Self::Results => "results",
            Self::Signature => "signature",
            Self::Departure => "departure",
            Self::Coming => "coming",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.code() == code)
    }
}

/// The board. One for each server.
#[derive(Debug, Default)]
pub struct Board {
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug)]
struct Kept {
    /// The day on which everybody was examined.
    day: Date,
    /// The last change set that has been taken in.
    seq: u64,
    people: BTreeMap<String, Vec<Arc<Standing>>>,
    /// Numbers of family cases, by `Group` id.
    cases: BTreeMap<String, String>,
    queues: Arc<Queues>,
}

/// The queues as they stand at one moment.
#[derive(Debug, Default)]
pub struct Queues {
    people: BTreeMap<String, Vec<Arc<Standing>>>,
    waiting: BTreeMap<Queue, Vec<Waiting>>,
}

/// Somebody in a queue.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub standing: Arc<Standing>,
    pub entry: Entry,
}

impl Queues {
    fn of(people: &BTreeMap<String, Vec<Arc<Standing>>>) -> Self {
        let mut waiting: BTreeMap<Queue, Vec<Waiting>> = BTreeMap::new();
        for standing in people.values().flatten() {
            for entry in &standing.entries {
                let one = Waiting { standing: Arc::clone(standing), entry: entry.clone() };
                waiting.entry(entry.queue).or_default().push(one);
            }
        }
        for queue in waiting.values_mut() {
            queue.sort_by(|a, b| a.order().cmp(&b.order()));
        }
        Self { people: people.clone(), waiting }
    }

    /// Who waits there: who came first, first.
    pub fn waiting(&self, queue: Queue) -> &[Waiting] {
        self.waiting.get(&queue).map_or(&[], Vec::as_slice)
    }

    /// The open assessments of a person.
    pub fn of_person(&self, person: &str) -> &[Arc<Standing>] {
        self.people.get(person).map_or(&[], Vec::as_slice)
    }

    /// How many assessments are open.
    pub fn open(&self) -> usize {
        self.people.values().map(Vec::len).sum()
    }
}

impl Waiting {
    fn order(&self) -> (Date, &str, &str) {
        let day = self.entry.until.unwrap_or(self.entry.since);
        (day, &self.standing.person.name, &self.standing.assessment.id)
    }
}

impl Board {
    /// The queues as they stand now. Takes in what was written since the last look, and
    /// everything when the day is new.
    ///
    /// # Errors
    ///
    /// What the store answers; the board is then drawn up anew at the next look.
    pub async fn look(
        &self,
        store: &Arc<dyn Store>,
        library: &Arc<Library>,
        today: Date,
    ) -> Result<Arc<Queues>, StoreError> {
        let mut held = self.kept.lock().await;
        // Asked before anything is read: what is written meanwhile is taken in next time.
        let seq = store.statistics().await?.change_sets;
        let mut kept = match held.take() {
            Some(kept) if kept.day == today && kept.seq == seq => {
                let queues = Arc::clone(&kept.queues);
                *held = Some(kept);
                return Ok(queues);
            }
            Some(kept) if kept.day == today => kept,
            _ => Kept::at(today, seq),
        };
        let is_new = kept.seq == seq;
        let people = if is_new {
            gather::people_with_open_assessments(&**store).await?
        } else {
            gather::people_changed(&**store, &mut kept.seq, seq).await?
        };
        let fresh = gather::standings(store, library, people, &mut kept.cases, today).await?;
        for (person, standings) in fresh {
            if standings.is_empty() {
                kept.people.remove(&person);
            } else {
                kept.people.insert(person, standings.into_iter().map(Arc::new).collect());
            }
        }
        kept.queues = Arc::new(Queues::of(&kept.people));
        let queues = Arc::clone(&kept.queues);
        *held = Some(kept);
        Ok(queues)
    }
}

impl Kept {
    fn at(day: Date, seq: u64) -> Self {
        Self { day, seq, people: BTreeMap::new(), cases: BTreeMap::new(), queues: Arc::default() }
    }
}

/// Keeps the board fresh while nobody looks, so that nobody waits for it: neither after a start
/// nor on a new morning. While nothing is written this reads one number of the store.
pub(crate) async fn keep(app: App) {
    loop {
        if let Err(problem) = app.queues().await {
            tracing::warn!(%problem, "the board could not be drawn up");
        }
        tokio::time::sleep(Duration::from_secs(BOARD_SECONDS_MAX)).await;
    }
}

/// The name under which the board reads, as the audit trail has it.
pub const ACTOR: &str = "today-board";

/// The board reads as the program, for assessment: what is written for care stays out of it.
fn access() -> Access {
    Access::new(ACTOR, Role::System, Purpose::Assessment)
}
