//! What is owed: customers' balances, and what payments take off each transaction.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::company::{Company, key_of_id};
use crate::quickbooks::decimals::{Object, amount_of, reference};
use crate::quickbooks::kind::Kind;

impl Company {
    /// What a customer owes: invoices less credit memos less unapplied payments.
    pub(crate) fn balance_of(&self, customer: u64) -> Decimal {
        self.balances.get(&customer).copied().unwrap_or_default()
    }

    /// Adds (or takes away) a transaction's part in its customer's balance.
    pub(super) fn shift_balance(&mut self, kind: Kind, body: &Object, add: bool) {
        let part = match kind {
            Kind::Invoice => amount_of(body, "Balance"),
            Kind::CreditMemo => -amount_of(body, "RemainingCredit"),
            Kind::Payment => -amount_of(body, "UnappliedAmt"),
            _ => return,
        };
        let Some(customer) = reference(body, "CustomerRef").and_then(key_of_id) else { return };
        let balance = self.balances.entry(customer).or_default();
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
