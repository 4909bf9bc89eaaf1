//! How many tests passed, read from what the test runners print.

/// Tests by what came of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
}

impl std::ops::Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl std::fmt::Display for Counts {
    /// Nothing at all when no test ran.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if *self == Self::default() {
            return Ok(());
        }
        write!(out, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// Reads the summary of cargo-nextest, such as
/// `Summary [ 3.1s] 9 tests run: 6 passed (1 slow), 2 failed, 1 timed out, 3 skipped`.
pub fn of_nextest(output: &str) -> Counts {
    let summary = output
        .lines()
        .rev()
        .find(|line| line.trim_start().starts_with("Summary") && line.contains(" run: "));
    let Some((_, counted)) = summary.and_then(|line| line.split_once(" run: ")) else {
        return Counts::default();
    };
    let mut counts = Counts::default();
    for part in outside_brackets(counted).split(',') {
        let Some((number, what)) = number_and_word(part) else { continue };
        match what {
            "passed" => counts.passed += number,
            "skipped" => counts.skipped += number,
            // `failed`, `timed out`, `exec failed`, `leak-failed`.
            _ => counts.failed += number,
        }
    }
    counts
}

/// Adds up the result lines of `cargo test`, such as
/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s`.
pub fn of_cargo(output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output.lines().filter_map(|line| line.strip_prefix("test result: ")) {
        for part in line.split([';', '.']) {
            match number_and_word(part) {
                Some((number, "passed")) => counts.passed += number,
                Some((number, "failed")) => counts.failed += number,
                Some((number, "ignored")) => counts.skipped += number,
                _ => {}
            }
        }
    }
    counts
}

fn number_and_word(part: &str) -> Option<(usize, &str)> {
    let (number, what) = part.trim().split_once(' ')?;
    Some((number.parse().ok()?, what.trim()))
}

fn outside_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    text.chars()
        .filter(|letter| {
            match letter {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(counts: Counts, passed: usize, failed: usize, skipped: usize) {
        assert_eq!(counts, Counts { passed, failed, skipped });
    }

    #[test]
    fn nextest_summaries() {
        check(of_nextest("     Summary [   0.022s] 2 tests run: 2 passed, 0 skipped"), 2, 0, 0);
        check(of_nextest("  Summary [ 1s] 1 test run: 1 passed, 4 skipped\n"), 1, 0, 4);
        let hard = "Summary [ 9s] 5/9 tests run: 2 passed (1 slow, 1 flaky), 1 failed, \
                    1 timed out, 1 exec failed, 3 skipped\n";
        check(of_nextest(hard), 2, 3, 3);
        check(of_nextest("error: could not compile"), 0, 0, 0);
    }

    #[test]
    fn cargo_results_add_up() {
        let output = "\
test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 7 filtered out; finished in 1.2s
";
        check(of_cargo(output), 5, 1, 1);
    }
}
