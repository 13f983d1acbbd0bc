//! Numbers, durations and lists as a person reads them.

pub(crate) use ringkeeper_sdk::words::{count, duration};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_units() {
        assert_eq!(duration(59_999), "59 s");
        assert_eq!(duration(-5), "0 s");
        assert_eq!(duration(3_900_000), "1 h 5 min");
        assert_eq!(duration(187_200_000), "2 d 4 h");
    }
}
