use ringkeeper_cluster::NodeId;
use uuid::Uuid;

use super::*;
use crate::PLACEHOLDERS;

fn node(endpoint: &str, rack: &str) -> ProcessPlace {
    ProcessPlace {
        node: NodeId::new(Uuid::from_u128(7)),
        endpoint: endpoint.parse().unwrap(),
        data_centre: "dc1".to_owned(),
        rack: rack.to_owned(),
    }
}

#[test]
fn every_placeholder_stands_for_something() {
    let text: Vec<_> = PLACEHOLDERS.iter().map(|name| format!("{{{name}}}")).collect();
    let line = CommandLine::parse(text.iter().map(String::as_str)).unwrap();
    assert_eq!(
        line.fill(&node("[fd00::1]:7001", "r1")).unwrap(),
        [
            "fd00::1",
            "7001",
            "00000000-0000-0000-0000-000000000007",
            "dc1",
            "r1"
        ]
    );
}

#[test]
fn words_are_filled_and_never_split() {
    let line = CommandLine::parse([
        "ssh",
        "root@{address}",
        "a b",
        "",
        "{{{{.State}}}}",
        "x{{{rack}}}",
    ]);
    assert_eq!(
        line.unwrap().fill(&node("10.0.0.1:7000", "r1")).unwrap(),
        ["ssh", "root@10.0.0.1", "a b", "", "{{.State}}", "x{r1}"]
    );
}

#[test]
fn what_is_no_command_line_is_refused() {
    let error = |words: &[&str]| CommandLine::parse(words.iter().copied()).unwrap_err();
    assert_eq!(error(&[]), CommandLineError::Empty);
    assert_eq!(error(&["", "x"]), CommandLineError::Empty);
    assert_eq!(error(&["a", "b\0c"]), CommandLineError::ZeroByte);
    for (word, name) in [("{host}", "host"), ("{}", ""), ("{print $1}", "print $1")] {
        assert_eq!(
            error(&["awk", word]),
            CommandLineError::UnknownPlaceholder(name.to_owned()),
            "{word}"
        );
    }
    for word in ["{address", "address}", "{{address}", "}"] {
        assert_eq!(error(&["a", word]), CommandLineError::LoneBrace(word.to_owned()));
    }
}

#[test]
fn a_rack_cannot_smuggle_anything_into_a_command() {
    let line = CommandLine::parse(["sh", "-c", "start {rack}"]).unwrap();
    for rack in ["r1; reboot", "$(reboot)", "-o", "", "r 1", "r\n1"] {
        let error = line.fill(&node("10.0.0.1:7000", rack)).unwrap_err();
        assert!(error.starts_with("its rack is "), "{error}");
    }
    let other = CommandLine::parse(["start", "{address}"]).unwrap();
    assert!(other.fill(&node("10.0.0.1:7000", "r1; reboot")).is_ok());
}
