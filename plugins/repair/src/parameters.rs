//! What a repair can be told.

use ringkeeper_sdk::prelude::*;
use ringkeeper_sdk::repair;

/// What to repair, and how. Without any parameter: all tables of all replicated keyspaces of users, and
/// `system_auth`.
///
/// Of Cassandra's other keyspaces, `system_distributed` and `system_traces` hold histories that nobody misses: they
/// are repaired only where `keyspaces`, `tables` or `include` name them. Keyspaces that every node has for itself are
/// never repaired.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Only these keyspaces, beside `tables`.
    pub(crate) keyspaces: Vec<String>,
    /// Only these tables or views, beside `keyspaces`, each as `keyspace.table`.
    pub(crate) tables: Vec<String>,
    /// Only replicas in these data centres, with one another; all replicas where it is empty.
    pub(crate) data_centres: Vec<String>,
    /// Of those, only tables that one of these patterns fits: `keyspace.table` with `*` and `?`, or a keyspace alone.
    pub(crate) include: Vec<String>,
    /// No table that one of these patterns fits.
    pub(crate) exclude: Vec<String>,
    /// Which replicas build their merkle trees at the same time.
    pub(crate) parallelism: Parallelism,
    /// Tables of one command that are repaired at the same time.
    #[schemars(range(min = 1, max = 4))]
    pub(crate) threads: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            keyspaces: Vec::new(),
            tables: Vec::new(),
            data_centres: Vec::new(),
            include: Vec::new(),
            exclude: Vec::new(),
            parallelism: Parallelism::default(),
            threads: 1,
        }
    }
}

/// Which replicas build their merkle trees at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Parallelism {
    /// One after another, from a snapshot: gentlest, slowest.
    Sequential,
    /// All at once.
    #[default]
    Parallel,
    /// One in each data centre at a time.
    DataCentreAware,
}

impl From<Parallelism> for repair::Parallelism {
    fn from(parallelism: Parallelism) -> Self {
        match parallelism {
            Parallelism::Sequential => Self::Sequential,
            Parallelism::Parallel => Self::Parallel,
            Parallelism::DataCentreAware => Self::DataCentreAware,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_says_nothing_gets_the_defaults() {
        assert_eq!(
            serde_json::from_str::<Parameters>("{}").unwrap(),
            Parameters::default()
        );
    }

    #[test]
    fn an_unknown_parameter_is_refused() {
        assert!(serde_json::from_str::<Parameters>(r#"{"keyspace": "shop"}"#).is_err());
    }
}
