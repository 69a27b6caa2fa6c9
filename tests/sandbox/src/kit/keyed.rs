//! Ids, tokens and words made from a seed: the same run makes the same ones.

use crate::faults::mix;

/// A seeded sequence of ids.
#[derive(Clone, Debug)]
pub struct Ids {
    seed: u64,
    made: u64,
}

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

impl Ids {
    /// The sequence of `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed, made: 0 }
    }

    /// How many were made; the next makes one more.
    pub fn made(&self) -> u64 {
        self.made
    }

    fn pair(&mut self) -> (u64, u64) {
        self.made += 1;
        (mix(self.seed ^ mix(self.made)), mix(mix(self.seed) ^ self.made))
    }

    /// A well mixed number.
    pub fn number(&mut self) -> u64 {
        self.pair().0
    }

    /// A UUID of version 4 in lower case with dashes.
    pub fn uuid(&mut self) -> String {
        let (high, low) = self.pair();
        uuid::Builder::from_random_bytes((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
            .into_uuid()
            .to_string()
    }

    /// The prefix, the running number and 32 hexadecimal digits: for tokens and codes.
    pub fn word(&mut self, prefix: &str) -> String {
        let (high, low) = self.pair();
        format!("{prefix}{}{high:016x}{low:016x}", self.made)
    }

    /// The prefix and `length` letters and digits.
    pub fn base62(&mut self, prefix: &str, length: usize) -> String {
        let mut text = String::from(prefix);
        let mut left = 0;
        for place in 0..length {
            if place % 10 == 0 {
                left = self.number();
            }
            let digit = usize::try_from(left % 62).unwrap_or_default();
            text.push(char::from(BASE62[digit]));
            left /= 62;
        }
        text
    }

    /// `digits` decimal digits, the first not 0.
    pub fn digits(&mut self, digits: usize) -> String {
        let mut text = String::new();
        while text.len() < digits {
            let number = self.number() % 1_000_000_000 + 1_000_000_000;
            text.push_str(&number.to_string());
        }
        text.truncate(digits);
        text
    }
}
