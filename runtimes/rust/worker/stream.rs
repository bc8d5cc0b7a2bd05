//! The frames of one call of a pipeline node, neither side far ahead of the other.

use std::collections::VecDeque;

/// What may be under way in one direction before any of it is taken.
const WINDOW: i64 = 64 << 10;
/// What a frame costs at least.
const LEAST_COST: i64 = 1 << 10;

/// What has come, and what may go out.
pub struct Stream {
    inbox: VecDeque<Vec<u8>>,
    ended: bool,
    credit: i64,
    held: i64,
    owed: i64,
    /// Why a frame could not be sent, also when the handler takes no notice.
    pub too_large: Option<String>,
}

impl Stream {
    pub fn new() -> Stream {
        Stream {
            inbox: VecDeque::new(),
            ended: false,
            credit: WINDOW,
            held: 0,
            owed: 0,
            too_large: None,
        }
    }

    pub fn add(&mut self, frame: Vec<u8>) {
        self.inbox.push_back(frame);
    }

    pub fn end(&mut self) {
        self.ended = true;
    }

    pub fn grant(&mut self, payload: &[u8]) {
        if let [a, b, c, d] = *payload {
            self.credit += i64::from(u32::from_le_bytes([a, b, c, d]));
        }
    }

    /// The next frame; the inner None is the end of the input.
    pub fn next(&mut self) -> Option<Option<Vec<u8>>> {
        match self.inbox.pop_front() {
            Some(frame) => {
                self.held = cost(&frame);
                Some(Some(frame))
            }
            None if self.ended => Some(None),
            None => None,
        }
    }

    /// Whether a frame may go; if so, it has been paid for.
    pub fn pay(&mut self, frame: &[u8]) -> bool {
        let may = self.credit > 0;
        if may {
            self.credit -= cost(frame);
        }
        may
    }

    /// What was taken and is to be given back: before the handler waits for more, or when it is half of the window.
    pub fn owed(&mut self, is_pipe_empty: bool) -> Option<[u8; 4]> {
        self.owed += self.held;
        self.held = 0;
        let waits = self.inbox.is_empty() && !self.ended && is_pipe_empty;
        if self.owed == 0 || !waits && self.owed < WINDOW / 2 {
            return None;
        }
        let owed = self.owed as u32;
        self.owed = 0;
        Some(owed.to_le_bytes())
    }
}

fn cost(frame: &[u8]) -> i64 {
    LEAST_COST.max(frame.len() as i64)
}
