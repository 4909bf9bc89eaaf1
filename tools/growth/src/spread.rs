//! People spread over several PostgreSQL instances by their homes, as a distributed table would be:
//! what stays the same for each instance, and what every instance has to answer.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, anyhow, ensure};
use clap::Args;
use manzil_store::Store;
use manzil_store::conformance::block_on;
use manzil_store_postgres::PostgresStore;

use crate::fill::picked;
use crate::latency::Latency;
use crate::people::{People, Person};
use crate::questions::{self, KINDS, Kind};

const SCRIPT: &str = "tools/postgres/cluster";

#[derive(Args, Debug)]
pub struct Options {
    /// Folder with transaction Bundles, one a person.
    bundles: PathBuf,
    /// How many instances; each number is a run of its own.
    #[arg(long, value_delimiter = ',', default_value = "1,2,4")]
    instances: Vec<usize>,
    /// How many people each instance holds.
    #[arg(long, default_value_t = 500)]
    people: usize,
    /// How often each kind of question is put.
    #[arg(long, default_value_t = 300)]
    questions: usize,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let people = People::read(&options.bundles)?;
    for instances in &options.instances {
        measure(&people, *instances, options)?;
    }
    Ok(())
}

fn measure(people: &People, instances: usize, options: &Options) -> anyhow::Result<()> {
    let mut parts = Vec::new();
    for number in 0..instances {
        parts.push(Part::start(number)?);
    }
    println!("\n{instances} instances of PostgreSQL, {} people each", options.people);
    let (shares, mut resources) = (shares(people, &parts, options.people)?, 0);
    // One after the other: what an instance with a machine of its own takes, without the others.
    let (mut alone, mut known) = (Vec::new(), Vec::new());
    for (part, share) in parts.iter().zip(shares) {
        let (started, mut written) = (Instant::now(), 0);
        for number in share {
            let (changes, person) = people.person(number)?;
            written += changes.writes.len();
            block_on(part.store.commit(&questions::access(), changes))?;
            known.push(person);
        }
        resources += written;
        alone.push(written as f64 / started.elapsed().as_secs_f64());
    }
    let (least, most) =
        alone.iter().fold((f64::MAX, 0.0_f64), |(a, b), it| (a.min(*it), b.max(*it)));
    println!("{:36}{least:.0} to {most:.0} resources/s on one instance", "writes, one caller");
    let mut bytes = Vec::new();
    for part in &parts {
        bytes.push(block_on(part.store.statistics())?.bytes);
    }
    let total: u64 = bytes.iter().sum();
    let (people_all, each) = (known.len() as u64, total as f64 / resources as f64);
    println!("{:36}{} bytes a person, {each:.0} a resource", "storage", total / people_all);
    println!(
        "{:36}{:?}",
        "kilobytes on each",
        bytes.iter().map(|it| it / 1024).collect::<Vec<_>>()
    );
    let picked = picked(&known, options.questions);
    println!("{:36}{}, 1 instance asked", "read of a Patient", read(&parts, &picked)?);
    for kind in KINDS {
        let (latency, asked) = ask(&parts, kind, &picked)?;
        println!("{:36}{latency}, {asked} asked", kind.name);
    }
    parts.into_iter().try_for_each(Part::end)
}

/// The numbers of the people of each part: the first of whom it is the home.
fn shares(people: &People, parts: &[Part], count: usize) -> anyhow::Result<Vec<Vec<usize>>> {
    let mut shares = vec![Vec::new(); parts.len()];
    for number in 0.. {
        if shares.iter().all(|share| share.len() >= count) {
            break;
        }
        let (_, person) = people.person(number)?;
        let share = shares.get_mut(home(&person, parts.len())).context("no such part")?;
        if share.len() < count {
            share.push(number);
        }
    }
    Ok(shares)
}

/// Which part a person's home is on. The engine takes the first bits of a SHA-256; any even hash
/// of the same id spreads alike.
fn home(person: &Person, parts: usize) -> usize {
    let hash = person.id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    ((hash >> 32) % parts.max(1) as u64) as usize
}

fn read(parts: &[Part], people: &[Person]) -> anyhow::Result<Latency> {
    let mut latency = Latency::default();
    for who in people {
        let part = parts.get(home(who, parts.len())).context("no such part")?;
        latency.extend(questions::read(&*part.store, std::slice::from_ref(who))?);
    }
    Ok(latency)
}

/// Asks the part that holds the person, or all of them at once when the search is not about one.
fn ask(parts: &[Part], kind: &Kind, people: &[Person]) -> anyhow::Result<(Latency, usize)> {
    let mut latency = Latency::default();
    for (number, who) in people.iter().enumerate() {
        let started = Instant::now();
        if kind.is_of_one {
            let part = parts.get(home(who, parts.len())).context("no such part")?;
            questions::ask(&*part.store, kind, number, who)?;
        } else {
            std::thread::scope(|scope| -> anyhow::Result<()> {
                let asking: Vec<_> = parts
                    .iter()
                    .map(|part| scope.spawn(|| questions::ask(&*part.store, kind, number, who)))
                    .collect();
                for one in asking {
                    one.join().map_err(|_| anyhow!("an asker died"))??;
                }
                Ok(())
            })?;
        }
        latency.add(started.elapsed());
    }
    Ok((latency, if kind.is_of_one { 1 } else { parts.len() }))
}

/// One instance with its store.
struct Part {
    store: Arc<PostgresStore>,
    folder: PathBuf,
}

impl Part {
    fn start(number: usize) -> anyhow::Result<Self> {
        let output = script().arg("start").stderr(Stdio::inherit()).output().context(SCRIPT)?;
        ensure!(output.status.success(), "{SCRIPT}: no PostgreSQL starts");
        let said = String::from_utf8(output.stdout)?;
        let (url, folder) =
            said.trim_end().split_once('\n').context("the script says too little")?;
        let clock = Arc::new(jiff::Timestamp::now);
        let of = manzil_store_postgres::Options::new(clock, format!("part-{number}"));
        let store = Arc::new(PostgresStore::open(url, of)?);
        Ok(Self { store, folder: folder.into() })
    }

    fn end(self) -> anyhow::Result<()> {
        block_on(self.store.close())?;
        ensure!(script().arg("stop").arg(&self.folder).status()?.success(), "{SCRIPT} stop fails");
        Ok(())
    }
}

fn script() -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Command::new(root.join(SCRIPT))
}
