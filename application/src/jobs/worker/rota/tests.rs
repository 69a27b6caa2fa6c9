//! Whose turn it is.

use chrono::{DateTime, TimeDelta, Utc};

use super::Rota;

fn at(millis: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::milliseconds(millis)
}

fn found(rota: &mut Rota, lanes: &[&str]) {
    rota.found(lanes.iter().map(|lane| (*lane).to_owned()).collect(), (at(0), at(0)));
}

/// Serves the next lane, which has more to do afterwards.
fn serve(rota: &mut Rota) -> String {
    let lane = rota.take().expect("there is somebody");
    rota.serve(&lane);
    rota.add(lane.clone());
    lane
}

#[test]
fn whoever_comes_waits_for_one_turn_of_the_others_at_most() {
    let mut rota = Rota::default();
    let names: Vec<String> = (0..1_000).map(|number| format!("lane-{number:04}")).collect();
    let mut served = Vec::new();
    // One after the other becomes known while those before them always have more to do.
    for name in &names {
        rota.add(name.clone());
        served.push(serve(&mut rota));
    }
    for _ in 0..3_000 {
        served.push(serve(&mut rota));
    }
    for (number, name) in names.iter().enumerate() {
        // Known before turn `number`, and at each of its own turns again.
        let turns: Vec<usize> = (0..served.len()).filter(|turn| served[*turn] == *name).collect();
        let mut since = number;
        for turn in turns {
            let mut others: Vec<&String> = served[since..turn].iter().collect();
            let count = others.len();
            others.sort();
            others.dedup();
            assert_eq!(others.len(), count, "{name} waited while somebody had two turns");
            since = turn + 1;
        }
    }
}

#[test]
fn a_lane_that_has_rested_has_its_place_again() {
    let mut rota = Rota::default();
    found(&mut rota, &["a", "b"]);
    let resting = rota.take().unwrap();
    rota.rest(resting, at(50));
    found(&mut rota, &["a", "b"]);
    assert_eq!((rota.len(), serve(&mut rota)), (1, "b".to_owned()));
    rota.wake(at(49));
    assert_eq!((serve(&mut rota), rota.next()), ("b".to_owned(), Some(at(50))));
    rota.wake(at(50));
    assert_eq!((serve(&mut rota), serve(&mut rota)), ("a".to_owned(), "b".to_owned()));
}

#[test]
fn looks_take_a_tenth_of_the_time_at_most_and_news_are_seen_then() {
    let mut rota = Rota::default();
    assert!(rota.wants_look(at(0)));
    rota.found(Vec::new(), (at(0), at(10)));
    rota.told();
    assert!(!rota.wants_look(at(109)));
    assert_eq!(rota.next(), Some(at(110)));
    assert!(rota.wants_look(at(110)));
    rota.found(Vec::new(), (at(110), at(111)));
    assert!(!rota.wants_look(at(359)), "nothing new");
    assert!(rota.wants_look(at(360)), "a time may have come");
}

#[test]
fn a_lane_whose_provider_refused_is_asked_for_little_and_then_for_more_again() {
    let mut rota = Rota::default();
    assert_eq!(rota.share("a", (128, 4)), 128);
    rota.refused("a");
    let shares: Vec<usize> = (0..7).map(|_| rota.share("a", (128, 4))).collect();
    assert_eq!(shares, [4, 8, 16, 32, 64, 128, 128]);
    rota.refused("a");
    assert_eq!((rota.share("a", (128, 0)), rota.share("b", (128, 4))), (1, 128));
}

#[test]
fn whose_last_turn_was_earlier_comes_first_however_late_it_is_known_that_it_has_more_to_do() {
    let mut rota = Rota::default();
    found(&mut rota, &["a", "b"]);
    let first = rota.take().unwrap();
    rota.serve(&first);
    assert_eq!(serve(&mut rota), "b");
    // The limit let nothing of it through, and that is known only now.
    rota.add(first);
    assert_eq!((serve(&mut rota), serve(&mut rota)), ("a".to_owned(), "b".to_owned()));
}

#[test]
fn a_lane_that_cannot_use_its_turn_keeps_its_place() {
    let mut rota = Rota::default();
    found(&mut rota, &["a", "b"]);
    let full = rota.take().unwrap();
    assert_eq!(serve(&mut rota), "b");
    rota.add(full);
    assert_eq!(serve(&mut rota), "a");
}
