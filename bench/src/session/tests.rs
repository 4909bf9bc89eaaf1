use super::*;
use crate::http::Requests;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A server that knows one Patient and gives every new Observation the same id.
async fn tiny() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

async fn serve(mut stream: TcpStream) {
    let mut asked = Vec::new();
    while stream.read_buf(&mut asked).await.unwrap_or(0) > 0 {
        let text = String::from_utf8_lossy(&asked).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
        if body.len() < length.map_or(0, |length| length.parse().unwrap()) {
            continue;
        }
        asked.clear();
        let found = r#"{"entry":[{"resource":{"resourceType":"Patient","id":"p1"}},{"resource":{"resourceType":"OperationOutcome"}}]}"#;
        let (status, answer) = match head.split(' ').take(2).collect::<Vec<_>>()[..] {
            ["POST", "/"] | ["GET", "/Observation/o1"] => ("200 OK", "{}"),
            ["POST", _] => ("201 Created\r\nLocation: /Observation/o1/_history/1", ""),
            ["GET", "/Observation?_summary=count"] => ("200 OK", r#"{"total":18}"#),
            ["GET", path] if path.starts_with("/Encounter") => ("500 Oh", "no"),
            _ => ("200 OK", found),
        };
        let answer =
            format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{answer}", answer.len());
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

#[tokio::test]
async fn a_tour_does_every_step_and_counts_what_went_wrong() {
    let limits = Limits {
        import_clients: 2,
        clients: 2,
        creates: 6,
        reads: 9,
        searches: 4,
        transactions: 1,
        step: Duration::from_secs(20),
    };
    let bundle = || Bundle { body: b"{}".to_vec(), resources: 7, observations: 2 };
    let bundles = Bundles {
        shared: vec![bundle()],
        warm: vec![bundle()],
        import: vec![bundle(), bundle(), bundle()],
        single: vec![bundle()],
        observations: vec![serde_json::json!({"resourceType": "Observation"})],
        samples: vec![bundles::Sample { birth_date: "1990".into(), ..Default::default() }],
    };
    let requests = Requests { address: tiny().await, base: String::new(), headers: String::new() };
    let mut tour = Tour::new(requests, &limits, |_| {});
    tour.go(&bundles).await.unwrap();
    let step = |name: &str| tour.steps.iter().find(|step| step.name.starts_with(name)).unwrap();
    assert_eq!(step("import").done, 21);
    assert_eq!(step("one transaction").done, 7);
    assert_eq!(step("create").done, 6);
    assert_eq!(step("read").done, 9);
    assert_eq!(step("Patient?name").entries, Some(1.0));
    assert_eq!(step("Encounter?date").measured.errors, 4);
    assert_eq!(step("Encounter?date").done, 0);
    assert_eq!((tour.resources, tour.observations), (6 * 7 + 6, 6 * 2 + 6));
    assert_eq!(tour.count_observations().await, Some(18));
}
