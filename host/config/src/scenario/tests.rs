use std::path::{Path, PathBuf};

use super::*;

const SMALLEST: &str = "\
horizon = \"2d\"
[[data_centre]]
name = \"dc1\"
racks = [\"r1\", \"r2\", \"r3\"]
[[keyspace]]
name = \"orders\"
replicas = { dc1 = 3 }
tables = [\"lines\"]
";

fn parse(text: &str) -> Result<Scenario, String> {
    Scenario::parse(text, Path::new("story.toml")).map_err(|error| error.to_string())
}

/// What is wrong with the smallest scenario and these lines.
fn wrong(more: &str) -> String {
    parse(&format!("{SMALLEST}{more}")).unwrap_err()
}

#[test]
fn the_smallest_one_has_the_bundled_plugins_and_the_file_s_name() {
    let scenario = parse(SMALLEST).unwrap();
    assert_eq!(scenario.name, "story");
    assert_eq!(scenario.horizon.as_secs(), 2 * 86_400);
    assert_eq!((scenario.tokens, scenario.version.as_str()), (16, "5.0.5"));
    assert!(scenario.load.hints && scenario.faults.is_empty());
    let plugins: Vec<&str> = scenario
        .plugins
        .iter()
        .map(|plugin| plugin.name.as_str())
        .collect();
    assert!(plugins.contains(&"health") && plugins.contains(&"repair"));
}

#[test]
fn every_scenario_that_is_shipped_can_be_told() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios"));
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        Scenario::load(&file).unwrap_or_else(|error| panic!("{error}"));
        seen += 1;
    }
    assert!(seen >= 2);
}

#[test]
fn faults_and_goals_are_read() {
    let scenario = parse(&format!(
        "{SMALLEST}\
         [[fault]]\nkind = \"disk-slow\"\nnode = \"dc1/r2/1\"\nat = \"3h\"\nfor = \"40m\"\n\
         [[fault]]\nkind = \"host-kill\"\non = \"after-call\"\nnth = 3\n\
         [[fault]]\nkind = \"clock-skew\"\nper_day = 0.5\nby = \"30s\"\n\
         [[goal]]\nkind = \"runs-succeeded\"\noperation = \"repair.full\"\ncount = 2\n"
    ))
    .unwrap();
    insta::assert_debug_snapshot!((scenario.faults, scenario.goals));
}

#[test]
fn what_is_wrong_is_told_all_at_once_with_where_and_what_to_do() {
    let text = "\
horizn = \"2d\"
horizon = \"1h\"
[[data_centre]]
name = \"dc1\"
racks = [\"r1\", \"r1\"]
[[data_centre]]
name = \"dc1\"
racks = []
[[keyspace]]
name = \"system_auth\"
replicas = { dc1 = 3, dcl = 1 }
tables = [\"lines\", \"lines\"]
[[run]]
at = \"2h\"
operation = \"repair.full\"
[[fault]]
kind = \"crsh\"
at = \"1m\"
";
    insta::assert_snapshot!(parse(text).unwrap_err());
    insta::assert_snapshot!(wrong(
        "\
[[run]]
at = \"49h\"
operation = \"repair.full\"
[[fault]]
kind = \"crash\"
node = \"dc1/r4/1\"
at = \"50h\"
[[fault]]
kind = \"crash\"
by = \"3s\"
nth = 2
at = \"1h\"
[[fault]]
kind = \"host-kill\"
node = \"dc1/r1/1\"
at = \"1h\"
plugin = \"repair\"
[[fault]]
kind = \"grant-revoked\"
plugin = \"repar\"
at = \"1h\"
[[fault]]
kind = \"grant-revoked\"
plugin = \"repair\"
grant = \"lifecycle\"
at = \"1h\"
[[goal]]
kind = \"runs-succeeded\"
[[goal]]
kind = \"all-nodes-serve\"
finding = \"node-down\"
"
    ));
    insta::assert_snapshot!(wrong(
        "\
[[fault]]
kind = \"crash\"
at = \"1h\"
per_day = 2
[[window]]
name = \"nights\"
cluster = \"analytics\"
impacts = [\"disrupt\"]
from = \"22:00\"
to = \"04:00\"
"
    ));
    insta::assert_snapshot!(parse("horizon = \"500d\"").unwrap_err());
    insta::assert_snapshot!(parse("horizon = \"1d\"").unwrap_err());
    insta::assert_snapshot!(
        parse(&SMALLEST.replace(
            "racks = [\"r1\", \"r2\", \"r3\"]",
            "racks = [\"r1\"]\nnodes_per_rack = 2"
        ))
        .unwrap_err()
    );
    insta::assert_snapshot!(
        parse(&SMALLEST.replace("racks = [\"r1\"", "nodes_per_rack = 500\nracks = [\"r1\"")).unwrap_err()
    );
}

#[test]
fn a_file_that_is_not_there_is_told() {
    let error = Scenario::load(Path::new("nowhere.toml")).unwrap_err().to_string();
    assert!(error.starts_with("nowhere.toml: cannot be read:"), "{error}");
}

proptest::proptest! {
    #[test]
    fn no_text_is_a_panic(text in "(?s).{0,200}", more in "[a-z_\\[\\]=\"0-9\n ]{0,200}") {
        let _ = parse(&text);
        let _ = parse(&format!("{SMALLEST}{more}"));
    }
}
