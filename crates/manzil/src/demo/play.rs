//! Plays a clinic: the fictional caseload is imported and worked through with the same commands
//! that the pages use, some people further than others.

use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use jiff::Timestamp;
use jiff::civil::Date;
use manzil_journey::access::{Access, Purpose, Role};
use manzil_journey::assessment::Assessment;
use manzil_journey::command::{self, Collection, Context, RecordFindings, Sign, fingerprint};
use manzil_journey::decision::Signatory;
use manzil_journey::file::PersonFile;
use manzil_journey::import::ColumnMap;
use manzil_journey::result::Finding;
use manzil_protocol::Library;
use manzil_protocol::evaluate::{StepEvaluation, StepState};
use manzil_store::Store;
use manzil_store::desk::{self, Upload};

use super::health::{Health, answer};
use super::random::Random;
use crate::ids;

/// Stations that one person passes at most; a protocol with more is left unfinished.
const STATIONS_MAX: usize = 40;

/// The clinic that is played.
pub struct Clinic {
    pub store: Arc<dyn Store>,
    pub library: Arc<Library>,
    pub now: Timestamp,
    pub today: Date,
}

impl Clinic {
    /// Imports a caseload and works on it.
    pub async fn play(&self, csv: String, seed: u64) -> anyhow::Result<()> {
        let access = Access::new("demonstration", Role::System, Purpose::Assessment);
        let upload = Upload { bytes: csv.into_bytes(), map: ColumnMap::standard() };
        let mut new_id = ids::id_or_empty;
        let plan = desk::plan_upload(
            &self.store,
            &access,
            &self.library,
            &upload,
            self.now,
            self.today,
            &mut new_id,
        )
        .await?
        .map_err(|problems| {
            let first = problems.first().map(ToString::to_string).unwrap_or_default();
            anyhow!("the demonstration's caseload is wrong: {first}")
        })?;
        let people: Vec<String> = plan
            .batches
            .iter()
            .flat_map(|batch| &batch.drafts)
            .filter(|draft| draft.resource.resource_type() == "Patient")
            .filter_map(|draft| draft.person.clone())
            .collect();
        desk::commit_plan(&self.store, &access, plan, |_, _| {}).await?;
        let mut random = Random::new(seed);
        for person in people {
            let health = Health::draw(&mut random);
            let stations = if random.chance(60) { STATIONS_MAX } else { random.below(4) as usize };
            self.work_on(&access, &person, health, stations).await?;
        }
        Ok(())
    }

    async fn work_on(
        &self,
        access: &Access,
        person: &str,
        health: Health,
        stations: usize,
    ) -> anyhow::Result<()> {
        for _ in 0..stations {
            let file = desk::person_file(&self.store, access, person)
                .await?
                .context("the demonstration lost a person")?;
            let Some(changes) = self.next(access, &file, health)? else { return Ok(()) };
            desk::commit(&self.store, access, changes).await?;
        }
        Ok(())
    }

    /// The next thing to do for a person; none when there is nothing, or it must wait.
    fn next(
        &self,
        access: &Access,
        file: &PersonFile,
        health: Health,
    ) -> anyhow::Result<Option<manzil_journey::change::Changes>> {
        let Some(held) = file.assessments().into_iter().find(|held| held.item.status.is_open())
        else {
            return Ok(None);
        };
        let mut new_id = ids::id_or_empty;
        let mut context = Context {
            access,
            now: self.now,
            today: self.today,
            library: &self.library,
            ids: &mut new_id,
        };
        let examined = file.examine(&self.library, &held.item, self.today);
        for each in &examined {
            for step in &each.evaluation.steps {
                let protocol = each.protocol.id.as_str();
                if let Some(changes) =
                    self.do_step(file, &held.item, protocol, step, health, &mut context)?
                {
                    return Ok(Some(changes));
                }
            }
        }
        let sign = Sign {
            assessment: held.item.id.clone(),
            signatory: Signatory {
                account: "physician".into(),
                name: "Dr Petra Physician (fictional)".into(),
                registration: "DEMO-1234".into(),
            },
            reason: None,
            seen: fingerprint(&file.person, &examined),
        };
        // Whoever waits for a culture cannot be signed yet, and stays in the queue.
        Ok(command::sign(file, sign, &mut context).ok().map(|signed| signed.changes))
    }

    fn do_step(
        &self,
        file: &PersonFile,
        assessment: &Assessment,
        protocol: &str,
        step: &StepEvaluation,
        health: Health,
        context: &mut Context<'_>,
    ) -> anyhow::Result<Option<manzil_journey::change::Changes>> {
        if !matches!(step.state, StepState::Due) {
            return Ok(None);
        }
        let rule = self
            .library
            .protocols()
            .iter()
            .find(|each| each.id.as_str() == protocol && each.in_force_on(assessment.exam));
        let takes = rule.and_then(|rule| rule.step(&step.step)?.takes);
        let ready = takes.and_then(|takes| takes.after(assessment.exam));
        if ready.is_some_and(|ready| ready > self.today) {
            let collection = Collection {
                assessment: assessment.id.clone(),
                protocol: protocol.to_owned(),
                step: step.step.to_string(),
                on: assessment.exam,
            };
            return Ok(command::collect(file, collection, context).ok());
        }
        let mut findings = Vec::new();
        for fact in &step.asks {
            let Some(fact) = self.library.fact(fact) else { continue };
            let Some(text) = answer(fact, health) else { continue };
            findings.push(Finding::parse(&self.library, &fact.id, &text)?);
        }
        let record = RecordFindings {
            assessment: assessment.id.clone(),
            protocol: protocol.to_owned(),
            step: step.step.to_string(),
            on: ready.unwrap_or(assessment.exam),
            findings,
            reason: None,
        };
        Ok(command::record(file, record, context).ok())
    }
}
