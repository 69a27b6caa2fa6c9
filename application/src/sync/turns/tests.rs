//! Places are never more than there are, and never lost.

use futures::FutureExt as _;
use futures::executor::block_on;

use super::Turns;

#[test]
fn a_lane_has_as_many_places_as_it_is_wide() {
    let turns = Turns::default();
    let first = block_on(turns.take("a", 2));
    let _second = block_on(turns.take("a", 2));
    let mut third = std::pin::pin!(turns.take("a", 2));
    assert!(third.as_mut().now_or_never().is_none(), "both places are taken");
    assert!(turns.take("b", 1).now_or_never().is_some(), "another lane has its own");
    drop(first);
    assert!(third.now_or_never().is_some(), "the free place goes to who waited");
}

#[test]
fn a_place_handed_to_somebody_who_gave_up_goes_to_the_next_one() {
    let turns = Turns::default();
    let first = block_on(turns.take("a", 1));
    let mut gives_up = Box::pin(turns.take("a", 1));
    let mut patient = std::pin::pin!(turns.take("a", 1));
    assert!(gives_up.as_mut().now_or_never().is_none());
    assert!(patient.as_mut().now_or_never().is_none());
    drop(first);
    drop(gives_up);
    assert!(patient.now_or_never().is_some());
    assert!(turns.take("a", 1).now_or_never().is_some(), "and is free again in the end");
}
