use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use tempfile::TempDir;

use super::conformance::{Node, check, table, tag};
use super::linux::is_same_file;
use super::*;

struct OnDisk {
    root: TempDir,
    files: DataDirectories,
}

impl OnDisk {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let directories = ["data0", "data1"].map(|name| root.path().join(name));
        for directory in &directories {
            fs::create_dir(directory).unwrap();
        }
        let files = DataDirectories::open(directories).unwrap();
        Self { root, files }
    }

    fn folder(&self, table: &TableFolder) -> PathBuf {
        let place = format!(
            "data{}/{}/{}",
            table.data_directory,
            table.keyspace,
            table.folder()
        );
        self.root.path().join(place)
    }
}

impl Node for OnDisk {
    fn files(&self) -> &dyn NodeFiles {
        &self.files
    }

    fn put(&self, table: &TableFolder, file: &str, content: &[u8]) {
        let path = self.folder(table).join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn remove(&self, table: &TableFolder, file: &str) {
        fs::remove_file(self.folder(table).join(file)).unwrap();
    }
}

impl Node for MemoryFiles {
    fn files(&self) -> &dyn NodeFiles {
        self
    }

    fn put(&self, table: &TableFolder, file: &str, content: &[u8]) {
        Self::put(self, table, file, content);
    }

    fn remove(&self, table: &TableFolder, file: &str) {
        Self::remove(self, table, file);
    }
}

#[test]
fn files_on_disk_conform() {
    check(&OnDisk::new());
}

#[test]
fn files_in_memory_conform() {
    let space = [0, 1].map(|data_directory| Space {
        data_directory,
        total_bytes: 100,
        free_bytes: 40,
    });
    check(&MemoryFiles::with_space(space.into()));
}

#[test]
fn nothing_outside_of_the_data_directories_is_reached() {
    let node = OnDisk::new();
    let outside = node.root.path().join("outside");
    fs::create_dir_all(outside.join("orders-5bc52802de2535edaeab188eecebb090")).unwrap();
    fs::write(outside.join("secret"), "key").unwrap();
    node.put(&table(0, "orders"), "nb-1-big-Data.db", b"rows");
    symlink(&outside, node.root.path().join("data0/linked")).unwrap();
    symlink(
        &outside,
        node.root
            .path()
            .join("data0/shop/link-5bc52802de2535edaeab188eecebb090"),
    )
    .unwrap();
    symlink(
        outside.join("secret"),
        node.folder(&table(0, "orders")).join("nb-9-big-Data.db"),
    )
    .unwrap();

    let tables = node.files.tables().unwrap();
    assert_eq!(tables.found, [table(0, "orders")]);
    assert_eq!(tables.refused.len(), 2, "{:?}", tables.refused);
    let files = node.files.components(&table(0, "orders"), None).unwrap();
    assert_eq!(files.found.len(), 1);
    assert!(files.refused[0].contains("symbolic link"), "{:?}", files.refused);
    // Whoever made up the table's name is refused by the kernel.
    assert!(node.files.components(&table(0, "link"), None).is_err());
    // And what could not be told apart is not kept.
    assert!(
        node.files
            .take_snapshot(&table(0, "orders"), &tag("all"))
            .is_err()
    );
    assert!(
        node.files
            .snapshots(&table(0, "orders"))
            .unwrap()
            .found
            .is_empty()
    );
}

#[test]
fn clearing_a_snapshot_follows_no_link_out_of_it() {
    let node = OnDisk::new();
    let orders = table(0, "orders");
    node.put(&orders, "snapshots/mine/nb-1-big-Data.db", b"rows");
    let outside = node.root.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("kept"), "x").unwrap();
    symlink(&outside, node.folder(&orders).join("snapshots/mine/link")).unwrap();
    node.files.clear_snapshot(&orders, &tag("mine")).unwrap();
    assert!(outside.join("kept").exists());
    symlink(&outside, node.folder(&orders).join("snapshots/whole")).unwrap();
    assert!(node.files.clear_snapshot(&orders, &tag("whole")).is_err());
    assert!(outside.join("kept").exists());
}

#[test]
fn odd_names_are_named_and_not_entered() {
    let node = OnDisk::new();
    node.put(&table(0, "orders"), "two\nlines.db", b"x");
    fs::create_dir(node.root.path().join("data0/new\nline")).unwrap();
    fs::create_dir(node.root.path().join("data0/shop/lost+found")).unwrap();
    assert_eq!(node.files.tables().unwrap().refused.len(), 2);
    let files = node.files.components(&table(0, "orders"), None).unwrap();
    assert_eq!((files.found.len(), files.refused.len()), (0, 1));
}

#[test]
fn a_snapshot_is_the_same_file_under_a_second_name() {
    let node = OnDisk::new();
    let orders = table(0, "orders");
    node.put(&orders, "nb-1-big-Data.db", b"rows");
    node.put(&orders, "nb-1-big-TOC.txt", b"Data.db\nTOC.txt\n");
    node.files.take_snapshot(&orders, &tag("same")).unwrap();
    let folder = node.folder(&orders);
    assert!(is_same_file(
        &folder.join("nb-1-big-Data.db"),
        &folder.join("snapshots/same/nb-1-big-Data.db")
    ));
}

#[test]
fn a_missing_data_directory_is_an_error() {
    let root = tempfile::tempdir().unwrap();
    assert!(DataDirectories::open([root.path().join("none")]).is_err());
    fs::write(root.path().join("file"), "").unwrap();
    assert!(DataDirectories::open([root.path().join("file")]).is_err());
}
