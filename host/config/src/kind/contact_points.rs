//! Addresses of a few nodes to begin with.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use serde_json::{Value as Json, json};

use super::{Kind, Node, quoted_list};
use crate::Fault;
use crate::reading::Reading;

/// A list of at least one IP address or host name, each with a storage port if it is not the usual one.
pub(crate) struct ContactPoints;

impl Kind for ContactPoints {
    type Value = Vec<String>;

    fn expects(&self) -> String {
        "a list of IP addresses or host names, at least one, such as [\"10.0.0.1\", \"db2.example\"]"
            .to_owned()
    }

    fn schema(&self) -> Json {
        json!({ "type": "array", "items": { "type": "string", "minLength": 1 }, "minItems": 1, "uniqueItems": true })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Vec<String>> {
        let items = node.items(reading, self.expects())?;
        if items.is_empty() {
            node.wrong(
                reading,
                Fault::Empty {
                    expects: self.expects(),
                },
            );
            return None;
        }
        let mut seen = BTreeMap::new();
        // Every item is read before the first failed one ends it, so that all are reported.
        let points: Vec<_> = items
            .iter()
            .map(|item| read_one(item, reading, &mut seen))
            .collect();
        points.into_iter().collect()
    }

    fn show(&self, value: &Vec<String>) -> String {
        quoted_list(value.iter().map(String::as_str))
    }
}

fn read_one(
    item: &Node<'_>,
    reading: &mut Reading<'_>,
    seen: &mut BTreeMap<String, usize>,
) -> Option<String> {
    let text = item.text(reading, "an IP address or host name")?;
    if text.contains('@') {
        item.wrong(reading, Fault::CredentialsInUrl);
        return None;
    }
    if let Err(reason) = check(text) {
        item.wrong(
            reading,
            Fault::ContactPoint {
                value: text.to_owned(),
                reason,
            },
        );
        return None;
    }
    let line = reading.line(&item.value.span());
    if let Some(first_line) = seen.insert(text.to_lowercase(), line) {
        item.wrong(
            reading,
            Fault::Duplicate {
                value: text.to_owned(),
                first_line,
            },
        );
        return None;
    }
    Some(text.to_owned())
}

/// Whether this is `HOST` or `HOST:PORT`, with brackets around an IPv6 address that has a port.
fn check(text: &str) -> Result<(), &'static str> {
    if text.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return if address.port() == 0 {
            Err("a port is a number from 1 to 65535")
        } else {
            Ok(())
        };
    }
    if text.contains("://") {
        return Err("it is a URL");
    }
    let (host, port) = text
        .split_once(':')
        .map_or((text, None), |(host, port)| (host, Some(port)));
    if port.is_some_and(|port| port.contains(':')) {
        return Err("it is no IPv6 address");
    }
    if port.is_some_and(|port| !port.parse::<u16>().is_ok_and(|port| port > 0)) {
        return Err("a port is a number from 1 to 65535");
    }
    check_host(host)
}

fn check_host(host: &str) -> Result<(), &'static str> {
    if !host.is_empty() && host.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return match host.parse::<IpAddr>() {
            Ok(_) => Ok(()),
            Err(_) => Err("an IPv4 address has four numbers from 0 to 255"),
        };
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    let fits = host.len() <= 253 && host.strip_suffix('.').unwrap_or(host).split('.').all(is_label);
    if fits {
        Ok(())
    } else {
        Err("a host name has letters, digits, dots and inner hyphens")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_addresses_from_other_texts() {
        for (text, fits) in [
            ("10.0.0.1", true),
            ("10.0.0.1:7001", true),
            ("::1", true),
            ("[::1]", false),
            ("[::1]:7000", true),
            ("db1", true),
            ("db-1.example.:7000", true),
            ("cassandra_1", true),
            ("", false),
            (":7000", false),
            ("10.0.0.300", false),
            ("10.0.0", false),
            ("10.0.0.1:0", false),
            ("db1:seven", false),
            ("db1:70000", false),
            ("::1::2", false),
            ("-db", false),
            ("db 1", false),
            ("http://db1", false),
        ] {
            assert_eq!(check(text).is_ok(), fits, "{text}");
        }
    }
}
