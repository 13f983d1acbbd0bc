use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::net::IpAddr;
use std::path::Path;

const LAST_LINES: usize = 25;

/// What a node wrote to its system log from byte `start` on; nothing while there is no log.
pub(crate) fn since(path: &Path, start: u64) -> String {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    String::from_utf8_lossy(&read().unwrap_or_default()).into_owned()
}

/// The end of the log, or of what the virtual machine printed when there is no log yet.
pub(crate) fn last_lines(system_log: &Path, output: &Path) -> String {
    let text = [system_log, output]
        .iter()
        .filter_map(|path| fs::read(path).ok())
        .find(|bytes| !bytes.is_empty())
        .unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines
        .iter()
        .skip(lines.len().saturating_sub(LAST_LINES))
        .fold(String::new(), |mut end, line| {
            end.push_str(line);
            end.push('\n');
            end
        })
}

/// Whether the last word on this peer is that it is up. All supported versions write
/// `InetAddress /127.77.1.2:7000 is now UP` or `… is now DOWN`.
pub(crate) fn sees_up(text: &str, peer: IpAddr) -> bool {
    let named = format!("InetAddress /{peer}:");
    let last = text
        .lines()
        .rev()
        .find(|line| line.contains(&named) && line.contains(" is now "));
    last.is_some_and(|line| line.ends_with("is now UP"))
}

/// Whether the node has made the first superuser, or found it made by another.
pub(crate) fn has_superuser(text: &str) -> bool {
    text.contains("Created default superuser role")
}

#[cfg(test)]
mod tests {
    use super::sees_up;

    const LOG: &str = "\
INFO  [GossipStage:1] 2026-11-23 08:53:25,311 Gossiper.java:1458 - InetAddress /127.77.1.2:7000 is now UP
INFO  [GossipStage:1] 2026-11-23 08:53:25,314 Gossiper.java:1458 - InetAddress /127.77.1.20:7000 is now UP
INFO  [GossipTasks:1] 2026-11-23 08:54:02,001 Gossiper.java:1476 - InetAddress /127.77.1.20:7000 is now DOWN
";

    #[test]
    fn believes_the_last_word_on_a_peer() {
        assert!(sees_up(LOG, "127.77.1.2".parse().unwrap()));
        assert!(!sees_up(LOG, "127.77.1.20".parse().unwrap()));
        assert!(!sees_up(LOG, "127.77.1.3".parse().unwrap()));
    }
}
