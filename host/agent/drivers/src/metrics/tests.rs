use std::fs;
use std::path::Path;

use ringkeeper_seams::Runtime;

use super::*;

#[tokio::test]
async fn this_machine_and_one_in_memory_conform() {
    let here = LinuxMetrics::below("/", Runtime::inline());
    conformance::check(&here).await;
    let told = MemoryMetrics::default();
    assert!(told.read().await.is_err());
    told.set(here.read().await.unwrap());
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
    write(root, "proc/vmstat", "nr_free_pages 1\noom_kill 3\n");
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
        .read()
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
        let samples = metrics.read().await.unwrap();
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
            .read()
            .await
            .is_err()
    );
}
