//! What a restart can be told.

use std::ops::RangeInclusive;

use ringkeeper_sdk::prelude::*;

use crate::moment::Moment;

/// How many nodes may be restarted at the same time.
const AT_ONCE: RangeInclusive<u32> = 1..=32;
/// Longest time that a node is watched for, in seconds.
const MOST_SOAK: u32 = 300;
/// How long a node may take, in seconds: less than a call of a plugin may.
const WAIT: RangeInclusive<u32> = 1..=540;

/// Which nodes to restart, and how. Without any parameter: every node, one after another.
///
/// `nodes`, `data_centres` and `racks` each leave only what they name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Only these nodes: addresses, with or without port, or beginnings of host ids (four characters at least).
    pub(crate) nodes: Vec<String>,
    /// Only nodes in these data centres.
    pub(crate) data_centres: Vec<String>,
    /// Only nodes in these racks, each as `rack` or `data-centre/rack`.
    pub(crate) racks: Vec<String>,
    /// How many nodes of one rack are restarted at the same time. Nodes of two racks never are.
    #[schemars(range(min = 1, max = 32))]
    pub(crate) at_once: u32,
    /// For how many seconds a node must stay as wanted before the next one goes.
    #[schemars(range(max = 300))]
    pub(crate) soak_seconds: u32,
    /// How many seconds a node that was started may take to be as wanted and stay so.
    #[schemars(range(min = 1, max = 540))]
    pub(crate) wait_seconds: u32,
    /// Only nodes whose process started before this moment: RFC 3339, e.g. `2026-11-25T12:00:00Z`, or Unix time in
    /// seconds. After a change of the configuration, the moment of the change.
    pub(crate) if_started_before: Option<Moment>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            data_centres: Vec::new(),
            racks: Vec::new(),
            at_once: 1,
            soak_seconds: 15,
            wait_seconds: 300,
            if_started_before: None,
        }
    }
}

impl Parameters {
    /// Whether the numbers are possible, alone and together.
    ///
    /// # Errors
    /// Which one is not.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        let Self {
            at_once,
            soak_seconds,
            wait_seconds,
            ..
        } = self;
        let (least, most) = AT_ONCE.into_inner();
        let message = if !AT_ONCE.contains(at_once) {
            format!("`at_once` is {at_once}; {least} to {most} are possible.")
        } else if *soak_seconds > MOST_SOAK {
            format!("`soak_seconds` is {soak_seconds}; {MOST_SOAK} at most are possible.")
        } else if !WAIT.contains(wait_seconds) {
            let (least, most) = WAIT.into_inner();
            format!("`wait_seconds` is {wait_seconds}; {least} to {most} are possible.")
        } else if soak_seconds >= wait_seconds {
            format!(
                "`soak_seconds` is {soak_seconds} and is waited for within `wait_seconds`, which is {wait_seconds} and \
                 must be greater."
            )
        } else {
            return Ok(());
        };
        Err(Refusal::new(Fault::InvalidParameters, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_says_nothing_gets_the_defaults() {
        let parameters: Parameters = serde_json::from_str("{}").unwrap();
        assert_eq!(parameters, Parameters::default());
        assert_eq!(parameters.check(), Ok(()));
    }

    #[test]
    fn an_unknown_parameter_is_refused() {
        assert!(serde_json::from_str::<Parameters>(r#"{"node": "10.0.0.1"}"#).is_err());
    }

    #[test]
    fn impossible_numbers_are_refused_by_name() {
        for (parameters, name) in [
            (r#"{"at_once": 0}"#, "at_once"),
            (r#"{"at_once": 33}"#, "at_once"),
            (r#"{"soak_seconds": 301}"#, "soak_seconds"),
            (r#"{"wait_seconds": 541}"#, "wait_seconds"),
            (r#"{"wait_seconds": 0}"#, "wait_seconds"),
            (r#"{"wait_seconds": 15}"#, "soak_seconds"),
        ] {
            let parameters: Parameters = serde_json::from_str(parameters).unwrap();
            let refusal = parameters.check().unwrap_err();
            assert_eq!(refusal.kind, Fault::InvalidParameters);
            assert!(
                refusal.message.starts_with(&format!("`{name}`")),
                "{}",
                refusal.message
            );
        }
    }
}
