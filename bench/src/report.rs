//! What was measured, as tables: each server by itself, then all beside the first.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, TableStyle, presets};

use crate::bundles::Bundles;
use crate::session::{Limits, Session, Step};

/// For a terminal.
pub fn table(sessions: &[Session]) -> String {
    let mut text = String::new();
    for session in sessions {
        let table = rendered(by_itself(session), presets::UTF8_FULL_CONDENSED);
        let _infallible = write!(text, "\n{}\n{table}\n{}\n", session.name, rest(session));
    }
    if sessions.len() > 1 {
        let table = rendered(beside(sessions), presets::UTF8_FULL_CONDENSED);
        let _infallible = write!(text, "\n{table}\n");
    }
    text
}

/// For a file in `results/`.
pub fn markdown(sessions: &[Session], bundles: &Bundles, limits: &Limits) -> String {
    let names: Vec<&str> = sessions.iter().map(|session| session.name.as_str()).collect();
    let mut text = format!(
        "# {}\n\n{}.\n\nData: {bundles}. Machine: {}. A step ended after {} s at the latest.\n",
        names.join(" and "),
        "Measured by `manzil-bench`; `../README.md` says how to read it, and what it does not show",
        machine(),
        limits.step.as_secs(),
    );
    if sessions.len() > 1 {
        let table = rendered(beside(sessions), presets::ASCII_MARKDOWN);
        let _infallible = write!(text, "\n## Beside each other\n\n{table}\n");
    }
    for session in sessions {
        let table = rendered(by_itself(session), presets::ASCII_MARKDOWN);
        let _infallible = write!(
            text,
            "\n## {}\n\n{}\n\n{table}\n\n{}\n",
            session.name,
            session.note,
            rest(session)
        );
    }
    text
}

fn by_itself(session: &Session) -> Vec<Vec<String>> {
    let heads =
        ["step", "good", "errors", "seconds", "a second", "p50 ms", "p99 ms", "entries each"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for step in &session.steps {
        let measured = &step.measured;
        rows.push(vec![
            step.name.clone(),
            measured.good().to_string(),
            measured.errors.to_string(),
            format!("{:.2}", measured.elapsed.as_secs_f64()),
            format!("{:.0} {}", step.rate(), step.unit),
            shown(measured.percentile(50), 2),
            shown(measured.percentile(99), 2),
            shown(step.entries, 1),
        ]);
    }
    rows
}

/// Where the first is better, the figure behind it is above 1.
fn beside(sessions: &[Session]) -> Vec<Vec<String>> {
    let Some((first, others)) = sessions.split_first() else { return Vec::new() };
    let mut heads = vec!["measure".to_owned(), first.name.clone()];
    for other in others {
        heads.push(other.name.clone());
        heads.push(format!("{} better than {}", first.name, other.name));
    }
    let mut rows = vec![heads];
    for step in &first.steps {
        let same =
            |session: &Session| session.steps.iter().find(|each| each.name == step.name).cloned();
        let rate = |session: &Session| same(session).map(|step| step.rate());
        rows.push(row(&format!("{}, {}/s", step.name, step.unit), first, others, rate, true, 0));
        if step.name.starts_with("one transaction") {
            for percent in [50, 99] {
                let latency = |session: &Session| latency(same(session), percent);
                let name = format!("{}, p{percent} ms", step.name);
                rows.push(row(&name, first, others, latency, false, 2));
            }
        }
    }
    let each = |session: &Session| Some(session.bytes_each());
    rows.push(row("stored bytes a resource", first, others, each, false, 0));
    let memory = |session: &Session| session.peak_memory.map(|bytes| bytes as f64 / 1e6);
    rows.push(row("most memory, MB", first, others, memory, false, 0));
    let start = |session: &Session| Some(session.start.as_secs_f64());
    rows.push(row("start until it answers, s", first, others, start, false, 2));
    rows
}

fn latency(step: Option<Step>, percent: usize) -> Option<f64> {
    step?.measured.percentile(percent)
}

fn row(
    name: &str,
    first: &Session,
    others: &[Session],
    figure: impl Fn(&Session) -> Option<f64>,
    more_is_better: bool,
    places: usize,
) -> Vec<String> {
    let own = figure(first);
    let mut cells = vec![name.to_owned(), shown(own, places)];
    for other in others {
        let theirs = figure(other);
        let (above, below) = if more_is_better { (own, theirs) } else { (theirs, own) };
        let ratio = above.zip(below).filter(|(_, below)| *below > 0.0);
        cells.push(shown(theirs, places));
        cells.push(
            ratio.map_or("-".to_owned(), |(above, below)| format!("{:.1} times", above / below)),
        );
    }
    cells
}

fn rest(session: &Session) -> String {
    let memory = session
        .peak_memory
        .map_or("unknown".to_owned(), |bytes| format!("{:.0} MB", bytes as f64 / 1e6));
    format!(
        "Stored: {:.0} bytes a resource ({} resources, {:.1} MB; empty {:.1} MB). Most memory: \
         {memory}. Start until it answers: {:.2} s. Observations that it took in: {}, that it \
         counts at the end: {}. Load of the machine before: {}.",
        session.bytes_each(),
        session.resources,
        session.bytes as f64 / 1e6,
        session.bytes_empty as f64 / 1e6,
        session.start.as_secs_f64(),
        session.observations,
        session
            .observations_counted
            .map_or("it does not say".to_owned(), |count| count.to_string()),
        session.load_before.as_deref().unwrap_or("unknown"),
    )
}

fn shown(figure: Option<f64>, places: usize) -> String {
    figure.map_or("-".to_owned(), |figure| format!("{figure:.places$}"))
}

fn rendered(rows: Vec<Vec<String>>, style: TableStyle) -> String {
    let mut table = Table::new();
    table.load_style(style);
    let mut rows = rows.into_iter();
    table.set_header(rows.next().unwrap_or_default());
    table.add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}

/// Cores and the processor's name, as Linux tells them.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = information
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("unknown processor", |(_, model)| model.trim());
    format!("{cores} cores, {model}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::load::Measured;

    fn session(name: &str, done: usize, bytes: u64) -> Session {
        let mut measured = Measured::default();
        measured.elapsed = Duration::from_secs(1);
        let step = Step { name: "import".into(), measured, unit: "resources", done, entries: None };
        Session {
            name: name.into(),
            note: String::new(),
            steps: vec![step],
            load_before: Some("0.10".into()),
            start: Duration::from_secs(1),
            peak_memory: None,
            resources: 10,
            observations: 5,
            observations_counted: Some(4),
            bytes_empty: 1_000,
            bytes,
        }
    }

    #[test]
    fn better_is_above_one_whether_more_or_less_is_wanted() {
        let rows = beside(&[session("a", 5_000, 11_000), session("b", 500, 21_000)]);
        assert_eq!(rows[1], ["import, resources/s", "5000", "500", "10.0 times"]);
        assert_eq!(rows[2], ["stored bytes a resource", "1000", "2000", "2.0 times"]);
        assert_eq!(rows[3], ["most memory, MB", "-", "-", "-"]);
    }

    #[test]
    fn one_server_alone_has_no_ratios() {
        let text = markdown(&[session("a", 1, 2)], &Bundles::default(), &Limits::default());
        assert!(text.contains("## a") && !text.contains("better than"), "{text}");
        assert!(
            text.contains(
                "took in: 5, that it counts at the end: 4. Load of the machine before: 0.10."
            ),
            "{text}"
        );
    }
}
