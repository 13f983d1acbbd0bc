//! A component, looked into.

use ringkeeper_sandbox::Capability;

use super::quantity::bytes;
use crate::command::plugin::Inspected;
use crate::screen::{Screen, Tone};

/// What a component is, what it can do, and what it asks for.
pub(crate) fn inspection(inspected: &Inspected, screen: &Screen) -> String {
    let blocks = [
        Some(identity(inspected, screen)),
        Some(capabilities(inspected, screen)),
        operations(inspected, screen),
        verdict(inspected, screen),
    ];
    blocks.into_iter().flatten().collect::<Vec<_>>().join("\n\n") + "\n"
}

fn identity(inspected: &Inspected, screen: &Screen) -> String {
    let inspection = &inspected.inspection;
    let mut lines = Vec::new();
    match &inspection.manifest {
        Some(manifest) => {
            lines.push(screen.paint(Tone::Strong, &format!("{} {}", manifest.name, manifest.version)));
            lines.push(screen.wrap("  ", "  ", &manifest.summary));
            lines.extend(
                manifest
                    .licence
                    .as_ref()
                    .map(|licence| format!("  licence  {licence}")),
            );
            lines.extend(
                manifest
                    .source
                    .as_ref()
                    .map(|source| format!("  source   {source}")),
            );
        }
        None => lines.push(screen.paint(Tone::Strong, "A component without a manifest")),
    }
    lines.push(format!("  file     {}", inspected.file.display()));
    lines.push(format!("  size     {}", bytes(inspection.size_bytes)));
    lines.push(format!("  digest   {}", inspection.digest));
    let (tone, word) = match inspected.signature.trusted {
        true => (Tone::Plain, "signature"),
        false => (Tone::Bad, "NOT TRUSTED"),
    };
    let verdict = screen.wrap(&format!("  {word} "), "    ", &inspected.signature.verdict);
    lines.push(screen.paint(tone, &verdict));
    if let Some(descriptor) = &inspected.descriptor {
        lines.push(format!(
            "  works with host {}, Cassandra {}",
            descriptor.host_versions, descriptor.cassandra_versions
        ));
    }
    lines.join("\n")
}

fn capabilities(inspected: &Inspected, screen: &Screen) -> String {
    let inspection = &inspected.inspection;
    let needed = inspection.needed();
    let mut lines: Vec<_> = needed
        .names()
        .map(|name| {
            let why = inspection
                .manifest
                .as_ref()
                .and_then(|manifest| manifest.capabilities.get(name));
            let what = Capability::find(name).map_or_else(String::new, |capability| {
                format!(
                    "{}, impact {}: {}",
                    capability.access, capability.impact, capability.summary
                )
            });
            let why = why.map_or_else(|| "it does not say why".to_owned(), |why| format!("why: {why}"));
            format!(
                "{}\n{}",
                screen.wrap(&format!("  {name:<12} "), "               ", &what),
                screen.wrap("               ", "               ", &why)
            )
        })
        .collect();
    if lines.is_empty() {
        lines.push("  none".to_owned());
    } else {
        lines.push(screen.wrap("  To grant them: ", "    ", &needed.to_string()));
    }
    let refused = inspection.refused.iter();
    lines.extend(refused.map(|import| {
        let line = screen.wrap("  ", "    ", &format!("{} {}", import.name, import.reason));
        screen.paint(Tone::Bad, &line)
    }));
    format!(
        "{}\n{}",
        screen.paint(Tone::Strong, "Capabilities it asks for:"),
        lines.join("\n")
    )
}

fn operations(inspected: &Inspected, screen: &Screen) -> Option<String> {
    let descriptor = inspected.descriptor.as_ref()?;
    let each = descriptor.operations.iter().map(|operation| {
        let schedule = match &operation.default_schedule {
            Some(cron) => format!("by default at {cron}"),
            None => "only when asked for".to_owned(),
        };
        let text = format!("{} ({}, {schedule})", operation.summary, operation.impact);
        screen.wrap(&format!("  {}: ", operation.name), "    ", &text)
    });
    Some(format!(
        "{}\n{}",
        screen.paint(Tone::Strong, "Operations:"),
        each.collect::<Vec<_>>().join("\n")
    ))
}

fn verdict(inspected: &Inspected, screen: &Screen) -> Option<String> {
    let refusal = inspected.refusal.as_ref()?;
    let heading = screen.paint(Tone::Bad, "This host would not load it:");
    Some(format!("{heading}\n{}", screen.wrap("  ", "  ", refusal)))
}
