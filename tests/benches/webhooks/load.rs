//! The load: signed webhooks over connections that are kept, each with an id of its own.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use domain::digest::DigestKey;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What signs the webhooks: 32 bytes.
pub(crate) const SECRET: &[u8; 32] = b"a-webhook-secret-of-32-character";

/// How webhooks are sent.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    pub(crate) path: String,
    /// Stands before the signature.
    pub(crate) prefix: &'static str,
    pub(crate) connections: usize,
    /// Webhooks a second over all connections; as fast as they are answered without one.
    pub(crate) rate: Option<f64>,
    /// The number of the first one.
    pub(crate) from: usize,
}

/// What was acknowledged.
pub(crate) struct Taken {
    /// From when each was to be sent until it was answered; sorted.
    latencies: Vec<Duration>,
}

impl Taken {
    pub(crate) fn count(&self) -> usize {
        self.latencies.len()
    }

    /// In milliseconds.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list"
    )]
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let at = (self.latencies.len() as f64 * share) as usize;
        self.latencies
            .get(at.min(self.latencies.len().saturating_sub(1)))
            .map_or(0.0, |found| found.as_secs_f64() * 1e3)
    }
}

impl Load {
    /// Sends for this long.
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
    pub(crate) async fn drive(self, time: Duration) -> anyhow::Result<Taken> {
        let began = Instant::now();
        let connections = (0..self.connections).map(|number| self.connection(number, (began, time)));
        let taken = futures::future::try_join_all(connections).await?;
        let mut latencies: Vec<Duration> = taken.into_iter().flatten().collect();
        latencies.sort_unstable();
        Ok(Taken { latencies })
    }

    /// One connection. With a rate, each webhook has its time, and one that waits for the one before is late.
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
    async fn connection(
        &self,
        number: usize,
        (began, time): (Instant, Duration),
    ) -> anyhow::Result<Vec<Duration>> {
        let mut stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let mut received = Vec::with_capacity(4_096);
        let mut latencies = Vec::new();
        for turn in 0_u32.. {
            let place = turn as usize * self.connections + number;
            let due = match self.rate {
                Some(rate) => began + Duration::from_secs(1).mul_f64(as_f64(place) / rate),
                None => Instant::now(),
            };
            if due >= began + time || began.elapsed() >= time {
                break;
            }
            let request = self.request(self.from + place);
            tokio::time::sleep_until(due.into()).await;
            stream.write_all(&request).await?;
            answered(&mut stream, &mut received).await?;
            latencies.push(due.elapsed());
        }
        Ok(latencies)
    }

    fn request(&self, number: usize) -> Vec<u8> {
        let body = format!(
            r#"{{"id":"d{number:08}","type":"customers.updated","data":{{"id":"cus_{number:08}","name":"Ada Okafor","balance":"{}.50","pad":"{}"}}}}"#,
            number % 1_000,
            "x".repeat(470)
        );
        let signature = DigestKey::new(SECRET).digest(body.as_bytes());
        format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nX-Delivery: d{number:08}\r\n\
             X-Signature: {}{signature}\r\nContent-Length: {}\r\n\r\n{body}",
            self.path,
            self.address,
            self.prefix,
            body.len()
        )
        .into_bytes()
    }
}

#[expect(clippy::cast_precision_loss, reason = "a place in a list")]
fn as_f64(place: usize) -> f64 {
    place as f64
}

/// Reads one answer to its end; anything but 200 ends the run.
async fn answered(stream: &mut TcpStream, received: &mut Vec<u8>) -> anyhow::Result<()> {
    received.clear();
    loop {
        ensure!(stream.read_buf(received).await? > 0, "the connection was closed");
        let Some(head) = received.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let text = std::str::from_utf8(&received[..head])?;
        if !text.starts_with("HTTP/1.1 200") {
            bail!("a webhook was answered {}", String::from_utf8_lossy(received));
        }
        let length = text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>())
        });
        let length = length.context("the answer does not tell its length")??;
        while received.len() < head + 4 + length {
            ensure!(stream.read_buf(received).await? > 0, "the connection was closed");
        }
        return Ok(());
    }
}
