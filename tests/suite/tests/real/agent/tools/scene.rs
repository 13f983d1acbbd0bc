//! A node with rows, and the agent's tools beside it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::time::Duration;

use ringkeeper_jvm::Loopback;
use ringkeeper_lab::{Jdk, Lab, LabNode, jars_of};
use ringkeeper_seams::Seams;
use ringkeeper_tool_runs::{
    Ended, Installation, Intent, Jmx, Limits, Order, Report, RunError, ToolRuns, ToolSettings,
};
use scylla::client::session_builder::SessionBuilder;
use serde_json::{Value, json};

pub(super) const ROWS: i32 = 200;

pub(super) struct Scene<'a> {
    pub(super) lab: &'a Lab,
    pub(super) tools: ToolRuns,
    folder: PathBuf,
}

/// What came of a run, with what was printed.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) report: Report,
    pub(super) output: String,
    pub(super) complaints: String,
}

impl<'a> Scene<'a> {
    pub(super) fn on(lab: &'a Lab) -> Self {
        let (jdk, node) = (Jdk::find().unwrap(), &lab.nodes()[0]);
        let jars = jars_of(&lab.settings().version, &jdk).unwrap();
        let folder = lab.root().join("tools");
        // Cassandra of the lab asks for no password; that one is sent shows that its file is understood.
        fs::write(lab.root().join("jmx.password"), "operator secret\n").unwrap();
        let settings = ToolSettings {
            installation: Installation::find(&jars, jdk.home()).unwrap(),
            yaml: node.directory().join("cassandra.yaml"),
            data_directories: vec![node.directory().join("data")],
            jmx: Jmx {
                at: Loopback::new([127, 0, 0, 1].into(), node.jmx_port()).unwrap(),
                login: Some(("operator".to_owned(), lab.root().join("jmx.password"))),
            },
            folder: folder.clone(),
            limits: Limits::default(),
        };
        Self {
            lab,
            tools: ToolRuns::open(settings, Seams::production().unwrap()).unwrap(),
            folder,
        }
    }

    pub(super) fn node(&self) -> &LabNode {
        &self.lab.nodes()[0]
    }

    pub(super) fn data(&self) -> PathBuf {
        self.node().directory().join("data")
    }

    /// Two tables of a keyspace, with rows in two SSTables each.
    pub(super) async fn fill(&self) {
        let session = SessionBuilder::new()
            .known_node_addr(self.node().cql())
            .build()
            .await
            .unwrap();
        for statement in [
            "CREATE KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 1}",
            "CREATE TABLE shop.orders (id int PRIMARY KEY, what text)",
            "CREATE TABLE shop.carts (id int PRIMARY KEY, what text) \
             WITH compaction = {'class': 'LeveledCompactionStrategy'}",
            "CREATE INDEX what ON shop.carts (what)",
        ] {
            session.query_unpaged(statement, ()).await.unwrap();
        }
        for half in [0..ROWS / 2, ROWS / 2..ROWS] {
            for id in half {
                for table in ["orders", "carts"] {
                    let statement = format!("INSERT INTO shop.{table} (id, what) VALUES ({id}, 'row {id}')");
                    session.query_unpaged(statement, ()).await.unwrap();
                }
            }
            self.run("flush", &[("keyspace", "shop")]).await;
        }
    }

    /// How many rows a table has.
    pub(super) async fn rows(&self, table: &str) -> usize {
        let session = SessionBuilder::new()
            .known_node_addr(self.node().cql())
            .build()
            .await
            .unwrap();
        let statement = format!("SELECT id FROM shop.{table}");
        let rows = session.query_unpaged(statement, ()).await.unwrap();
        rows.into_rows_result().unwrap().rows_num()
    }

    /// Runs a tool that has to end well.
    pub(super) async fn run(&self, tool: &str, values: &[(&str, &str)]) -> Ran {
        let ran = self.order(tool, values, Intent::Careful).await.unwrap();
        assert_eq!(ran.report.ended, Ended::Code(0), "{tool}: {ran:?}");
        ran
    }

    /// Runs a tool that is meant for real and has to end well.
    pub(super) async fn run_for_real(&self, tool: &str, values: &[(&str, &str)]) -> Ran {
        let ran = self.order(tool, values, Intent::ForReal).await.unwrap();
        assert_eq!(ran.report.ended, Ended::Code(0), "{tool}: {ran:?}");
        ran
    }

    pub(super) async fn order(
        &self,
        tool: &str,
        values: &[(&str, &str)],
        intent: Intent,
    ) -> Result<Ran, RunError> {
        let values = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let order = Order {
            tool: tool.to_owned(),
            values: values.collect(),
            intent,
            within: Some(Duration::from_secs(120)),
        };
        let report = self.tools.run(&order, None).await?;
        assert_eq!(self.tools.report(&report.id).as_ref(), Some(&report));
        let printed = |name: &str| {
            let path = self.folder.join("runs").join(&report.id).join(name);
            fs::read_to_string(path).unwrap_or_default()
        };
        Ok(Ran {
            output: printed("output"),
            complaints: printed("complaints"),
            report,
        })
    }

    /// What Jolokia says to attributes of a bean.
    pub(super) async fn ask(&self, bean: &str, attribute: &str) -> Value {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let question = json!({"type": "read", "mbean": bean, "attribute": attribute});
        let asked = reqwest::Client::new()
            .post(self.node().jolokia_url().unwrap())
            .json(&question)
            .send()
            .await
            .unwrap();
        asked.json::<Value>().await.unwrap()["value"].clone()
    }

    /// The data files of a table, as the tools are told of them.
    pub(super) fn sstables(&self, table: &str) -> Vec<String> {
        let keyspace = self.data().join("shop");
        let folder = fs::read_dir(&keyspace)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .find(|name| name.starts_with(&format!("{table}-")))
            .unwrap();
        let mut found: Vec<String> = fs::read_dir(keyspace.join(&folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with("-Data.db"))
            .map(|name| format!("shop/{folder}/{name}"))
            .collect();
        found.sort_unstable();
        found
    }

    /// Every file of the table that is not compacted by itself, with the number of its names.
    pub(super) fn names(&self) -> BTreeMap<String, u64> {
        let sstable = self.data().join(&self.sstables("orders")[0]);
        let entries = fs::read_dir(sstable.parent().unwrap()).unwrap();
        let named = entries.map(|entry| {
            let entry = entry.unwrap();
            let links = entry.metadata().unwrap().nlink();
            (entry.file_name().into_string().unwrap(), links)
        });
        named.collect()
    }

    /// Nothing of what was worked on is left.
    pub(super) fn is_swept(&self) -> bool {
        fs::read_dir(self.folder.join("work")).unwrap().next().is_none()
    }
}
