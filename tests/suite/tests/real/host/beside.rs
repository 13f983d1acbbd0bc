//! What the agents beside real nodes read there for a person: logs, snapshots, releases.

use ringkeeper_lab::Lab;
use ringkeeper_suite::Product;
use serde_json::Value;

pub(super) fn what_lies_beside_a_node_is_shown_by_its_agent(lab: &Lab, product: &Product) {
    let node = &lab.nodes()[1];
    let address = node.address().to_string();
    logs(product, &address);
    lab.nodetool(node, &["snapshot", "-t", "before-upgrade", "shop"])
        .unwrap();
    snapshots(product, &address);
    releases(product, &address, &lab.settings().version.to_string());
    for (arguments, code, words) in [
        (&["nodes", "log", "127.0.0.250"][..], 4, "no node of `lab`"),
        (
            &["nodes", "log", &address, "--level", "loud"],
            2,
            "there is no level `loud`",
        ),
        (
            &["nodes", "log", &address, "--lines", "0"],
            2,
            "no number from 1 to 1000",
        ),
        (&["nodes", "snapshots"], 2, "<NODE>"),
    ] {
        let ran = product.run(arguments).unwrap();
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
    }
}

fn told(product: &Product, arguments: &[&str]) -> Value {
    let mut values = product.values(arguments).unwrap();
    assert_eq!(values.len(), 1, "{arguments:?}");
    values.remove(0)
}

fn logs(product: &Product, address: &str) {
    let all = told(product, &["nodes", "log", address, "--lines", "1000"]);
    let entries: Vec<&str> = all["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(
        entries
            .iter()
            .any(|entry| entry.starts_with("INFO") && entry.contains("Startup complete")),
        "{all:#}"
    );
    let warnings = told(product, &["nodes", "log", address, "--level", "warn"]);
    let warnings = warnings["entries"].as_array().unwrap().clone();
    let is_warning = |entry: &Value| {
        entry
            .as_str()
            .is_some_and(|entry| entry.starts_with("WARN ") || entry.starts_with("ERROR "))
    };
    assert!(
        !warnings.is_empty() && warnings.iter().all(is_warning),
        "{warnings:#?}"
    );
    let one = told(product, &["nodes", "log", address, "--lines", "1"]);
    assert_eq!(
        (one["entries"].as_array().unwrap().len(), &one["is_cut"]),
        (1, &Value::from(true))
    );
    let shown = product
        .run(&["nodes", "log", address, "--lines", "1"])
        .unwrap()
        .stdout;
    assert!(shown.starts_with("(what is older is left out)\n"), "{shown}");
}

fn snapshots(product: &Product, address: &str) {
    let told = told(product, &["nodes", "snapshots", address]);
    let directory = &told["directories"][0];
    let number = |value: &Value| value.as_u64().unwrap();
    assert!(
        number(&directory["total_bytes"]) > number(&directory["free_bytes"]),
        "{told:#}"
    );
    let snapshots = told["snapshots"].as_array().unwrap();
    assert_eq!(snapshots.len(), 1, "{told:#}");
    assert_eq!(snapshots[0]["tag"], "before-upgrade");
    assert_eq!(
        (&snapshots[0]["keyspace"], &snapshots[0]["tables"]),
        (&"shop".into(), &1.into())
    );
    assert!(
        number(&snapshots[0]["bytes"]) >= number(&snapshots[0]["own_bytes"]),
        "{told:#}"
    );
    assert!(number(&snapshots[0]["bytes"]) > 0, "{told:#}");
    let shown = product.run(&["nodes", "snapshots", address]).unwrap().stdout;
    for fact in [
        directory["path"].as_str().unwrap(),
        "before-upgrade",
        "Gives back",
    ] {
        assert!(shown.contains(fact), "{fact}: {shown}");
    }
}

fn releases(product: &Product, address: &str, version: &str) {
    let installed = &told(product, &["nodes", address])["installed"];
    let used = |what: &str| {
        let all = installed[what].as_array().unwrap();
        all.iter()
            .find(|release| release["is_in_use"] == true)
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(used("cassandra")["version"], version, "{installed:#}");
    assert!(used("java")["version"].is_string(), "{installed:#}");
    let shown = product.run(&["nodes", address]).unwrap().stdout;
    assert!(shown.contains(&format!("{version} in ")), "{shown}");
    assert!(
        !shown.contains("from the next start on"),
        "it is what runs: {shown}"
    );
}
