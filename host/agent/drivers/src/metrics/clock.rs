//! Whether the clock is right: Cassandra decides by it which write is the later one.

use std::path::Path;

use super::HostSample;
use super::proc_tree::Tree;

/// What is known of the clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClockState {
    /// Whether it follows a source.
    pub is_synchronised: bool,
    /// How far it is off its source, in seconds; positive when it is ahead.
    pub offset_seconds: f64,
}

/// Reads what `chronyc -c tracking` prints: fields by commas, of which the fifth is how far the clock is off and the last
/// one whether it follows anything. None where it is no such line.
#[must_use]
pub fn parse_chrony(text: &str) -> Option<ClockState> {
    let fields: Vec<&str> = text.trim().split(',').collect();
    if fields.len() != 14 {
        return None;
    }
    Some(ClockState {
        is_synchronised: fields.last()? != &"Not synchronised",
        offset_seconds: fields.get(4)?.parse().ok()?,
    })
}

pub(super) fn samples(state: ClockState) -> Vec<HostSample> {
    let mut samples = vec![HostSample::one(
        "clock.synchronised",
        f64::from(u8::from(state.is_synchronised)),
    )];
    // Without a source there is nothing that it could be off.
    if state.is_synchronised {
        samples.push(HostSample::one("clock.offset_seconds", state.offset_seconds));
    }
    samples
}

/// systemd-timesyncd leaves an empty file when it has set the clock, and does not say how far that is off.
pub(super) fn by_timesyncd(tree: &Tree) -> Vec<HostSample> {
    let folder = tree.path(Path::new("/run/systemd/timesync"));
    if !folder.is_dir() {
        return Vec::new();
    }
    let is_synchronised = folder.join("synchronized").exists();
    vec![HostSample::one(
        "clock.synchronised",
        f64::from(u8::from(is_synchronised)),
    )]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_chrony_prints_is_read() {
        let tracking = "A9FEA97B,169.254.169.123,4,1772366400.123456789,-0.000012345,0.000001,0.00001,-3.2,0.0,0.05,0.0004,0.0002,16.2,Normal\n";
        let state = parse_chrony(tracking).unwrap();
        assert!(state.is_synchronised && (state.offset_seconds + 0.000_012_345).abs() < 1e-12);
        let lost = "00000000,,0,0.000000000,0.000000000,0.0,0.0,0.0,0.0,0.0,1.0,1.0,0.0,Not synchronised\n";
        assert_eq!(samples(parse_chrony(lost).unwrap()).len(), 1);
        for text in ["", "506 Cannot talk to daemon\n", "a,b,c"] {
            assert_eq!(parse_chrony(text), None, "{text}");
        }
    }

    #[test]
    fn fuzz_what_chrony_prints() {
        let sample = "A9FEA97B,169.254.169.123,4,1772366400.123456789,-0.000012345,0.000001,0.00001,-3.2,0.0,0.05,0.0004,0.0002,16.2,Normal\n";
        ringkeeper_fuzz::text("chronyc tracking", &[sample], |text| {
            parse_chrony(text).map(samples);
            Ok(())
        });
    }
}
