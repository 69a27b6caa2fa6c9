//! The inputs of the fuzz targets on a stable compiler: every seed, and seeds changed by chance.

use std::fs;
use std::path::Path;

use proptest::prelude::{any, prop};
use proptest::test_runner::{Config, TestRunner};

use super::ports;

#[path = "../../fuzz/src/inputs.rs"]
mod inputs;

const SEEDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/seeds");
const PROVIDERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../infrastructure/src/connectors/providers");

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let files = fs::read_dir(Path::new(SEEDS).join(target)).unwrap().map(|entry| entry.unwrap().path());
    let seeds: Vec<Vec<u8>> = files.map(|file| fs::read(file).unwrap()).collect();
    assert!(!seeds.is_empty(), "{target} has no seeds");
    seeds
}

/// Every seed as it is, then `times` of them with some bytes changed, taken away, or doubled.
fn shaken(seeds: &[Vec<u8>], times: u32, work: fn(&[u8])) {
    for seed in seeds {
        work(seed);
    }
    let change = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>(), 0..4_u8);
    let changes = (any::<prop::sample::Index>(), prop::collection::vec(change, 1..8));
    let mut runner = TestRunner::new(Config { cases: times, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&changes, |(seed, changes)| {
        let mut bytes = seed.get(seeds).clone();
        for (at, to, byte, how) in changes {
            if bytes.is_empty() {
                break;
            }
            let (at, to) = (at.index(bytes.len()), to.index(bytes.len()));
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => drop(bytes.drain(at.min(to)..at.max(to))),
                _ => bytes.extend_from_within(at.min(to)..at.max(to)),
            }
        }
        work(&bytes);
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn no_manifest_breaks_the_checker() {
    let mut seeds = seeds("manifest");
    for provider in fs::read_dir(PROVIDERS).unwrap() {
        seeds.push(fs::read(provider.unwrap().path().join("manifest.toml")).unwrap());
    }
    shaken(&seeds, 200, inputs::manifest);
}

#[test]
fn no_expression_breaks_its_limits() {
    shaken(&seeds("expression"), 2_000, inputs::expression);
}

#[test]
fn no_delivery_breaks_a_verifier_or_is_taken_without_a_signature() {
    shaken(&seeds("webhook"), 500, inputs::webhook);
}

#[test]
fn no_cursor_link_or_page_breaks_the_reader() {
    shaken(&seeds("page"), 500, inputs::page);
}
