//! Posts changes to customers' endpoints, signed as Standard Webhooks says (github.com/standard-webhooks, specification,
//! "Signature scheme": `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, one for each key, parted by spaces).

use std::sync::Arc;
use std::time::Duration;

use application::ports::clock::Clock;
use application::ports::webhook_sender::{Message, Reply, WebhookSender};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use url::Url;

use crate::http::{Answer, HttpClient, Outgoing};

/// Time an endpoint has to answer ("Deliverability and reliability": 15 to 30 seconds).
const PATIENCE: Duration = Duration::from_secs(20);

/// The sender over the guarded client.
pub struct HttpWebhookSender {
    client: HttpClient,
    clock: Arc<dyn Clock>,
}

impl HttpWebhookSender {
    /// A sender; `client` decides where deliveries may go.
    pub fn new(client: HttpClient, clock: Arc<dyn Clock>) -> Self {
        Self { client, clock }
    }

    fn reply(&self, answer: &Answer) -> Reply {
        match answer.status {
            200..300 => Reply::Taken { status: answer.status },
            410 => Reply::Gone,
            status => Reply::Refused { status, retry_at: retry_at(answer, self.clock.now()) },
        }
    }
}

#[async_trait::async_trait]
impl WebhookSender for HttpWebhookSender {
    async fn send(&self, message: &Message) -> Reply {
        let Ok(url) = Url::parse(message.url.expose_secret()) else {
            return Reply::Silent { why: "its address cannot be read: change it".to_owned() };
        };
        let signatures = match signatures(message) {
            Ok(signatures) => signatures,
            Err(why) => return Reply::Silent { why },
        };
        let origin = url.origin().ascii_serialization();
        let outgoing = Outgoing {
            method: "POST".to_owned(),
            url,
            headers: vec![
                ("content-type".to_owned(), "application/json".to_owned()),
                ("webhook-id".to_owned(), message.id.clone()),
                ("webhook-timestamp".to_owned(), message.at.timestamp().to_string()),
                ("webhook-signature".to_owned(), signatures),
            ],
            secret_headers: Vec::new(),
            body: Some(message.body.clone()),
            timeout: PATIENCE,
        };
        match self.client.send(outgoing).await {
            Ok(answer) => self.reply(&answer),
            // Without the address: its path may be a secret.
            Err(error) => {
                Reply::Silent { why: error.to_string().replace(message.url.expose_secret(), &origin) }
            }
        }
    }

    fn check(&self, url: &str) -> Result<(), String> {
        let url =
            Url::parse(url).map_err(|why| format!("the address cannot be read ({why}): write https://…"))?;
        self.client.policy().check(&url).map_err(|refusal| refusal.to_string())
    }
}

fn signatures(message: &Message) -> Result<String, String> {
    let signed = message.secrets.iter().map(|secret| signature(secret, message));
    Ok(signed.collect::<Result<Vec<_>, _>>()?.join(" "))
}

fn signature(secret: &SecretString, message: &Message) -> Result<String, String> {
    let text = secret.expose_secret();
    let key = STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text));
    let key = key.map_err(|_| "its signing secret cannot be read: rotate it".to_owned())?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes a key of any length");
    mac.update(format!("{}.{}.", message.id, message.at.timestamp()).as_bytes());
    mac.update(&message.body);
    Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

/// RFC 9110, 10.2.3: seconds or a date; at most a day is believed.
fn retry_at(answer: &Answer, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let text = answer.header("retry-after")?;
    let asked = match text.trim().parse::<u32>() {
        Ok(seconds) => now + TimeDelta::seconds(i64::from(seconds)),
        Err(_) => DateTime::parse_from_rfc2822(text).ok()?.with_timezone(&Utc),
    };
    Some(asked.min(now + TimeDelta::days(1)))
}
