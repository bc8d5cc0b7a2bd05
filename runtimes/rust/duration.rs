//! Durations of the standard library as those of messages, and back.

use std::convert::TryFrom;

use super::messages::Duration;

impl TryFrom<std::time::Duration> for Duration {
    type Error = &'static str;

    /// An error when it is longer than a signed number of seconds.
    fn try_from(span: std::time::Duration) -> Result<Self, Self::Error> {
        let seconds = i64::try_from(span.as_secs()).map_err(|_| "the duration is out of range")?;
        Ok(Duration {
            seconds,
            nanos: span.subsec_nanos() as i32,
            ..Default::default()
        })
    }
}

impl TryFrom<Duration> for std::time::Duration {
    type Error = &'static str;

    /// An error when it is negative or out of range.
    fn try_from(span: Duration) -> Result<Self, Self::Error> {
        match (u64::try_from(span.seconds), u32::try_from(span.nanos)) {
            (Ok(seconds), Ok(nanos)) if nanos < 1_000_000_000 => {
                Ok(std::time::Duration::new(seconds, nanos))
            }
            _ => Err("the duration is negative or out of range"),
        }
    }
}
