//! How one version of a plugin asks for more than another.

use std::collections::BTreeMap;

use ringkeeper_plan::{Impact, Operation};
use ringkeeper_sandbox::{Capability, Plugin};

/// How `after` asks for more than `before`, each in a sentence; nothing where it does not.
pub(super) fn more(before: Option<&Plugin>, after: &Plugin) -> Vec<String> {
    // What every plugin has is not asked for.
    let is_asked = |name: &&'static str| Capability::find(name).is_none_or(|capability| !capability.base);
    let asked = |plugin: &Plugin| -> Vec<&'static str> {
        plugin.capabilities().iter().copied().filter(is_asked).collect()
    };
    let operations = |plugin: &Plugin| impacts(&plugin.descriptor().operations);
    let (had, could) = before.map_or_else(Default::default, |plugin| (asked(plugin), operations(plugin)));
    grown(&had, &could, &asked(after), &operations(after))
}

fn impacts(operations: &[Operation]) -> BTreeMap<String, Impact> {
    let each = operations
        .iter()
        .map(|operation| (operation.name.clone(), operation.impact));
    each.collect()
}

fn grown(
    had: &[&'static str],
    could: &BTreeMap<String, Impact>,
    asks: &[&'static str],
    can: &BTreeMap<String, Impact>,
) -> Vec<String> {
    let imports = asks.iter().filter(|name| !had.contains(name));
    let imports = imports.map(|name| format!("it asks for `{name}`"));
    let operations = can.iter().filter_map(|(name, impact)| match could.get(name) {
        None => Some(format!("it has the operation `{name}`, of impact {impact}")),
        Some(before) if impact > before => Some(format!(
            "its operation `{name}` is of impact {impact} and was of {before}"
        )),
        Some(_) => None,
    });
    imports.chain(operations).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operations(list: &[(&str, Impact)]) -> BTreeMap<String, Impact> {
        list.iter()
            .map(|(name, impact)| ((*name).to_owned(), *impact))
            .collect()
    }

    #[test]
    fn new_requests_new_operations_and_stronger_ones_are_more() {
        let before = operations(&[("a.look", Impact::Observe), ("a.work", Impact::Change)]);
        let after = operations(&[
            ("a.look", Impact::Change),
            ("a.work", Impact::Change),
            ("a.stop", Impact::Disrupt),
        ]);
        assert_eq!(
            grown(&["cluster"], &before, &["cluster", "lifecycle"], &after),
            [
                "it asks for `lifecycle`",
                "its operation `a.look` is of impact change and was of observe",
                "it has the operation `a.stop`, of impact disrupt",
            ]
        );
    }

    #[test]
    fn less_and_the_same_are_not_more() {
        let before = operations(&[("a.work", Impact::Disrupt), ("a.look", Impact::Observe)]);
        let after = operations(&[("a.work", Impact::Change)]);
        assert!(grown(&["cluster", "repair"], &before, &["cluster"], &after).is_empty());
        assert!(grown(&["cluster"], &before, &["cluster"], &before).is_empty());
    }

    #[test]
    fn all_of_the_first_version_is_more() {
        let after = operations(&[("a.work", Impact::Change)]);
        assert_eq!(grown(&[], &operations(&[]), &["cluster"], &after).len(), 2);
    }
}
