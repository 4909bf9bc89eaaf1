//! Chromium, steered by its driver, both ended when this is dropped.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::{
    ChromiumLikeCapabilities as _, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver,
};

/// Nothing that leaves the machine, and nothing that asks a question.
const ARGUMENTS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--lang=en",
];

/// How long the driver gets to close its browsers before it is stopped.
const GOODBYE: Duration = Duration::from_secs(5);

/// Whether the browser runs a page's script.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scripts {
    On,
    Off,
}

/// The two programs of the system.
pub(crate) struct Programs {
    browser: PathBuf,
    driver: PathBuf,
}

impl Programs {
    pub(crate) fn find() -> Option<Self> {
        let browser = on_path("chromium").or_else(|| on_path("chromium-browser"))?;
        Some(Self { browser, driver: on_path("chromedriver")? })
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// A running driver.
pub(crate) struct Chromium {
    port: u16,
    driver: Child,
    _said: BufReader<ChildStdout>,
    // The profile and all temporary files of the browser.
    folder: TempDir,
}

impl Chromium {
    pub(crate) fn start(programs: &Programs) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let mut driver = Command::new(&programs.driver)
            .arg("--port=0")
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start chromedriver")?;
        let mut said = BufReader::new(driver.stdout.take().context("no standard output")?);
        let port = port(&mut said);
        let mut chromium = Self { port: 0, driver, _said: said, folder };
        chromium.port = port?;
        Ok(chromium)
    }

    /// Opens a browser with an empty profile.
    pub(crate) async fn session(
        &self,
        programs: &Programs,
        scripts: Scripts,
    ) -> anyhow::Result<WebDriver> {
        let mut wanted = DesiredCapabilities::chrome();
        wanted.set_binary(&programs.browser.to_string_lossy())?;
        for argument in ARGUMENTS {
            wanted.add_arg(argument)?;
        }
        let profile = self.folder.path().join("profile");
        wanted.add_arg(&format!("--user-data-dir={}", profile.display()))?;
        if scripts == Scripts::Off {
            let off = json!({ "profile.managed_default_content_settings.javascript": 2 });
            wanted.add_experimental_option("prefs", off)?;
        }
        wanted.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        let address = format!("http://127.0.0.1:{}", self.port);
        Ok(WebDriver::new(address, wanted).await?)
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Asked to shut down, the driver closes its browsers; killed, it would leave them behind.
        ask_to_shut_down(self.port).ok();
        let asked = Instant::now();
        while asked.elapsed() < GOODBYE {
            if matches!(self.driver.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.driver.kill().ok();
        self.driver.wait().ok();
    }
}

fn ask_to_shut_down(port: u16) -> std::io::Result<()> {
    let mut line = TcpStream::connect(("127.0.0.1", port))?;
    line.set_read_timeout(Some(GOODBYE))?;
    line.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
    line.read_to_end(&mut Vec::new())?;
    Ok(())
}

/// The port in "ChromeDriver was started successfully on port 41234."
fn port(said: &mut impl BufRead) -> anyhow::Result<u16> {
    let mut line = String::new();
    while said.read_line(&mut line)? > 0 {
        if let Some((_, port)) = line.trim().rsplit_once("successfully on port ") {
            return Ok(port.trim_end_matches('.').parse()?);
        }
        line.clear();
    }
    anyhow::bail!("chromedriver ended without naming its port")
}
