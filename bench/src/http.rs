//! HTTP/1.1 over one kept connection, with as little work as can be: requests are built before
//! the clock starts, of an answer only the status and the length are read.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longest wait for one whole answer.
const ANSWER_MAX: Duration = Duration::from_mins(2);
/// Largest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 256 * 1024 * 1024;
const HEADERS_MAX: usize = 64;

/// Builds requests to one server.
#[derive(Clone, Debug)]
pub struct Requests {
    pub address: SocketAddr,
    /// The path of the FHIR interface, without a slash at its end.
    pub base: String,
    /// Header lines sent with every request, each ended by a line break.
    pub headers: String,
}

impl Requests {
    /// `path` follows the base and begins with a slash, or is empty.
    pub fn get(&self, path: &str) -> Vec<u8> {
        self.head("GET", path, "").into_bytes()
    }

    /// Sends FHIR JSON and asks not to get it back.
    pub fn post(&self, path: &str, body: &[u8]) -> Vec<u8> {
        let more = format!(
            "Content-Type: application/fhir+json\r\nPrefer: return=minimal\r\n\
             Content-Length: {}\r\n",
            body.len()
        );
        let mut request = self.head("POST", path, &more).into_bytes();
        request.extend_from_slice(body);
        request
    }

    fn head(&self, method: &str, path: &str, more: &str) -> String {
        let Self { address, base, headers } = self;
        let path = if base.is_empty() && path.is_empty() { "/" } else { path };
        let mut head = String::new();
        let _infallible = write!(
            head,
            "{method} {base}{path} HTTP/1.1\r\nHost: {address}\r\n\
             Accept: application/fhir+json\r\n{headers}{more}\r\n"
        );
        head
    }
}

/// One kept connection.
#[derive(Debug)]
pub struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
    chunks: Vec<u8>,
}

/// What a server answered.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    pub status: u16,
    pub head: &'a [u8],
    pub body: &'a [u8],
}

impl Answer<'_> {
    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header line's value.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = std::str::from_utf8(self.head).ok()?;
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }
}

/// What the head of an answer says about the rest.
struct Head {
    status: u16,
    end: usize,
    length: usize,
    is_chunked: bool,
    closes: bool,
}

impl Connection {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, stream: None, buffer: Vec::new(), chunks: Vec::new() }
    }

    /// Sends one request and reads its whole answer.
    ///
    /// # Errors
    ///
    /// A connection that cannot be made or breaks, an answer that is not HTTP or takes longer than
    /// two minutes. The next exchange begins with a new connection.
    pub async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        let head = timeout(ANSWER_MAX, self.send(request))
            .await
            .with_context(|| format!("no answer within {ANSWER_MAX:?}"))??;
        let body = if head.is_chunked {
            self.chunks.as_slice()
        } else {
            self.buffer.get(head.end..head.end + head.length).unwrap_or_default()
        };
        let text = self.buffer.get(..head.end).unwrap_or_default();
        Ok(Answer { status: head.status, head: text, body })
    }

    async fn send(&mut self, request: &[u8]) -> anyhow::Result<Head> {
        let mut stream = if let Some(kept) = self.stream.take() {
            kept
        } else {
            let new = TcpStream::connect(self.address).await?;
            new.set_nodelay(true)?;
            new
        };
        self.buffer.clear();
        self.chunks.clear();
        stream.write_all(request).await?;
        let head = self.head(&mut stream).await?;
        if head.is_chunked {
            self.read_chunks(&mut stream, head.end).await?;
        } else {
            self.fill(&mut stream, head.end + head.length).await?;
        }
        if !head.closes {
            self.stream = Some(stream);
        }
        Ok(head)
    }

    async fn head(&mut self, stream: &mut TcpStream) -> anyhow::Result<Head> {
        loop {
            self.more(stream).await?;
            if let Some(head) = parse_head(&self.buffer)? {
                return Ok(head);
            }
        }
    }

    /// Reads until the buffer holds so many bytes.
    async fn fill(&mut self, stream: &mut TcpStream, bytes: usize) -> anyhow::Result<()> {
        ensure!(bytes <= ANSWER_BYTES_MAX, "an answer of {bytes} bytes is too large");
        while self.buffer.len() < bytes {
            self.more(stream).await?;
        }
        Ok(())
    }

    async fn more(&mut self, stream: &mut TcpStream) -> anyhow::Result<()> {
        let read = stream.read_buf(&mut self.buffer).await?;
        ensure!(read > 0, "the server closed the connection in the middle");
        Ok(())
    }

    async fn read_chunks(&mut self, stream: &mut TcpStream, mut at: usize) -> anyhow::Result<()> {
        loop {
            let rest = self.buffer.get(at..).unwrap_or_default();
            match httparse::parse_chunk_size(rest) {
                Ok(httparse::Status::Partial) => self.more(stream).await?,
                Ok(httparse::Status::Complete((head, size))) => {
                    let size = usize::try_from(size)?;
                    let start = at + head;
                    self.fill(stream, start.saturating_add(size).saturating_add(2)).await?;
                    let chunk = self.buffer.get(start..start + size).unwrap_or_default();
                    self.chunks.extend_from_slice(chunk);
                    at = start + size + 2;
                    if size == 0 {
                        return Ok(());
                    }
                }
                Err(_) => bail!("a chunk of the answer has no size"),
            }
        }
    }
}

