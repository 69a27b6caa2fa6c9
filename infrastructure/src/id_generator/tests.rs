use std::sync::Arc;
use std::time::Duration;

use application::ports::id_generator::IdGenerator;
use chrono::DateTime;
use uuid::{Uuid, Variant, Version};

use super::{SeededIds, SystemIds};
use crate::clock::ManualClock;

fn clock() -> ManualClock {
    ManualClock::new(DateTime::from_timestamp_millis(1_790_000_000_123).unwrap())
}

#[test]
fn ids_are_version_7_and_carry_the_clocks_milliseconds() {
    let id = SystemIds::new(Arc::new(clock())).next();
    assert_eq!(id.get_version(), Some(Version::SortRand));
    assert_eq!(id.get_variant(), Variant::RFC4122);
    assert_eq!(id.as_u128() >> 80, 1_790_000_000_123);
}

#[test]
fn ids_rise_within_a_millisecond_and_over_many() {
    let clock = clock();
    let ids = SystemIds::new(Arc::new(clock.clone()));
    let mut all = Vec::new();
    for round in 0..20_000 {
        if round % 7 == 0 {
            clock.advance(Duration::from_micros(300));
        }
        all.push(ids.next());
    }
    assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn random_bytes_differ_from_call_to_call() {
    let ids = SystemIds::new(Arc::new(clock()));
    let (mut one, mut two) = ([0_u8; 32], [0_u8; 32]);
    ids.random(&mut one);
    ids.random(&mut two);
    assert_ne!(one, two);
}

#[test]
fn a_seed_gives_the_same_ids_again_in_rising_order() {
    let sequence = |seed| -> Vec<Uuid> {
        let ids = SeededIds::new(seed);
        (0..100).map(|_| ids.next()).collect()
    };
    assert_eq!(sequence(1), sequence(1));
    assert_ne!(sequence(1), sequence(2));
    assert!(sequence(1).windows(2).all(|pair| pair[0] < pair[1]));
    assert!(sequence(1).iter().all(|id| id.get_version() == Some(Version::SortRand)));
}

#[test]
fn seeded_bytes_fill_any_length() {
    let (mut one, mut two) = ([0_u8; 70], [0_u8; 70]);
    SeededIds::new(7).random(&mut one);
    SeededIds::new(7).random(&mut two);
    assert_eq!(one, two);
    assert_ne!(one[..32], one[32..64]);
}
