//! Lines of a body that may be longer than memory.

use axum::body::{BodyDataStream, Bytes};
use futures::StreamExt as _;

use crate::http::body::BODY_LIMIT;

/// A line, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Its bytes, without the line break.
    Whole(Vec<u8>),
    /// It has more than 1 MiB; the rest of it is skipped.
    TooLong,
    /// The sender went away in the middle of it.
    Broken,
}

/// Reads lines from a body.
pub(super) struct Lines {
    stream: BodyDataStream,
    held: Vec<u8>,
    chunk: Bytes,
    skipping: bool,
    over: bool,
    number: u64,
}

impl Lines {
    /// The lines of `body`.
    pub(super) fn of(body: axum::body::Body) -> Self {
        let (held, chunk) = (Vec::new(), Bytes::new());
        Self { stream: body.into_data_stream(), held, chunk, skipping: false, over: false, number: 0 }
    }

    /// The next line that is not empty, with its number from 1; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<(u64, Line)> {
        loop {
            let line = self.next_line().await?;
            self.number += 1;
            match line {
                Line::Whole(bytes) if bytes.iter().all(u8::is_ascii_whitespace) => {}
                line => return Some((self.number, line)),
            }
        }
    }

    async fn next_line(&mut self) -> Option<Line> {
        loop {
            if let Some(end) = self.chunk.iter().position(|byte| *byte == b'\n') {
                let part = self.chunk.split_to(end + 1);
                return Some(self.finish(&part[..end]));
            }
            let part = std::mem::take(&mut self.chunk);
            self.hold(&part);
            if self.over {
                return (!self.held.is_empty() || self.skipping).then(|| self.finish(&[]));
            }
            match self.stream.next().await {
                Some(Ok(chunk)) => self.chunk = chunk,
                Some(Err(_)) => {
                    self.over = true;
                    self.held.clear();
                    return Some(Line::Broken);
                }
                None => self.over = true,
            }
        }
    }

    fn hold(&mut self, part: &[u8]) {
        if self.held.len() + part.len() > BODY_LIMIT {
            self.skipping = true;
            self.held.clear();
        }
        if !self.skipping {
            self.held.extend_from_slice(part);
        }
    }

    fn finish(&mut self, part: &[u8]) -> Line {
        self.hold(part);
        let held = std::mem::take(&mut self.held);
        if std::mem::take(&mut self.skipping) { Line::TooLong } else { Line::Whole(held) }
    }
}
