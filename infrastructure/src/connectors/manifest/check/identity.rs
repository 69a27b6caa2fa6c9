//! Who the provider is, where it is, and how it is called.

use url::Url;

use super::super::address::{Address, origin_fits};
use super::super::provider::Manifest;
use super::Problems;
use super::request::holes;

/// The categories there are.
const CATEGORIES: [&str; 12] = [
    "erp",
    "crm",
    "accounting",
    "ecommerce",
    "banking",
    "shipping",
    "payments",
    "communication",
    "tax",
    "government",
    "identity",
    "portal",
];

pub(super) fn check(manifest: &Manifest, problems: &mut Problems) {
    names(manifest, problems);
    origins(manifest, problems);
}

fn names(manifest: &Manifest, problems: &mut Problems) {
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    let key_fits = manifest.key.starts_with(|letter: char| letter.is_ascii_lowercase())
        && manifest.key.chars().all(plain)
        && manifest.key.len() <= 50;
    problems.when(
        !key_fits,
        &["key"],
        format!("`{}` is no key", manifest.key),
        "use at most 50 lower-case letters, digits and _, beginning with a letter",
    );
    problems.when(
        manifest.name.trim().is_empty(),
        &["name"],
        "the name is empty",
        "say what people call the provider",
    );
    for (at, category) in manifest.categories.iter().enumerate() {
        let unknown = !CATEGORIES.contains(&category.as_str());
        let place = format!("categories#{at}");
        problems.when(
            unknown,
            &[&place],
            format!("`{category}` is no category"),
            format!("use {}", CATEGORIES.join(", ")),
        );
    }
    problems.when(manifest.categories.is_empty(), &["categories"], "it has no category", "give at least one");
    for (at, country) in manifest.countries.iter().enumerate() {
        let wrong = country.len() != 2 || !country.chars().all(|letter| letter.is_ascii_uppercase());
        let place = format!("countries#{at}");
        problems.when(
            wrong,
            &[&place],
            format!("`{country}` is no country"),
            "use ISO 3166 alpha-2, such as GB",
        );
    }
    let documented = Url::parse(&manifest.docs).is_ok_and(|url| url.scheme() == "https");
    problems.when(!documented, &["docs"], "the documentation has no address", "give an https:// address");
}

fn origins(manifest: &Manifest, problems: &mut Problems) {
    problems.when(
        manifest.origins.is_empty() && manifest.base.production.is_some(),
        &["origins"],
        "no origin is named",
        "name every https://host that is called; only where [base] is empty, because each connection has a base URL of its own, may there be none",
    );
    for (at, origin) in manifest.origins.iter().enumerate() {
        let place = format!("origins#{at}");
        problems.when(
            !is_origin(origin),
            &[&place],
            format!("`{origin}` is no origin"),
            "write https://host without path; a leading label may be *, as in https://*.example.com",
        );
    }
    for (name, address) in [("production", &manifest.base.production), ("sandbox", &manifest.base.sandbox)] {
        if let Some(address) = address {
            inside(manifest, address, &["base", name], problems);
            holes(manifest, address.holes(), &["base", name], &[], problems);
        }
    }
}

/// Whether a text is an origin; its first label may be a wildcard, where two more follow.
pub(super) fn is_origin(origin: &str) -> bool {
    let (named, wild) = match origin.strip_prefix("https://*.") {
        Some(domain) => (format!("https://{domain}"), true),
        None => (origin.to_owned(), false),
    };
    let labels = named.trim_start_matches("https://").trim_end_matches('/').split('.').count();
    let narrow = !wild || labels >= 2;
    narrow
        && Url::parse(&named).is_ok_and(|url| {
            url.scheme() == "https" && url.origin().ascii_serialization() == named.trim_end_matches('/')
        })
}

/// An address outside the origins, or with holes that have no value.
pub(super) fn inside(manifest: &Manifest, address: &Address, at: &[&str], problems: &mut Problems) {
    let origin = address.origin();
    if !address.is_https() {
        let message = format!("{origin} is not encrypted: credentials could be read on their way");
        return problems.add(at, message, "write https://");
    }
    let named = manifest.origins.iter().any(|known| {
        known.trim_end_matches('/') == origin || (!origin.contains('*') && origin_fits(known, &origin))
    });
    problems.when(
        !named,
        at,
        format!("{origin} is not among the origins"),
        "add it to `origins`, or correct the address",
    );
    holes(manifest, address.holes(), at, &[], problems);
}
