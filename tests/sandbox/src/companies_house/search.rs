//! Search by words, and by what companies are (fact sheet, "Pagination").

use serde_json::{Value, json};

use super::refusal;
use super::register::{Company, Register, etag};
use crate::kit::Answer;
use crate::kit::consent::Params;

/// A page: first index and size; `Err` names the parameter that makes no sense.
pub(super) fn page(params: &Params, size: (&str, usize, usize)) -> Result<(usize, usize), Answer> {
    let (name, default, most) = size;
    let number = |name: &str, default: usize| match params.opt(name) {
        None => Ok(default),
        Some(text) => text.parse::<usize>().map_err(|_| refusal::bad_parameter(name)),
    };
    let (start, wanted) = (number("start_index", 0)?, number(name, default)?);
    if wanted == 0 { Err(refusal::bad_parameter(name)) } else { Ok((start, wanted.min(most))) }
}

/// The parameters that an endpoint knows; anything else is a caller's mistake here.
pub(super) fn known(params: &Params, names: &[&str]) -> Result<(), Answer> {
    match params.names().find(|name| !names.contains(name)) {
        Some(name) => Err(refusal::bad_parameter(name)),
        None => Ok(()),
    }
}

fn text<'a>(company: &'a Company, name: &str) -> &'a str {
    company.profile.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// `GET /search/companies`: every word must be in the name, or be the number.
pub(super) fn companies(register: &Register, params: &Params) -> Result<Answer, Answer> {
    known(params, &["q", "items_per_page", "start_index", "restrictions"])?;
    let words =
        params.opt("q").filter(|q| !q.trim().is_empty()).ok_or_else(|| refusal::bad_parameter("q"))?;
    let (start, size) = page(params, ("items_per_page", 20, 100))?;
    let fits = |company: &&Company| {
        let name = text(company, "company_name").to_lowercase();
        words
            .to_lowercase()
            .split_whitespace()
            .all(|word| name.contains(word) || text(company, "company_number").to_lowercase() == word)
    };
    let found: Vec<Value> = register.companies().filter(fits).map(hit).collect();
    let items: Vec<&Value> = found.iter().skip(start).take(size).collect();
    Ok(Answer::json(
        200,
        &json!({
            "kind": "search#companies", "items": items, "items_per_page": size, "start_index": start,
            "total_results": found.len(), "etag": etag(&json!(found)),
        }),
    ))
}

fn hit(company: &Company) -> Value {
    let number = text(company, "company_number");
    let address = company.profile.get("registered_office_address").cloned().unwrap_or_default();
    let mut hit = json!({
        "kind": "searchresults#company", "title": text(company, "company_name"), "company_number": number,
        "company_type": text(company, "type"), "company_status": text(company, "company_status"),
        "date_of_creation": text(company, "date_of_creation"),
        "address_snippet": "1 Engine Street, London, England, EC1A 1BB", "address": address,
        "description": format!("{number} - Incorporated on {}", text(company, "date_of_creation")),
        "description_identifier": ["incorporated-on"], "links": {"self": format!("/company/{number}")},
    });
    if let Some(end) = company.profile.get("date_of_cessation") {
        hit["date_of_cessation"] = end.clone();
    }
    hit
}

/// `GET /advanced-search/companies`.
pub(super) fn advanced(register: &Register, params: &Params) -> Result<Answer, Answer> {
    let names =
        ["company_name_includes", "company_status", "sic_codes", "incorporated_from", "size", "start_index"];
    known(params, &names)?;
    let (start, size) = page(params, ("size", 20, 5_000))?;
    let fits = |company: &&Company| {
        let sic = company.profile.get("sic_codes").and_then(Value::as_array).cloned().unwrap_or_default();
        let within = |name: &str, test: &dyn Fn(&str) -> bool| params.opt(name).is_none_or(test);
        within("company_name_includes", &|word| {
            text(company, "company_name").to_lowercase().contains(&word.to_lowercase())
        }) && within("company_status", &|list| {
            list.split(',').any(|one| one == text(company, "company_status"))
        }) && within("sic_codes", &|list| list.split(',').any(|one| sic.iter().any(|code| code == one)))
            && within("incorporated_from", &|date| text(company, "date_of_creation") >= date)
    };
    let found: Vec<Value> = register.companies().filter(fits).map(advanced_hit).collect();
    let Some(top) = found.first() else { return Err(refusal::not_found("companies")) };
    let items: Vec<&Value> = found.iter().skip(start).take(size).collect();
    Ok(Answer::json(
        200,
        &json!({
            "kind": "search#advanced-search", "top_hit": top, "items": items, "hits": found.len(),
            "etag": etag(&json!(found)),
        }),
    ))
}

fn advanced_hit(company: &Company) -> Value {
    let number = text(company, "company_number");
    let sic = company.profile.get("sic_codes").cloned().unwrap_or_default();
    json!({
        "kind": "search-results#company", "company_name": text(company, "company_name"), "company_number": number,
        "company_status": text(company, "company_status"), "company_type": text(company, "type"),
        "date_of_creation": text(company, "date_of_creation"), "sic_codes": sic,
        "links": {"company_profile": format!("/company/{number}")},
    })
}
