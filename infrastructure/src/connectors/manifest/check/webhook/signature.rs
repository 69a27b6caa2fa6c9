//! What proves a delivery.

use super::super::super::webhook::{Over, OverPart, Signature, SignatureKind as Kind};
use super::super::Problems;

const AT: [&str; 2] = ["webhooks", "signature"];

pub(super) fn check(signature: &Signature, problems: &mut Problems) {
    fields(signature, problems);
    match signature.kind {
        Kind::Hmac | Kind::Certificate => {
            signed(signature, problems);
            dated(signature, problems);
        }
        Kind::Jwt => {}
        Kind::Shared => {
            let given = [signature.header.is_some(), signature.query.is_some(), signature.at.is_some()];
            let count = given.iter().filter(|given| **given).count();
            let message = format!("the shared value stands in {count} places");
            problems.when(count != 1, &AT, message, "give exactly one of header, query and at");
        }
    }
    let long = signature.tolerance_s.is_some_and(|tolerance| tolerance > 86_400);
    problems.when(
        long,
        &AT,
        "a delivery could be replayed for more than a day",
        "use a tolerance_s of minutes",
    );
}

/// Fields that a kind needs, and those that mean nothing to it.
fn fields(signature: &Signature, problems: &mut Problems) {
    let kind = signature.kind;
    let table: [(&str, bool, &[Kind], &[Kind]); 14] = [
        ("header", signature.header.is_some(), &[Kind::Hmac, Kind::Jwt, Kind::Certificate], &[Kind::Shared]),
        ("encoding", signature.encoding.is_some(), &[Kind::Hmac], &[]),
        ("query", signature.query.is_some(), &[], &[Kind::Shared]),
        ("at", signature.at.is_some(), &[], &[Kind::Shared]),
        ("pairs", signature.pairs.is_some(), &[], &[Kind::Hmac]),
        ("separator", signature.separator.is_some(), &[], &[Kind::Hmac]),
        ("over", signature.over.is_some(), &[], &[Kind::Hmac, Kind::Certificate]),
        ("timestamp", signature.timestamp.is_some(), &[], &[Kind::Hmac, Kind::Certificate]),
        ("algorithm", signature.algorithm.is_some(), &[Kind::Jwt], &[]),
        ("keys", signature.keys.is_some(), &[Kind::Jwt], &[]),
        ("body_sha256", signature.body_sha256.is_some(), &[Kind::Jwt], &[]),
        ("tolerance_s", signature.tolerance_s.is_some(), &[Kind::Jwt], &[Kind::Hmac, Kind::Certificate]),
        ("url", signature.url.is_some(), &[Kind::Certificate], &[]),
        ("host", signature.host.is_some(), &[Kind::Certificate], &[]),
    ];
    for (name, given, needed, allowed) in table {
        let message = format!("`{name}` is missing");
        problems.when(needed.contains(&kind) && !given, &AT, message, "this kind of signature needs it");
        let foreign = given && !needed.contains(&kind) && !allowed.contains(&kind);
        let message = format!("`{name}` means nothing for this kind of signature");
        problems.when(foreign, &["webhooks", "signature", name], message, "remove it, or change `kind`");
    }
}

fn has(over: Option<&Over>, wanted: impl Fn(&OverPart) -> bool) -> bool {
    over.is_some_and(|over| over.0.iter().any(wanted))
}

fn signed(signature: &Signature, problems: &mut Problems) {
    let body = |part: &OverPart| matches!(part, OverPart::Body | OverPart::BodySha256 | OverPart::BodyCrc32);
    let unsigned = signature.over.is_some() && !has(signature.over.as_ref(), body);
    problems.when(
        unsigned,
        &["webhooks", "signature", "over"],
        "the body is not signed: anybody could change it",
        "use {body}, {body_sha256} or {body_crc32}",
    );
}

fn dated(signature: &Signature, problems: &mut Problems) {
    let named = signature.pairs.as_ref().is_some_and(|pairs| pairs.timestamp.is_some());
    let dated = named || signature.timestamp.is_some();
    let over = has(signature.over.as_ref(), |part| *part == OverPart::Timestamp);
    problems.when(
        dated && signature.tolerance_s.is_none(),
        &AT,
        "an old delivery could be sent again",
        "say how old it may be with tolerance_s",
    );
    problems.when(
        !dated && signature.tolerance_s.is_some(),
        &AT,
        "nothing says when it was sent",
        "say where its `timestamp` stands, or remove tolerance_s",
    );
    let through_header = |part: &OverPart| {
        let header = signature.timestamp.as_ref().map(|timestamp| timestamp.header.to_lowercase());
        matches!(part, OverPart::Header(name) if Some(name.to_lowercase()) == header)
    };
    let carried = over || has(signature.over.as_ref(), through_header);
    problems.when(
        dated && !carried,
        &AT,
        "the timestamp is not signed: anybody could change it",
        "use {timestamp} in `over`",
    );
    problems.when(
        over && !dated,
        &AT,
        "{timestamp} has no value",
        "say where the timestamp stands: `pairs` or `timestamp`",
    );
}
