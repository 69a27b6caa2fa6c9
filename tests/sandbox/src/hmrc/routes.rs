//! The simulator's parts together, and its routes.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use axum::routing::{any, get, post};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::config::HmrcConfig;
use super::trader::Trader;
use super::{fraud, identity, refusal, returns};
use crate::faults::{Fault, Faults};
use crate::kit::clock::rfc3339_millis;
use crate::kit::consent::header_text;
use crate::kit::grants::{Rotation, Rules};
use crate::kit::hands::{self, Hands};
use crate::kit::window::Window;
use crate::kit::{Answer, Clock, Grants, Ids, Params, Recorder, Tally, faulty};

/// The version that requests must name.
const ACCEPT: &str = "application/vnd.hmrc.1.0+json";
/// Seconds until the user must consent again: 18 months.
const CONSENT_S: u64 = 18 * 30 * 86_400;

/// Everything the handlers share.
pub(super) struct App {
    pub(super) config: HmrcConfig,
    pub(super) clock: Clock,
    pub(super) tally: Tally,
    pub(super) faults: Faults,
    pub(super) recorder: Recorder,
    trader: Mutex<Trader>,
    grants: Mutex<Grants>,
    second: Mutex<Window>,
    ids: Mutex<Ids>,
}

impl App {
    pub(super) fn new(config: HmrcConfig) -> Self {
        let clock = Clock::default();
        let rules = Rules {
            seed: config.seed,
            code_ttl_s: 600,
            access_ttl_s: Some(config.access_token_ttl_s),
            refresh_ttl_s: Some(CONSENT_S),
            rotation: Rotation::Single { grace_s: 0, reuse_ends_grant: false },
            refresh_ends_access: true,
            ..Rules::default()
        };
        Self {
            tally: Tally::default(),
            faults: Faults::new(config.faults.clone()),
            recorder: Recorder::default(),
            trader: Mutex::new(Trader::new(clock.today())),
            grants: Mutex::new(Grants::new(rules)),
            second: Mutex::new(Window::new(1000, config.calls_per_second)),
            ids: Mutex::new(Ids::new(config.seed ^ 7)),
            clock,
            config,
        }
    }

    pub(super) fn trader(&self) -> MutexGuard<'_, Trader> {
        self.trader.lock().expect("no code panics while it holds the account")
    }

    pub(super) fn grants(&self) -> MutexGuard<'_, Grants> {
        self.grants.lock().expect("no code panics while it holds the grants")
    }

    fn id(&self) -> String {
        self.ids.lock().expect("no code panics while it makes ids").uuid()
    }

    /// Runs a handler under a fault, with the provider's own bodies.
    pub(super) async fn under(&self, fault: Fault, commit: impl Future<Output = Response>) -> Response {
        let shape = |status| match status {
            429 => refusal::throttled().into_response(),
            _ => refusal::server_error().into_response(),
        };
        faulty::under((&self.faults, &self.tally), fault, shape, commit).await
    }

    fn admit(&self, headers: &HeaderMap, (scope, vrn): (&str, &str)) -> Result<(), Answer> {
        let now = self.clock.now_ms();
        if !self.second.lock().expect("no code panics while it counts calls").admit(now) {
            self.tally.note("throttled");
            return Err(refusal::throttled());
        }
        if header_text(headers, "accept") != ACCEPT {
            return Err(refusal::accept_header());
        }
        identity::check(self, headers, scope, vrn).map_err(|(status, code)| {
            if status == 401 {
                self.tally.note("unauthorized");
                return refusal::unauthorized(code);
            }
            refusal::forbidden(code, "The client and/or agent is not authorised.")
        })?;
        if vrn.len() != 9 || !vrn.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(refusal::refused(400, "VRN_INVALID", "The provided VRN is invalid."));
        }
        let missing = fraud::problems(headers);
        if self.config.require_fraud_headers && !missing.is_empty() {
            self.tally.note("fraud_headers_missing");
            return Err(refusal::refused(400, "INVALID_HEADERS", &missing.join(", ")));
        }
        Ok(())
    }

    fn vat(
        &self,
        (method, path): (&Method, &[String]),
        query: &str,
        (headers, body): (&HeaderMap, &[u8]),
    ) -> Answer {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let [vrn, rest @ ..] = path.as_slice() else { return refusal::not_modelled("the root") };
        let scope = if *method == Method::POST { "write:vat" } else { "read:vat" };
        if let Err(refused) = self.admit(headers, (scope, vrn)) {
            return refused;
        }
        let params = Params::parse(query.as_bytes());
        let today = self.clock.today();
        let answered = match (method.as_str(), rest) {
            ("GET", ["obligations"]) => self.trader().obligations(&params),
            ("GET", ["returns", key]) => returns::view(&self.trader(), key),
            ("POST", ["returns"]) => return self.submit(body),
            ("GET", [what @ ("liabilities" | "payments")]) => self.trader().money(what, today, &params),
            ("GET", ["penalties"]) => Ok(Answer::json(200, &json!({}))),
            ("GET", ["information"]) => Ok(information()),
            ("GET", ["financial-details", _]) => Err(refusal::nothing()),
            _ => {
                self.tally.note("not_modelled");
                Err(refusal::not_modelled(&format!("{method} {}", path.join("/"))))
            }
        };
        answered.unwrap_or_else(|refused| refused).with("X-CorrelationId", self.id())
    }

    fn submit(&self, body: &[u8]) -> Answer {
        let filed = returns::submit(&mut self.trader(), (self.config.insolvent, self.clock.today()), body);
        let at = rfc3339_millis(self.clock.now_ms());
        match filed {
            Ok(filed) => {
                let key = filed["periodKey"].as_str().unwrap_or_default();
                self.tally.create(Some(&format!("return:{key}")));
                let number = format!("{:012}", self.tally.count("creates"));
                Answer::json(201, &returns::receipt(&number, &at))
                    .with("Receipt-ID", self.id())
                    .with("Receipt-Timestamp", at)
            }
            Err(refused) => refused,
        }
        .with("X-CorrelationId", self.id())
    }
}

