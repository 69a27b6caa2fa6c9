//! The simulator's parts together, and its routes.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::routing::{any, get, post};
use serde_json::{Value, json};

use super::config::HubSpotConfig;
use super::events::{Notice, Post};
use super::portal::Portal;
use super::problem::Problem;
use super::settings::Settings;
use super::{call, keys, oauth, settings};
use crate::faults::Faults;
use crate::kit::grants::{Rotation, Rules};
use crate::kit::poster::{Outcome, Poster};
use crate::kit::window::Window;
use crate::kit::{Answer, Clock, Grant, Grants, Ids, Recorder, Tally};

/// Which limit was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    Second,
    TenSeconds,
    Day,
}

/// The limits of one account.
struct Limits {
    searches: Window,
    requests: Window,
    per_day: u32,
    /// The day counted, and how many requests it had.
    today: (i64, u32),
}

/// Everything the handlers share.
pub(crate) struct App {
    pub(crate) config: HubSpotConfig,
    pub(crate) clock: Clock,
    pub(crate) tally: Tally,
    pub(crate) faults: Faults,
    pub(crate) recorder: Recorder,
    portal: Mutex<Portal>,
    grants: Mutex<Grants>,
    limits: Mutex<Limits>,
    settings: Mutex<Settings>,
    migrating: Mutex<Option<u64>>,
    ids: Mutex<Ids>,
    poster: Poster<Notice>,
}

impl App {
    pub(crate) fn new(config: HubSpotConfig) -> std::io::Result<Self> {
        let (clock, tally) = (Clock::default(), Tally::default());
        let faults = Faults::new(config.faults.clone());
        let post = Post { secret: config.client_secret.clone(), clock: clock.clone() };
        let rules = Rules {
            seed: config.seed,
            access_ttl_s: Some(config.access_token_ttl_s),
            rotation: Rotation::Never,
            prefixes: ["", "CJ", "na1-"],
            access_text: Some(oauth::long_token),
            ..Rules::default()
        };
        let limits = Limits {
            searches: Window::new(1000, config.searches_per_second),
            requests: Window::new(10_000, config.requests_per_10s),
            per_day: config.requests_per_day,
            today: (0, 0),
        };
        let now_ms = clock.now_ms();
        Ok(Self {
            portal: Mutex::new(Portal::new(clock.clone(), tally.clone(), config.reference_marker.clone())),
            grants: Mutex::new(Grants::new(rules)),
            limits: Mutex::new(limits),
            settings: Mutex::new(Settings::from_config(config.webhook.as_ref(), now_ms)),
            migrating: Mutex::default(),
            ids: Mutex::new(Ids::new(config.seed)),
            poster: Poster::start(post, config.pace, faults.clone(), tally.clone())?,
            recorder: Recorder::hiding(&["hapikey", "code"]),
            config,
            clock,
            tally,
            faults,
        })
    }

