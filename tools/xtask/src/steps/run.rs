//! Starts programs, shows what they write as it comes, and keeps it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Context;

/// What came of a program.
#[derive(Clone, Debug)]
pub struct Run {
    pub success: bool,
    /// Everything it wrote to both outputs, line by line as it came.
    pub text: String,
}

/// Runs a program and shows its output while it runs.
pub fn shown(command: &mut Command) -> anyhow::Result<Run> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{name} does not start"))?;
    let text = Arc::new(Mutex::new(String::new()));
    let readers = [
        child.stdout.take().map(|from| copy(from, std::io::stdout(), &text)),
        child.stderr.take().map(|from| copy(from, std::io::stderr(), &text)),
    ];
    let status = child.wait().with_context(|| format!("{name} was lost"))?;
    for reader in readers.into_iter().flatten() {
        // A reader ends when its pipe closes; it has nothing to report.
        drop(reader.join());
    }
    let text = text.lock().map(|text| text.clone()).unwrap_or_default();
    Ok(Run { success: status.success(), text })
}

fn copy(
    from: impl Read + Send + 'static,
    mut to: impl Write + Send + 'static,
    text: &Arc<Mutex<String>>,
) -> std::thread::JoinHandle<()> {
    let text = Arc::clone(text);
    std::thread::spawn(move || {
        for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            // Nobody may be reading our own output; the program must still run to its end.
            drop(writeln!(to, "{line}"));
            if let Ok(mut text) = text.lock() {
                text.push_str(&line);
                text.push('\n');
            }
        }
    })
}

/// Whether a program starts and succeeds; its output is thrown away.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Calls `work` and says how long it took.
#[expect(clippy::disallowed_methods, reason = "how long a check takes is no clinical time")]
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_kept_and_failure_is_told() {
        let cargo = || crate::workspace::cargo(&crate::workspace::root());
        let version = shown(cargo().arg("--version")).unwrap();
        assert!(version.success);
        assert!(version.text.starts_with("cargo "), "{}", version.text);
        let unknown = shown(cargo().arg("no-such-command")).unwrap();
        assert!(!unknown.success);
        assert!(unknown.text.contains("no-such-command"), "{}", unknown.text);
    }

    #[test]
    fn a_program_that_does_not_exist_is_named() {
        let error = shown(&mut Command::new("no-such-program-at-all")).unwrap_err();
        assert!(error.to_string().contains("no-such-program-at-all"));
    }
}
