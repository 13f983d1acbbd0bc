//! The whole product on a real cluster, reached by agents: nodes are stopped, paused and started, the host is killed.
//!
//! One lab and one host; the cases run in order and leave the cluster as they found it.

mod beside;
mod documents;

use std::collections::BTreeMap;
use std::net::IpAddr;

use anyhow::{Result, ensure};
use ringkeeper_lab::{JolokiaMode, Lab, LabNode, LabSettings, wait_until};
use ringkeeper_suite::{DEADLINE, Product, Served};
use scylla::client::session_builder::SessionBuilder;
use serde_json::Value;

#[test]
fn the_product_watches_a_real_cluster() {
    let _turn = crate::turn::take();
    let lab = Lab::start(LabSettings {
        jolokia: JolokiaMode::None,
        ..LabSettings::default()
    })
    .unwrap();
    lab.wait_until_all_see_all(DEADLINE).unwrap();
    give_it_keyspaces(&lab);
    let product = Product::watching(&lab).unwrap();
    let served = product.serve().unwrap();
    let mut agents = product.run_agents(&lab, "").unwrap();
    wait_until_whole(&product).unwrap();

    an_unfit_replication_factor_is_advice_with_its_cure(&product);
    every_command_shows_the_cluster(&lab, &product);
    beside::what_lies_beside_a_node_is_shown_by_its_agent(&lab, &product);
    documents::every_command_in_the_documents_works(&product);
    a_second_host_on_the_data_directory_is_refused(&product);
    let served = a_lost_machine_is_found_within_two_sweeps(&lab, &product, &mut agents, served);
    a_paused_node_is_silent_before_its_peers_see_it_down(&lab, &product);
    served.stop().unwrap();
}

fn give_it_keyspaces(lab: &Lab) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let contacts = lab.nodes().iter().map(LabNode::cql);
        let builder = SessionBuilder::new().known_nodes_addr(contacts).schema_agreement_timeout(DEADLINE);
        let session = builder.build().await.unwrap();
        for (keyspace, replicas) in [("shop", 3), ("scratch", 1), ("system_auth", 3)] {
            let verb = if keyspace == "system_auth" { "ALTER" } else { "CREATE" };
            let statement = format!(
                "{verb} KEYSPACE {keyspace} WITH replication = {{'class': 'NetworkTopologyStrategy', 'dc1': {replicas}}}"
            );
            session.query_unpaged(statement, ()).await.unwrap();
        }
        session.query_unpaged("CREATE TABLE shop.orders (id int PRIMARY KEY, text text)", ()).await.unwrap();
    });
}

fn status(product: &Product) -> Result<Value> {
    let mut values = product.values(&["status", "lab"])?;
    ensure!(values.len() == 1, "expected one cluster: {values:?}");
    Ok(values.remove(0))
}

fn node<'a>(status: &'a Value, node: &LabNode) -> Option<&'a Value> {
    let nodes = status["data_centers"]
        .as_array()?
        .iter()
        .filter_map(|centre| centre["nodes"].as_array())
        .flatten();
    let address = format!("{}:", node.address());
    nodes.into_iter().find(|seen| {
        seen["address"]
            .as_str()
            .is_some_and(|seen| seen.starts_with(&address))
    })
}

/// Waits for a look at which all three nodes are up, answer, agree on the schema and said their numbers.
fn wait_until_whole(product: &Product) -> Result<()> {
    wait_until("a whole cluster", DEADLINE, || {
        let status = status(product)?;
        let centres = status["data_centers"].as_array().cloned().unwrap_or_default();
        let nodes: Vec<Value> = centres
            .iter()
            .filter_map(|centre| centre["nodes"].as_array())
            .flatten()
            .cloned()
            .collect();
        let well = |node: &Value| {
            node["status"] == "up" && node["answers"] == true && node["heap_used_bytes"].is_u64()
        };
        let placed = nodes.iter().all(|node| node["owns_percent"].is_null());
        Ok(
            (nodes.len() == 3 && nodes.iter().all(well) && placed && status["schema_versions"] == 1)
                .then_some(()),
        )
    })
}

fn findings(product: &Product) -> Result<Vec<Value>> {
    product.values(&["findings"])
}

fn finding(product: &Product, key: &str) -> Result<Option<Value>> {
    Ok(findings(product)?.into_iter().find(|open| {
        open["finding"]["key"]
            .as_str()
            .is_some_and(|found| found.starts_with(key))
    }))
}

fn wait_until_found(product: &Product, key: &str) -> Value {
    wait_until(&format!("a finding {key}"), DEADLINE, || finding(product, key)).unwrap()
}

fn wait_until_cleared(product: &Product, key: &str) {
    let cleared = || Ok(finding(product, key)?.is_none().then_some(()));
    wait_until(&format!("the end of the finding {key}"), DEADLINE, cleared).unwrap();
}

/// Whether it is about the machine that the test runs on, which is as it is.
fn is_about_a_machine(open: &Value) -> bool {
    const RULES: [&str; 12] = [
        "clock",
        "commitlog-disk",
        "disk",
        "inodes",
        "iowait",
        "network",
        "oom-kills",
        "raid",
        "reboot-required",
        "security-updates",
        "steal",
        "swap",
    ];
    let key = open["finding"]["key"].as_str().unwrap_or_default();
    RULES.contains(&key.split('/').next().unwrap_or_default())
}

fn an_unfit_replication_factor_is_advice_with_its_cure(product: &Product) {
    let found = wait_until_found(product, "replication/scratch");
    assert_eq!(found["finding"]["owner"], "configuration");
    let keys: Vec<Value> = findings(product)
        .unwrap()
        .into_iter()
        .filter(|open| !is_about_a_machine(open))
        .map(|open| open["finding"]["key"].clone())
        .collect();
    assert_eq!(
        keys,
        ["replication/scratch"],
        "a healthy cluster has no other finding"
    );
}