fn information() -> Answer {
    Answer::json(
        200,
        &json!({
            "customerDetails": {"effectiveRegistrationDate": "2001-01-01"},
            "flatRateScheme": {"frsCategory": "001", "startDate": "2001-01-01"},
        }),
    )
}

/// All routes.
pub(super) fn router(app: &Arc<App>) -> Router {
    let router = Router::new()
        .route("/oauth/authorize", get(identity::authorize))
        .route("/oauth/token", post(identity::token))
        .route("/organisations/vat/{*rest}", any(vat))
        .route("/test/fraud-prevention-headers/validate", get(validate))
        .fallback(elsewhere)
        .with_state(app.clone())
        .merge(hands::routes(app.clone()))
        .merge(crate::admin::routes(app.clone()));
    app.recorder.around(router)
}

async fn vat(
    State(app): State<Arc<App>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let rest = uri.path().strip_prefix("/organisations/vat/").unwrap_or_default();
    let path: Vec<String> =
        rest.split('/').map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned()).collect();
    app.tally.request(&format!("{method} {}", path.get(1).map(String::as_str).unwrap_or_default()));
    let fault = if method == Method::POST { app.faults.next_write() } else { app.faults.next() };
    let commit = async {
        let query = uri.query().unwrap_or_default();
        app.vat((&method, &path), query, (&headers, &body)).into_response()
    };
    app.under(fault, commit).await
}

async fn validate(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    app.tally.request("validate");
    fraud::validate(&headers).into_response()
}

async fn elsewhere(State(app): State<Arc<App>>, method: Method, uri: Uri) -> Response {
    app.tally.note("not_modelled");
    refusal::not_modelled(&format!("{method} {}", uri.path())).into_response()
}

impl Hands for App {
    fn create(&self, entity: &str, body: Value) -> Result<Value, Value> {
        match entity {
            "Payment" => self.trader().payments.push(body.clone()),
            "Liability" => self.trader().liabilities.push(body.clone()),
            _ => {
                return Err(
                    json!({"code": "NOT_MODELLED", "message": "only a Payment or a Liability can be entered"}),
                );
            }
        }
        Ok(body)
    }

    fn edit(&self, _entity: &str, _id: &str, _patch: Value) -> Result<Value, Value> {
        Err(json!({"code": "NOT_MODELLED", "message": "what is filed is not changed"}))
    }

    fn delete(&self, _entity: &str, _id: &str) -> Result<Value, Value> {
        Err(json!({"code": "NOT_MODELLED", "message": "what is filed is not deleted"}))
    }

    fn expire_access_tokens(&self) {
        self.grants().expire_access();
    }

    fn revoke(&self) {
        self.grants().revoke_all();
    }

    fn advance_clock(&self, seconds: u32) {
        self.clock.advance(i64::from(seconds));
    }
}

impl crate::admin::Admin for App {
    fn faults(&self) -> &Faults {
        &self.faults
    }

    fn stats(&self) -> Value {
        self.tally.snapshot()
    }

    fn reset(&self) {
        self.tally.reset();
    }
}
