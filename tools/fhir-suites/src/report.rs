//! What became of the tests of a suite.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// What became of the tests of a suite.
#[derive(Debug, Default)]
pub struct Report {
    pub passed: usize,
    /// The test and what was refused: a function, or a form, that is not supported by design.
    pub refused: Vec<(String, String)>,
    /// The test and what was not found in it. It is known, and no reason to fail.
    pub missed: Vec<(String, String)>,
    /// Tests that were not run, with the reason.
    pub skipped: Vec<(String, String)>,
    /// The test and what came instead.
    pub wrong: Vec<(String, String)>,
}

impl Report {
    /// How many tests the suite has.
    pub fn total(&self) -> usize {
        let lists = [&self.refused, &self.missed, &self.skipped, &self.wrong];
        self.passed + lists.iter().map(|list| list.len()).sum::<usize>()
    }

    /// Adds another report to this one.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.refused.extend(other.refused);
        self.missed.extend(other.missed);
        self.skipped.extend(other.skipped);
        self.wrong.extend(other.wrong);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, what) in &self.refused {
            *refused.entry(what).or_default() += 1;
        }
        for (what, count) in refused {
            writeln!(f, "refused {count} x {what}")?;
        }
        for (kind, list) in
            [("skipped", &self.skipped), ("missed", &self.missed), ("WRONG", &self.wrong)]
        {
            for (name, what) in list {
                writeln!(f, "{kind} {name}: {what}")?;
            }
        }
        write!(f, "{} of {} passed", self.passed, self.total())?;
        for (kind, list) in
            [("refused", &self.refused), ("missed", &self.missed), ("skipped", &self.skipped)]
        {
            if !list.is_empty() {
                write!(f, ", {} {kind}", list.len())?;
            }
        }
        write!(f, ", {} wrong", self.wrong.len())
    }
}

/// The text of a file, or why it cannot be read, with its name.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