/// Each command on the real thing, for people and for programs. Every line of them stands in snapshots of the command
/// line's own tests; here the facts must be those of the cluster.
fn every_command_shows_the_cluster(lab: &Lab, product: &Product) {
    let addresses: Vec<String> = lab
        .nodes()
        .iter()
        .map(|node| node.address().to_string())
        .collect();
    let every_node: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let version = lab.settings().version.to_string();
    let scratch = "Keyspace scratch keeps a single copy of its data";
    for (arguments, facts) in [
        (
            &["status"][..],
            [&every_node[..], &["UN", "schema agrees", &version, scratch]].concat(),
        ),
        (
            &["nodes"],
            [&every_node[..], &["UN", "rack1", "rack2", "rack3"]].concat(),
        ),
        (
            &["nodes", &addresses[0]],
            [
                &every_node[..],
                &[
                    "several threads",
                    "How its peers see it: 2 up, 0 down",
                    "heap.used_bytes",
                ],
            ]
            .concat(),
        ),
        (
            &["findings"],
            vec![scratch, "ADVICE", "To do: Raise the replication factor to 3"],
        ),
        (
            &["plan", "health.check"],
            vec![scratch, "Steps: none", "Hash: ", "Used of its limits"],
        ),
        (
            &["plugin", "list"],
            vec!["health", "loaded", "health.check", "node-state"],
        ),
        (
            &["doctor"],
            vec![
                &addresses[0],
                "several threads",
                "the nodes agree on the schema",
                "Not watched yet",
            ],
        ),
    ] {
        let ran = product.run(arguments).unwrap();
        assert_eq!(ran.code, 0, "{arguments:?}: {}{}", ran.stdout, ran.stderr);
        assert_eq!(ran.stderr, "", "{arguments:?}");
        for fact in facts {
            assert!(
                ran.stdout.contains(fact),
                "{arguments:?} does not say `{fact}`:\n{}",
                ran.stdout
            );
        }
        assert_ne!(
            product.values(arguments).unwrap(),
            Vec::<Value>::new(),
            "{arguments:?} as JSON"
        );
    }
}

fn a_second_host_on_the_data_directory_is_refused(product: &Product) {
    let ran = product.run(&["serve"]).unwrap();
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("in use by another ringkeeper host (process "),
        "{}",
        ran.stderr
    );
    assert!(status(product).is_ok(), "the first host is not disturbed");
}

/// Its agent answers no more than its node. Also with the host killed in between: what was open stays open, from the same
/// moment.
fn a_lost_machine_is_found_within_two_sweeps(
    lab: &Lab,
    product: &Product,
    agents: &mut BTreeMap<IpAddr, Served>,
    served: Served,
) -> Served {
    let third = &lab.nodes()[2];
    let id = node(&status(product).unwrap(), third).unwrap()["host_id"]
        .as_str()
        .unwrap()
        .to_owned();
    agents.remove(&third.address()).unwrap().kill();
    third.stop().unwrap();
    let before = status(product).unwrap()["sweep"].as_u64().unwrap();
    let found = wait_until_found(product, "node-down/");
    let after = status(product).unwrap()["sweep"].as_u64().unwrap();
    // The node went away during sweep `before` at the earliest, and the answer may be one sweep older than the status.
    assert!(
        after - before <= 3,
        "found after sweep {after}, stopped before sweep {before}"
    );
    assert_eq!(found["finding"]["key"], format!("node-down/{id}"));
    let evidence = found["finding"]["evidence"].to_string();
    assert!(
        evidence.contains("with 2 of 3 replicas up"),
        "the consequence: {evidence}"
    );
    assert!(evidence.contains("silent for"), "the cause: {evidence}");
    let about_nodes = findings(product)
        .unwrap()
        .into_iter()
        .filter(|open| open["finding"]["subject"]["kind"] == "node" && !is_about_a_machine(open));
    assert_eq!(about_nodes.count(), 1, "one dead node is one finding");

    served.kill();
    assert_eq!(product.run(&["findings"]).unwrap().code, 5);
    let served = product.serve().unwrap();
    let again = wait_until_found(product, "node-down/");
    assert_eq!(again["opened_at"], found["opened_at"]);

    third.start().unwrap();
    third.wait_until_ready(DEADLINE).unwrap();
    let agent = product.run_agent(&third.address().to_string()).unwrap();
    agents.insert(third.address(), agent);
    wait_until_cleared(product, "node-down/");
    wait_until_whole(product).unwrap();
    served
}

fn a_paused_node_is_silent_before_its_peers_see_it_down(lab: &Lab, product: &Product) {
    let second = &lab.nodes()[1];
    second.pause().unwrap();
    let stands = |wanted: &str| {
        wait_until(&format!("a silent node that is {wanted}"), DEADLINE, || {
            let status = status(product)?;
            let node = node(&status, second).cloned().unwrap_or_default();
            Ok((node["answers"] == false && node["status"] == wanted).then_some(status))
        })
        .unwrap()
    };
    stands("up");
    let status_while_down = stands("down");
    let answering = [&lab.nodes()[0], &lab.nodes()[2]];
    for fresh in answering {
        let seen = node(&status_while_down, fresh).unwrap();
        assert_eq!(
            seen["answers"], true,
            "a hung node costs the others nothing: {seen}"
        );
    }
    second.resume().unwrap();
    wait_until_cleared(product, "node-down/");
    wait_until_whole(product).unwrap();
}
