//! Orders, carried out by a Java that only repeats its words.

use std::os::unix::fs::symlink;

use ringkeeper_tools::Line;

use super::*;
use crate::Intent;
use crate::user::give;

/// A machine with an installation of this version and a data directory.
fn machine(version: &str) -> (tempfile::TempDir, ToolSettings) {
    let root = tempfile::tempdir().unwrap();
    let at = |path: &str| root.path().join(path);
    for folder in [
        "cassandra/lib",
        "java/bin",
        "data/system_schema",
        "data/shop/orders-1",
        "conf",
    ] {
        fs::create_dir_all(at(folder)).unwrap();
    }
    fs::write(at(&format!("cassandra/apache-cassandra-{version}.jar")), "").unwrap();
    fs::write(at("cassandra/lib/guava.jar"), "").unwrap();
    for part in ["Data.db", "TOC.txt"] {
        fs::write(at(&format!("data/shop/orders-1/nb-1-big-{part}")), "").unwrap();
    }
    fs::write(at("conf/cassandra.yaml"), "cluster_name: x\n").unwrap();
    symlink("/bin/echo", at("java/bin/java")).unwrap();
    let settings = ToolSettings {
        installation: Installation::find(&at("cassandra"), &at("java")).unwrap(),
        yaml: at("conf/cassandra.yaml"),
        data_directories: vec![at("data")],
        jmx: Jmx {
            at: Loopback::new([127, 0, 0, 1].into(), 7199).unwrap(),
            login: Some(("operator".to_owned(), "/etc/jmx.password".into())),
        },
        folder: at("tools"),
        limits: Limits::default(),
    };
    (root, settings)
}

fn order(tool: &str, values: &[(&str, &str)], intent: Intent) -> Order {
    let values = values.iter();
    Order {
        tool: tool.to_owned(),
        values: values
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        intent,
        within: None,
    }
}

/// What came of an order, with the words that Java was given.
async fn run(settings: &ToolSettings, order: &Order) -> Result<(Report, String), RunError> {
    let tools = ToolRuns::open(settings.clone(), Seams::production().unwrap())?;
    let report = tools.run(order, None).await?;
    let output = settings.folder.join("runs").join(&report.id).join("output");
    Ok((report, fs::read_to_string(output).unwrap_or_default()))
}

#[tokio::test]
async fn nodetool_asks_the_node_with_a_password_from_a_file() {
    let (_root, settings) = machine("4.1.9");
    assert_eq!(settings.installation.line(), Line::V4_1);
    let (report, words) = run(
        &settings,
        &order("status", &[("keyspace", "shop")], Intent::Careful),
    )
    .await
    .unwrap();
    assert_eq!((report.manner, report.ended), (Manner::Run, Ended::Code(0)));
    assert!(
        words.ends_with(
            "org.apache.cassandra.tools.NodeTool -h 127.0.0.1 -p 7199 -u operator -pwf /etc/jmx.password status -- shop\n"
        ),
        "{words}"
    );
    assert!(
        words.contains("apache-cassandra-4.1.9.jar:") && words.contains("lib/guava.jar"),
        "{words}"
    );
    assert!(
        !words.contains("--add-opens"),
        "a Java without modules is given none: {words}"
    );
}

#[tokio::test]
async fn what_destroys_is_run_only_for_real() {
    let (_root, settings) = machine("5.0.5");
    for (intent, manner) in [
        (Intent::Careful, Manner::Shown),
        (Intent::DryRun, Manner::Shown),
        (Intent::ForReal, Manner::Run),
    ] {
        let (report, words) = run(&settings, &order("truncatehints", &[], intent))
            .await
            .unwrap();
        assert_eq!(report.manner, manner);
        assert_eq!(words.is_empty(), manner == Manner::Shown);
        assert_eq!(report.words, ["truncatehints"]);
    }
    // So is what only becomes dangerous by a parameter.
    let risky = order("verify", &[("rsc", "true")], Intent::Careful);
    assert_eq!(run(&settings, &risky).await.unwrap().0.manner, Manner::Shown);
    let plain = order("verify", &[], Intent::Careful);
    assert_eq!(run(&settings, &plain).await.unwrap().0.manner, Manner::Run);
}

