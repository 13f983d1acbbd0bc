//! Tools that change nothing.

use ringkeeper_plan::Impact;
use ringkeeper_tool_runs::{Ended, Intent};
use ringkeeper_tools::{Ground, Line, Rule, Tool, catalogue};

use super::scene::Scene;

const STORAGE_SERVICE: &str = "org.apache.cassandra.db:type=StorageService";

/// Those that cannot end well on a small node without passwords, with what they say.
const UNABLE: [(&str, &str); 3] = [
    ("viewbuildstatus", "has not finished building"),
    ("getcidrgroupsofip", "cidr"),
    ("cidrfilteringstats", "cidr"),
];

/// Every one is run, with what it needs and nothing more.
pub(super) async fn every_tool_that_only_looks_answers(scene: &Scene<'_>) {
    let line = Line::of(scene.lab.settings().version.as_str()).unwrap();
    let looking = |tool: &&Tool| {
        tool.impact == Impact::Observe
            && tool.rule == Rule::Freely
            && tool.ground == Ground::Node
            && tool.since <= line
    };
    let mut wrong = Vec::new();
    for tool in catalogue().filter(looking) {
        let values = values(tool.name);
        let ran = scene.order(tool.name, values, Intent::Careful).await.unwrap();
        let said = format!("{}{}", ran.output, ran.complaints).to_lowercase();
        let unable = UNABLE.iter().find(|(name, _)| *name == tool.name);
        let as_expected = match (unable, ran.report.ended) {
            (Some((_, says)), _) => said.contains(says),
            (None, ended) => ended == Ended::Code(0),
        };
        if !as_expected {
            wrong.push(format!("{}: {ran:?}", tool.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a tool needs to say something.
fn values(tool: &str) -> &'static [(&'static str, &'static str)] {
    const TABLE: &[(&str, &str)] = &[("keyspace", "shop"), ("table", "orders")];
    const KEY: &[(&str, &str)] = &[("keyspace", "shop"), ("table", "orders"), ("key", "7")];
    match tool {
        "describering" => &[("keyspace", "shop")],
        "getendpoints" | "getsstables" => KEY,
        "getcompactionthreshold" | "tablehistograms" => TABLE,
        "viewbuildstatus" => &[("keyspace", "shop"), ("view", "nothing")],
        "gettimeout" => &[("type", "read")],
        "getauthcacheconfig" => &[("cache-name", "RolesCache")],
        "getcidrgroupsofip" => &[("address", "127.0.0.1")],
        "toppartitions" | "profileload" => &[("keyspace", "shop"), ("table", "orders"), ("ms", "500")],
        "tablestats" => &[("tables", "shop.orders"), ("as", "json")],
        "status" => &[("keyspace", "shop")],
        // Rounded, a limit in MiB has no value in megabits.
        "getstreamthroughput" | "getinterdcstreamthroughput" => &[("precise", "true")],
        _ => &[],
    }
}

/// What both tell is the same.
pub(super) async fn nodetool_says_what_jmx_says(scene: &Scene<'_>) {
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    let live_sstables =
        "org.apache.cassandra.metrics:type=Table,keyspace=shop,scope=orders,name=LiveSSTableCount";
    for (tool, values, says, bean, attribute) in [
        (
            "version",
            &[] as &[(&str, &str)],
            "ReleaseVersion: ",
            STORAGE_SERVICE,
            "ReleaseVersion",
        ),
        ("info", &[], ": ", STORAGE_SERVICE, "LocalHostId"),
        ("describecluster", &[], "Name: ", STORAGE_SERVICE, "ClusterName"),
        ("describecluster", &[], "", STORAGE_SERVICE, "SchemaVersion"),
        (
            "describecluster",
            &[],
            "Partitioner: ",
            STORAGE_SERVICE,
            "PartitionerName",
        ),
        (
            "getcompactionthroughput",
            &[],
            ": ",
            STORAGE_SERVICE,
            "CompactionThroughputMbPerSec",
        ),
        (
            "getconcurrentcompactors",
            &[],
            "is: \n",
            STORAGE_SERVICE,
            "ConcurrentCompactors",
        ),
        (
            "gettraceprobability",
            &[],
            ": ",
            STORAGE_SERVICE,
            "TraceProbability",
        ),
        (
            "gettimeout",
            &[("type", "read")],
            ": ",
            STORAGE_SERVICE,
            "ReadRpcTimeout",
        ),
        (
            "tablestats",
            &[("tables", "shop.orders")],
            "SSTable count: ",
            live_sstables,
            "Value",
        ),
    ] {
        let answer = text(scene.ask(bean, attribute).await);
        assert!(!answer.is_empty() && answer != "null", "{attribute}");
        let ran = scene.run(tool, values).await;
        let expected = format!("{says}{answer}");
        assert!(
            ran.output.contains(&expected),
            "{tool} does not say {expected:?}: {ran:?}"
        );
    }
    let gossips = scene.ask(STORAGE_SERVICE, "GossipRunning").await;
    assert_eq!(gossips, true);
    assert_eq!(scene.run("statusgossip", &[]).await.output.trim(), "running");
}
