//! What is typed, and what becomes of it.

use proptest::prelude::*;

use crate::{Kind, Line, Need, Place, Program, Tool, ToolError, Word, catalogue, find};

fn given(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn words(tool: &str, pairs: &[(&str, &str)]) -> Result<String, ToolError> {
    let tool = find(tool)?;
    let command = tool.command(Line::V5_0, &given(pairs), false)?;
    Ok(command.shown().join(" "))
}

#[test]
fn options_stand_before_the_arguments() {
    for (tool, pairs, expected) in [
        ("status", &[] as &[(&str, &str)], "status"),
        ("status", &[("keyspace", "shop")], "status -- shop"),
        (
            "cleanup",
            &[
                ("tables", "a"),
                ("keyspace", "shop"),
                ("tables", "b"),
                ("jobs", "2"),
            ],
            "cleanup -j 2 -- shop a b",
        ),
        ("repair_admin-list", &[("all", "true")], "repair_admin list -a"),
        (
            "repair_admin-summarize-pending",
            &[("verbose", "false")],
            "repair_admin summarize-pending",
        ),
        ("removenode-status", &[], "removenode status"),
        (
            "getendpoints",
            &[("keyspace", "shop"), ("table", "a"), ("key", "-5")],
            "getendpoints -- shop a -5",
        ),
        (
            "sstablelevelreset",
            &[("keyspace", "shop"), ("table", "a")],
            "--really-reset shop a",
        ),
        (
            "sstablerepairedset",
            &[("mark", "is-repaired"), ("sstables", "shop/a-1/nb-1-big-Data.db")],
            "--really-set --is-repaired shop/a-1/nb-1-big-Data.db",
        ),
    ] {
        assert_eq!(words(tool, pairs).as_deref(), Ok(expected));
    }
}

#[test]
fn a_dry_run_has_words_of_its_own() {
    let tool = find("sstableofflinerelevel").unwrap();
    let pairs = given(&[("keyspace", "shop"), ("table", "a")]);
    let dry = tool.command(Line::V4_1, &pairs, true).unwrap();
    assert_eq!(dry.shown(), ["--dry-run", "shop", "a"]);
    assert_eq!(dry.table, Some(("shop".to_owned(), "a".to_owned())));
    assert!(dry.is_for_real_only());
}

#[test]
fn a_parameter_can_be_more_dangerous_than_its_tool() {
    let tool = find("verify").unwrap();
    let plain = tool
        .command(Line::V5_0, &given(&[("quick", "true")]), false)
        .unwrap();
    assert!(!plain.is_for_real_only());
    let risky = tool
        .command(Line::V5_0, &given(&[("rsc", "true")]), false)
        .unwrap();
    assert!(risky.is_for_real_only());
    assert_eq!(risky.risks.len(), 1);
}

#[test]
fn what_cannot_be_is_refused_with_what_would_do() {
    let refusals: Vec<String> = [
        ("statsu", &[] as &[(&str, &str)]),
        ("table_stats", &[]),
        ("status", &[("keyspaces", "shop")]),
        ("status", &[("keyspace", "shop"), ("keyspace", "other")]),
        ("status", &[("keyspace", "shop; rm -rf /")]),
        ("status", &[("keyspace", "$(id)")]),
        ("status", &[("keyspace", "-h")]),
        ("status", &[("keyspace", "a\nb")]),
        ("status", &[("keyspace", "")]),
        ("flush", &[("tables", "orders")]),
        ("describering", &[]),
        ("setcompactionthroughput", &[("mib", "fast")]),
        ("setconcurrentcompactors", &[("count", "0")]),
        ("settraceprobability", &[("probability", "1.5")]),
        ("gettimeout", &[("type", "reads")]),
        ("toppartitions", &[("samplers", "READS,WRITE")]),
        ("truncatehints", &[("addresses", "host name")]),
        ("clearsnapshot", &[("tag", "../../etc")]),
        (
            "import",
            &[("keyspace", "shop"), ("table", "a"), ("folders", "/data/../etc")],
        ),
        ("sstablemetadata", &[("sstables", "../../etc/passwd-Data.db")]),
        ("sstablemetadata", &[("sstables", "shop/a-1/../nb-1-big-Data.db")]),
        ("sstablemetadata", &[("sstables", "shop/a-1/nb-1-big-Index.db")]),
        ("repair_admin-cancel", &[("session", "a b")]),
        ("tpstats", &[("as", "xml")]),
    ]
    .into_iter()
    .map(|(tool, pairs)| words(tool, pairs).unwrap_err().to_string())
    .collect();
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn what_an_older_cassandra_lacks_is_refused() {
    let tool = find("forcecompact").unwrap();
    let error = tool.command(Line::V4_1, &[], false).unwrap_err();
    assert_eq!(
        error.to_string(),
        "forcecompact is there from Cassandra 5.0 on; this one is 4.1"
    );
    let version = find("version").unwrap();
    let error = version
        .command(Line::V4_0, &given(&[("verbose", "true")]), false)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "verbose of version is there from Cassandra 5.0 on; this one is 4.0"
    );
}

fn any_tool() -> impl Strategy<Value = &'static Tool> {
    let tools: Vec<&'static Tool> = catalogue().collect();
    prop::sample::select(tools)
}

