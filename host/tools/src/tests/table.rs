//! The table itself.

use std::collections::BTreeSet;

use ringkeeper_plan::Impact;

use crate::{Ground, Managed, Need, Place, Program, Rule, catalogue, find};

/// What the managed service lets be run of nodetool, from its documentation.
const OFFERED: &str = "status cleanup clearsnapshot compact compactionhistory compactionstats describecluster describering \
    disableautocompaction disablehandoff disablehintsfordc drain enableautocompaction enablehandoff enablehintsfordc \
    failuredetector flush garbagecollect gcstats getcompactionthreshold getcompactionthroughput getconcurrentcompactors \
    getendpoints getinterdcstreamthroughput getlogginglevels getsstables getstreamthroughput gettimeout \
    gettraceprobability gossipinfo info invalidatecountercache invalidatekeycache invalidaterowcache listsnapshots \
    netstats pausehandoff proxyhistograms rangekeysample rebuild rebuild_index refresh refreshsizeestimates \
    reloadlocalschema replaybatchlog resetlocalschema resumehandoff ring scrub setcachecapacity setcachekeystosave \
    setcompactionthreshold setcompactionthroughput setconcurrentcompactors sethintedhandoffthrottlekb \
    setinterdcstreamthroughput setstreamthroughput settimeout settraceprobability statusbackup statusbinary statusgossip \
    statushandoff stop tablehistograms tablestats toppartitions tpstats truncatehints verify version viewbuildstatus";
/// And of the sstable tools.
const OFFERED_SSTABLE: &str = "sstableverify sstablescrub sstablemetadata sstablelevelreset sstableutil sstablesplit \
    sstablerepairedset sstableofflinerelevel sstableexpiredblockers";

#[test]
fn what_the_managed_service_offers_is_marked_so_and_nothing_else() {
    let offered: BTreeSet<&str> = OFFERED
        .split_whitespace()
        .chain(OFFERED_SSTABLE.split_whitespace())
        .collect();
    assert_eq!(offered.len(), 72 + 9);
    let marked: BTreeSet<&str> = catalogue()
        .filter(|tool| tool.managed == Managed::Offered && tool.name != "sstableutil-cleanup")
        .map(|tool| tool.name)
        .collect();
    assert_eq!(marked, offered);
}

#[test]
fn of_what_it_offers_only_a_drain_is_not_run_here() {
    let not_run: Vec<&str> = catalogue()
        .filter(|tool| tool.managed == Managed::Offered)
        .filter(|tool| matches!(tool.rule, Rule::Instead(_) | Rule::Never(_)))
        .map(|tool| tool.name)
        .collect();
    assert_eq!(not_run, ["drain"]);
}

#[test]
fn every_tool_has_one_name_and_is_found_by_it() {
    let names: BTreeSet<&str> = catalogue().map(|tool| tool.name).collect();
    assert_eq!(names.len(), catalogue().count());
    for tool in catalogue() {
        assert_eq!(find(tool.name), Ok(tool));
    }
}

#[test]
fn what_changes_something_says_what_it_can_break() {
    for tool in catalogue() {
        assert!(tool.summary.ends_with('.'), "{}", tool.name);
        assert_eq!(
            tool.impact == Impact::Observe,
            tool.risk.is_empty() && tool.rule == Rule::Freely,
            "{}",
            tool.name
        );
        assert!(
            tool.impact != Impact::Disrupt || tool.rule != Rule::Freely,
            "{}",
            tool.name
        );
    }
}

#[test]
fn to_look_first_a_tool_is_named_that_breaks_nothing() {
    for tool in catalogue() {
        for name in tool.look {
            assert_eq!(find(name).unwrap().rule, Rule::Freely, "{}: {name}", tool.name);
        }
    }
}

#[test]
fn what_works_on_files_is_a_program_of_its_own() {
    for tool in catalogue() {
        assert_eq!(
            tool.ground == Ground::Node,
            tool.program == Program::Nodetool,
            "{}",
            tool.name
        );
        let is_run = !matches!(tool.rule, Rule::Never(_));
        assert!(
            tool.ground != Ground::Copy || tool.impact == Impact::Observe || !is_run,
            "{}",
            tool.name
        );
    }
}

#[test]
fn arguments_can_be_told_apart_by_their_order() {
    for tool in catalogue() {
        let names: BTreeSet<&str> = tool.parameters.iter().map(|parameter| parameter.name).collect();
        assert_eq!(names.len(), tool.parameters.len(), "{}", tool.name);
        let arguments = tool
            .parameters
            .iter()
            .filter(|parameter| parameter.place == Place::Argument);
        let needs: Vec<Need> = arguments.map(|parameter| parameter.need).collect();
        for (index, need) in needs.iter().enumerate() {
            let is_last = index + 1 == needs.len();
            assert!(
                is_last || !matches!(need, Need::Several | Need::AtLeastOne),
                "{}",
                tool.name
            );
            let first_optional = needs
                .iter()
                .position(|need| matches!(need, Need::Optional | Need::Several));
            let may_be_left_out = matches!(need, Need::Optional | Need::Several);
            assert!(
                may_be_left_out || first_optional.is_none_or(|first| first > index),
                "{}",
                tool.name
            );
        }
        for parameter in tool.parameters {
            assert!(parameter.about.ends_with('.'), "{} {}", tool.name, parameter.name);
            assert!(
                parameter.since >= tool.since || parameter.since == crate::Line::V4_0,
                "{}",
                tool.name
            );
        }
    }
}
