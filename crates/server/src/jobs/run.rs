//! Does an export: type by type, page by page, into files of bounded size.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::sync::Arc;

use manzil_fhir::search::query::{Comparison, Condition, DateTest, Search};
use manzil_store::{Found, PageRequest, SearchRequest, StoreError};
use thiserror::Error;

use super::{File, Job, People, State};
use crate::App;
use crate::limits::{EXPORT_FILE_BYTES_MAX, FHIR_PAGE_ROWS_MAX};
use crate::smart::{FhirAccess, Interaction};

#[derive(Debug, Error)]
enum Failure {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("MZ-0690: the files of the export cannot be written: {0}")]
    Disk(#[from] io::Error),
    #[error("MZ-0691: the export was ended")]
    Ended,
}

/// Runs an export to its end. What it is not permitted to read is not in it.
pub(crate) async fn run(app: App, door: FhirAccess, job: Arc<Job>) {
    let Ok(_turn) = app.exports.turns.acquire().await else { return };
    let state = match all(&app, &door, &job).await {
        Ok(files) => State::Done(files),
        Err(failure) => State::Failed(failure.to_string()),
    };
    job.set(state);
}

async fn all(app: &App, door: &FhirAccess, job: &Arc<Job>) -> Result<Vec<File>, Failure> {
    let mut files = Vec::new();
    let mut resources = 0;
    for of in &job.order.types {
        let search = search(door, job, of);
        let mut page = PageRequest { rows_max: FHIR_PAGE_ROWS_MAX, after: None };
        let mut file = Open::new(of, 1);
        loop {
            if job.is_cancelled() {
                return Err(Failure::Ended);
            }
            let request = SearchRequest { search: search.clone(), page };
            let found = app.store.search(&door.access, &request).await?;
            let rows = found.matches.into_iter().filter(|found| is_wanted(door, job, found));
            let lines: Vec<String> = rows.map(|found| found.body.into_json()).collect();
            resources += lines.len();
            if !lines.is_empty() {
                file = write(job, file, lines, &mut files).await?;
                job.set(State::Running { resources });
            }
            let Some(after) = found.next else { break };
            page = PageRequest { rows_max: FHIR_PAGE_ROWS_MAX, after: Some(after) };
        }
        files.extend(file.closed());
    }
    Ok(files)
}

fn search(door: &FhirAccess, job: &Job, of: &'static str) -> Search {
    let mut search = Search { types: vec![of], ..Search::default() };
    if let Some(since) = job.order.since {
        let from = since.as_millisecond();
        let test = DateTest { comparison: Comparison::GreaterOrEqual, from, until: from + 1 };
        search.filter.push(Condition::Updated(test));
    }
    if let Some(person) = door.only_person(of, Interaction::Search) {
        search.filter.push(Condition::Person(person.to_owned()));
    }
    search
}

fn is_wanted(door: &FhirAccess, job: &Job, found: &Found) -> bool {
    let person = found.person.as_deref();
    let of = found.key.resource_type.as_str();
    let of_these = match &job.order.people {
        People::System => true,
        People::All => person.is_some(),
        People::Some(ids) => person.is_some_and(|person| ids.contains(person)),
    };
    of_these && door.reaches(of, Interaction::Search, found.compartment, person)
}

/// A file that more may be written to.
struct Open {
    file: File,
    number: usize,
    bytes: usize,
}

impl Open {
    fn new(resource_type: &'static str, number: usize) -> Self {
        let name = format!("{resource_type}.{number}.ndjson");
        Self { file: File { name, resource_type, resources: 0 }, number, bytes: 0 }
    }

    fn closed(self) -> Option<File> {
        Some(self.file).filter(|file| file.resources > 0)
    }
}

/// Appends lines, and goes on in the next file when this one is full.
async fn write(
    job: &Arc<Job>,
    mut open: Open,
    lines: Vec<String>,
    files: &mut Vec<File>,
) -> Result<Open, Failure> {
    let job = Arc::clone(job);
    let work = move || -> io::Result<(Open, Vec<File>)> {
        let mut full = Vec::new();
        let mut text = String::new();
        for line in lines {
            if open.bytes + text.len() > EXPORT_FILE_BYTES_MAX {
                append(&job, &open, &text)?;
                let next = Open::new(open.file.resource_type, open.number + 1);
                full.extend(std::mem::replace(&mut open, next).closed());
                text.clear();
            }
            text.push_str(&line);
            text.push('\n');
            open.file.resources += 1;
        }
        append(&job, &open, &text)?;
        open.bytes += text.len();
        Ok((open, full))
    };
    let done = tokio::task::spawn_blocking(work).await.map_err(io::Error::other)??;
    files.extend(done.1);
    Ok(done.0)
}

fn append(job: &Job, open: &Open, text: &str) -> io::Result<()> {
    let path = job.folder.path().join(&open.file.name);
    OpenOptions::new().create(true).append(true).open(path)?.write_all(text.as_bytes())
}
