//! One person at the browser: what they do and what they read.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};
use thirtyfour::{By, WebDriver, WebElement};

/// A slow machine may need this long for a page.
const PATIENCE: Duration = Duration::from_secs(20);

/// So long something may be missing from a page that is there.
const MISSING: Duration = Duration::from_secs(3);

/// Between two looks at the page.
const BEAT: Duration = Duration::from_millis(25);

pub(crate) struct Visit {
    driver: WebDriver,
    address: String,
}

/// Starting, ending, looking.
impl Visit {
    pub(crate) fn new(driver: WebDriver, address: &str) -> Self {
        Self { driver, address: address.to_owned() }
    }

    pub(crate) async fn end(self) -> anyhow::Result<()> {
        Ok(self.driver.quit().await?)
    }

    /// Keeps what the page looked like and said when a test failed.
    pub(crate) async fn leave_evidence(&self, name: &str) {
        let folder = crate::screenshots();
        let picture = folder.join(format!("failed-{name}.png"));
        if self.driver.screenshot(&picture).await.is_ok() {
            println!("the page at the end: {}", picture.display());
        }
        let at = self.at().await.unwrap_or_default();
        println!("{at}\n{}", self.text().await.unwrap_or_default());
    }

    /// Makes the window this large, in CSS pixels; narrower than a desktop window may be.
    pub(crate) async fn resize(&self, width: u32, height: u32) -> anyhow::Result<()> {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", size).await?;
        Ok(())
    }

    /// Writes a picture of the window.
    pub(crate) async fn picture(&self, file: &Path) -> anyhow::Result<()> {
        Ok(self.driver.screenshot(file).await?)
    }

    /// The errors and warnings of the browser's console since the last call.
    pub(crate) async fn complaints(&self) -> anyhow::Result<Vec<String>> {
        let log = self.driver.browser_log().await?;
        let grave = log.into_iter().filter(|entry| matches!(&*entry.level, "SEVERE" | "WARNING"));
        Ok(grave.map(|entry| entry.message).collect())
    }

    /// What a script that is not the page's own answers.
    pub(crate) async fn ask(&self, script: &str, arguments: Vec<Value>) -> anyhow::Result<Value> {
        Ok(self.driver.execute(script, arguments).await?.json().clone())
    }
}

/// Reading.
impl Visit {
    pub(crate) async fn at(&self) -> anyhow::Result<String> {
        let address = self.driver.current_url().await?;
        Ok(address.as_str().trim_start_matches(&self.address).to_owned())
    }

    /// The text of the page's main part, without the invisible marks around inserted words.
    pub(crate) async fn text(&self) -> anyhow::Result<String> {
        words(&self.find("main").await?).await
    }

    pub(crate) async fn text_of(&self, selector: &str) -> anyhow::Result<String> {
        words(&self.find(selector).await?).await
    }

    pub(crate) async fn sees(&self, expected: &[&str]) -> anyhow::Result<()> {
        let text = self.text().await?;
        for one in expected {
            ensure!(text.contains(one), "{one:?} is not on {}:\n{text}", self.at().await?);
        }
        Ok(())
    }

    pub(crate) async fn sees_not(&self, unwanted: &[&str]) -> anyhow::Result<()> {
        let text = self.text().await?;
        for one in unwanted {
            ensure!(!text.contains(one), "{one:?} is on {}:\n{text}", self.at().await?);
        }
        Ok(())
    }

    pub(crate) async fn find(&self, selector: &str) -> anyhow::Result<WebElement> {
        self.wait_for(By::Css(selector)).await.with_context(|| format!("no {selector} on the page"))
    }

    pub(crate) async fn find_all(&self, selector: &str) -> anyhow::Result<Vec<WebElement>> {
        Ok(self.driver.find_all(By::Css(selector)).await?)
    }

    pub(crate) async fn xpath(&self, path: &str) -> anyhow::Result<WebElement> {
        self.wait_for(By::XPath(path)).await.with_context(|| format!("no {path} on the page"))
    }

