use ringkeeper_cluster::TableName;

use super::*;
use crate::testing::{Ring, id};

/// Nodes 1 and 2 in dc1, node 3 in dc2.
fn ring() -> Snapshot {
    Ring::of(&[("dc1", "r1"), ("dc1", "r2"), ("dc2", "r1")]).snapshot
}

fn patterns(list: &[&str]) -> Option<Vec<Pattern>> {
    Some(list.iter().map(|text| Pattern::new(*text)).collect())
}

fn step(nodes: &[u128], impact: Impact) -> Step {
    Step {
        id: "restart-1".to_owned(),
        title: "restarts".to_owned(),
        reason: "a test".to_owned(),
        nodes: nodes.iter().map(|node| id(*node)).collect(),
        impact,
        functions: Vec::new(),
        after: Vec::new(),
        estimate_seconds: None,
        estimate_bytes: None,
        body: "{}".to_owned(),
    }
}

fn about(keyspace: &str, tables: &[&str]) -> About {
    About {
        keyspace: keyspace.to_owned(),
        tables: tables.iter().map(|table| (*table).to_owned()).collect(),
    }
}

/// Why a call is refused, in words; `ok` where it is not.
fn call(scope: &Scope, impact: Impact, nodes: &[u128], about: Option<&About>) -> String {
    let nodes = nodes.iter().map(|node| id(*node)).collect();
    let call = ScopedCall {
        function: "repair.start",
        impact,
        nodes: &nodes,
        about,
    };
    let refused = scope.refuses(&call, &ring());
    refused.map_or_else(|| "ok".to_owned(), |refused| refused.to_string())
}

#[test]
fn what_sets_no_bound_refuses_nothing() {
    let scope = Scope::default();
    assert!(scope.is_unbounded() && scope.lines().is_empty());
    let shop = about("shop", &["orders"]);
    assert_eq!(call(&scope, Impact::Disrupt, &[1, 2, 3], None), "ok");
    assert_eq!(call(&scope, Impact::Change, &[1], Some(&shop)), "ok");
    assert_eq!(
        scope.refuses_step(&step(&[1, 2, 3], Impact::Disrupt), 3, &ring()),
        None
    );
    assert_eq!(
        scope.next_call_at([Timestamp::from_millis(1)], Timestamp::from_millis(2)),
        None
    );
    assert_eq!(
        scope.holds_too_many("repair", &BTreeSet::from([id(1)]), [id(2)]),
        None
    );
}

#[test]
fn every_node_of_a_call_is_in_a_data_centre_of_the_scope() {
    let scope = Scope {
        data_centres: patterns(&["dc1"]),
        ..Scope::default()
    };
    assert_eq!(call(&scope, Impact::Change, &[1, 2], None), "ok");
    assert_eq!(
        call(&scope, Impact::Change, &[1, 3], None),
        "it may not call `repair.start` on node 10.0.0.3 of data centre dc2: its scope has data_centres = [\"dc1\"]; to \
         let it, widen `data_centres` in [plugin.scope]"
    );
    // Of a node that is not in the ring nobody can say where it is.
    assert!(call(&scope, Impact::Change, &[9], None).contains("whose data centre is not known"));
}

#[test]
fn every_table_of_a_call_is_one_of_the_scope() {
    let scope = Scope {
        keyspaces: patterns(&["shop_*", "audit"]),
        tables: patterns(&["shop_*.orders*", "audit.*"]),
        ..Scope::default()
    };
    let say = |about: &About| call(&scope, Impact::Change, &[1], Some(about));
    assert_eq!(say(&about("shop_eu", &["orders", "orders_2"])), "ok");
    assert_eq!(say(&about("audit", &[])), "ok");
    assert_eq!(
        say(&about("shop_eu", &["orders", "customers"])),
        "it may not call `repair.start` on shop_eu, table shop_eu.customers: its scope has tables = [\"shop_*.orders*\", \
         \"audit.*\"]; to let it, widen `tables` in [plugin.scope]"
    );
    assert_eq!(
        say(&about("shop", &["orders"])),
        "it may not call `repair.start` on shop: its scope has keyspaces = [\"shop_*\", \"audit\"]; to let it, widen \
         `keyspaces` in [plugin.scope]"
    );
    // What is about a node is about all that is on it.
    assert_eq!(
        call(&scope, Impact::Change, &[1], None),
        "it may not call `repair.start`, which is about all keyspaces of a node: its scope has keyspaces = [\"shop_*\", \
         \"audit\"]; to let it, widen `keyspaces` in [plugin.scope]"
    );
}

