//! A lab, the backend on it, and a CQL session to prepare the cluster with.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use ringkeeper_cassandra::{AccessSettings, CassandraCluster, Secret, TlsSettings};
use ringkeeper_cluster::{Cluster as _, Endpoint, NodeId};
use ringkeeper_commands::{CommandLine, Commands};
use ringkeeper_lab::{Lab, LabNode, LabSettings};
use ringkeeper_seams::Seams;
use scylla::client::session::Session;
use scylla::client::session_builder::SessionBuilder;

/// Far more than anything here takes on an idle machine.
pub(super) const DEADLINE: Duration = Duration::from_secs(180);

pub(super) struct Live {
    // Before the lab: whoever speaks to nodes goes first.
    pub(super) cluster: CassandraCluster,
    pub(super) lab: Lab,
    runtime: tokio::runtime::Runtime,
}

impl Live {
    pub(super) fn start(settings: LabSettings) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let lab = Lab::start(settings).unwrap();
        let cluster = CassandraCluster::new(access(&lab), Seams::production().unwrap()).unwrap();
        Self {
            cluster,
            lab,
            runtime,
        }
    }

    pub(super) fn run(&self, cases: impl Future<Output = ()>) {
        self.runtime.block_on(cases);
    }

    pub(super) fn nodes(&self) -> &[LabNode] {
        self.lab.nodes()
    }

    pub(super) fn first(&self) -> Endpoint {
        endpoint(&self.nodes()[0])
    }

    /// Who is where, by the nodes' own word.
    pub(super) async fn host_ids(&self) -> BTreeMap<Endpoint, NodeId> {
        let mut ids = BTreeMap::new();
        for node in self.nodes() {
            ids.insert(
                endpoint(node),
                self.cluster.membership(endpoint(node)).await.unwrap().host_id,
            );
        }
        ids
    }

    /// A session for a lab without passwords.
    pub(super) async fn session(&self) -> Session {
        let contacts = self.nodes().iter().map(LabNode::cql);
        SessionBuilder::new()
            .known_nodes_addr(contacts)
            // A busy node can miss a change of the schema, and fetches it a minute later.
            .schema_agreement_timeout(DEADLINE)
            .build()
            .await
            .unwrap()
    }
}

pub(crate) fn endpoint(node: &LabNode) -> Endpoint {
    Endpoint::new((node.address(), Endpoint::DEFAULT_STORAGE_PORT).into())
}

/// The settings an operator of this lab would write.
pub(crate) fn access(lab: &Lab) -> AccessSettings {
    let mut access = AccessSettings::new(lab.nodes().iter().map(|node| node.address().to_string()));
    // Tests share their machine with compilers.
    access.jolokia.timeout = Duration::from_secs(30);
    access.cql.timeout = Duration::from_secs(60);
    let tls = lab.certificates().map(|certificates| TlsSettings {
        ca_file: Some(certificates.authority().to_owned()),
        ..TlsSettings::default()
    });
    if let Some(credentials) = lab.jolokia_credentials() {
        access.jolokia.url = "https://{address}:8778/jolokia".to_owned();
        access.jolokia.tls = tls.clone().unwrap();
        access.jolokia.username = Some(credentials.user);
        access.jolokia.password = Some(Secret::new(credentials.password));
    }
    if let Some(credentials) = lab.credentials() {
        access.cql.username = Some(credentials.user);
        access.cql.password = Some(Secret::new(credentials.password));
    }
    if lab.settings().tls {
        access.cql.tls = tls;
    }
    access
}

/// What starts and stops its nodes, as a host would read it.
pub(crate) fn commands(lab: &Lab, limit: Duration) -> Commands {
    let section: toml::Table = lab.process_commands().unwrap().parse().unwrap();
    let line = |which: &str| {
        let words = section["cluster"]["process"][which].as_array().unwrap();
        CommandLine::parse(words.iter().map(|word| word.as_str().unwrap())).unwrap()
    };
    Commands {
        start: line("start"),
        stop: line("stop"),
        status: Some(line("status")),
        limit,
    }
}
