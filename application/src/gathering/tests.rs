use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::FutureExt as _;
use futures::channel::oneshot;
use futures::executor::block_on;
use futures::future::join_all;

use super::Gathering;

#[test]
fn who_comes_while_a_group_is_worked_on_is_in_the_next_one_and_each_gets_its_own_answer() {
    let (gathering, groups) = (Gathering::default(), AtomicUsize::new(0));
    let double = |items: Vec<Arc<u64>>| {
        groups.fetch_add(1, Ordering::SeqCst);
        // Is polled once more before it is done, so that the others come meanwhile.
        let mut yielded = false;
        std::future::poll_fn(move |context| {
            if std::mem::replace(&mut yielded, true) {
                return std::task::Poll::Ready(items.iter().map(|item| **item * 2).collect());
            }
            context.waker().wake_by_ref();
            std::task::Poll::Pending
        })
    };
    let answers = block_on(join_all((0..200).map(|number| gathering.join(number, double))));
    assert_eq!(answers, (0..200).map(|number| Some(number * 2)).collect::<Vec<_>>());
    assert_eq!(groups.load(Ordering::SeqCst), 2, "the first alone, then everybody else");
}

#[test]
fn one_who_works_for_others_and_is_dropped_leaves_nobody_behind() {
    let gathering: Gathering<&str, String> = Gathering::default();
    let (go, gate) = oneshot::channel::<()>();
    let gate = gate.shared();
    let slow = |items: Vec<Arc<&'static str>>| {
        gate.clone().map(move |_| items.iter().map(|item| format!("slow {item}")).collect())
    };
    let never = |_: Vec<Arc<&'static str>>| std::future::pending::<Vec<String>>();
    let quick =
        |items: Vec<Arc<&'static str>>| std::future::ready(items.iter().map(ToString::to_string).collect());
    // given: one works, two wait
    let mut first = Box::pin(gathering.join("a", slow));
    assert!((&mut first).now_or_never().is_none());
    let mut second = Box::pin(gathering.join("b", never));
    let mut third = Box::pin(gathering.join("c", quick));
    assert!((&mut second).now_or_never().is_none() && (&mut third).now_or_never().is_none());
    go.send(()).unwrap();
    assert_eq!(block_on(first), Some("slow a".to_owned()));
    // when: the second takes its turn for both and does not come back
    assert!((&mut second).now_or_never().is_none());
    drop(second);
    // then
    assert_eq!(block_on(third), Some("c".to_owned()));
}
