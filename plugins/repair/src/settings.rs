//! How large a piece may be.

use ringkeeper_sdk::prelude::*;

/// What the operator may set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// How many bytes a node is taken to read in a second to build its merkle trees.
    #[schemars(range(min = 1))]
    pub(crate) bytes_per_second: u64,
    /// No repair command takes longer than this many minutes, by estimate. What is cancelled or paused ends its
    /// command first.
    #[schemars(range(min = 1))]
    pub(crate) longest_piece_minutes: u32,
    /// Tables that have up to this many bytes on the ranges of one set of replicas share commands there.
    pub(crate) small_table_bytes: u64,
    /// No repair command has many more ranges than this.
    #[schemars(range(min = 1))]
    pub(crate) most_ranges: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            bytes_per_second: 16 << 20,
            longest_piece_minutes: 10,
            small_table_bytes: 1 << 30,
            most_ranges: 1_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_who_sets_nothing_gets_the_defaults() {
        let settings: Settings = serde_json::from_str("{}").unwrap();
        assert_eq!(settings, Settings::default());
    }

    #[test]
    fn an_unknown_setting_is_refused() {
        assert!(serde_json::from_str::<Settings>(r#"{"small_tables": 1}"#).is_err());
    }
}