/// Text as people, and people who mean harm, might type it.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z_]{1,12}",
        "-{0,2}[a-zA-Z0-9 ;$|&`'\"<>()\\\\\n\r\t./*?~-]{0,20}",
        "[0-9]{1,20}",
        "(/|\\.\\./|[a-z]+/){0,5}[a-z0-9-]{0,10}(-Data.db)?",
        Just("true".to_owned()),
    ]
}

/// A tool with values for some of its parameters, most of them by the right names.
fn call() -> impl Strategy<Value = (&'static Tool, Vec<(String, String)>)> {
    any_tool().prop_flat_map(|tool| {
        let names: Vec<String> = tool
            .parameters
            .iter()
            .map(|parameter| parameter.name.to_owned())
            .chain(["other".to_owned()])
            .collect();
        let pair = (prop::sample::select(names), text());
        (Just(tool), prop::collection::vec(pair, 0..6))
    })
}

proptest! {
    #[test]
    fn every_word_is_of_the_catalogue_or_one_value_as_it_was_typed((tool, pairs) in call()) {
        let Ok(command) = tool.command(Line::V5_0, &pairs, false) else { return Ok(()) };
        let options: Vec<String> = tool.parameters.iter().flat_map(of_catalogue).collect();
        let own: Vec<&str> = tool.verb().into_iter().chain(tool.fixed.iter().copied()).chain(["--"]).collect();
        for word in command.shown() {
            prop_assert!(
                options.contains(&word) || own.contains(&word.as_str()) || pairs.iter().any(|(_, value)| *value == word),
                "{word:?}"
            );
            prop_assert!(!word.chars().any(char::is_control) && !word.is_empty());
        }
    }

    #[test]
    fn no_value_can_pass_for_an_option((tool, pairs) in call()) {
        let Ok(command) = tool.command(Line::V5_0, &pairs, false) else { return Ok(()) };
        let options: Vec<String> = tool.parameters.iter().flat_map(of_catalogue).collect();
        let mut after_options = false;
        for word in command.shown() {
            after_options |= word == "--";
            let known = options.contains(&word) || tool.fixed.contains(&word.as_str()) || word == "--";
            let number = word.chars().nth(1).is_some_and(|letter| letter.is_ascii_digit());
            prop_assert!(!word.starts_with('-') || known || number, "{word:?}");
            prop_assert!(!word.starts_with('-') || known || tool.program == Program::Nodetool || behind_option(tool), "{word:?}");
            prop_assert!(!(after_options && options.contains(&word)) || word == "--" || !word.starts_with('-'));
        }
    }

    #[test]
    fn an_sstable_stays_below_its_data_directory(text in text()) {
        let tool = find("sstablemetadata").unwrap();
        let Ok(command) = tool.command(Line::V5_0, &given(&[("sstables", &text)]), false) else { return Ok(()) };
        for word in command.words {
            let Word::SsTable(name) = word else { continue };
            for step in [name.keyspace, name.folder, name.file] {
                prop_assert!(!step.contains('/') && !step.starts_with('.') && !step.is_empty());
            }
        }
    }

    #[test]
    fn a_tool_with_what_it_needs_is_never_refused(tool in any_tool()) {
        let needed: Vec<(String, String)> = tool
            .parameters
            .iter()
            .filter(|parameter| matches!(parameter.need, Need::Required | Need::AtLeastOne))
            .map(|parameter| (parameter.name.to_owned(), sample(parameter.value)))
            .collect();
        for line in Line::EVERY.into_iter().filter(|line| *line >= tool.since) {
            prop_assert!(tool.command(line, &needed, false).is_ok(), "{}", tool.name);
            prop_assert!(tool.command(line, &needed, true).is_ok(), "{}", tool.name);
        }
        for missing in 0..needed.len() {
            let mut fewer = needed.clone();
            fewer.remove(missing);
            prop_assert!(tool.command(Line::V5_0, &fewer, false).is_err(), "{}", tool.name);
        }
    }
}

/// Keys may be negative numbers, also behind an option of an sstable tool.
fn behind_option(tool: &Tool) -> bool {
    tool.parameters.iter().any(|parameter| {
        matches!(parameter.value, Kind::PartitionKey | Kind::TokenPair) && parameter.place != Place::Argument
    })
}

fn of_catalogue(parameter: &crate::Parameter) -> Vec<String> {
    match (parameter.place, parameter.value) {
        (Place::Option(option), _) => vec![option.to_owned()],
        (Place::Switch, Kind::OneOf { words }) => words.iter().map(|word| format!("--{word}")).collect(),
        _ => Vec::new(),
    }
}

fn sample(kind: Kind) -> String {
    match kind {
        Kind::Number { min, .. } => return min.to_string(),
        Kind::OneOf { words } | Kind::SomeOf { words } => words[0],
        Kind::Flag => "true",
        Kind::Fraction => "0.5",
        Kind::Address => "10.0.0.1",
        Kind::AddressBlock => "10.0.0.0/8",
        Kind::HostId => "6f1c2a3e-0000-4000-8000-000000000001",
        Kind::Token => "-9223372036854775808",
        Kind::TokenPair => "-1,1",
        Kind::Time => "12h",
        Kind::Moment => "2026-03-01T10:15:30Z",
        Kind::Folder => "/var/lib/import",
        Kind::SsTable => "shop/orders-1/nb-1-big-Data.db",
        _ => "orders",
    }
    .to_owned()
}
