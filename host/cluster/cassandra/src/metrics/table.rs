//! Numbers about tables: one pattern a request, so that no answer grows beyond the limit and no other call waits long.

use std::collections::BTreeMap;

use ringkeeper_cluster::{Endpoint, METRICS, NodeError, Sample, TableName, Tier, is_system_keyspace};
use serde_json::Value;

use super::object_name::property;
use super::source::Source;
use crate::jolokia::{Jolokia, Question};

/// Asks for every metric of the table tier.
pub(crate) async fn ask(jolokia: &Jolokia, node: Endpoint) -> Result<Vec<Sample>, NodeError> {
    let mut samples = Vec::new();
    for source in sources() {
        let mut answers = jolokia.ask(node, &[question(&source)]).await?;
        if let Ok(tables) = answers.take_if_known::<BTreeMap<String, Value>>()? {
            samples.extend(
                tables
                    .iter()
                    .filter_map(|(name, value)| sample(&source, name, value)),
            );
        }
    }
    Ok(samples)
}

/// What is asked for all of it.
pub(super) fn questions() -> Vec<Question> {
    sources().map(|source| question(&source)).collect()
}

fn sources() -> impl Iterator<Item = Source> {
    METRICS
        .iter()
        .filter(|metric| metric.tier == Tier::Table)
        .filter_map(Source::of)
}

fn question(source: &Source) -> Question {
    Question::read(source.mbean.as_str(), &[source.attribute])
}

fn sample(source: &Source, object_name: &str, attributes: &Value) -> Option<Sample> {
    let keyspace = property(object_name, "keyspace").filter(|keyspace| is_watched(keyspace))?;
    let table = property(object_name, "scope")?;
    Some(Sample {
        part: None,
        metric: source.metric.name.to_owned(),
        table: Some(TableName {
            keyspace: keyspace.to_owned(),
            table: table.to_owned(),
        }),
        value: source.number(attributes)?,
    })
}

/// Of Cassandra's own keyspaces only the replicated ones that are repaired.
fn is_watched(keyspace: &str) -> bool {
    !is_system_keyspace(keyspace) || ["system_auth", "system_distributed"].contains(&keyspace)
}

#[cfg(test)]
mod tests {
    use ringkeeper_cluster::metric;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_sample_names_its_table_and_system_tables_are_left_out() {
        let source = Source::of(metric("table.disk_bytes").unwrap()).unwrap();
        let of = |keyspace: &str| {
            let name = format!("m:keyspace={keyspace},name=LiveDiskSpaceUsed,scope=orders,type=Table");
            sample(&source, &name, &json!({"Count": 12}))
                .map(|sample| (sample.table.unwrap().to_string(), sample.value))
        };
        assert_eq!(of("shop"), Some(("shop.orders".to_owned(), 12.0)));
        assert_eq!(of("system_auth"), Some(("system_auth.orders".to_owned(), 12.0)));
        assert_eq!(of("system_schema"), None);
    }
}
