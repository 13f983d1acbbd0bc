//! Processor, load and uptime.

use procfs_core::{
    CpuTime, ExplicitSystemInfo, FromRead as _, FromReadSI as _, KernelStats, LoadAverage, Uptime,
};

use super::HostSample;
use super::proc_tree::Tree;

/// In what the kernel counts time for programs (`USER_HZ`); the same on every architecture that Cassandra runs on.
const TICKS_PER_SECOND: u64 = 100;

pub(super) fn read(tree: &Tree) -> Vec<HostSample> {
    let mut samples = Vec::new();
    let info = ExplicitSystemInfo {
        boot_time_secs: 0,
        ticks_per_second: TICKS_PER_SECOND,
        page_size: 4096,
        is_little_endian: true,
    };
    if let Some(stats) = tree
        .open("proc/stat")
        .and_then(|file| KernelStats::from_read(file, &info).ok())
    {
        samples.push(HostSample::one("cpu.count", count(stats.cpu_time.len())));
        samples.extend(times(&stats.total));
    }
    if let Some(load) = tree
        .open("proc/loadavg")
        .and_then(|file| LoadAverage::from_read(file).ok())
    {
        samples.push(HostSample::one("load.one_minute", f64::from(load.one)));
    }
    if let Some(uptime) = tree
        .open("proc/uptime")
        .and_then(|file| Uptime::from_read(file).ok())
    {
        samples.push(HostSample::one("machine.uptime_seconds", uptime.uptime));
    }
    samples
}

fn times(total: &CpuTime) -> Vec<HostSample> {
    let seconds = |ticks: u64| super::number(ticks) / super::number(TICKS_PER_SECOND);
    let interrupts = [total.irq, total.softirq].into_iter().flatten();
    let system = interrupts.fold(total.system, u64::saturating_add);
    let mut samples = vec![
        HostSample::one("cpu.user_seconds", seconds(total.user.saturating_add(total.nice))),
        HostSample::one("cpu.system_seconds", seconds(system)),
        HostSample::one("cpu.idle_seconds", seconds(total.idle)),
    ];
    let iowait = total
        .iowait
        .map(|ticks| HostSample::one("cpu.iowait_seconds", seconds(ticks)));
    let steal = total
        .steal
        .map(|ticks| HostSample::one("cpu.steal_seconds", seconds(ticks)));
    samples.extend(iowait.into_iter().chain(steal));
    samples
}

fn count(of: usize) -> f64 {
    super::number(u64::try_from(of).unwrap_or(u64::MAX))
}
