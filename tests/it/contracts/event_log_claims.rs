//! Claims: at most one stream holds each, decided in the append.

use application::ports::event_log::{ClaimWrite, Claimed, EventLog, Recognised, Refused, Unit};
use domain::claim::ClaimKind;

use super::event_log::{append, claiming, key, logs, record, release, retag, take, unit, unit_of};

#[expect(clippy::unnecessary_wraps, reason = "compared with what may be none")]
fn held(id: &str, tag: Option<u8>) -> Option<Claimed> {
    Some(Claimed { stream: record(id), tag: tag.map(|byte| [byte; 16]) })
}

fn taken(remote_id: &str, owner: &str) -> Refused {
    Refused::ClaimTaken { kind: ClaimKind::RemoteId, key: key(remote_id), owner: record(owner) }
}

#[tokio::test]
async fn a_taken_claim_is_refused_to_others_and_nothing_of_their_unit_is_stored() {
    for log in logs().await {
        log.must(claiming("a", 0, vec![take("1", Some([1; 16])), take("2", None)])).await;
        let refused = log.append(claiming("b", 0, vec![take("3", None), take("2", None)])).await;
        assert_eq!(refused, Err(taken("2", "a")), "{}", log.name);
        assert_eq!(log.head_of("b").await, 0, "{}", log.name);
        let found = log.log.claimed(&[key("3"), key("2"), key("1")]).await.unwrap();
        assert_eq!(found, [None, held("a", None), held("a", Some(1))], "{}", log.name);
    }
}

#[tokio::test]
async fn what_is_seen_again_is_recognised_by_its_tag() {
    for log in logs().await {
        log.must(claiming("a", 0, vec![take("1", Some([1; 16])), take("2", Some([2; 16]))])).await;
        log.must(claiming("b", 0, vec![take("3", None)])).await;
        let asked = [
            ("2", Some([2; 16])),
            ("0", Some([1; 16])),
            ("1", Some([2; 16])),
            ("3", Some([1; 16])),
            ("1", None),
            ("3", None),
        ];
        let asked = asked.map(|(id, tag)| (key(id), tag)).to_vec();
        let changed = |id, tag| Recognised::Changed(held(id, tag).unwrap());
        let expected = [
            Recognised::Same,
            Recognised::Not,
            changed("a", Some(1)),
            changed("b", None),
            changed("a", Some(1)),
            changed("b", None),
        ];
        assert_eq!(log.log.recognise(asked).await.unwrap(), expected, "{}", log.name);
        assert!(log.log.recognise(Vec::new()).await.unwrap().is_empty(), "{}", log.name);
    }
}

#[tokio::test]
async fn two_callers_wanting_one_claim_one_gets_it_and_the_other_learns_who() {
    for log in logs().await {
        let want = |id| log.append(claiming(id, 0, vec![take("1", None)]));
        let (one, two) = tokio::join!(want("a"), want("b"));
        match (one, two) {
            (Ok(_), Err(refused)) => assert_eq!(refused, taken("1", "a"), "{}", log.name),
            (Err(refused), Ok(_)) => assert_eq!(refused, taken("1", "b"), "{}", log.name),
            both => panic!("{}: {both:?}", log.name),
        }
    }
}

#[tokio::test]
async fn a_released_claim_is_free_for_the_next_in_the_same_call() {
    for log in logs().await {
        log.must(claiming("a", 0, vec![take("1", Some([1; 16]))])).await;
        let units = vec![
            claiming("a", 1, vec![release("1")]),
            claiming("b", 0, vec![take("1", Some([2; 16]))]),
            claiming("c", 0, vec![take("1", None)]),
        ];
        let answers = log.log.append(units).await.unwrap();
        assert!(answers[0].is_ok() && answers[1].is_ok(), "{}: {answers:?}", log.name);
        assert_eq!(answers[2], Err(taken("1", "b")), "{}", log.name);
        assert_eq!(log.log.claimed(&[key("1")]).await.unwrap(), [held("b", Some(2))], "{}", log.name);
    }
}

#[tokio::test]
async fn one_unit_may_hand_a_claim_from_one_stream_to_another() {
    for log in logs().await {
        log.must(claiming("a", 0, vec![take("1", None)])).await;
        let hand_over = |from: &str, to: &str, at| Unit {
            claims: vec![
                ClaimWrite { stream: record(from), change: release("1") },
                ClaimWrite { stream: record(to), change: take("1", Some([3; 16])) },
            ],
            ..unit_of(vec![append(from, at, 1), append(to, 0, 1)])
        };
        log.must(hand_over("a", "b", 1)).await;
        assert_eq!(log.log.claimed(&[key("1")]).await.unwrap(), [held("b", Some(3))], "{}", log.name);
        // The other way round it is taken before it is given up.
        let claims = hand_over("b", "c", 1).claims.into_iter().rev().collect();
        let refused = log.append(Unit { claims, ..hand_over("b", "c", 1) }).await;
        assert_eq!(refused, Err(taken("1", "b")), "{}", log.name);
    }
}

