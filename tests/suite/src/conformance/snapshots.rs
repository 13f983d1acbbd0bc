//! Snapshots.

use std::collections::BTreeSet;

use ringkeeper_cluster::{NodeErrorKind, TableSnapshot};

use super::ring::{KEYSPACE, Ring, TABLES, table};

pub(super) async fn snapshots_are_taken_listed_and_cleared(ring: &dyn Ring) {
    let (first, other) = (ring.nodes()[0].endpoint, ring.nodes()[1].endpoint);
    let cluster = ring.cluster();
    ring.write(&table(KEYSPACE, TABLES[0]), 0..200).await;
    assert_eq!(cluster.table_snapshots(first).await.unwrap(), []);

    let keyspaces = [KEYSPACE.to_owned()];
    cluster.take_snapshot(first, "before", &keyspaces).await.unwrap();
    let taken = cluster.table_snapshots(first).await.unwrap();
    let tables: Vec<_> = taken
        .iter()
        .map(|one| (one.tag.as_str(), one.table.clone()))
        .collect();
    assert_eq!(tables, TABLES.map(|name| ("before", table(KEYSPACE, name))));
    // What is written first is flushed first, and its files are the table's own.
    assert!(
        taken[0].bytes > taken[1].bytes && taken[0].own_bytes < taken[0].bytes,
        "{taken:?}"
    );
    assert_eq!(
        cluster.table_snapshots(other).await.unwrap(),
        [],
        "another node has its own"
    );

    let again = cluster
        .take_snapshot(first, "before", &keyspaces)
        .await
        .unwrap_err();
    assert_eq!(again.kind, NodeErrorKind::Failed, "{again}");
    assert!(
        again.message.contains("Snapshot before already exists"),
        "{again}"
    );
    let nowhere = cluster
        .take_snapshot(first, "nowhere", &["absent".to_owned()])
        .await
        .unwrap_err();
    assert_eq!(nowhere.kind, NodeErrorKind::Failed, "{nowhere}");
    assert!(
        nowhere.message.contains("Keyspace absent does not exist"),
        "{nowhere}"
    );

    cluster.take_snapshot(first, "whole", &[]).await.unwrap();
    let tags = |snapshots: &[TableSnapshot]| -> BTreeSet<(String, String)> {
        let tags = snapshots
            .iter()
            .map(|one| (one.tag.clone(), one.table.keyspace.clone()));
        tags.collect()
    };
    let both = tags(&cluster.table_snapshots(first).await.unwrap());
    for (tag, keyspace) in [
        ("before", KEYSPACE),
        ("whole", KEYSPACE),
        ("whole", "system_schema"),
    ] {
        assert!(both.contains(&(tag.to_owned(), keyspace.to_owned())), "{both:?}");
    }
    cluster.clear_snapshot(first, "whole").await.unwrap();
    cluster.clear_snapshot(first, "whole").await.unwrap();
    let nameless = cluster.clear_snapshot(first, "").await.unwrap_err();
    assert_eq!(nameless.kind, NodeErrorKind::Unsupported, "{nameless}");
    assert_eq!(tags(&cluster.table_snapshots(first).await.unwrap()), tags(&taken));
    cluster.clear_snapshot(first, "before").await.unwrap();
    assert_eq!(cluster.table_snapshots(first).await.unwrap(), []);
}
