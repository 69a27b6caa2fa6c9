//! UUIDv7 from the clock and the system's randomness.

use std::sync::{Arc, Mutex};

use application::ports::clock::Clock;
use application::ports::id_generator::IdGenerator;
use uuid::Uuid;

/// Bits of a UUIDv7 below its time (RFC 9562, section 5.7): `rand_a` (12) and `rand_b` (62).
const TAIL_BITS: u32 = 74;

/// Ids that never go back within one process, even when the clock does (RFC 9562, section 6.2, method 2).
pub struct SystemIds {
    clock: Arc<dyn Clock>,
    last: Mutex<Stamp>,
}

/// What makes an id: milliseconds since 1970 and the 74 bits below them.
#[derive(Clone, Copy, Default)]
pub(super) struct Stamp {
    pub(super) millis: u64,
    pub(super) tail: u128,
}

impl Stamp {
    /// The id: time, version 7, `rand_a`, variant, `rand_b`.
    pub(super) fn id(self) -> Uuid {
        let head = u128::from(self.millis) << 80 | 0x7 << 76 | (self.tail >> 62) << 64;
        Uuid::from_u128(head | 0b10 << 62 | self.tail & ((1 << 62) - 1))
    }

    fn after(self, millis: u64) -> Self {
        if millis > self.millis {
            // The top bit stays free, so that counting on within the millisecond has room.
            return Self { millis, tail: random_bits(10) & ((1 << (TAIL_BITS - 1)) - 1) };
        }
        let tail = self.tail + 1 + random_bits(4);
        if tail >> TAIL_BITS == 0 { Self { tail, ..self } } else { self.after(self.millis + 1) }
    }
}

impl SystemIds {
    /// Ids dated by `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, last: Mutex::default() }
    }
}

impl IdGenerator for SystemIds {
    fn next(&self) -> Uuid {
        let millis = u64::try_from(self.clock.now().timestamp_millis()).unwrap_or_default();
        let mut last = self.last.lock().expect("no holder of this lock panics");
        *last = last.after(millis);
        last.id()
    }

    fn random(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the system's random source works or nothing does");
    }
}

fn random_bits(bytes: usize) -> u128 {
    let mut buffer = [0_u8; 16];
    let filled = aws_lc_rs::rand::fill(&mut buffer[..bytes]);
    filled.expect("the system's random source works or nothing does");
    u128::from_le_bytes(buffer)
}
