use std::fs;

use ringkeeper_cluster::KeptSnapshot;

use super::*;

const ORDERS: &str = "shop/orders-5bc52802de2535edaeab188eecebb090";
const ITEMS: &str = "shop/items-6bc52802de2535edaeab188eecebb090";

fn write(folder: &Path, file: &str, bytes: usize) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, vec![b'x'; bytes]).unwrap();
}

#[test]
fn snapshots_are_added_up_by_keyspace_and_those_that_give_room_back_come_first() {
    let folder = tempfile::tempdir().unwrap();
    let directories = [folder.path().join("one"), folder.path().join("two")];
    let [one, two] = &directories;
    write(one, &format!("{ORDERS}/nb-1-big-Data.db"), 100);
    let kept = one.join(format!("{ORDERS}/snapshots/daily/nb-1-big-Data.db"));
    fs::create_dir_all(kept.parent().unwrap()).unwrap();
    fs::hard_link(one.join(format!("{ORDERS}/nb-1-big-Data.db")), kept).unwrap();
    write(two, &format!("{ORDERS}/snapshots/daily/nb-2-big-Data.db"), 10);
    write(
        one,
        &format!("{ITEMS}/snapshots/before-upgrade/nb-7-big-Data.db"),
        30,
    );
    write(one, &format!("{ITEMS}/snapshots/daily/nb-7-big-Data.db"), 1);
    fs::create_dir_all(one.join("shop/no-table")).unwrap();
    let told = storage(&directories).unwrap();
    let snapshot = |tag: &str, tables, bytes, own_bytes| KeptSnapshot {
        tag: tag.to_owned(),
        keyspace: "shop".to_owned(),
        tables,
        bytes,
        own_bytes,
    };
    assert_eq!(
        told.snapshots,
        [
            snapshot("before-upgrade", 1, 30, 30),
            snapshot("daily", 2, 111, 11)
        ]
    );
    assert_eq!(told.directories[1].path, two.display().to_string());
    assert!(
        told.directories
            .iter()
            .all(|one| one.total_bytes >= one.free_bytes)
    );
    assert_eq!(told.refused.len(), 1, "{:?}", told.refused);
    assert!(!told.is_cut);
}

#[test]
fn where_data_are_not_known_or_not_there_says_so() {
    assert_eq!(storage(&[]).unwrap_err().code, ProblemCode::NotFound);
    let gone = storage(&["/nonexistent/data".into()]).unwrap_err();
    assert_eq!(gone.code, ProblemCode::NotFound);
    assert!(gone.message.contains("/nonexistent/data"), "{}", gone.message);
}

#[test]
fn the_end_of_the_log_is_told_by_level() {
    let folder = tempfile::tempdir().unwrap();
    let text = "INFO  [main] 2026-03-01 12:00:00,000 A.java:1 - one\n\
                ERROR [main] 2026-03-01 12:00:01,000 A.java:2 - two\n\tat A.b\n\
                WARN  [main] 2026-03-01 12:00:02,000 A.java:3 - three\n";
    fs::write(folder.path().join("system.log"), text).unwrap();
    let question = |level, lines| LogQuestion { level, lines };
    let all = tail(folder.path(), LogQuestion::default()).unwrap();
    assert_eq!((all.entries.len(), all.is_cut), (3, false));
    let last = tail(folder.path(), question(LogLevel::Warn, 1)).unwrap();
    assert!(last.entries[0].ends_with("three") && last.is_cut, "{last:?}");
    let errors = tail(folder.path(), question(LogLevel::Error, 9)).unwrap();
    assert!(errors.entries[0].ends_with("two\n\tat A.b"), "{errors:?}");
    for lines in [0, 1_001] {
        let refused = tail(folder.path(), question(LogLevel::Info, lines)).unwrap_err();
        assert_eq!(refused.code, ProblemCode::Invalid);
    }
    let none = tail(&folder.path().join("none"), LogQuestion::default()).unwrap_err();
    assert_eq!(none.code, ProblemCode::NotFound);
    assert!(none.cure.unwrap().contains("log_directory"));
}

#[test]
fn what_is_installed_says_what_the_node_was_started_from() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "usr/share/cassandra/apache-cassandra-5.0.5.jar", 1);
    let own = root.join("own");
    write(&own, "lib/apache-cassandra-5.0.4.jar", 1);
    fs::create_dir_all(own.join("java")).unwrap();
    fs::write(own.join("java/release"), "JAVA_VERSION=\"17.0.15\"\n").unwrap();
    let found = Found {
        home: own.join("lib"),
        java_home: own.join("java"),
        configuration: own.join("cassandra.yaml"),
        data_directories: Vec::new(),
        jmx_port: 7199,
    };
    let told = installed("/", Some(&found)).unwrap();
    let used: Vec<&str> = told
        .cassandra
        .iter()
        .filter(|release| release.is_in_use)
        .map(|release| release.version.as_str())
        .collect();
    assert_eq!(used, ["5.0.4"]);
    let java = told.java.iter().find(|java| java.is_in_use).unwrap();
    assert_eq!(
        (java.version.as_str(), &java.home),
        ("17.0.15", &own.join("java").display().to_string())
    );
    let root = root.display().to_string();
    let packaged = installed(&root, None).unwrap();
    assert_eq!(packaged.cassandra[0].version, "5.0.5");
    assert!(!packaged.cassandra[0].is_in_use);
}
