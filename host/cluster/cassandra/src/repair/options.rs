//! What is asked of `repairAsync`, as its map of options.

use ringkeeper_cluster::RepairOrder;
use serde_json::{Map, Value, json};
use thiserror::Error;

/// Cassandra's own limit.
const MOST_THREADS: u8 = 4;

/// An order that Cassandra would take for something else, or for nothing: of what it does not understand it skips
/// much in silence.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum OrderError {
    #[error("a repair of no table would be one of all tables")]
    NoTable,
    #[error("a repair of no range would be one of all ranges of the node")]
    NoRange,
    #[error("the whole ring cannot be repaired as one range")]
    WholeRing,
    #[error("{0} threads are not between 1 and {MOST_THREADS}")]
    Threads(u8),
    #[error("`{0}` cannot be named in a list separated by commas")]
    Name(String),
}

/// The options of this order. Names go as they are in the schema, without quotes.
pub(super) fn of(order: &RepairOrder) -> Result<Value, OrderError> {
    check(order)?;
    let ranges: Vec<String> = order
        .ranges
        .iter()
        .map(|range| format!("{}:{}", range.start, range.end))
        .collect();
    let mut options = Map::from_iter([
        ("ranges".to_owned(), json!(ranges.join(","))),
        ("columnFamilies".to_owned(), json!(order.tables.join(","))),
        ("parallelism".to_owned(), json!(order.parallelism.option())),
        ("jobThreads".to_owned(), json!(order.threads.to_string())),
        // Tools differ in what they take its absence for.
        ("incremental".to_owned(), json!("false")),
        ("primaryRange".to_owned(), json!("false")),
    ]);
    if !order.data_centres.is_empty() {
        options.insert("dataCenters".to_owned(), json!(order.data_centres.join(",")));
    }
    Ok(Value::Object(options))
}

fn check(order: &RepairOrder) -> Result<(), OrderError> {
    if order.tables.is_empty() {
        return Err(OrderError::NoTable);
    }
    if order.ranges.is_empty() {
        return Err(OrderError::NoRange);
    }
    if order.ranges.iter().any(|range| range.is_whole_ring()) {
        return Err(OrderError::WholeRing);
    }
    if !(1..=MOST_THREADS).contains(&order.threads) {
        return Err(OrderError::Threads(order.threads));
    }
    let mut names = order.tables.iter().chain(&order.data_centres);
    // Cassandra trims what stands between commas, and passes over nothing.
    match names.find(|name| name.is_empty() || name.contains(',') || name.trim() != name.as_str()) {
        Some(name) => Err(OrderError::Name(name.clone())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use ringkeeper_cluster::RepairParallelism;
    use ringkeeper_ring::{Token, TokenRange};

    use super::*;

    fn order() -> RepairOrder {
        let range = |start, end| TokenRange::new(Token::new(start), Token::new(end));
        RepairOrder {
            keyspace: "Shop".to_owned(),
            tables: vec!["Carts".to_owned(), "orders".to_owned()],
            ranges: vec![range(-5, 7), range(i64::MAX - 1, i64::MIN)],
            data_centres: Vec::new(),
            parallelism: RepairParallelism::DataCentreAware,
            threads: 2,
        }
    }

    #[test]
    fn everything_that_matters_is_said() {
        let expected = json!({
            "ranges": "-5:7,9223372036854775806:-9223372036854775808",
            "columnFamilies": "Carts,orders",
            "parallelism": "dc_parallel",
            "jobThreads": "2",
            "incremental": "false",
            "primaryRange": "false",
        });
        assert_eq!(of(&order()).unwrap(), expected);
        let limited = RepairOrder {
            data_centres: vec!["Zürich".to_owned(), "dc 2".to_owned()],
            ..order()
        };
        assert_eq!(of(&limited).unwrap()["dataCenters"], "Zürich,dc 2");
    }

    #[test]
    fn an_order_that_would_be_misunderstood_is_not_given() {
        let change = |change: fn(&mut RepairOrder)| {
            let mut order = order();
            change(&mut order);
            of(&order).unwrap_err().to_string()
        };
        for (message, expected) in [
            (
                change(|order| order.tables.clear()),
                "a repair of no table would be one of all tables",
            ),
            (
                change(|order| order.ranges.clear()),
                "a repair of no range would be one of all ranges of the node",
            ),
            (
                change(|order| order.ranges.push(TokenRange::WHOLE_RING)),
                "the whole ring cannot be repaired as one range",
            ),
            (
                change(|order| order.threads = 0),
                "0 threads are not between 1 and 4",
            ),
            (
                change(|order| order.threads = 5),
                "5 threads are not between 1 and 4",
            ),
            (
                change(|order| order.tables.push(String::new())),
                "`` cannot be named in a list separated by commas",
            ),
            (
                change(|order| order.data_centres.push("a,b".to_owned())),
                "`a,b` cannot be named in a list separated by commas",
            ),
            (
                change(|order| order.data_centres.push(" dc1".to_owned())),
                "` dc1` cannot be named in a list separated by commas",
            ),
        ] {
            assert_eq!(message, expected);
        }
    }
}
