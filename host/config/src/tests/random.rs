//! Whatever stands in a file, reading it ends with a configuration or with complaints, never otherwise.

use std::path::Path;

use proptest::prelude::*;

use super::documents::{FULL, FULL_SCENARIO};
use super::parse;
use crate::file::ROOT;
use crate::{ConfigError, Scenario, scenario};

fn judge(text: &str) {
    let file = Path::new("any.toml");
    let errors = [parse(text).err(), Scenario::parse(text, file).err()];
    for error in errors.into_iter().flatten() {
        assert!(
            matches!(error, ConfigError::Invalid { problems } if !problems.is_empty()),
            "{text}"
        );
    }
}

/// A line with a known table or key and some value.
fn line() -> impl Strategy<Value = String> {
    let sections = [ROOT.every(), scenario::ROOT.every()].concat();
    let headings: Vec<_> = sections.iter().map(|section| section.heading()).collect();
    let names: Vec<_> = sections.iter().flat_map(|section| section.names()).collect();
    let value = prop_oneof![
        Just("\"\"".to_owned()),
        Just("[[]]".to_owned()),
        Just("{ a.b = 1 }".to_owned()),
        Just("1979-05-27T07:32:00Z".to_owned()),
        Just("\"99999999999999999999d\"".to_owned()),
        Just("-0x7fffffffffffffffffff".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| format!("{number:?}")),
        any::<bool>().prop_map(|flag| flag.to_string()),
        "\"[ -~&&[^\"\\\\]]{0,12}\"",
        "\\[(\"[a-z0-9.:]{0,9}\",){0,3}\\]",
    ];
    prop_oneof![
        1 => prop::sample::select(headings),
        3 => (prop::sample::select(names), value).prop_map(|(name, value)| format!("{name} = {value}")),
    ]
}

fn changed(text: &str, at: usize, with: char) -> String {
    let mut text: Vec<char> = text.chars().collect();
    text[at] = with;
    text.into_iter().collect()
}

proptest! {
    #[test]
    fn any_text_is_judged(text in "\\PC*") {
        judge(&text);
    }

    #[test]
    fn any_mixture_of_known_keys_is_judged(lines in prop::collection::vec(line(), 0..24)) {
        judge(&lines.join("\n"));
    }

    #[test]
    fn a_good_file_with_one_character_changed_is_judged(at in 0..FULL.len(), with in any::<char>()) {
        judge(&changed(FULL, at, with));
    }

    #[test]
    fn a_good_scenario_with_one_character_changed_is_judged(at in 0..FULL_SCENARIO.len(), with in any::<char>()) {
        judge(&changed(FULL_SCENARIO, at, with));
    }
}
