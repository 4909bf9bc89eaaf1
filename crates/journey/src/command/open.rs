//! Opening an assessment for a destination.

use jiff::civil::Date;

use super::Context;
use crate::access::Role;
use crate::assessment::{Assessment, Status};
use crate::change::{Changes, Refusal};
use crate::country::Country;
use crate::file::PersonFile;
use crate::rules;

/// For which destination, as what, and when the exam is.
#[derive(Clone, Debug)]
pub struct OpenAssessment {
    pub destination: Country,
    pub population: String,
    pub exam: Date,
    pub case: Option<String>,
}

/// Opens an assessment; returns the new `EpisodeOfCare` id with the changes.
pub fn open(
    file: &PersonFile,
    command: OpenAssessment,
    context: &mut Context<'_>,
) -> Result<(String, Changes), Refusal> {
    context.require_role(&[Role::Clerk, Role::System], "opening an assessment")?;
    born_before(file, command.exam)?;
    let OpenAssessment { destination, population, exam, case } = command;
    if rules::in_force(context.library, destination, &population, exam).is_empty() {
        return Err(Refusal::new(
            "MZ-0405",
            format!("{destination}, {population}, {exam}"),
            "no protocol is in force for this destination, population and exam date",
            "check the three, or have the protocol installed under content/protocols",
        ));
    }
    let same_is_open = file.assessments().into_iter().any(|held| {
        held.item.destination == destination
            && held.item.population == population
            && held.item.status.is_open()
    });
    if same_is_open {
        return Err(Refusal::new(
            "MZ-0406",
            format!("{destination}, {population}"),
            "the person has an open assessment for this destination already",
            "go on with that one",
        ));
    }
    let assessment = Assessment {
        id: context.new_id(),
        person: file.person.id.clone(),
        case,
        destination,
        population,
        exam,
        status: Status::Planned,
    };
    let mut changes = Changes::new("open assessment");
    changes.push(assessment.draft(None));
    Ok((assessment.id, changes))
}

/// Nobody is examined before they were born.
fn born_before(file: &PersonFile, exam: Date) -> Result<(), Refusal> {
    match file.person.birth {
        Some(birth) if birth.range().start > exam => Err(Refusal::new(
            "MZ-0407",
            "exam date",
            format!("the exam on {exam} is before the birth"),
            "correct the exam date or the birth date",
        )),
        _ => Ok(()),
    }
}
