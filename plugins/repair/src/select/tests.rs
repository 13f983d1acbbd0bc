use super::*;

fn keyspace(name: &str, replication: Replication) -> Keyspace {
    Keyspace {
        name: name.to_owned(),
        replication,
        is_system: name.starts_with("system"),
        consistency_level: None,
        placement_map: None,
    }
}

fn table(keyspace: &str, name: &str) -> Table {
    Table {
        keyspace: keyspace.to_owned(),
        name: name.to_owned(),
        id: format!("id of {name}"),
        kind: if name.ends_with("_view") { "view" } else { "table" }.to_owned(),
        compaction_strategy: "SizeTieredCompactionStrategy".to_owned(),
        gc_grace_seconds: 864_000,
    }
}

fn schema() -> Vec<(Keyspace, Vec<Table>)> {
    let with = |name: &str, replication, tables: &[&str]| {
        let tables = tables.iter().map(|table_name| table(name, table_name)).collect();
        (keyspace(name, replication), tables)
    };
    vec![
        with(
            "shop",
            Replication::Simple(3),
            &["by_day_view", "carts", "orders"],
        ),
        with("logs", Replication::Simple(3), &["lines"]),
        with("system", Replication::Local, &["local"]),
        with("system_auth", Replication::Simple(3), &["roles"]),
        with("system_traces", Replication::Simple(2), &["events"]),
    ]
}

fn names(parameters: &Parameters) -> Vec<String> {
    let selected = select(schema(), parameters).unwrap();
    let of = |one: &Selected| {
        let tables: Vec<String> = one
            .tables
            .iter()
            .map(|table| format!("{}.{}", one.keyspace.name, table.name))
            .collect();
        tables
    };
    selected.iter().flat_map(of).collect()
}

fn refused(parameters: &Parameters) -> String {
    let refusal = select(schema(), parameters).unwrap_err();
    assert_eq!(refusal.kind, Fault::InvalidParameters);
    refusal.message
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn without_parameters_all_of_the_users_and_the_logins_are_meant() {
    let all = names(&Parameters::default());
    let expected = [
        "shop.carts",
        "shop.orders",
        "shop.by_day_view",
        "logs.lines",
        "system_auth.roles",
    ];
    assert_eq!(all, expected, "views come after tables");
}

#[test]
fn keyspaces_and_tables_add_up() {
    let parameters = Parameters {
        keyspaces: words(&["system_traces"]),
        tables: words(&["shop.orders"]),
        ..Parameters::default()
    };
    assert_eq!(names(&parameters), ["shop.orders", "system_traces.events"]);
}

#[test]
fn patterns_include_and_exclude() {
    let parameters = Parameters {
        include: words(&["shop.*", "system_t*"]),
        exclude: words(&["*.by_*", "shop.cart?"]),
        ..Parameters::default()
    };
    assert_eq!(names(&parameters), ["shop.orders", "system_traces.events"]);
}

#[test]
fn an_unknown_name_is_refused_with_the_nearest_one() {
    let keyspaces = Parameters {
        keyspaces: words(&["shpo"]),
        ..Parameters::default()
    };
    assert_eq!(
        refused(&keyspaces),
        "There is no keyspace `shpo`. Did you mean `shop`? There are: shop, logs, system_auth and system_traces."
    );
    let tables = Parameters {
        tables: words(&["shop.order"]),
        ..Parameters::default()
    };
    assert!(refused(&tables).starts_with("There is no table `shop.order`. Did you mean `shop.orders`?"));
    let dotless = Parameters {
        tables: words(&["orders"]),
        ..Parameters::default()
    };
    assert!(refused(&dotless).contains("`orders` has no dot"));
}

#[test]
fn a_local_keyspace_is_none_to_repair() {
    let parameters = Parameters {
        keyspaces: words(&["system"]),
        ..Parameters::default()
    };
    assert!(refused(&parameters).starts_with("There is no keyspace `system`."));
}

#[test]
fn a_selection_that_leaves_nothing_is_refused_with_what_was_said() {
    let parameters = Parameters {
        keyspaces: words(&["shop"]),
        exclude: words(&["shop"]),
        ..Parameters::default()
    };
    assert_eq!(
        refused(&parameters),
        "No table of a replicated keyspace is left by `keyspaces` (shop) and `exclude` (shop)."
    );
}

#[test]
fn more_threads_than_cassandra_takes_are_refused() {
    let parameters = Parameters {
        threads: 5,
        ..Parameters::default()
    };
    assert!(refused(&parameters).contains("1 to 4"));
}
