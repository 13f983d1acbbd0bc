//! A restart of one node, and everything that was done for it.

use ringkeeper_api::RunDetail;
use ringkeeper_lab::{LabNode, wait_until};
use serde_json::Value;

use super::scene::{Scene, WITHIN};

/// An order that an agent began to carry out, by its own log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Carried {
    /// The number that the host gave it.
    pub(super) number: u64,
    /// `Stop` or `Start`.
    pub(super) deed: String,
    /// Address of the node.
    pub(super) node: String,
}

/// A restart of one node, and what there was before it.
pub(super) struct Restart {
    pub(super) node: String,
    run: String,
    carried: Vec<Carried>,
    /// Processes that each node has had.
    starts: Vec<usize>,
}

/// What came of a restart.
pub(super) struct Came {
    pub(super) run: RunDetail,
    /// The orders about its node, oldest first.
    pub(super) deeds: Vec<String>,
    /// Processes of its node that were started.
    pub(super) starts: usize,
}

impl Scene {
    /// Has one node restarted, once all of them are well.
    pub(super) fn restart_of(&self, node: &str) -> Restart {
        self.every_node_answers();
        let carried = self.carried();
        let starts = self.lab.nodes().iter().map(LabNode::starts).collect();
        Restart {
            node: node.to_owned(),
            run: self.open(|| self.product.restart_of(node).ok()),
            carried,
            starts,
        }
    }

    /// Waits until the agent of a restart's node carries out this deed.
    pub(super) fn wait_for_order(&self, restart: &Restart, deed: &str) {
        wait_until(&format!("an order to {deed}"), WITHIN, || {
            let carried = self.carried();
            let mut new = carried.iter().filter(|one| !restart.carried.contains(one));
            Ok(new
                .any(|one| one.deed == deed && one.node == restart.node)
                .then_some(()))
        })
        .unwrap_or_else(|error| panic!("{error}: {:#?}", self.product.shown(&restart.run)));
    }

    /// Waits for the end of a restart, and sees that every order was carried out once, that nothing was done to other nodes,
    /// and that nothing is left down or held.
    pub(super) fn came_of(&self, restart: &Restart) -> Came {
        let run = self.end(&restart.run);
        self.every_node_answers();
        assert!(self.lab.nodes().iter().all(LabNode::is_running), "{run:#?}");
        assert!(run.undos.iter().all(|undo| undo.state == "done"), "{run:#?}");
        let leases = self.product.values(&["leases", "list"]).unwrap();
        assert!(leases.is_empty(), "{leases:#?}");

        let carried = self.carried();
        for pair in carried.windows(2) {
            assert_ne!(pair[0].number, pair[1].number, "carried out twice: {carried:#?}");
        }
        let new: Vec<_> = carried
            .into_iter()
            .filter(|one| !restart.carried.contains(one))
            .collect();
        assert!(new.iter().all(|one| one.node == restart.node), "{new:#?}");
        let mut starts = 0;
        for (node, before) in self.lab.nodes().iter().zip(&restart.starts) {
            match node.address().to_string() == restart.node {
                true => starts = node.starts() - before,
                false => assert_eq!(node.starts(), *before, "{} was restarted", node.address()),
            }
        }
        Came {
            run,
            deeds: new.into_iter().map(|one| one.deed).collect(),
            starts,
        }
    }

    /// The orders that agents carried out, in the order of their numbers.
    fn carried(&self) -> Vec<Carried> {
        let mut carried = Vec::new();
        for node in self.addresses() {
            let log = self.product.agent_log(&node).unwrap();
            let lines = log
                .lines()
                .filter_map(|line| serde_json::from_str::<Value>(line).ok());
            carried.extend(lines.filter_map(|line| {
                let fields = &line["fields"];
                let deed = fields["message"].as_str()?.strip_suffix(" Cassandra")?;
                let number = fields["number"].as_u64()?;
                Some(Carried {
                    number,
                    deed: deed.to_owned(),
                    node: node.clone(),
                })
            }));
        }
        carried.sort();
        carried
    }
}
