//! Cassandra's tools, run by a person through the host and the agents.

use std::fs;

use ringkeeper_lab::wait_until;
use ringkeeper_suite::{DEADLINE, Ran};
use scylla::client::session::Session;
use scylla::client::session_builder::SessionBuilder;

use super::Scene;
use crate::agent::runtime;

const ROWS: i32 = 50;

impl Scene {
    /// Tools that look, tools on a copy, tools on a stopped node, and an agent that is killed in one.
    pub(super) fn tools_are_run(&mut self) {
        self.looks();
        self.fill();
        self.reads_a_copy();
        self.scrubs_a_stopped_node();
        self.is_killed_in_a_tool();
    }

    fn first(&self) -> String {
        self.lab.nodes()[0].address().to_string()
    }

    /// Runs a tool beside the first node, with these words behind its name.
    fn tool(&self, name: &str, more: &[&str]) -> Ran {
        let node = self.first();
        let words = ["tool", "run", name, "--node", &node];
        self.product.run(&[&words, more].concat()).unwrap()
    }

    /// As [`Scene::tool`]; it has to end well.
    fn tool_is_well(&self, name: &str, more: &[&str]) -> Ran {
        let ran = self.tool(name, more);
        assert_eq!(ran.code, 0, "{name} {more:?}: {ran:#?}");
        ran
    }

    fn looks(&self) {
        let first = &self.lab.nodes()[0];
        let nodetool = self.lab.nodetool(first, &["version"]).unwrap();
        assert_eq!(self.tool_is_well("version", &[]).stdout, nodetool);
        let status = self.tool_is_well("status", &["--", "-r"]).stdout;
        let expected = self.lab.nodetool(first, &["status", "-r"]).unwrap();
        // All but the load, which changes from moment to moment.
        let told = |text: &str| -> Vec<Vec<String>> {
            let lines = text.lines().filter(|line| line.starts_with("UN"));
            lines
                .map(|line| line.split_whitespace().map(str::to_owned).collect())
                .collect()
        };
        let [told, expected] = [told(&status), told(&expected)];
        assert_eq!((told.len(), expected.len()), (3, 3), "{status}");
        for (told, expected) in told.iter().zip(&expected) {
            assert_eq!(
                (told.first(), told.get(1), told.last()),
                (expected.first(), expected.get(1), expected.last())
            );
        }
        // What a shell would take apart reaches nobody.
        let refused = self.tool("flush", &["--", "shop; touch PWNED"]);
        assert_eq!(refused.code, 3, "{refused:#?}");
        assert!(refused.stderr.contains("keyspace cannot be"), "{refused:#?}");
        assert_eq!(
            self.tool("cleanup", &[]).code,
            3,
            "what can break something has to be meant"
        );
    }

    async fn session(&self) -> Session {
        let first = self.lab.nodes()[0].cql();
        SessionBuilder::new()
            .known_node_addr(first)
            .build()
            .await
            .unwrap()
    }

    fn fill(&self) {
        runtime().block_on(async {
            let session = self.session().await;
            for statement in [
                "CREATE KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 3}",
                "CREATE TABLE shop.orders (id int PRIMARY KEY, what text)",
            ] {
                session.query_unpaged(statement, ()).await.unwrap();
            }
            for id in 0..ROWS {
                let statement = format!("INSERT INTO shop.orders (id, what) VALUES ({id}, 'row {id}')");
                session.query_unpaged(statement, ()).await.unwrap();
            }
        });
        self.tool_is_well("flush", &["--", "shop"]);
    }

    fn rows(&self) -> usize {
        runtime().block_on(async {
            let session = self.session().await;
            let rows = session
                .query_unpaged("SELECT id FROM shop.orders", ())
                .await
                .unwrap();
            rows.into_rows_result().unwrap().rows_num()
        })
    }

    fn reads_a_copy(&self) {
        let keyspace = self.lab.nodes()[0].directory().join("data/shop");
        let names = |folder: &std::path::Path| -> Vec<String> {
            let entries = fs::read_dir(folder).unwrap();
            entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect()
        };
        let table = names(&keyspace)
            .into_iter()
            .find(|name| name.starts_with("orders-"))
            .unwrap();
        let files = names(&keyspace.join(&table));
        let data = files.iter().find(|name| name.ends_with("-Data.db")).unwrap();
        let sstable = format!("shop/{table}/{data}");
        let before = self.product.processes().unwrap();
        let read = self.tool_is_well("sstablemetadata", &["--", &sstable]);
        assert!(
            read.stdout.contains(&format!(
                "SSTable: {}",
                keyspace
                    .join(&table)
                    .join(data.trim_end_matches("-Data.db"))
                    .display()
            )),
            "{read:#?}"
        );
        assert_eq!(self.product.processes().unwrap(), before);
        // What it printed is had again.
        let run = read
            .stderr
            .split_whitespace()
            .nth(1)
            .unwrap()
            .trim_end_matches(':')
            .to_owned();
        let again = self.product.run(&["runs", "output", &run]).unwrap();
        assert_eq!((again.code, again.stdout), (0, read.stdout));
    }

    fn scrubs_a_stopped_node(&self) {
        let table = ["--", "keyspace=shop", "table=orders"];
        let before = self.product.processes().unwrap();
        let dry = self.tool_is_well("sstablescrub", &table);
        assert!(dry.stderr.contains("dry run of sstablescrub"), "{dry:#?}");
        assert_eq!(self.product.processes().unwrap(), before);
        let scrubbed = self.tool_is_well("sstablescrub", &[&["--really"][..], &table].concat());
        assert!(scrubbed.stdout.contains("Scrub of "), "{scrubbed:#?}");
        self.every_node_answers();
        let after = self.product.processes().unwrap();
        let restarted: Vec<&String> = before
            .keys()
            .filter(|node| before.get(*node) != after.get(*node))
            .collect();
        assert!(
            matches!(restarted.as_slice(), [only] if only.contains(&self.first())),
            "{restarted:?}"
        );
        assert_eq!(self.rows(), usize::try_from(ROWS).unwrap());
    }

    /// A tool that takes two minutes, of an agent that does not last as long.
    fn is_killed_in_a_tool(&mut self) {
        let node = self.first();
        let words = [
            "--format",
            "json",
            "tool",
            "run",
            "profileload",
            "--node",
            &node,
            "--detach",
            "--",
            "shop",
            "orders",
            "120000",
        ];
        let begun = self.product.run(&words).unwrap();
        assert_eq!(begun.code, 0, "{begun:#?}");
        let told: serde_json::Value = serde_json::from_str(&begun.stdout).unwrap();
        let run = told["id"].as_str().unwrap().to_owned();
        let orders = self.product.folder().join(&node).join("tools/orders");
        wait_until("the agent running it", DEADLINE, || {
            let is_it =
                |order: &str| order.contains("profileload") && order.contains("\"state\":\"running\"");
            let mut orders = fs::read_dir(&orders)?;
            let found = orders.any(|order| {
                order.is_ok_and(|order| fs::read_to_string(order.path()).is_ok_and(|order| is_it(&order)))
            });
            Ok(found.then_some(()))
        })
        .unwrap();
        self.kill_agent(&node);
        self.run_agent(&node);
        let ended = self.end(&run);
        assert_eq!(ended.run.state, "Failed", "{ended:#?}");
        let message = &ended.step_rows[0].message;
        assert!(message.contains("the agent ended while it ran"), "{message}");
        wait_until("the agent being back", DEADLINE, || {
            Ok((self.tool("version", &[]).code == 0).then_some(()))
        })
        .unwrap();
    }
}
