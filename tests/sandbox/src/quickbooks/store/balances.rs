//! What is owed: the balances of customers and vendors, and what payments take off each transaction.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::company::{Company, key_of_id};
use crate::quickbooks::decimals::{Object, amount_of, items_of, reference};
use crate::quickbooks::kind::Kind;

impl Company {
    /// What a customer owes (invoices less credit memos less unapplied payments), or what a vendor is owed (bills less
    /// what payments have left).
    pub(crate) fn balance_of(&self, name: u64) -> Decimal {
        self.balances.get(&name).copied().unwrap_or_default()
    }

    /// Adds (or takes away) a transaction's part in the balance of its customer or vendor.
    pub(super) fn shift_balance(&mut self, kind: Kind, body: &Object, add: bool) {
        let part = match kind {
            Kind::Invoice | Kind::Bill => amount_of(body, "Balance"),
            Kind::CreditMemo => -amount_of(body, "RemainingCredit"),
            Kind::Payment => -amount_of(body, "UnappliedAmt"),
            Kind::BillPayment => -unapplied(body),
            _ => return,
        };
        // Ids of customers and vendors come from one sequence.
        let name = reference(body, "CustomerRef").or_else(|| reference(body, "VendorRef"));
        let Some(name) = name.and_then(key_of_id) else { return };
        let balance = self.balances.entry(name).or_default();
        *balance += if add { part } else { -part };
    }

    /// The payments on a transaction with what each applies.
    pub(crate) fn applied_to(&self, txn: u64) -> BTreeMap<u64, Decimal> {
        self.applied.get(&txn).cloned().unwrap_or_default()
    }

    /// What all payments apply to a transaction, one payment left out.
    pub(crate) fn applied_sum(&self, txn: u64, except: Option<u64>) -> Decimal {
        self.applied.get(&txn).map_or(Decimal::ZERO, |by| {
            by.iter().filter(|(payment, _)| Some(**payment) != except).map(|(_, amount)| *amount).sum()
        })
    }

    /// Notes that `payment` applies `amount` to `txn`.
    pub(crate) fn apply_payment(&mut self, txn: u64, payment: u64, amount: Decimal) {
        *self.applied.entry(txn).or_default().entry(payment).or_default() += amount;
    }

    /// Forgets what `payment` applies to `txn`.
    pub(crate) fn unapply_payment(&mut self, txn: u64, payment: u64) {
        if let Some(by) = self.applied.get_mut(&txn) {
            by.remove(&payment);
            if by.is_empty() {
                self.applied.remove(&txn);
            }
        }
    }
}

/// What a bill payment has left after its lines.
fn unapplied(payment: &Object) -> Decimal {
    let lines = items_of(payment, "Line").iter().filter_map(serde_json::Value::as_object);
    amount_of(payment, "TotalAmt") - lines.map(|line| amount_of(line, "Amount")).sum::<Decimal>()
}