#[test]
fn a_plan_for_tables_outside_the_scope_is_refused() {
    let scope = Scope {
        tables: patterns(&["shop.*"]),
        ..Scope::default()
    };
    let goal = |keyspace: &str| Goal::Repaired {
        table: TableName {
            keyspace: keyspace.to_owned(),
            table: "roles".to_owned(),
        },
        data_centres: Vec::new(),
        since: None,
    };
    assert_eq!(scope.refuses_goals(&[goal("shop")]), None);
    assert_eq!(
        scope
            .refuses_goals(&[goal("shop"), goal("system_auth")])
            .unwrap()
            .to_string(),
        "it may not repair system_auth.roles: its scope has tables = [\"shop.*\"]; to let it, widen `tables` in [plugin.scope]"
    );
}

#[test]
fn nothing_is_of_a_stronger_impact_than_the_scope_has() {
    let scope = Scope {
        impact: Some(Impact::Change),
        ..Scope::default()
    };
    assert_eq!(call(&scope, Impact::Change, &[1], None), "ok");
    let refused = scope.refuses_step(&step(&[1], Impact::Disrupt), 1, &ring());
    assert_eq!(
        refused.unwrap().to_string(),
        "it may not do step `restart-1`, which is of impact disrupt: its scope has impact = \"change\"; to let it, widen \
         `impact` in [plugin.scope]"
    );
    assert!(call(&scope, Impact::Disrupt, &[1], None).contains("of impact disrupt"));
}

#[test]
fn a_step_that_only_looks_is_bound_by_nothing() {
    let scope = Scope {
        data_centres: patterns(&["dc2"]),
        nodes_at_once: Some(1),
        ..Scope::default()
    };
    assert_eq!(
        scope.refuses_step(&step(&[1, 2], Impact::Observe), 0, &ring()),
        None
    );
}

#[test]
fn its_steps_hold_no_more_nodes_than_the_scope_has() {
    let scope = Scope {
        nodes_at_once: Some(2),
        ..Scope::default()
    };
    let held = BTreeSet::from([id(1)]);
    assert_eq!(scope.holds_too_many("repair", &held, [id(1), id(2)]), None);
    let block = scope.holds_too_many("repair", &held, [id(2), id(3)]).unwrap();
    assert_eq!(
        block.to_string(),
        "plugin repair: holds 1 node, and would hold 3 (limit 2); lifted when its other steps end, or by a larger \
         `nodes_at_once` in [plugin.scope]"
    );
    // What could never be, however few others it holds.
    let never = scope.refuses_step(&step(&[1, 2, 3], Impact::Change), 3, &ring());
    assert!(never.unwrap().to_string().contains("on 3 nodes at once"));
    assert_eq!(
        scope.refuses_step(&step(&[1, 2, 3], Impact::Change), 0, &ring()),
        None
    );
    assert!(call(&scope, Impact::Change, &[1, 2, 3], None).contains("on 3 nodes at once"));
}

#[test]
fn calls_are_counted_over_a_minute() {
    let scope = Scope {
        calls_per_minute: Some(2),
        ..Scope::default()
    };
    let at = |seconds: i64| Timestamp::from_millis(seconds * 1_000);
    let next = |made: &[i64], now: i64| scope.next_call_at(made.iter().map(|s| at(*s)), at(now));
    assert_eq!(next(&[], 100), None);
    assert_eq!(next(&[90], 100), None);
    assert_eq!(next(&[95, 50], 100), Some(at(110)));
    assert_eq!(next(&[95, 50], 109), Some(at(110)));
    assert_eq!(next(&[95, 50], 110), None);
    // The bound was narrowed since they were made.
    assert_eq!(next(&[90, 92, 94, 96], 100), Some(at(154)));
}
