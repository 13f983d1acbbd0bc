use std::fs;
use std::path::Path;

use ringkeeper_seams::Runtime;

use super::*;

#[tokio::test]
async fn this_machine_and_one_in_memory_conform() {
    let here = LinuxMetrics::below("/", Runtime::inline());
    conformance::check(&here).await;
    let told = MemoryMetrics::default();
    assert!(told.read(&Directories::default()).await.is_err());
    told.set(here.read(&Directories::default()).await.unwrap());
    conformance::check(&told).await;
}

const MEMINFO: &str = "\
MemTotal:        8000000 kB
MemFree:          500000 kB
MemAvailable:    3000000 kB
Buffers:          100000 kB
Cached:          2000000 kB
SwapCached:            0 kB
Active:          4000000 kB
Inactive:        2000000 kB
SwapTotal:       1000000 kB
SwapFree:         750000 kB
Dirty:               100 kB
Writeback:             0 kB
Mapped:           100000 kB
Slab:             200000 kB
Committed_AS:    5000000 kB
VmallocTotal:   34359738367 kB
VmallocUsed:           0 kB
VmallocChunk:          0 kB
";

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[tokio::test]
async fn a_recorded_machine_is_read_as_it_was() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(
        root,
        "proc/stat",
        "cpu  1000 200 300 40000 500 60 70 800 0 0\ncpu0 500 100 150 20000 250 30 35 400 0 0\ncpu1 500 100 150 20000 250 30 35 400 0 0\nintr 5\nctxt 1\nbtime 1772366400\nprocesses 9\nprocs_running 1\nprocs_blocked 0\nsoftirq 1 1\n",
    );
    write(root, "proc/loadavg", "0.50 0.40 0.30 1/100 4242\n");
    write(root, "proc/uptime", "3600.25 7000.00\n");
    write(root, "proc/meminfo", MEMINFO);
    write(
        root,
        "proc/vmstat",
        "nr_free_pages 1\npswpin 5\npswpout 7\noom_kill 3\n",
    );
    write(
        root,
        "proc/diskstats",
        "   8       0 sda 10 0 2048 5 20 0 4096 7 0 1500 12\n   7       0 loop0 1 0 2 3 0 0 0 0 0 4 4\n",
    );
    write(
        root,
        "proc/net/dev",
        "Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n  eth0: 5000 10 1 2 0 0 0 0 7000 12 3 4 0 0 0 0\n",
    );
    write(
        root,
        "proc/mdstat",
        "md0 : active raid1 sdb1[1](F) sda1[0]\n      523712 blocks super 1.2 [2/1] [U_]\n",
    );
    write(
        root,
        "proc/self/mountinfo",
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 ro,errors=remount-ro\n23 22 0:5 / /proc rw - proc proc rw\n24 22 0:40 / /mnt rw - nfs4 far:/ rw\n",
    );
    let chronyc = root.join("chronyc");
    write(
        root,
        "chronyc",
        "#!/bin/sh\necho 'A9FEA97B,10.0.0.9,4,1772366400.1,-0.25,0,0,0,0,0,0,0,16,Normal'\n",
    );
    fs::set_permissions(&chronyc, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let samples = LinuxMetrics::below(root, Runtime::inline())
        .with_chronyc(chronyc)
        .read(&Directories::default())
        .await
        .unwrap();
    // How much room there is is not recorded.
    let lines: Vec<String> = samples
        .iter()
        .filter(|sample| !sample.metric.starts_with("filesystem.") || sample.metric == "filesystem.read_only")
        .map(|sample| {
            format!(
                "{} {} {}",
                sample.metric,
                sample.of.as_deref().unwrap_or("-"),
                sample.value
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
    assert!(!samples.iter().any(|sample| sample.of.as_deref() == Some("/mnt")));
}

#[tokio::test]
async fn a_clock_that_systemd_sets_is_known_to_be_set() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "proc/loadavg", "0.50 0.40 0.30 1/100 4242\n");
    fs::create_dir_all(root.path().join("run/systemd/timesync")).unwrap();
    let metrics = LinuxMetrics::below(root.path(), Runtime::inline()).with_chronyc("/none/chronyc");
    for expected in [0.0, 1.0] {
        let samples = metrics.read(&Directories::default()).await.unwrap();
        assert!(
            samples.contains(&HostSample::one("clock.synchronised", expected)),
            "{samples:?}"
        );
        write(root.path(), "run/systemd/timesync/synchronized", "");
    }
}

#[tokio::test]
async fn a_folder_that_tells_nothing_is_an_error() {
    let root = tempfile::tempdir().unwrap();
    assert!(
        LinuxMetrics::below(root.path(), Runtime::inline())
            .read(&Directories::default())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn file_systems_that_hold_something_of_cassandra_are_marked_and_read_whatever_they_are() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    for folder in ["data/one", "fast", "far"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    write(
        root,
        "proc/self/mountinfo",
        "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n23 22 8:2 / /data rw - xfs /dev/sdb ro\n24 22 0:5 / /fast rw - tmpfs tmpfs rw\n\
         25 22 0:6 / /far rw - nfs4 far:/ rw\n",
    );
    let directories = |data: &[&str], commitlog: &[&str]| Directories {
        data: data.iter().map(Into::into).collect(),
        commitlog: commitlog.iter().map(Into::into).collect(),
    };
    let metrics = LinuxMetrics::below(root, Runtime::inline());
    let marked = async |of: &Directories| -> Vec<String> {
        let samples = metrics.read(of).await.unwrap();
        let marks = samples.iter().filter(|sample| sample.metric.contains("holds"));
        marks
            .map(|sample| format!("{} {}", sample.metric, sample.of.as_deref().unwrap_or_default()))
            .collect()
    };
    assert_eq!(
        marked(&directories(
            &["/data/one/cassandra", "/data/two"],
            &["/fast/log"]
        ))
        .await,
        ["filesystem.holds_data /data", "filesystem.holds_commitlog /fast"]
    );
    assert_eq!(
        marked(&directories(&["/database"], &["/far/log"])).await,
        ["filesystem.holds_data /"],
        "a file system of another machine is not asked"
    );
    let samples = metrics.read(&directories(&["/data"], &["/fast"])).await.unwrap();
    let value = |metric: &str, of: &str| {
        let found = samples
            .iter()
            .find(|sample| sample.metric == metric && sample.of.as_deref() == Some(of));
        found.map(|sample| sample.value)
    };
    assert_eq!(value("filesystem.read_only", "/data"), Some(1.0));
    assert!(value("filesystem.free_bytes", "/fast").is_some());
}

#[tokio::test]
async fn counters_of_any_size_are_read() {
    let root = tempfile::tempdir().unwrap();
    let most = u64::MAX;
    let times = format!("{most} {most} {most} {most} {most} {most} {most} {most} 0 0");
    let stat = format!(
        "cpu  {times}\ncpu0 {times}\nintr 5\nctxt 1\nbtime 1772366400\nprocesses 9\nprocs_running 1\nprocs_blocked 0\nsoftirq 1 1\n"
    );
    write(root.path(), "proc/stat", &stat);
    let machine = LinuxMetrics::below(root.path(), Runtime::inline());
    let samples = machine.read(&Directories::default()).await.unwrap();
    let user = samples.iter().find(|sample| sample.metric == "cpu.user_seconds");
    assert!(user.unwrap().value > 1e17, "{samples:?}");
}
