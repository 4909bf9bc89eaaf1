//! How one open assessment stands: who has to do what next.

use std::collections::BTreeMap;

use jiff::civil::Date;
use manzil_journey::assessment::{Assessment, Status};
use manzil_journey::command;
use manzil_journey::file::{Examined, PersonFile};
use manzil_journey::person::Person;
use manzil_protocol::evaluate::{StepEvaluation, StepState};
use manzil_protocol::{Effect, Library, Station, Text};

use super::Queue;

/// One open assessment.
#[derive(Clone, Debug)]
pub struct Standing {
    pub person: Person,
    pub assessment: Assessment,
    /// The number of the family case, if there is one.
    pub case_number: Option<String>,
    /// The queues in which the person stands, each once.
    pub entries: Vec<Entry>,
    /// Required steps that are done, and all that are required as far as is known.
    pub progress: Progress,
}

/// How many of the required steps are done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub done: usize,
    pub required: usize,
}

/// A person's place in one queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub queue: Queue,
    /// The last day on which something was done for them, or the exam date.
    pub since: Date,
    /// The day until which there is nothing to do but wait.
    pub until: Option<Date>,
    pub tasks: Vec<Task>,
}

/// What has to be done there.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// A step, by protocol and id.
    Step {
        protocol: String,
        step: String,
        label: Text,
        overdue: bool,
    },
    /// Facts about who the person is are not known: by their labels.
    PersonalDetails(Vec<Text>),
    /// No protocol is in force for the destination, population and exam date.
    NoProtocol,
    Sign,
    /// Travel is blocked by this outcome.
    Blocked(Text),
    /// A result changed after signing.
    Review,
    /// The exam itself.
    Exam,
}

impl Standing {
    /// The open assessments of a person.
    pub(super) fn all(file: &PersonFile, library: &Library, today: Date) -> Vec<Self> {
        let open = file.assessments().into_iter().filter(|held| held.item.status.is_open());
        open.map(|held| Self::of(file, held.item, library, today)).collect()
    }

    fn of(file: &PersonFile, assessment: Assessment, library: &Library, today: Date) -> Self {
        let examined = file.examine(library, &assessment, today);
        let steps = || examined.iter().flat_map(|each| &each.evaluation.steps);
        let done = steps().filter(|step| matches!(step.state, StepState::Done));
        let progress = Progress {
            done: done.count(),
            required: steps()
                .filter(|step| {
                    !matches!(step.state, StepState::NotRequired | StepState::Undetermined)
                })
                .count(),
        };
        let last = steps().filter_map(|step| step.done_on).filter(|day| *day <= today).max();
        let mut places =
            Places { since: last.unwrap_or(assessment.exam), entries: BTreeMap::new() };
        if assessment.exam > today && last.is_none() {
            places.add(Queue::Coming, Some(assessment.exam), Task::Exam);
        } else {
            places.stand(&assessment, &examined, library, today);
        }
        Self {
            person: file.person.clone(),
            assessment,
            case_number: None,
            entries: places.entries.into_values().collect(),
            progress,
        }
    }
}

struct Places {
    since: Date,
    entries: BTreeMap<Queue, Entry>,
}

impl Places {
    fn add(&mut self, queue: Queue, until: Option<Date>, task: Task) {
        let since = self.since;
        let entry = self.entries.entry(queue).or_insert_with(|| Entry {
            queue,
            since,
            until,
            tasks: Vec::new(),
        });
        // Whoever waits for two results comes back for the first one.
        entry.until = entry.until.min(until);
        entry.tasks.push(task);
    }

    fn stand(
        &mut self,
        assessment: &Assessment,
        examined: &[Examined<'_>],
        library: &Library,
        today: Date,
    ) {
        if examined.is_empty() {
            return self.add(Queue::At(Station::Reception), None, Task::NoProtocol);
        }
        let missing = missing_details(examined, library);
        if !missing.is_empty() {
            self.add(Queue::At(Station::Reception), None, Task::PersonalDetails(missing));
        }
        for each in examined {
            for step in &each.evaluation.steps {
                self.step(each.protocol.id.as_str(), step, today);
            }
        }
        if examined.iter().all(|each| command::ready(each).is_ok()) {
            self.add(Queue::Signature, None, Task::Sign);
        }
        if assessment.status == Status::UnderReview {
            self.add(Queue::Departure, None, Task::Review);
        }
        for outcome in examined.iter().flat_map(blocking) {
            self.add(Queue::Departure, None, Task::Blocked(outcome));
        }
    }

    fn step(&mut self, protocol: &str, step: &StepEvaluation, today: Date) {
        let task = |overdue| Task::Step {
            protocol: protocol.to_owned(),
            step: step.step.to_string(),
            label: step.label.clone(),
            overdue,
        };
        match &step.state {
            StepState::Due => self.add(Queue::At(step.station), None, task(false)),
            StepState::Expired => self.add(Queue::At(step.station), None, task(true)),
            StepState::Waiting { until } if *until <= today => {
                self.add(Queue::At(step.station), None, task(true));
            }
            StepState::Waiting { until } => {
                self.add(Queue::Results, Some(*until), task(false));
            }
            StepState::Blocked { .. }
            | StepState::Done
            | StepState::NotRequired
            | StepState::Undetermined => {}
        }
    }
}

/// What is not known about who the person is, although something depends on it: nobody but the
/// reception can find it out.
fn missing_details(examined: &[Examined<'_>], library: &Library) -> Vec<Text> {
    let mut labels: Vec<Text> = Vec::new();
    for fact in examined.iter().flat_map(|each| &each.evaluation.missing) {
        let Some(fact) = library.fact(fact) else { continue };
        let of_patient = fact.bind.as_ref().is_some_and(|bind| bind.resource == *"Patient");
        if of_patient && !labels.contains(&fact.label) {
            labels.push(fact.label.clone());
        }
    }
    labels
}

/// The known outcomes that keep somebody from travelling.
fn blocking(examined: &Examined<'_>) -> Vec<Text> {
    let Some(certificate) = &examined.protocol.certificate else { return Vec::new() };
    manzil_journey::statement::outcomes(examined, &certificate.clearance)
        .into_iter()
        .filter(|outcome| outcome.effect == Effect::BlocksTravel)
        .map(|outcome| outcome.label.clone())
        .collect()
}