    /// The driver may call a page loaded while the rest of it is still being read, when one
    /// navigation cut another short; what is to be there is therefore looked for again.
    async fn wait_for(&self, by: By) -> anyhow::Result<WebElement> {
        let since = Instant::now();
        loop {
            match self.driver.find(by.clone()).await {
                Err(_) if since.elapsed() < MISSING => tokio::time::sleep(BEAT).await,
                found => return Ok(found?),
            }
        }
    }

    /// Waits until the page and all it names are read.
    async fn settle(&self) -> anyhow::Result<()> {
        let since = Instant::now();
        // Between two pages the driver may answer with an error.
        while self.ask("return document.readyState", vec![]).await.ok() != Some(json!("complete")) {
            ensure!(since.elapsed() < PATIENCE, "the page was never read to its end");
            tokio::time::sleep(BEAT).await;
        }
        Ok(())
    }
}

/// Acting.
impl Visit {
    /// Opens a page of the product by its path.
    pub(crate) async fn go(&self, path: &str) -> anyhow::Result<()> {
        self.open(&format!("{}{path}", self.address)).await
    }

    pub(crate) async fn open(&self, address: &str) -> anyhow::Result<()> {
        self.driver.goto(address).await?;
        self.settle().await
    }

    /// Clicks what loads another page, and waits until it is there.
    pub(crate) async fn turn(&self, element: &WebElement) -> anyhow::Result<()> {
        let old = self.find("html").await?;
        element.scroll_into_view().await?;
        element.click().await?;
        let since = Instant::now();
        // Between two pages the driver may answer neither yes nor no, but with an error.
        while !matches!(old.is_present().await, Ok(false)) {
            ensure!(since.elapsed() < PATIENCE, "no new page came after a click");
            tokio::time::sleep(BEAT).await;
        }
        self.settle().await
    }

    /// Follows the link or presses the button with this selector.
    pub(crate) async fn press(&self, selector: &str) -> anyhow::Result<()> {
        let element = self.find(selector).await?;
        self.turn(&element).await.with_context(|| format!("pressing {selector}"))
    }

    /// Follows the link of the main part with these words.
    pub(crate) async fn follow(&self, words: &str) -> anyhow::Result<()> {
        let path = format!("//main//a[contains(normalize-space(), \"{words}\")]");
        let link = self.xpath(&path).await?;
        self.turn(&link).await.with_context(|| format!("following {words:?}"))
    }

    pub(crate) async fn write(&self, selector: &str, text: &str) -> anyhow::Result<()> {
        let field = self.find(selector).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Picks a file in a file field.
    pub(crate) async fn choose_file(&self, selector: &str, file: &Path) -> anyhow::Result<()> {
        Ok(self.find(selector).await?.send_keys(file.to_string_lossy()).await?)
    }

    /// Signs in with a demonstration account, after signing out whoever was there.
    pub(crate) async fn sign_in(&self, account: &str) -> anyhow::Result<()> {
        self.sign_out().await?;
        self.go("/sign-in").await?;
        self.write("#account", account).await?;
        self.write("#password", &format!("{account}-demo")).await?;
        self.press("form.form button.button").await?;
        if self.at().await?.starts_with("/sign-in") {
            bail!("{account} could not sign in:\n{}", self.text().await?);
        }
        Ok(())
    }

    pub(crate) async fn sign_out(&self) -> anyhow::Result<()> {
        if self.find_all("form[action='/sign-out']").await?.is_empty() {
            return Ok(());
        }
        self.find("details.menu:has(form[action='/sign-out']) > summary").await?.click().await?;
        self.press("form[action='/sign-out'] button").await
    }

    /// Chooses the language of the pages by its tag.
    pub(crate) async fn read_in(&self, language: &str) -> anyhow::Result<()> {
        self.find("details.menu:has(form[action='/language']) > summary").await?.click().await?;
        self.press(&format!("form[action='/language'] button[value='{language}']")).await
    }
}

/// An element's visible text without Fluent's isolating marks (U+2068, U+2069).
pub(crate) async fn words(element: &WebElement) -> anyhow::Result<String> {
    Ok(element.text().await?.replace(['\u{2068}', '\u{2069}'], ""))
}
