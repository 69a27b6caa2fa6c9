//! Companies (B2B).

use serde_json::json;

use super::perform::{Caller, Outcome, coded, input, payload};
use crate::kit::decimals::{Object, text_of};
use crate::shopify::keys;
use crate::shopify::store::Shop;

pub(super) fn perform(shop: &mut Shop, caller: &Caller, name: &str, args: &Object) -> Outcome {
    match name {
        "companyCreate" => create(shop, caller, args),
        "companyUpdate" => update(shop, args),
        _ => delete(shop, args),
    }
}

fn create(shop: &mut Shop, caller: &Caller, args: &Object) -> Outcome {
    let mut fields = input(&input(args, "input"), "company");
    if text_of(&fields, "name").trim().is_empty() {
        return Err(coded("input.company.name", "BLANK", "Name can't be blank"));
    }
    free(shop, None, &fields)?;
    let now = shop.now();
    fields.entry("customerSince").or_insert_with(|| json!(now));
    let gid = shop.insert("Company", fields);
    keys::count_create(shop, caller, &gid);
    shop.tell("COMPANIES_CREATE", &gid);
    Ok(payload("company", gid))
}

fn update(shop: &mut Shop, args: &Object) -> Outcome {
    let gid = text_of(args, "companyId").to_owned();
    let fields = input(args, "input");
    if shop.body_of("Company", &gid).is_none() {
        return Err(coded("companyId", "RESOURCE_NOT_FOUND", "Resource requested does not exist."));
    }
    free(shop, Some(&gid), &fields)?;
    shop.merge(&gid, fields);
    shop.tally.note("updates");
    shop.tell("COMPANIES_UPDATE", &gid);
    Ok(payload("company", gid))
}

fn delete(shop: &mut Shop, args: &Object) -> Outcome {
    let gid = text_of(args, "id").to_owned();
    if shop.body_of("Company", &gid).is_none() {
        return Err(coded("id", "RESOURCE_NOT_FOUND", "Resource requested does not exist."));
    }
    shop.remove(&gid);
    shop.tally.note("deletes");
    shop.tell_gone("COMPANIES_DELETE", &gid);
    Ok(payload("deletedCompanyId", gid))
}

/// External ids are unique.
fn free(shop: &Shop, own: Option<&str>, fields: &Object) -> Result<(), super::Refusal> {
    let wanted = text_of(fields, "externalId");
    let is_holder = |row: &crate::shopify::store::Row| {
        text_of(&row.body, "externalId") == wanted && Some(text_of(&row.body, "id")) != own
    };
    if !wanted.is_empty() && shop.rows("Company").any(|(_, row)| is_holder(row)) {
        return Err(coded("input.externalId", "TAKEN", "External id has already been taken"));
    }
    Ok(())
}
