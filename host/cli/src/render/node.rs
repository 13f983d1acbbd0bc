//! Everything about one node.

use ringkeeper_api::{MetricValue, NodeDetail, NodeSummary, PeerViewRow};

use ringkeeper_seams::Timestamp;

use super::quantity::{ago, bytes, moment, span};
use crate::screen::{Screen, Tone};

/// Everything about one node.
pub(crate) fn node(node: &NodeDetail, screen: &Screen) -> String {
    let summary = &node.summary;
    let title = format!("Node {} ({})", summary.address, summary.host_id);
    let blocks = [
        Some(format!(
            "{}\n{}",
            screen.paint(Tone::Strong, &title),
            pairs(&facts(node, screen), screen)
        )),
        Some(views(node, screen)),
        section("Changes the host saw", &changes(node, screen), screen),
        section(
            &metrics_heading(&node.metrics, screen),
            &metrics(&node.metrics, screen),
            screen,
        ),
        section("Tokens", &tokens(&node.tokens), screen),
    ];
    blocks.into_iter().flatten().collect::<Vec<_>>().join("\n\n") + "\n"
}

type Pair = (String, String);

fn facts(node: &NodeDetail, screen: &Screen) -> Vec<Pair> {
    let summary = &node.summary;
    let unknown = || "unknown".to_owned();
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let mut facts = vec![
        fact(
            "status",
            format!(
                "{}, since {}",
                summary.status,
                moment(screen.now, summary.status_since)
            ),
        ),
        fact("state", summary.state.to_string()),
        fact("answers", answers(summary, screen)),
        fact(
            "data centre, rack",
            format!("{}, {}", summary.data_center, summary.rack),
        ),
        fact(
            "Cassandra",
            summary.release_version.clone().unwrap_or_else(unknown),
        ),
        fact(
            "operation mode",
            summary.operation_mode.clone().unwrap_or_else(unknown),
        ),
        fact("gossip", running(node.gossip_running)),
        fact("CQL clients", running(node.native_transport_running)),
        fact(
            "started",
            summary
                .process_started_at
                .map_or_else(unknown, |then| moment(screen.now, then)),
        ),
        fact(
            "schema version",
            summary.schema_version.clone().unwrap_or_else(unknown),
        ),
        fact("management agent", node.agent.clone().unwrap_or_else(unknown)),
        fact("load", summary.load_bytes.map_or_else(unknown, bytes)),
        fact("tokens", summary.size.to_string()),
        fact(
            "owns",
            summary
                .owns_percent
                .map_or_else(unknown, |percent| format!("{percent:.1}% of the data")),
        ),
        fact(
            "pending compactions",
            summary
                .pending_compactions
                .map_or_else(unknown, |number| number.to_string()),
        ),
        fact("heap", heap(summary)),
    ];
    if let Some(installed) = &node.installed {
        facts.extend(super::beside::installed(
            installed,
            summary.release_version.as_deref(),
        ));
    }
    facts
}

fn answers(summary: &NodeSummary, screen: &Screen) -> String {
    let last = summary
        .last_answered_at
        .map_or_else(|| "never".to_owned(), |then| ago(screen.now, then));
    match &summary.answer_error {
        None => format!("yes, last {last}"),
        Some(error) => format!("NO, last {last}: {error}"),
    }
}

fn running(running: Option<bool>) -> String {
    match running {
        Some(true) => "running",
        Some(false) => "STOPPED",
        None => "unknown",
    }
    .to_owned()
}

fn heap(summary: &NodeSummary) -> String {
    match (summary.heap_used_bytes, summary.heap_max_bytes) {
        (Some(used), Some(most)) => format!("{} of {}", bytes(used), bytes(most)),
        (Some(used), None) => bytes(used),
        (None, _) => "unknown".to_owned(),
    }
}

fn views(node: &NodeDetail, screen: &Screen) -> String {
    if node.views.is_empty() {
        return screen.paint(
            Tone::Warning,
            "No other node could be asked how it sees this one.",
        );
    }
    let sees = |up: Option<bool>| node.views.iter().filter(move |view| view.sees_up == up).count();
    let heading = format!(
        "How its peers see it: {} up, {} down, {} not known there",
        sees(Some(true)),
        sees(Some(false)),
        sees(None)
    );
    let rows: Vec<_> = node.views.iter().map(view).collect();
    format!(
        "{}\n{}",
        screen.paint(Tone::Strong, &heading),
        pairs(&rows, screen)
    )
}

fn view(view: &PeerViewRow) -> Pair {
    let word = match view.sees_up {
        Some(true) => "up",
        Some(false) => "DOWN",
        None => "not known there",
    };
    (view.address.to_string(), word.to_owned())
}

fn changes(node: &NodeDetail, screen: &Screen) -> Vec<Pair> {
    let newest_first = node.transitions.iter().rev();
    newest_first
        .map(|change| {
            (
                moment(screen.now, change.at),
                format!("{} -> {}", change.before, change.after),
            )
        })
        .collect()
}

/// Numbers with their age where they are older than the newest.
fn metrics(metrics: &[MetricValue], screen: &Screen) -> Vec<Pair> {
    let newest = newest(metrics);
    let shown = |metric: &MetricValue| {
        let amount = amount(metric);
        let value = if Some(metric.at) == newest {
            amount
        } else {
            format!("{amount:<14} read {}", ago(screen.now, metric.at))
        };
        (metric.name.clone(), value)
    };
    metrics.iter().map(shown).collect()
}

fn metrics_heading(metrics: &[MetricValue], screen: &Screen) -> String {
    newest(metrics).map_or_else(String::new, |at| format!("Metrics, read {}", ago(screen.now, at)))
}

fn newest(metrics: &[MetricValue]) -> Option<Timestamp> {
    metrics.iter().map(|metric| metric.at).max()
}

/// A number in its unit.
fn amount(metric: &MetricValue) -> String {
    let value = metric.value;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "shown to people; saturates"
    )]
    let whole = value.max(0.0) as u64;
    match metric.unit.as_str() {
        "bytes" => bytes(whole),
        "ms" if value < 10.0 => format!("{value:.2} ms"),
        "ms" => span(std::time::Duration::from_millis(whole)),
        "ratio" => format!("{:.1}%", value * 100.0),
        "percent" => format!("{value:.1}%"),
        _ => format!("{value}"),
    }
}

/// Tokens, four a line.
fn tokens(tokens: &[i64]) -> Vec<Pair> {
    let line = |line: &[i64]| {
        line.iter()
            .map(|token| format!("{token:>20}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    tokens
        .chunks(3)
        .map(|chunk| (String::new(), line(chunk)))
        .collect()
}

fn section(heading: &str, rows: &[Pair], screen: &Screen) -> Option<String> {
    let heading = screen.paint(Tone::Strong, heading);
    (!rows.is_empty()).then(|| format!("{heading}\n{}", pairs(rows, screen)))
}

/// Names and values in two columns, long values wrapped under themselves.
fn pairs(rows: &[Pair], screen: &Screen) -> String {
    let width = rows
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    if width == 0 {
        return rows
            .iter()
            .map(|(_, value)| format!("  {}", value.trim_end()))
            .collect::<Vec<_>>()
            .join("\n");
    }
    let rest = " ".repeat(width + 4);
    let lines = rows
        .iter()
        .map(|(name, value)| screen.wrap(&format!("  {name:<width$}  "), &rest, value));
    lines.collect::<Vec<_>>().join("\n")
}