#[tokio::test]
async fn a_claim_taken_and_released_in_one_unit_leaves_no_trace() {
    for log in logs().await {
        log.must(claiming("a", 0, vec![take("1", None), release("1")])).await;
        assert_eq!(log.log.claimed(&[key("1")]).await.unwrap(), [None], "{}", log.name);
        log.must(claiming("b", 0, vec![take("1", None), retag("1", [4; 16])])).await;
        assert_eq!(log.log.claimed(&[key("1")]).await.unwrap(), [held("b", Some(4))], "{}", log.name);
    }
}

#[tokio::test]
async fn taking_what_one_holds_is_no_conflict_and_sets_the_tag() {
    for log in logs().await {
        log.must(claiming("a", 0, vec![take("1", None)])).await;
        log.must(claiming("a", 1, vec![take("1", Some([5; 16]))])).await;
        assert_eq!(log.log.claimed(&[key("1")]).await.unwrap(), [held("a", Some(5))], "{}", log.name);
    }
}

#[tokio::test]
async fn a_new_tag_reaches_the_holders_claim_and_no_other() {
    for log in logs().await {
        log.must(claiming("a", 0, vec![take("1", Some([1; 16]))])).await;
        log.must(claiming("a", 1, vec![retag("1", [2; 16])])).await;
        assert_eq!(log.log.claimed(&[key("1")]).await.unwrap(), [held("a", Some(2))], "{}", log.name);
        // A tag update that touches no row: held by another.
        let refused = log.append(claiming("b", 0, vec![retag("1", [3; 16])])).await;
        assert_eq!(refused, Err(taken("1", "a")), "{}", log.name);
        assert_eq!(log.head_of("b").await, 0, "{}", log.name);
        // Or by nobody: then it is the holder's from now on.
        log.must(claiming("b", 0, vec![retag("2", [3; 16])])).await;
        let found = log.log.claimed(&[key("1"), key("2")]).await.unwrap();
        assert_eq!(found, [held("a", Some(2)), held("b", Some(3))], "{}", log.name);
    }
}

#[tokio::test]
async fn releasing_what_another_holds_releases_nothing() {
    for log in logs().await {
        log.must(claiming("a", 0, vec![take("1", None)])).await;
        log.must(claiming("b", 0, vec![release("1"), release("2")])).await;
        assert_eq!(
            log.log.claimed(&[key("1"), key("2")]).await.unwrap(),
            [held("a", None), None],
            "{}",
            log.name
        );
    }
}

#[tokio::test]
async fn one_taken_claim_among_many_units_refuses_that_unit_alone() {
    for log in logs().await {
        log.must(claiming("owner", 0, vec![take("37", None)])).await;
        let wanting = |number: usize| claiming(&number.to_string(), 0, vec![take(&number.to_string(), None)]);
        let answers = log.log.append((0..100).map(wanting).collect()).await.unwrap();
        let refused: Vec<_> = answers.iter().enumerate().filter(|(_, answer)| answer.is_err()).collect();
        assert_eq!(refused, [(37, &Err(taken("37", "owner")))], "{}", log.name);
        assert_eq!(log.log.list_claims(None, 1_000).await.unwrap().len(), 100, "{}", log.name);
    }
}

#[tokio::test]
async fn claims_are_listed_in_order_page_by_page_and_may_be_replaced_as_a_whole() {
    for log in logs().await {
        for id in ["a", "b", "c", "d"] {
            log.must(claiming(id, 0, vec![take(id, None)])).await;
        }
        let first = log.log.list_claims(None, 3).await.unwrap();
        assert_eq!(
            first.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>(),
            [key("a"), key("b"), key("c")]
        );
        let rest = log.log.list_claims(Some(&first[2].0), 3).await.unwrap();
        assert_eq!(rest, [(key("d"), held("d", None).unwrap())], "{}", log.name);
        let rebuilt = vec![(key("x"), held("a", Some(9)).unwrap()), (key("y"), held("b", None).unwrap())];
        log.log.replace_claims(rebuilt.clone()).await.unwrap();
        assert_eq!(log.log.list_claims(None, 10).await.unwrap(), rebuilt, "{}", log.name);
        log.must(claiming("e", 0, vec![take("a", None)])).await;
    }
}

#[tokio::test]
async fn claims_of_another_process_are_seen_by_the_append() {
    for log in logs().await {
        let another = log.another().await;
        another.append(vec![claiming("a", 0, vec![take("1", None)])]).await.unwrap().remove(0).unwrap();
        assert_eq!(
            log.append(claiming("b", 0, vec![take("1", None)])).await,
            Err(taken("1", "a")),
            "{}",
            log.name
        );
        another.append(vec![claiming("a", 1, vec![release("1")])]).await.unwrap().remove(0).unwrap();
        log.must(claiming("b", 0, vec![take("1", None)])).await;
        let refused = another.append(vec![claiming("a", 2, vec![take("1", None)])]).await.unwrap().remove(0);
        assert_eq!(refused, Err(taken("1", "b")), "{}", log.name);
        log.must(unit("b", 1)).await;
    }
}
