//! Sends the calls of a group and records what became of them. What is answered while outcomes are being stored is stored
//! together next: nobody waits for the slowest call, and many fast ones cost one append.

use std::collections::BTreeMap;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};

use super::context::Context;
use super::engine::Engine;
use super::outbound::{Outgoing, Results, Sent};
use super::outcome::asks_for_a_look;
use crate::ports::Unavailable;
use crate::ports::connector::{Connection, WriteOutcome};

/// Records of calls, each with what became of it.
type Outcomes = Vec<(Sent, WriteOutcome)>;

/// What ended.
enum Step {
    /// A call.
    Answered(Outcomes),
    /// Storing what was answered meanwhile.
    Stored(Result<(), Unavailable>),
    /// Storing what asked for a look at the provider first.
    Looked(Result<(), Unavailable>),
}

impl Engine {
    /// Sends every call, never twice, and records what became of each. Every call goes on to its end, also when the
    /// outcome of one cannot be stored.
    pub(super) async fn send(
        &self,
        context: &Context,
        connection: &dyn Connection,
        calls: Vec<Outgoing>,
        results: &Results<'_>,
    ) -> Result<(), Unavailable> {
        let calls = calls.into_iter().map(|call| self.call(context, connection, call));
        let mut under_way: FuturesUnordered<BoxFuture<'_, Step>> =
            calls.map(|call| call.map(Step::Answered).boxed()).collect();
        let record = |outcomes| self.record(context, outcomes, results);
        let (mut answered, mut storing, mut result) = (Outcomes::new(), false, Ok(()));
        while let Some(step) = under_way.next().await {
            match step {
                Step::Answered(outcomes) => {
                    let (look, plain): (Outcomes, Outcomes) =
                        outcomes.into_iter().partition(|(_, outcome)| asks_for_a_look(outcome));
                    answered.extend(plain);
                    if !look.is_empty() {
                        under_way.push(record(look).map(Step::Looked).boxed());
                    }
                }
                Step::Looked(stored) => result = result.and(stored),
                Step::Stored(stored) => (storing, result) = (false, result.and(stored)),
            }
            if !storing && !answered.is_empty() {
                storing = true;
                under_way.push(record(std::mem::take(&mut answered)).map(Step::Stored).boxed());
            }
        }
        result
    }

    async fn call(&self, context: &Context, connection: &dyn Connection, outgoing: Outgoing) -> Outcomes {
        let width = usize::try_from(context.provider.concurrency).unwrap_or(1);
        let lane = context.lane();
        let turn = self.turns.take(&lane, width).await;
        fail::fail_point!("before_call");
        let began = self.now();
        let answers = connection.send(&outgoing.call, outgoing.send_before).await;
        fail::fail_point!("after_call");
        drop(turn);
        self.pace.took(&lane, self.now() - began);
        with_outcomes(outgoing, answers)
    }
}

fn with_outcomes(outgoing: Outgoing, answers: Vec<(String, WriteOutcome)>) -> Outcomes {
    let mut by_item: BTreeMap<String, WriteOutcome> = answers.into_iter().collect();
    let records = outgoing.sent.into_iter().map(|sent| {
        let item = sent.pair.sync.state.open.as_ref().map(|open| open.begun.item.clone()).unwrap_or_default();
        let missing =
            || WriteOutcome::Unknown { reason: "the answer says nothing about this item".to_owned() };
        let outcome = by_item.remove(&item).unwrap_or_else(missing);
        (sent, outcome)
    });
    records.collect()
}
