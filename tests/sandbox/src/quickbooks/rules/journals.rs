//! Journal entries: debits equal credits, and who stands behind what is owed.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::lines::number_lines;
use super::{Subject, check_reference, complete_account, complete_currency, documents};
use crate::quickbooks::clock::parse_date;
use crate::quickbooks::decimals::{Object, cents, decimal, items_of, number, reference, text_of};
use crate::quickbooks::faultbody::Refusal;
use crate::quickbooks::kind::Kind;
use crate::quickbooks::store::Company;

pub(super) fn complete(company: &Company, subject: Subject<'_>, draft: &mut Object) -> Result<(), Refusal> {
    complete_currency(company, draft)?;
    let (mut debits, mut credits) = (Decimal::ZERO, Decimal::ZERO);
    let mut kept = Vec::new();
    for line in items_of(draft, "Line").iter().filter_map(Value::as_object) {
        match text_of(line, "DetailType") {
            "" => return Err(Refusal::missing("Line.DetailType")),
            "JournalEntryLineDetail" => {
                let (line, amount) = posting(company, line)?;
                match line["JournalEntryLineDetail"]["PostingType"].as_str() {
                    Some("Debit") => debits += amount,
                    _ => credits += amount,
                }
                kept.push(line);
            }
            "DescriptionOnly" => kept.push(line.clone()),
            other => return Err(Refusal::not_modelled(format!("lines of type {other}"))),
        }
    }
    if kept.is_empty() {
        return Err(Refusal::missing("Line"));
    }
    if debits != credits {
        return Err(Refusal::business("Total debits and total credits of a journal entry must be equal."));
    }
    number_lines(subject, &mut kept);
    draft.insert("Line".into(), kept.into_iter().map(Value::Object).collect());
    draft.insert("TotalAmt".into(), number(debits));
    draft.entry("Adjustment").or_insert(Value::Bool(false));
    let date = parse_date(text_of(draft, "TxnDate")).unwrap_or_else(|| company.clock.today());
    draft.insert("TxnDate".into(), Value::from(date.to_string()));
    documents::check_number(company, subject, text_of(draft, "DocNumber"))
}

fn posting(company: &Company, line: &Object) -> Result<(Object, Decimal), Refusal> {
    let mut line = line.clone();
    let amount = line.get("Amount").and_then(decimal).ok_or_else(|| Refusal::missing("Line.Amount"))?;
    let amount = cents(amount);
    if amount < Decimal::ZERO {
        return Err(Refusal::business("The amount of a journal line must be 0 or greater."));
    }
    let Some(Value::Object(mut detail)) = line.remove("JournalEntryLineDetail") else {
        return Err(Refusal::missing("Line.JournalEntryLineDetail"));
    };
    if text_of(&detail, "PostingType").is_empty() {
        return Err(Refusal::missing("Line.JournalEntryLineDetail.PostingType"));
    }
    let path = "Line.JournalEntryLineDetail.AccountRef";
    complete_account(company, &mut detail, ("AccountRef", path), &[])?;
    check_reference(company, &detail, "ClassRef", Kind::Class)?;
    check_reference(company, &detail, "TaxCodeRef", Kind::TaxCode)?;
    complete_party(company, &mut detail)?;
    line.insert("Amount".into(), number(amount));
    line.insert("JournalEntryLineDetail".into(), Value::Object(detail));
    Ok((line, amount))
}

/// What is receivable is somebody's, what is payable is owed to somebody.
fn complete_party(company: &Company, detail: &mut Object) -> Result<(), Refusal> {
    let account = reference(detail, "AccountRef").and_then(|id| company.usable(Kind::Account, id));
    let wanted = match account.map(|row| text_of(&row.body, "AccountType")) {
        Some("Accounts Receivable") => Some(Kind::Customer),
        Some("Accounts Payable") => Some(Kind::Vendor),
        _ => None,
    };
    let Some(Value::Object(mut party)) = detail.remove("Entity") else {
        return match wanted {
            Some(kind) => Err(Refusal::business(format!(
                "When you use {}, you must choose a {} in the Name field.",
                if kind == Kind::Customer { "Accounts Receivable" } else { "Accounts Payable" },
                kind.name().to_lowercase()
            ))),
            None => Ok(()),
        };
    };
    let kind = match text_of(&party, "Type") {
        "Customer" => Kind::Customer,
        "Vendor" => Kind::Vendor,
        "" => return Err(Refusal::missing("Line.JournalEntryLineDetail.Entity.Type")),
        other => return Err(Refusal::not_modelled(format!("journal lines of a {other}"))),
    };
    if wanted.is_some_and(|wanted| wanted != kind) {
        return Err(Refusal::business("The name on the line does not fit its account."));
    }
    let path = "Line.JournalEntryLineDetail.Entity.EntityRef";
    let id = reference(&party, "EntityRef").ok_or_else(|| Refusal::missing(path))?.to_owned();
    let row = company.usable(kind, &id).ok_or_else(|| Refusal::bad_reference(path, &id))?;
    let named = json!({"value": id, "name": text_of(&row.body, "DisplayName")});
    party.insert("EntityRef".into(), named);
    detail.insert("Entity".into(), Value::Object(party));
    Ok(())
}
