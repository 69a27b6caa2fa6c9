//! Who the provider is, where it is, and how it is called.

use url::Url;

use super::super::auth::{ApiKey, Auth, AuthKind, OAuth2};
use super::super::provider::Manifest;
use super::Problems;

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
    auth(&manifest.auth, problems);
    if let (AuthKind::Oauth2, Some(oauth2)) = (manifest.auth.kind, &manifest.auth.oauth2) {
        self::oauth2(manifest, oauth2, problems);
    }
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
        manifest.origins.is_empty(),
        &["origins"],
        "no origin is named",
        "name every https://host that is called",
    );
    for (at, origin) in manifest.origins.iter().enumerate() {
        let fits = Url::parse(origin).is_ok_and(|url| {
            url.scheme() == "https" && url.origin().ascii_serialization() == origin.trim_end_matches('/')
        });
        let place = format!("origins#{at}");
        problems.when(
            !fits,
            &[&place],
            format!("`{origin}` is no origin"),
            "write https://host without path",
        );
    }
    for (name, url) in [("production", &manifest.base.production), ("sandbox", &manifest.base.sandbox)] {
        if let Some(url) = url {
            inside(manifest, url, &["base", name], problems);
        }
    }
}

fn inside(manifest: &Manifest, url: &Url, at: &[&str], problems: &mut Problems) {
    let origin = url.origin().ascii_serialization();
    let named = manifest.origins.iter().any(|known| known.trim_end_matches('/') == origin);
    problems.when(
        !named,
        at,
        format!("{origin} is not among the origins"),
        "add it to `origins`, or correct the address",
    );
}

fn auth(auth: &Auth, problems: &mut Problems) {
    let tables = [
        (AuthKind::Oauth2, auth.oauth2.is_some()),
        (AuthKind::ApiKey, auth.api_key.is_some()),
        (AuthKind::BasicAuth, auth.basic_auth.is_some()),
    ];
    for (kind, given) in tables {
        let name = kind.as_str();
        problems.when(
            kind == auth.kind && !given,
            &["auth"],
            format!("[auth.{name}] is missing"),
            format!("describe it, as kind = \"{name}\" says"),
        );
        problems.when(
            kind != auth.kind && given,
            &["auth", name],
            format!("[auth.{name}] is not used by kind = \"{}\"", auth.kind.as_str()),
            "remove it, or change the kind",
        );
    }
    if let Some(key) = &auth.api_key {
        let ApiKey { header, query, user, .. } = key;
        let places = usize::from(header.is_some()) + usize::from(query.is_some()) + usize::from(*user);
        problems.when(
            places != 1,
            &["auth", "api_key"],
            format!("the key goes to {places} places"),
            "give exactly one of header, query and user",
        );
    }
}

fn oauth2(manifest: &Manifest, oauth2: &OAuth2, problems: &mut Problems) {
    inside(manifest, &oauth2.token_url, &["auth", "oauth2", "token_url"], problems);
    if let Some(url) = &oauth2.revoke_url {
        inside(manifest, url, &["auth", "oauth2", "revoke_url"], problems);
    }
    problems.when(
        oauth2.authorize_url.scheme() != "https",
        &["auth", "oauth2", "authorize_url"],
        "browsers would be sent to a plain address",
        "use https://",
    );
    problems.when(
        oauth2.refresh_margin_s >= oauth2.access_token_s,
        &["auth", "oauth2", "refresh_margin_s"],
        "every token would be refreshed at once",
        "use a margin shorter than access_token_s",
    );
}
