//! `@idempotent(key:)`: the first result again, for a day.

use serde_json::Value;

use super::perform::{Caller, Outcome, Refusal, coded};
use crate::kit::decimals::Object;
use crate::kit::replays::question;
use crate::shopify::graph::problem::Problem;
use crate::shopify::store::Shop;

/// Mutations that know the directive (fact sheet, "Idempotency").
const KNOWN: [&str; 3] = ["refundCreate", "inventorySetQuantities", "inventoryAdjustQuantities"];
/// The first version with the directive.
const SINCE: &str = "2026-01";
/// The first version that insists on it.
const REQUIRED_SINCE: &str = "2026-04";
/// How long a key is remembered: about a day (fact sheet, "Idempotency"; not settled there).
const KEPT_MS: i64 = 24 * 3_600_000;

/// A result kept for a key.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    question: u64,
    payload: Object,
    until_ms: i64,
}

/// Runs `perform`, or answers what it answered for this key before. Refused attempts are not kept.
pub(super) fn once(
    shop: &mut Shop,
    caller: &Caller,
    (name, args): (&str, &Object),
    key: Option<&str>,
    perform: fn(&mut Shop, &Caller, &str, &Object) -> Outcome,
) -> Outcome {
    let is_known = KNOWN.contains(&name) && caller.version.as_str() >= SINCE && !caller.by_hand;
    if !is_known {
        return match key {
            Some(_) if !caller.by_hand => {
                let message = format!("The @idempotent directive is not supported on {name}");
                Err(Refusal::Top(Problem::coded("BAD_REQUEST", message)))
            }
            _ => perform(shop, caller, name, args),
        };
    }
    let Some(key) = key.filter(|key| !key.is_empty()) else {
        if caller.version.as_str() >= REQUIRED_SINCE {
            let message = "The @idempotent directive is required for this mutation but was not provided.";
            return Err(Refusal::Top(Problem::coded("BAD_REQUEST", message)));
        }
        return perform(shop, caller, name, args);
    };
    let now_ms = shop.clock.now_ms();
    let asked = question((name, Value::Object(args.clone()).to_string()));
    if let Some(kept) = shop.kept.get(key).filter(|kept| kept.until_ms > now_ms) {
        if kept.question != asked {
            let message = "The same idempotency key cannot be used with different operation parameters.";
            return Err(coded("", "IDEMPOTENCY_KEY_PARAMETER_MISMATCH", message));
        }
        shop.tally.note("replays");
        return Ok(kept.payload.clone());
    }
    let payload = perform(shop, caller, name, args)?;
    let kept = Kept { question: asked, payload: payload.clone(), until_ms: now_ms + KEPT_MS };
    shop.kept.insert(key.to_owned(), kept);
    Ok(payload)
}
