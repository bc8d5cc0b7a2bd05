//! Times of the standard library as timestamps, and back.

use std::convert::TryFrom;
use std::time::{SystemTime, UNIX_EPOCH};

use super::messages::Timestamp;

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let (seconds, nanos) = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => (after.as_secs() as i64, after.subsec_nanos() as i32),
            // Nanoseconds count forward, before 1970 too.
            Err(e) => match (
                e.duration().as_secs() as i64,
                e.duration().subsec_nanos() as i32,
            ) {
                (seconds, 0) => (-seconds, 0),
                (seconds, nanos) => (-seconds - 1, 1_000_000_000 - nanos),
            },
        };
        Timestamp {
            seconds,
            nanos,
            ..Default::default()
        }
    }
}

impl TryFrom<Timestamp> for SystemTime {
    type Error = &'static str;

    /// An error when the numbers are out of the range of times.
    fn try_from(at: Timestamp) -> Result<Self, Self::Error> {
        let whole = std::time::Duration::from_secs(at.seconds.unsigned_abs());
        let from = UNIX_EPOCH;
        let time = if at.seconds < 0 {
            from.checked_sub(whole)
        } else {
            from.checked_add(whole)
        };
        u32::try_from(at.nanos)
            .ok()
            .filter(|nanos| *nanos < 1_000_000_000)
            .and_then(|nanos| time?.checked_add(std::time::Duration::from_nanos(nanos.into())))
            .ok_or("the timestamp is out of range")
    }
}