fn parse_head(buffer: &[u8]) -> anyhow::Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(end) = response.parse(buffer).context("not HTTP")? else {
        return Ok(None);
    };
    let status = response.code.context("an answer without a status")?;
    let mut head = Head { status, end, length: 0, is_chunked: false, closes: false };
    for header in response.headers.iter() {
        let value = std::str::from_utf8(header.value).unwrap_or_default();
        if header.name.eq_ignore_ascii_case("content-length") {
            head.length = value.trim().parse().context("a length that is no number")?;
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            head.is_chunked = value.to_ascii_lowercase().contains("chunked");
        } else if header.name.eq_ignore_ascii_case("connection") {
            head.closes = value.eq_ignore_ascii_case("close");
        }
    }
    Ok(Some(head))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// A server that gives these answers, one after each request, on one connection.
    async fn answering(answers: &'static [&'static str]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; 4096];
            for answer in answers {
                assert!(stream.read(&mut asked).await.unwrap() > 0);
                // In two pieces, as a network may cut it anywhere.
                let (first, rest) = answer.as_bytes().split_at(answer.len() / 2);
                stream.write_all(first).await.unwrap();
                stream.flush().await.unwrap();
                tokio::task::yield_now().await;
                stream.write_all(rest).await.unwrap();
            }
        });
        address
    }

    #[tokio::test]
    async fn answers_with_a_length_in_chunks_and_without_a_body_are_read() {
        let address = answering(&[
            "HTTP/1.1 201 Created\r\nLocation: /Patient/7\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        ])
        .await;
        let requests = Requests { address, base: "/fhir".into(), headers: String::new() };
        let mut connection = Connection::new(address);
        let request = requests.post("/Patient", b"{}");
        let answer = connection.exchange(&request).await.unwrap();
        assert_eq!((answer.status, answer.body), (201, &b"hello"[..]));
        assert_eq!(answer.header("location").unwrap(), "/Patient/7");
        let answer = connection.exchange(&requests.get("/Patient/7")).await.unwrap();
        assert_eq!((answer.status, answer.body), (200, &b"hello world"[..]));
        let answer = connection.exchange(&requests.get("/Patient/8")).await.unwrap();
        assert!(!answer.is_good());
        assert!(connection.exchange(&requests.get("/metadata")).await.is_err());
    }

    #[test]
    fn a_request_names_path_host_and_length() {
        let address = "127.0.0.1:8080".parse().unwrap();
        let requests = Requests { address, base: String::new(), headers: "X-A: b\r\n".into() };
        let text = String::from_utf8(requests.post("", b"{}")).unwrap();
        assert!(text.starts_with("POST / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"), "{text}");
        assert!(
            text.contains("X-A: b\r\n") && text.ends_with("Content-Length: 2\r\n\r\n{}"),
            "{text}"
        );
    }
}
