//! The program as an operator calls it, and a server of it that runs.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What a call prints, after checking whether it succeeded.
#[track_caller]
pub fn told(folder: &Path, arguments: &[&str], succeeds: bool) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_manzil"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.success(), succeeds, "manzil {arguments:?}:\n{text}");
    text
}

/// A server on a free port, killed when it is dropped.
pub struct Running {
    child: Child,
    /// Host and port.
    pub address: String,
    /// What it said after the line with its address, up to the line that begins so.
    #[allow(dead_code, reason = "not every test listens")]
    pub said: String,
}

impl Running {
    /// Starts `manzil serve` and waits for a line that begins so.
    pub fn serve(folder: &Path, arguments: &[&str], until: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_manzil"))
            .args(["serve", "--port", "0"])
            .args(arguments)
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let ready = lines.next().expect("the server ended at once");
        let address = ready.rsplit("http://").next().unwrap().to_owned();
        let mut said = String::new();
        while !said.lines().last().is_some_and(|line| line.starts_with(until)) {
            said.push_str(&lines.next().expect("the server ended"));
            said.push('\n');
        }
        Self { child, address, said }
    }

    /// Sends one request and gives status line, headers and body.
    pub fn ask(&self, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        let host = &self.address;
        write!(
            stream,
            "{head}\r\nHost: {host}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
