//! Who is let in, and what is said to the others.

use ringkeeper_cassandra::{AccessSettings, CassandraCluster, Secret};
use ringkeeper_cluster::{Cluster as _, NodeError, NodeErrorKind};
use ringkeeper_seams::{Seams, Timestamp};

use super::support::{Live, access};

pub(super) async fn another_partitioner_is_refused(live: &Live) {
    let node = live.first();
    let errors = [
        live.cluster.probe(node).await.unwrap_err(),
        live.cluster.membership(node).await.unwrap_err(),
        live.cluster.topology(node).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind, NodeErrorKind::Unsupported);
        assert_eq!(
            error.message,
            "partitioner RandomPartitioner is not supported: only Murmur3Partitioner"
        );
    }
}

pub(super) async fn the_right_credentials_are_let_in(live: &Live) {
    live.cluster.membership(live.first()).await.unwrap();
    live.cluster.probe(live.first()).await.unwrap();
    let schema = live.cluster.schema().await.unwrap();
    assert!(schema.keyspaces.contains_key("system_auth"));
    assert_eq!(schema.authenticator.as_deref(), Some("PasswordAuthenticator"));
    // One node is no quorum of the history's three replicas.
    let beginning = Timestamp::default();
    assert_eq!(live.cluster.repair_history(beginning).await.unwrap(), []);
    let of_node = live.cluster.coordinated_repairs(live.first(), beginning);
    assert_eq!(of_node.await.unwrap(), []);
}

pub(super) async fn wrong_and_missing_credentials_are_told_with_their_cure(live: &Live) {
    let wrong = |settings: &mut AccessSettings| {
        settings.jolokia.password = Some(Secret::new("hunter2"));
        settings.cql.password = Some(Secret::new("hunter2"));
    };
    let missing = |settings: &mut AccessSettings| {
        (settings.jolokia.username, settings.jolokia.password) = (None, None);
        (settings.cql.username, settings.cql.password) = (None, None);
    };
    let (jolokia, cql) = errors(live, wrong).await;
    assert_eq!(
        (jolokia.kind, cql.kind),
        (NodeErrorKind::Unauthorised, NodeErrorKind::Unauthorised)
    );
    assert!(
        jolokia
            .message
            .starts_with("the agent refuses this user name and password"),
        "{jolokia}"
    );
    assert!(
        cql.message
            .starts_with("the cluster refuses this role and password"),
        "{cql}"
    );
    assert!(!format!("{jolokia:?} {cql:?}").contains("hunter2"));

    let (jolokia, cql) = errors(live, missing).await;
    assert_eq!(
        (jolokia.kind, cql.kind),
        (NodeErrorKind::Unauthorised, NodeErrorKind::Unauthorised)
    );
    assert!(
        jolokia
            .message
            .starts_with("the agent asks for a user name and password"),
        "{jolokia}"
    );
    assert!(
        cql.message
            .starts_with("the cluster asks for a role and password"),
        "{cql}"
    );
}

pub(super) async fn an_authority_that_signed_nothing_is_not_believed(live: &Live) {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("ca.pem");
    let certificate = rcgen::generate_simple_self_signed(["other".to_owned()])
        .unwrap()
        .cert;
    std::fs::write(&other, certificate.pem()).unwrap();
    let (jolokia, cql) = errors(live, |settings| {
        settings.jolokia.tls.ca_file = Some(other.clone());
        settings.cql.tls.as_mut().unwrap().ca_file = Some(other.clone());
    })
    .await;
    assert_eq!(
        (jolokia.kind, cql.kind),
        (NodeErrorKind::Unreachable, NodeErrorKind::Unreachable)
    );
    assert!(jolokia.message.contains("UnknownIssuer"), "{jolokia}");
    assert!(cql.message.contains("UnknownIssuer"), "{cql}");
}

/// What membership and schema say when these settings are changed. What one node remembers is refused as the schema is.
async fn errors(live: &Live, change: impl FnOnce(&mut AccessSettings)) -> (NodeError, NodeError) {
    let mut settings = access(&live.lab);
    change(&mut settings);
    let cluster = CassandraCluster::new(settings, Seams::production().unwrap()).unwrap();
    let jolokia = cluster.membership(live.first()).await.unwrap_err();
    let of_node = cluster.coordinated_repairs(live.first(), Timestamp::default());
    let of_node = of_node.await.unwrap_err();
    let cql = cluster.schema().await.unwrap_err();
    assert_eq!((of_node.kind, &of_node.message), (cql.kind, &cql.message));
    (jolokia, cql)
}