    pub(crate) fn portal(&self) -> MutexGuard<'_, Portal> {
        let mut portal = self.portal.lock().expect("no code panics while it holds the account");
        portal.keep_previous = self.lag_ms() > 0;
        portal
    }

    pub(crate) fn grants(&self) -> MutexGuard<'_, Grants> {
        self.grants.lock().expect("no code panics while it holds the grants")
    }

    pub(crate) fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().expect("no code panics while it holds the settings")
    }

    pub(crate) fn migrating(&self) -> MutexGuard<'_, Option<u64>> {
        self.migrating.lock().expect("no code panics while it holds the state")
    }

    fn limits(&self) -> MutexGuard<'_, Limits> {
        self.limits.lock().expect("no code panics while it holds the limits")
    }

    /// How late searches are, in milliseconds.
    pub(crate) fn lag_ms(&self) -> i64 {
        i64::try_from(self.faults.plan().search_lag_ms).unwrap_or(i64::MAX)
    }

    /// What a user of the account grants the app.
    pub(crate) fn grant(&self, scopes: Vec<String>) -> Grant {
        let subject = self.config.portal_id.to_string();
        Grant { client_id: self.config.client_id.clone(), subject, scopes, ..Grant::default() }
    }

    pub(crate) fn correlation_id(&self) -> String {
        self.ids.lock().expect("no code panics while it holds the ids").uuid()
    }

    /// A refusal as an answer.
    pub(crate) fn refused(&self, problem: &Problem) -> Answer {
        self.tally.add("not_modelled", u64::from(problem.not_modelled));
        problem.answer(&self.correlation_id())
    }

    fn is_private(&self, token: Option<&str>) -> bool {
        token == Some(&self.config.private_app_token)
    }

    /// Counts a request. Searches have a limit of their own on top; only private apps a daily one.
    pub(crate) fn admit(&self, is_search: bool, token: Option<&str>) -> Result<(), Limit> {
        let now_ms = self.clock.now_ms();
        let mut limits = self.limits();
        if is_search && !limits.searches.admit(now_ms) {
            return Err(Limit::Second);
        }
        if !limits.requests.admit(now_ms) {
            return Err(Limit::TenSeconds);
        }
        if self.is_private(token) && limits.per_day > 0 {
            let used = limits.used_today(now_ms);
            if used >= limits.per_day {
                return Err(Limit::Day);
            }
            limits.today.1 += 1;
        }
        Ok(())
    }

    /// The headers that tell of the limits.
    pub(crate) fn with_limits(&self, answer: Answer, token: Option<&str>) -> Answer {
        let now_ms = self.clock.now_ms();
        let mut limits = self.limits();
        let (max, per_day) = (limits.requests.max(), limits.per_day);
        let mut answer = answer;
        if max > 0 {
            let left = limits.requests.remaining(now_ms);
            answer = answer
                .with("x-hubspot-ratelimit-interval-milliseconds", "10000")
                .with("x-hubspot-ratelimit-max", max.to_string())
                .with("x-hubspot-ratelimit-remaining", left.to_string());
        }
        if per_day > 0 && self.is_private(token) {
            let left = per_day.saturating_sub(limits.used_today(now_ms));
            answer = answer
                .with("x-hubspot-ratelimit-daily", per_day.to_string())
                .with("x-hubspot-ratelimit-daily-remaining", left.to_string());
        }
        answer
    }

    /// Hands the events made to the webhook sender.
    pub(crate) fn publish(&self, portal: &mut Portal) {
        let events = std::mem::take(&mut portal.events);
        let owner = (self.config.portal_id, self.config.app_id);
        let settings = self.settings();
        let mut queue = Vec::new();
        for event in &events {
            let event_id = self.ids.lock().expect("no code panics while it holds the ids").number() >> 11;
            queue.extend(settings.notices(event, owner, event_id));
        }
        self.poster.send(queue);
    }

    /// What became of webhooks.
    pub(crate) fn outcomes(&self) -> Vec<Outcome> {
        self.poster.outcomes()
    }

    /// The account as its own endpoint shows it.
    pub(crate) fn account(&self) -> Value {
        json!({
            "portalId": self.config.portal_id, "accountType": "DEVELOPER_TEST", "timeZone": "UTC",
            "companyCurrency": "USD", "additionalCurrencies": [], "utcOffset": "+00:00",
            "utcOffsetMilliseconds": 0, "uiDomain": "app.hubspot.com", "dataHostingLocation": "na1",
        })
    }

    pub(crate) fn counted(&self) -> Value {
        let mut stats = self.tally.snapshot();
        stats["duplicates"] = json!(keys::duplicates(&self.portal()));
        stats
    }
}

impl Limits {
    /// Requests of today; the count starts again at midnight.
    fn used_today(&mut self, now_ms: i64) -> u32 {
        let day = now_ms.div_euclid(86_400_000);
        if self.today.0 != day {
            self.today = (day, 0);
        }
        self.today.1
    }
}

impl crate::admin::Admin for App {
    fn faults(&self) -> &Faults {
        &self.faults
    }

    fn stats(&self) -> Value {
        self.counted()
    }

    fn reset(&self) {
        self.tally.reset();
    }
}

/// All routes.
pub(crate) fn router(app: Arc<App>) -> Router {
    let recorder = app.recorder.clone();
    let router = Router::new()
        .route("/oauth/authorize", get(oauth::authorize))
        .route("/oauth/{version}/token", post(oauth::token))
        .route("/oauth/{version}/token/introspect", post(oauth::introspect))
        .route("/oauth/{version}/token/revoke", post(oauth::revoke))
        .route("/oauth/v1/access-tokens/{token}", get(oauth::access_token))
        .route("/webhooks/{version}/{app_id}/{*rest}", any(settings::settings))
        .fallback(call::api)
        .with_state(app.clone())
        .merge(crate::admin::routes(app.clone()))
        .merge(crate::kit::hands::routes(app));
    recorder.around(router)
}
