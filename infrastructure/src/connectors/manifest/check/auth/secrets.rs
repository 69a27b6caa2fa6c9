//! Secrets that nobody is asked for, and refresh tokens that are stored where nothing reads them.

use super::super::super::auth::{Auth, AuthKind};
use super::super::Problems;
use super::At;

/// Names that every app registration may have without being asked for.
pub(in super::super) const APP: [&str; 3] = ["client_id", "client_secret", "webhook_secret"];

pub(super) fn check(at: At<'_>, problems: &mut Problems) {
    for name in at.auth.secrets() {
        let asked = at.manifest.setup.iter().any(|field| field.name == name && field.secret);
        let known = asked || APP.contains(&name.as_str()) || is_obtained(at.auth, &name);
        let told = (
            format!("nobody is asked for the secret `{name}`"),
            format!(
                "add a [[setup]] field `{name}` with secret = true (and app = true where it is the app's)"
            ),
        );
        at.when(!known, &[], told, problems);
    }
}

/// What connecting or a login gives.
fn is_obtained(auth: &Auth, name: &str) -> bool {
    let session = auth.kind == AuthKind::Session && name == "access_token";
    session || auth.obtained().contains(&name)
}