#[tokio::test]
async fn a_dry_run_of_what_writes_sstables_is_given_a_copy() {
    let (root, settings) = machine("5.0.5");
    let table = [("keyspace", "shop"), ("table", "orders")];
    let (report, words) = run(
        &settings,
        &order("sstableofflinerelevel", &table, Intent::Careful),
    )
    .await
    .unwrap();
    assert_eq!(report.manner, Manner::DryRun);
    assert!(
        words.ends_with("SSTableOfflineRelevel --dry-run shop orders\n"),
        "{words}"
    );
    let copy = settings
        .folder
        .join("work")
        .join(&report.id)
        .join("copy/cassandra.yaml");
    assert!(
        words.contains(&format!("-Dcassandra.config=file://{}", copy.display())),
        "{words}"
    );
    // No Cassandra runs on these data, so that for real it works on them.
    let (report, words) = run(
        &settings,
        &order("sstableofflinerelevel", &table, Intent::ForReal),
    )
    .await
    .unwrap();
    assert_eq!(report.manner, Manner::Run);
    let own = root.path().join("conf/cassandra.yaml");
    assert!(
        words.contains(&format!("-Dcassandra.config=file://{}", own.display())),
        "{words}"
    );
    assert!(words.ends_with("SSTableOfflineRelevel shop orders\n"), "{words}");
}

#[tokio::test]
async fn an_sstable_is_named_by_its_path_in_the_copy_and_read_as_the_original() {
    let (root, settings) = machine("5.0.5");
    let values = [("sstables", "shop/orders-1/nb-1-big-Data.db")];
    let (_, words) = run(&settings, &order("sstablemetadata", &values, Intent::Careful))
        .await
        .unwrap();
    let original = root.path().join("data/shop/orders-1/nb-1-big-Data.db");
    assert!(words.ends_with(&format!("{}\n", original.display())), "{words}");
}

#[tokio::test]
async fn what_is_not_run_here_says_why() {
    let (_root, settings) = machine("4.0.18");
    let refusals = [
        order("repair", &[], Intent::ForReal),
        order("drain", &[], Intent::ForReal),
        order("decommission", &[], Intent::ForReal),
        order("forcecompact", &[], Intent::ForReal),
        order("stauts", &[], Intent::Careful),
        order(
            "sstableverify",
            &[("keyspace", "shop"), ("table", "carts")],
            Intent::Careful,
        ),
    ];
    let mut said = Vec::new();
    for order in refusals {
        said.push(run(&settings, &order).await.unwrap_err().to_string());
    }
    insta::assert_snapshot!(said.join("\n"));
}

#[tokio::test]
async fn so_many_run_at_once_and_no_more() {
    let (_root, mut settings) = machine("5.0.5");
    settings.limits.at_once = 0;
    let error = run(&settings, &order("status", &[], Intent::Careful))
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "0 tools run already");
}

#[tokio::test]
async fn what_a_killed_agent_left_is_swept() {
    let (root, settings) = machine("5.0.5");
    let left = [
        settings.folder.join("work/1/copy"),
        root.path().join("data").join(COPIES).join("1"),
    ];
    for folder in &left {
        fs::create_dir_all(folder).unwrap();
    }
    run(&settings, &order("version", &[], Intent::Careful))
        .await
        .unwrap();
    assert!(left.iter().all(|folder| !folder.exists()));
}

/// Only root can take another user on.
#[tokio::test]
async fn whoever_owns_the_data_can_work_in_the_folders_that_are_made() {
    use std::os::unix::fs::PermissionsExt as _;
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let (root, settings) = machine("5.0.5");
    fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let nobody = User {
        uid: 65534,
        gid: 65534,
    };
    give(&root.path().join("data"), Some(nobody)).unwrap();
    let table = [("keyspace", "shop"), ("table", "orders")];
    for order in [
        order("status", &[], Intent::Careful),
        order("sstableutil", &table, Intent::Careful),
    ] {
        let (report, _) = run(&settings, &order).await.unwrap();
        assert_eq!(report.ended, Ended::Code(0));
    }
    let kept = fs::metadata(settings.folder.join("runs")).unwrap();
    assert_eq!(
        kept.permissions().mode() & 0o777,
        0o700,
        "what tools print is for the agent alone"
    );
}
