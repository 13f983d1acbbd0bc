//! Copies of a small tree.

use std::os::unix::fs::MetadataExt as _;

use super::*;

/// A data directory with two tables, a schema, a half-written SSTable and the log of a compaction.
fn tree() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    for file in [
        "shop/orders-1/nb-1-big-Data.db",
        "shop/orders-1/nb-1-big-TOC.txt",
        "shop/orders-1/nb-1-big-SAI+aa+x+Meta.db",
        "shop/orders-1/nb-2-big-Data.db",
        "shop/orders-1/nb_txn_compaction_6a-1-2-3.log",
        "shop/orders-1/snapshots/old/nb-1-big-Data.db",
        "shop/other-2/nb-1-big-Data.db",
        "shop/other-2/nb-1-big-TOC.txt",
        "system_schema/tables-3/nb-9-big-Data.db",
        "system_schema/tables-3/nb-9-big-TOC.txt",
    ] {
        let path = data.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file).unwrap();
    }
    fs::write(root.path().join("cassandra.yaml"), "cluster_name: x\n").unwrap();
    root
}

fn make(root: &Path, wanted: &Wanted) -> Result<Copy, RunError> {
    Copy::make(
        &root.join("copy"),
        &[root.join("data")],
        &root.join("cassandra.yaml"),
        wanted,
        None,
    )
}

fn table(name: &str) -> Wanted {
    Wanted {
        table: Some(("shop".to_owned(), name.to_owned())),
        sstables: Vec::new(),
    }
}

fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for name in names(folder).unwrap() {
        let path = folder.join(&name);
        if path.is_dir() {
            found.extend(files(&path).iter().map(|file| format!("{name}/{file}")));
        } else {
            found.push(name);
        }
    }
    found
}

#[test]
fn finished_sstables_of_a_table_and_the_schema_are_linked() {
    let root = tree();
    let copy = make(root.path(), &table("orders")).unwrap();
    assert_eq!(
        files(&root.path().join("copy/data-0")),
        [
            "shop/orders-1/nb-1-big-Data.db",
            "shop/orders-1/nb-1-big-SAI+aa+x+Meta.db",
            "shop/orders-1/nb-1-big-TOC.txt",
            "system_schema/tables-3/nb-9-big-Data.db",
            "system_schema/tables-3/nb-9-big-TOC.txt"
        ]
    );
    let original = root.path().join("data/shop/orders-1/nb-1-big-Data.db");
    assert_eq!(fs::metadata(&original).unwrap().nlink(), 2);
    let yaml = fs::read_to_string(copy.yaml()).unwrap();
    assert!(
        yaml.contains(copy.folder.join("data-0").to_str().unwrap()),
        "{yaml}"
    );
    drop(copy);
    assert!(!root.path().join("copy").exists());
    assert_eq!(fs::metadata(&original).unwrap().nlink(), 1);
}

#[test]
fn one_sstable_is_linked_and_found() {
    let root = tree();
    let name = SsTableName::read("shop/orders-1/nb-1-big-Data.db").unwrap();
    let wanted = Wanted {
        table: None,
        sstables: vec![name.clone(), name.clone()],
    };
    let copy = make(root.path(), &wanted).unwrap();
    assert!(copy.path_of(&name).unwrap().starts_with(root.path().join("copy")));
    assert!(!root.path().join("copy/data-0/shop/other-2").exists());
}

#[test]
fn what_is_not_there_is_said() {
    let root = tree();
    let error = make(root.path(), &table("nothing")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no table shop.nothing in the data directories"
    );
    assert!(!root.path().join("copy").exists());
    let wanted = Wanted {
        table: None,
        sstables: vec![SsTableName::read("shop/orders-1/nb-7-big-Data.db").unwrap()],
    };
    let error = make(root.path(), &wanted).unwrap_err();
    assert!(error.to_string().contains("nb-7-big-Data.db"), "{error}");
}
