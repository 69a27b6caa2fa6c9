//! The same ids in every run.

use std::sync::atomic::{AtomicU64, Ordering};

use application::ports::id_generator::IdGenerator;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::system::Stamp;

/// 2026-01-01T00:00:00Z, in milliseconds.
const FIRST_MILLIS: u64 = 1_767_225_600_000;

/// Ids and bytes that follow from a seed, for tests and the demo's repeatable data. Not random: no secret may come
/// from here.
#[derive(Debug)]
pub struct SeededIds {
    seed: u64,
    drawn: AtomicU64,
}

impl SeededIds {
    /// The sequence of `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: AtomicU64::new(0) }
    }

    fn block(&self, number: u64, part: u64) -> [u8; 32] {
        let digest = Sha256::new().chain_update(self.seed.to_le_bytes()).chain_update(number.to_le_bytes());
        digest.chain_update(part.to_le_bytes()).finalize().into()
    }

    fn draw(&self) -> u64 {
        self.drawn.fetch_add(1, Ordering::Relaxed)
    }
}

impl IdGenerator for SeededIds {
    fn next(&self) -> Uuid {
        let number = self.draw();
        let block = self.block(number, 0);
        let bits: [u8; 16] = block[..16].try_into().expect("a block has 32 bytes");
        let tail = u128::from_le_bytes(bits) & ((1 << 74) - 1);
        Stamp { millis: FIRST_MILLIS + number, tail }.id()
    }

    fn random(&self, bytes: &mut [u8]) {
        let number = self.draw();
        for (part, chunk) in (1..).zip(bytes.chunks_mut(32)) {
            chunk.copy_from_slice(&self.block(number, part)[..chunk.len()]);
        }
    }
}
