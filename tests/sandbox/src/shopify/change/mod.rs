//! Mutations.

mod addresses;
mod bulk;
mod companies;
mod customers;
mod drafts;
mod fulfilments;
mod idempotent;
mod inventory;
mod metafields;
mod money;
mod orders;
mod payments;
mod perform;
mod products;
mod refunds;
mod subscriptions;
mod tags;
mod variants;

pub(super) use idempotent::Kept;
pub(super) use metafields::identified;
pub(super) use perform::{Caller, Refusal, by_hand_delete, mutate};
