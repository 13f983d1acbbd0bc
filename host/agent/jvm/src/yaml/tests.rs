use super::*;

fn read(text: &str) -> CassandraYaml {
    CassandraYaml::read(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn text<'y>(yaml: &'y CassandraYaml, names: &[&str]) -> Option<&'y str> {
    yaml.get(names).and_then(Yaml::text)
}

#[test]
fn settings_are_found_however_they_are_written() {
    for yaml in [
        "server:\n  enabled: true # yes\n  ports: [1, '2']\n",
        "---\nserver: {enabled: \"true\", ports: [1, 2]}\n...\n",
        "# a word\nserver:\n    ports:\n    - 1\n    # more\n    - \"2\"\n    enabled: 'true'\nother: |\n  enabled: no\n",
        "{server: {enabled: true, ports: [1, 2]}}",
        "\u{feff}server:\n  enabled: no\nserver:\n  enabled: true\n  ports:\n    - 1\n    - 2",
    ] {
        let yaml = read(yaml);
        assert_eq!(text(&yaml, &["server", "enabled"]), Some("true"), "{yaml:?}");
        assert_eq!(yaml.get(&["server", "ports"]).unwrap().texts(), ["1", "2"]);
        assert_eq!(text(&yaml, &["enabled"]), None);
        assert_eq!(text(&yaml, &["server", "enabled", "more"]), None);
    }
    for empty in ["", "# nothing\n", "---\n", "~"] {
        assert_eq!(read(empty).get(&["server"]), None, "{empty}");
    }
}

#[test]
fn what_is_no_configuration_is_refused_with_its_line() {
    let deep = format!("a:\n  {}", "- ".repeat(40));
    for (yaml, why) in [
        ("- a\n- b\n", "line 1: settings by name are wanted here"),
        ("a: b\n---\nc: d\n", "line 2: a second document begins"),
        ("a: b\n? [c]\n: d\n", "line 2: a name that is a table or a list"),
        (&deep, "line 2: tables and lists are too deep in one another"),
    ] {
        let error = CassandraYaml::read(yaml).unwrap_err();
        assert_eq!(error.to_string(), why, "{yaml}");
    }
    for malformed in ["\u{0}\u{1} no yaml: [at all", "a: [b\n", "a: b\n c: d\n"] {
        let error = CassandraYaml::read(malformed).unwrap_err();
        assert!(matches!(error, YamlError::Malformed(_)), "{error}");
    }
}

#[test]
fn a_few_lines_that_say_any_amount_are_refused() {
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (one, next) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        bomb += &format!("{next}: &{next} [*{one}, *{one}, *{one}, *{one}, *{one}, *{one}, *{one}]\n");
    }
    let error = CassandraYaml::read(&bomb).unwrap_err();
    assert_eq!(error.to_string(), "line 2: an alias, which is not followed");
    let long = "a: b\n".repeat(1 << 18);
    assert_eq!(CassandraYaml::read(&long), Err(YamlError::TooLong));
    let flow = format!("a: {}", "[".repeat(100_000));
    assert!(CassandraYaml::read(&flow).is_err());
}

fn replaced(text: &str) -> Result<String, YamlError> {
    read(text).replaced(text, &["here", "there"], "here: /new\n")
}

#[test]
fn settings_are_replaced_with_the_comments_behind_them_and_the_rest_is_left_as_it_is() {
    let rest = "a: 'b'   # said so\nc:\n  here: inner\n";
    for (text, expected) in [
        (
            format!("# first\n{rest}here: x\n"),
            format!("# first\n{rest}here: /new\n"),
        ),
        (format!("here: x\n{rest}"), format!("{rest}here: /new\n")),
        (
            format!("---\nhere:\n  - 1\n  # of it\n  - 2\n{rest}...\n"),
            format!("---\n{rest}here: /new\n...\n"),
        ),
        (
            format!("here:\n- 1\n- 2\n# of it\nthere: x\n{rest}"),
            format!("{rest}here: /new\n"),
        ),
        (String::new(), "here: /new\n".to_owned()),
        ("# nothing\n".to_owned(), "# nothing\nhere: /new\n".to_owned()),
        ("a: b".to_owned(), "a: b\nhere: /new\n".to_owned()),
    ] {
        assert_eq!(replaced(&text).unwrap(), expected, "{text}");
        assert_eq!(super::tests::text(&read(&expected), &["here"]), Some("/new"));
    }
}

#[test]
fn settings_that_begin_no_lines_are_not_replaced() {
    for text in ["{a: b, here: c}\n", "  a: b\n  here: c\n", "? a\n: b\nhere: c\n"] {
        let error = replaced(text).unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 1: a setting does not begin a line of its own",
            "{text}"
        );
    }
}

#[test]
fn fuzz_cassandra_yaml() {
    let sample = "cluster_name: lab\ndata_file_directories:\n  - /data/1 # slow\n  - '/data/2'\nhere: {a: [b, c]}\nseed_provider:\n- class_name: x\n";
    let other = "---\nhere: |\n  long\n  text\nthere: &a [x]\nmore: *a\n...\n";
    ringkeeper_fuzz::text("cassandra.yaml", &[sample, other], |text| {
        let yaml = CassandraYaml::read(text).map_err(|error| error.to_string())?;
        let replaced = yaml.replaced(text, &["here", "there"], "here: /new\n");
        let replaced = replaced.map_err(|error| error.to_string())?;
        let again = CassandraYaml::read(&replaced);
        let again = again.unwrap_or_else(|error| panic!("{error}: {replaced:?}"));
        assert_eq!(
            again.get(&["here"]).and_then(Yaml::text),
            Some("/new"),
            "{replaced:?}"
        );
        assert_eq!(again.get(&["there"]), None);
        Ok(())
    });
}
