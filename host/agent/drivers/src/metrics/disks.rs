//! Disks and the file systems on them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use procfs_core::process::{MountInfo, MountInfos};
use procfs_core::{DiskStats, FromRead as _};

use super::proc_tree::Tree;
use super::{Directories, HostSample, number};

/// What the kernel calls a sector, whatever the disk calls one.
const SECTOR_BYTES: u64 = 512;
/// File systems that keep something on a disk of this machine. Others may hang when they are asked (network file systems)
/// or say nothing of a disk.
const ON_DISK: [&str; 8] = ["btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "xfs", "zfs"];

/// File systems of other machines, which are not asked whatever they hold. Any that is neither here nor above is asked where it
/// holds something of Cassandra.
const FAR: [&str; 8] = ["9p", "afs", "ceph", "cifs", "glusterfs", "lustre", "nfs", "nfs4"];

pub(super) fn read(tree: &Tree, of: &Directories) -> Vec<HostSample> {
    [devices(tree), file_systems(tree, of)].concat()
}

fn devices(tree: &Tree) -> Vec<HostSample> {
    let stats = tree
        .open("proc/diskstats")
        .and_then(|file| DiskStats::from_read(file).ok());
    let mut samples = Vec::new();
    for disk in stats.map(|stats| stats.0).unwrap_or_default() {
        if is_no_disk(&disk.name) {
            continue;
        }
        let of = |metric, value: f64| HostSample::of(metric, &disk.name, value);
        samples.extend([
            of(
                "disk.read_bytes",
                number(disk.sectors_read.saturating_mul(SECTOR_BYTES)),
            ),
            of(
                "disk.written_bytes",
                number(disk.sectors_written.saturating_mul(SECTOR_BYTES)),
            ),
            of("disk.busy_seconds", number(disk.time_in_progress) / 1000.0),
        ]);
    }
    samples
}

fn is_no_disk(name: &str) -> bool {
    ["loop", "ram", "zram", "sr", "fd"].iter().any(|kind| {
        name.strip_prefix(kind)
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// The last mount on a point is the one that is seen.
fn file_systems(tree: &Tree, of: &Directories) -> Vec<HostSample> {
    let mounts = tree
        .open("proc/self/mountinfo")
        .and_then(|file| MountInfos::from_read(file).ok());
    let mounts = mounts.map(|mounts| mounts.0).unwrap_or_default();
    let seen: BTreeMap<_, MountInfo> = mounts
        .into_iter()
        .map(|mount| (mount.mount_point.clone(), mount))
        .collect();
    let holding = |directories: &BTreeSet<PathBuf>| -> BTreeSet<&Path> {
        let points = directories.iter().filter_map(|directory| {
            let above = seen
                .values()
                .filter(|mount| directory.starts_with(&mount.mount_point));
            above.max_by_key(|mount| mount.mount_point.as_os_str().len())
        });
        points
            .filter(|mount| !is_far(mount))
            .map(|mount| mount.mount_point.as_path())
            .collect()
    };
    let (data, commitlog) = (holding(&of.data), holding(&of.commitlog));
    let mut samples = Vec::new();
    for mount in seen.values() {
        let point = mount.mount_point.as_path();
        let holds = [
            ("filesystem.holds_data", data.contains(point)),
            ("filesystem.holds_commitlog", commitlog.contains(point)),
        ];
        let is_wanted = ON_DISK.contains(&mount.fs_type.as_str()) || holds.iter().any(|(_, holds)| *holds);
        // In a container single files are mounted.
        if !is_wanted || !tree.path(point).is_dir() {
            continue;
        }
        samples.extend(file_system(tree, point, is_read_only(mount)));
        let marks = holds.iter().filter(|(_, holds)| *holds);
        samples.extend(marks.map(|(metric, _)| HostSample::of(metric, &point.to_string_lossy(), 1.0)));
    }
    samples
}

/// Whether asking it may wait for another machine.
fn is_far(mount: &MountInfo) -> bool {
    let kind = mount.fs_type.as_str();
    FAR.contains(&kind) || kind.starts_with("fuse")
}

/// The mount may be read-only, or the file system below it.
fn is_read_only(mount: &MountInfo) -> bool {
    mount.mount_options.contains_key("ro") || mount.super_options.contains_key("ro")
}

fn file_system(tree: &Tree, point: &Path, is_read_only: bool) -> Vec<HostSample> {
    let name = point.to_string_lossy();
    let of = |metric, value: f64| HostSample::of(metric, &name, value);
    let mut samples = vec![of("filesystem.read_only", f64::from(u8::from(is_read_only)))];
    if let Ok(space) = rustix::fs::statvfs(tree.path(point)) {
        samples.extend([
            of(
                "filesystem.total_bytes",
                number(space.f_blocks.saturating_mul(space.f_frsize)),
            ),
            of(
                "filesystem.free_bytes",
                number(space.f_bavail.saturating_mul(space.f_frsize)),
            ),
        ]);
        if space.f_files > 0 {
            samples.extend([
                of("filesystem.total_files", number(space.f_files)),
                of("filesystem.free_files", number(space.f_favail)),
            ]);
        }
    }
    samples
}
