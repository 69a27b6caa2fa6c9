//! A server on a local port that gives prepared answers and keeps what it was asked; for tests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// What the server does with one request.
#[derive(Clone, Debug)]
pub(crate) enum Play {
    /// Answers with these bytes.
    Raw(Vec<u8>),
    /// Answers with these bytes and closes.
    Cut(Vec<u8>),
    /// Reads the request and closes.
    Drop,
    /// Reads the request and stays silent.
    Silence,
}

impl Play {
    /// An answer with a JSON body.
    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self::with(status, "Content-Type: application/json\r\n", body)
    }

    /// An answer with headers, each line ended by CR LF.
    pub(crate) fn with(status: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::Raw(
            format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n{headers}\r\n{body}").into_bytes(),
        )
    }
}

/// The server; one answer per request, in order, then it closes connections.
pub(crate) struct Canned {
    pub(crate) url: Url,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Canned {
    pub(crate) async fn start(plays: impl IntoIterator<Item = Play>) -> Self {
        Self::telling(|_| plays.into_iter().collect()).await
    }

    /// A server whose answers name its own address.
    pub(crate) async fn telling(plays: impl FnOnce(&Url) -> Vec<Play>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let plays = Arc::new(Mutex::new(VecDeque::from(plays(&url))));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&plays), Arc::clone(&log)));
            }
        });
        Self { url, asked }
    }

    /// The requests so far, headers and body, as text.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// The request lines so far (`GET /a?b=c`).
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |request: &String| {
            request.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned()
        };
        self.asked().iter().map(line).collect()
    }
}

async fn serve(mut stream: TcpStream, plays: Arc<Mutex<VecDeque<Play>>>, log: Arc<Mutex<Vec<String>>>) {
    while let Some(request) = request(&mut stream).await {
        log.lock().unwrap().push(request);
        let play = plays.lock().unwrap().pop_front();
        match play {
            Some(Play::Raw(bytes)) => {
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Some(Play::Cut(bytes)) => {
                let _ = stream.write_all(&bytes).await;
                return;
            }
            Some(Play::Silence) => tokio::time::sleep(Duration::from_mins(1)).await,
            Some(Play::Drop) | None => return,
        }
    }
}

async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0_u8; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length:").map(|n| n.trim().parse().unwrap())
            });
            if body.len() >= length.unwrap_or(0) {
                return Some(text);
            }
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}
