//! The endpoints there are: fields, limit and what each does.

use serde_json::Value;

use super::calls::{accounts, institutions, items, links, recurring, sandbox_only, sync, transactions};
use super::config::{PerMinute, PlaidConfig, PlaidLimits};
use super::fields::{Field, Shape, opt, req};
use super::refusal::Refusal;
use super::routes::App;
use super::world::World;
use crate::kit::decimals::Object;

/// What a call works on.
pub(crate) struct Ground<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) app: &'a App,
    pub(crate) config: &'a PlaidConfig,
    pub(crate) now_ms: i64,
    /// Where this simulator is reached, for links to pages of its own.
    pub(crate) host: &'a str,
}

/// What an endpoint does with a checked body.
type Call = fn(&mut Ground<'_>, &Object) -> Result<Value, Refusal>;
/// Its limit, and the code of the refusal.
type Limit = (fn(&PlaidLimits) -> PerMinute, &'static str);

/// One endpoint.
pub(crate) struct Endpoint {
    pub(crate) path: &'static str,
    pub(crate) fields: &'static [Field],
    pub(crate) limit: Option<Limit>,
    pub(crate) call: Call,
}

const fn free(path: &'static str, fields: &'static [Field], call: Call) -> Endpoint {
    Endpoint { path, fields, limit: None, call }
}

const fn limited(path: &'static str, fields: &'static [Field], limit: Limit, call: Call) -> Endpoint {
    Endpoint { path, fields, limit: Some(limit), call }
}

const TOKEN: Field = req("access_token", Shape::Text(200));
const ONLY_TOKEN: &[Field] = &[TOKEN];
const COUNTRIES: Field = req("country_codes", Shape::Texts);
const WHOLE_MAX: i64 = 1_000_000_000;

const ALL: &[Endpoint] = &[
    free("/link/token/create", LINK_CREATE, links::create),
    free("/link/token/get", &[req("link_token", Shape::Text(200))], links::get),
    free("/item/public_token/exchange", &[req("public_token", Shape::Text(200))], items::exchange),
    free("/item/access_token/invalidate", ONLY_TOKEN, items::invalidate),
    limited("/item/get", ONLY_TOKEN, (|l| l.item, "ITEM_GET_LIMIT"), items::get),
    limited("/item/remove", ITEM_REMOVE, (|l| l.remove, "ITEM_REMOVE_LIMIT"), items::remove),
    free("/item/webhook/update", WEBHOOK_UPDATE, items::webhook),
    limited("/accounts/get", ACCOUNTS, (|l| l.accounts, "ACCOUNTS_LIMIT"), accounts::get),
    limited(
        "/accounts/balance/get",
        BALANCE,
        (|l| l.balance, "ACCOUNTS_BALANCE_GET_LIMIT"),
        accounts::balance,
    ),
    limited("/transactions/sync", SYNC, (|l| l.sync, "TRANSACTIONS_SYNC_LIMIT"), sync::sync),
    limited("/transactions/get", GET, (|l| l.transactions, "TRANSACTIONS_LIMIT"), transactions::get),
    limited(
        "/transactions/refresh",
        ONLY_TOKEN,
        (|l| l.refresh, "TRANSACTIONS_REFRESH_LIMIT"),
        transactions::refresh,
    ),
    free("/transactions/recurring/get", RECURRING, recurring::get),
    limited(
        "/institutions/get",
        INSTITUTIONS,
        (|l| l.institutions, "INSTITUTIONS_GET_LIMIT"),
        institutions::list,
    ),
    limited(
        "/institutions/get_by_id",
        INSTITUTION,
        (|l| l.institution, "INSTITUTIONS_GET_BY_ID_LIMIT"),
        institutions::get,
    ),
    free("/webhook_verification_key/get", &[req("key_id", Shape::Text(100))], institutions::key),
    free("/sandbox/public_token/create", PUBLIC_CREATE, sandbox_only::public_token),
    free("/sandbox/item/reset_login", ONLY_TOKEN, sandbox_only::reset_login),
    free("/sandbox/item/fire_webhook", FIRE, sandbox_only::fire_webhook),
    free("/sandbox/transactions/create", CREATE, sandbox_only::transactions),
];

/// The endpoint of a path.
pub(crate) fn find(path: &str) -> Option<&'static Endpoint> {
    ALL.iter().find(|endpoint| endpoint.path == path)
}

const LINK_TRANSACTIONS: &[Field] = &[opt("days_requested", Shape::Whole(1, 730))];
const USER: &[Field] = &[
    req("client_user_id", Shape::Text(500)),
    opt("legal_name", Shape::MaybeText),
    opt("phone_number", Shape::MaybeText),
    opt("email_address", Shape::MaybeText),
];
const HOSTED: &[Field] = &[
    opt("completion_redirect_uri", Shape::Text(2000)),
    opt("url_lifetime_seconds", Shape::Whole(1, WHOLE_MAX)),
    opt("is_mobile_app", Shape::Flag),
    opt("delivery_method", Shape::Unmodelled),
];
const UPDATE: &[Field] = &[
    opt("account_selection_enabled", Shape::Flag),
    opt("reauthorization_enabled", Shape::Unmodelled),
    opt("user", Shape::Unmodelled),
    opt("item_ids", Shape::Unmodelled),
];
const LINK_CREATE: &[Field] = &[
    req("client_name", Shape::Text(30)),
    req(
        "language",
        Shape::Choice(&[
            "da", "de", "en", "es", "et", "fr", "hi", "it", "lt", "lv", "nl", "no", "pl", "pt", "ro", "sv",
            "vi",
        ]),
    ),
    COUNTRIES,
    req("user", Shape::Part(USER)),
    opt("products", Shape::Texts),
    opt("webhook", Shape::Url),
    opt("redirect_uri", Shape::Url),
    opt("access_token", Shape::Text(200)),
    opt("transactions", Shape::Part(LINK_TRANSACTIONS)),
    opt("hosted_link", Shape::Part(HOSTED)),
    opt("update", Shape::Part(UPDATE)),
    opt("link_customization_name", Shape::Text(500)),
    opt("account_filters", Shape::Unmodelled),
    opt("additional_consented_products", Shape::Unmodelled),
    opt("android_package_name", Shape::Unmodelled),
    opt("institution_id", Shape::Unmodelled),
    opt("optional_products", Shape::Unmodelled),
    opt("required_if_supported_products", Shape::Unmodelled),
    opt("user_id", Shape::Unmodelled),
    opt("user_token", Shape::Unmodelled),
];
const ITEM_REMOVE: &[Field] =
    &[TOKEN, opt("reason_code", Shape::MaybeText), opt("reason_note", Shape::MaybeText)];
const WEBHOOK_UPDATE: &[Field] = &[TOKEN, opt("webhook", Shape::Url)];
const ACCOUNT_IDS: &[Field] = &[opt("account_ids", Shape::Texts)];
const ACCOUNTS: &[Field] = &[TOKEN, opt("options", Shape::Part(ACCOUNT_IDS))];
const BALANCE_OPTIONS: &[Field] =
    &[opt("account_ids", Shape::Texts), opt("min_last_updated_datetime", Shape::Text(40))];
const BALANCE: &[Field] = &[TOKEN, opt("options", Shape::Part(BALANCE_OPTIONS))];
const SYNC_OPTIONS: &[Field] = &[
    opt("include_original_description", Shape::Flag),
    opt("include_personal_finance_category", Shape::Flag),
    opt("days_requested", Shape::Whole(1, 730)),
    opt("account_id", Shape::Text(100)),
    opt("personal_finance_category_version", Shape::Unmodelled),
];
const SYNC: &[Field] = &[
    TOKEN,
    opt("cursor", Shape::MaybeText),
    opt("count", Shape::Whole(1, 500)),
    opt("options", Shape::Part(SYNC_OPTIONS)),
];
const RECURRING: &[Field] = &[TOKEN, opt("account_ids", Shape::Texts)];
const GET_OPTIONS: &[Field] = &[
    opt("account_ids", Shape::Texts),
    opt("count", Shape::Whole(1, 500)),
    opt("offset", Shape::Whole(0, WHOLE_MAX)),
    opt("include_original_description", Shape::Flag),
    opt("include_personal_finance_category", Shape::Flag),
    opt("days_requested", Shape::Whole(1, 730)),
];
const GET: &[Field] = &[
    TOKEN,
    req("start_date", Shape::Date),
    req("end_date", Shape::Date),
    opt("options", Shape::Part(GET_OPTIONS)),
];
const INSTITUTION_OPTIONS: &[Field] = &[
    opt("include_optional_metadata", Shape::Flag),
    opt("include_status", Shape::Unmodelled),
    opt("products", Shape::Texts),
    opt("oauth", Shape::Flag),
];
const INSTITUTIONS: &[Field] = &[
    req("count", Shape::Whole(1, 500)),
    req("offset", Shape::Whole(0, WHOLE_MAX)),
    COUNTRIES,
    opt("options", Shape::Part(INSTITUTION_OPTIONS)),
];
const INSTITUTION: &[Field] =
    &[req("institution_id", Shape::Text(100)), COUNTRIES, opt("options", Shape::Part(INSTITUTION_OPTIONS))];
const PUBLIC_OPTIONS: &[Field] = &[
    opt("webhook", Shape::Url),
    opt("override_username", Shape::MaybeText),
    opt("override_password", Shape::MaybeText),
    opt("transactions", Shape::Part(LINK_TRANSACTIONS)),
];
const PUBLIC_CREATE: &[Field] = &[
    req("institution_id", Shape::Text(100)),
    req("initial_products", Shape::Texts),
    opt("options", Shape::Part(PUBLIC_OPTIONS)),
];
const FIRE: &[Field] = &[TOKEN, opt("webhook_type", Shape::Text(100)), req("webhook_code", Shape::Text(100))];
const NEW_TRANSACTION: &[Field] = &[
    req("date_transacted", Shape::Date),
    req("date_posted", Shape::Date),
    req("amount", Shape::Number),
    req("description", Shape::Text(500)),
    opt("iso_currency_code", Shape::Text(3)),
];
const CREATE: &[Field] = &[TOKEN, req("transactions", Shape::Many(NEW_TRANSACTION, 10))];
