//! Connectors of this folder over a server on this machine that answers whatever the bytes say.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use application::ports::connector::{Connectors as _, ReadMode, WebhookCall, WebhookTaken};
use application::ports::credentials::{Owner, Secrets};
use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac as _};
use infrastructure::connectors::{ConnectorRegistry, Endpoints, RegistryOptions};
use sha2::Sha256;
use tokio::runtime::{Builder, Runtime};

use super::super::ports::{Bench, INTEGRATION, target};

/// What deliveries are verified with.
const SECRET: &str = "0f3c9f0e-secret-that-nobody-guesses-7d1b";
/// When every delivery comes in.
const NOW: i64 = 1_767_600_000;
/// The connectors of `tests/fuzz/connectors`.
const KEYS: [&str; 6] = ["plain", "stamped", "token", "certified", "shared", "pages"];

/// A delivery of a webhook.
#[derive(Debug)]
pub(super) struct Delivery {
    provider: &'static str,
    call: WebhookCall,
    key: String,
    /// Whether its signature is right.
    pub(super) signed: bool,
}

impl Delivery {
    pub(super) fn read(data: &[u8]) -> Option<Self> {
        let cut = data.windows(5).position(|window| window == b"\n---\n");
        let (data, key) = cut.map_or((data, &b""[..]), |at| (&data[..at], &data[at + 5..]));
        let head = data.windows(2).position(|window| window == b"\n\n")?;
        let (head, body) = (std::str::from_utf8(&data[..head]).ok()?, &data[head + 2..]);
        let mut lines = head.lines();
        let provider = lines.next()?;
        let provider = KEYS.iter().find(|key| **key == provider)?;
        let url: reqwest::Url = lines.next()?.parse().ok()?;
        let mut headers: BTreeMap<String, String> = BTreeMap::new();
        let mut signed = false;
        for line in lines {
            let (name, value) = line.split_once(": ")?;
            let mut value = value.to_owned();
            if value == "@signed" {
                (value, signed) = (signature(provider, body), true);
            }
            headers.insert(name.to_lowercase(), value);
        }
        let call = WebhookCall {
            method: "POST".to_owned(),
            url: url.to_string(),
            query: url.query_pairs().into_owned().collect(),
            headers,
            body: body.to_vec(),
        };
        Some(Self { provider, call, key: String::from_utf8_lossy(key).into_owned(), signed })
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn signature(provider: &str, body: &[u8]) -> String {
    let mac = |parts: &[&[u8]]| {
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key of any length will do");
        for part in parts {
            mac.update(part);
        }
        hex(&mac.finalize().into_bytes())
    };
    match provider {
        "stamped" => {
            let stamp = NOW.to_string();
            format!("t={stamp},v1={}", mac(&[stamp.as_bytes(), b".", body]))
        }
        "shared" => SECRET.to_owned(),
        _ => mac(&[body]),
    }
}

/// What the server answers next: a `Link` header and a body.
type Next = Arc<Mutex<(String, String)>>;

/// Everything that lives as long as the process.
pub(super) struct World {
    runtime: Runtime,
    registry: ConnectorRegistry,
    bench: Bench,
    base: String,
    next: Next,
}

impl World {
    /// Works in this thread's world.
    pub(super) fn with<T>(work: impl FnOnce(&Self) -> T) -> T {
        thread_local!(static WORLD: OnceCell<World> = const { OnceCell::new() });
        WORLD.with(|world| work(world.get_or_init(Self::new)))
    }

    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        let next = Next::default();
        let base = runtime.block_on(serve(Arc::clone(&next)));
        let bench = Bench::default();
        bench.credentials.set(Owner::Integration(INTEGRATION), &[("api_key", "key")], None);
        let origin = base.parse::<reqwest::Url>().ok();
        let endpoint =
            |key: &&str| ((*key).to_owned(), Endpoints { origin: origin.clone(), ..Endpoints::default() });
        let options = RegistryOptions {
            folder: Some(folder()),
            endpoints: KEYS.iter().map(endpoint).collect(),
            ..RegistryOptions::default()
        };
        let registry = bench.registry(&base, options);
        Self { runtime, registry, bench, base, next }
    }

    fn answer_next(&self, link: &str, body: &str) {
        if let Ok(mut next) = self.next.lock() {
            *next = (link.to_owned(), body.to_owned());
        }
        if let Ok(mut taken) = self.bench.limiter.taken.lock() {
            taken.clear();
        }
    }

    /// Verifies a delivery; how many events it has, if it is taken.
    pub(super) fn verify(&self, delivery: &Delivery) -> Result<usize, String> {
        self.answer_next("", &delivery.key);
        let mut secrets = Secrets::default();
        secrets.set("webhook_secret", SECRET.to_owned().into());
        let now: DateTime<Utc> = DateTime::from_timestamp(NOW, 0).unwrap_or_default();
        let target = target(delivery.provider, "-", Some(&self.base));
        let given = [secrets];
        let verified = self.registry.verify_webhook(&target, &given, &delivery.call, now);
        match self.runtime.block_on(verified) {
            Ok(WebhookTaken::Events(events, _)) => Ok(events.len()),
            Ok(WebhookTaken::Handshake(_)) => Ok(0),
            Err(rejection) => Err(rejection.to_string()),
        }
    }

    /// Reads a page; the cursor of the next one, if there is one.
    pub(super) fn page(&self, entity: &str, cursor: &str, (link, body): (&str, &str)) -> Option<String> {
        self.answer_next(link, body);
        let connection = self.registry.open(&target("pages", "-", Some(&self.base))).ok()?;
        let cursor = (!cursor.is_empty()).then(|| cursor.to_owned());
        let read = connection.read_page(entity, ReadMode::Incremental, cursor.as_ref());
        let page = self.runtime.block_on(read).ok()?;
        page.next.or(page.resume)
    }
}

async fn serve(next: Next) -> String {
    let answer = move || {
        let next = next.lock().map(|next| next.clone()).unwrap_or_default();
        async move { answered(next) }
    };
    let router = Router::new().fallback(answer);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let at = listener.local_addr().expect("it listens");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{at}")
}

fn answered((link, body): (String, String)) -> Response {
    let mut response = ([(header::CONTENT_TYPE, "application/json")], body).into_response();
    if let Ok(link) = HeaderValue::from_str(&link) {
        response.headers_mut().insert(HeaderName::from_static("link"), link);
    }
    response
}

/// The connectors, seen from this crate and from the tests.
fn folder() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    if here.ends_with("fuzz") { here.join("connectors") } else { here.join("fuzz/connectors") }
}
