//! Plugins of the host.

use ringkeeper_api::{InstallAnswer, InstallState, PluginState, PluginSummary, VersionRow, VersionState};

use crate::screen::{Screen, Tone};

/// Every plugin with what it can do and what it may use.
pub(crate) fn plugins(plugins: &[PluginSummary], screen: &Screen) -> String {
    if plugins.is_empty() {
        return "No plugins are configured.\n".to_owned();
    }
    plugins
        .iter()
        .map(|plugin| self::plugin(plugin, screen))
        .collect::<Vec<_>>()
        .join("\n\n")
        + "\n"
}

/// One of them.
pub(crate) fn one(plugin: &PluginSummary, screen: &Screen) -> String {
    self::plugin(plugin, screen) + "\n"
}

/// What came of a version that was handed over.
pub(crate) fn installed(answer: &InstallAnswer, screen: &Screen) -> String {
    let InstallAnswer {
        plugin,
        version,
        digest,
        signer,
        more,
        state,
    } = answer;
    let signer = match signer {
        Some(signer) => format!("signed by {signer}"),
        None => "nobody signed it".to_owned(),
    };
    let mut lines = vec![
        screen.paint(Tone::Strong, &format!("{plugin} {version}")),
        format!("  digest {digest}"),
        format!("  {signer}"),
    ];
    match more.is_empty() {
        true => lines.push("  It asks for no more than the version before it.".to_owned()),
        false => {
            lines.push("  It asks for more than the version before it:".to_owned());
            lines.extend(more.iter().map(|more| screen.wrap("  - ", "    ", more)));
        }
    }
    lines.push(match state {
        InstallState::InForce => screen.paint(Tone::Good, "  It is in force from now on."),
        InstallState::Waits => {
            let short = digest.get(..12).unwrap_or(digest);
            let text = format!(
                "It is not in force yet. To put it in force: ringkeeper plugin approve {plugin} {short}"
            );
            screen.paint(Tone::Warning, &screen.wrap("  ", "  ", &text))
        }
    });
    lines.join("\n") + "\n"
}

fn version(row: &VersionRow, screen: &Screen) -> String {
    let (tone, state) = match row.state {
        VersionState::InForce => (Tone::Good, "in force"),
        VersionState::Waits => (Tone::Warning, "WAITS for approval"),
        VersionState::Parked => (Tone::Bad, "PARKED"),
        VersionState::Before => (Tone::Plain, "not in force"),
    };
    let (short, by) = (row.digest.get(..12).unwrap_or(&row.digest), &row.by);
    format!(
        "  installed {} {short}  {}  by {by}",
        row.version,
        screen.paint(tone, state)
    )
}

fn plugin(plugin: &PluginSummary, screen: &Screen) -> String {
    let version = plugin
        .version
        .as_deref()
        .map(|version| format!(" {version}"))
        .unwrap_or_default();
    let (tone, state) = match &plugin.state {
        PluginState::Loaded => (Tone::Good, "loaded"),
        PluginState::Refused(_) => (Tone::Bad, "REFUSED"),
        PluginState::Parked(_) => (Tone::Bad, "PARKED"),
    };
    let title = screen.paint(Tone::Strong, &format!("{}{version}", plugin.name));
    let mut lines = vec![format!(
        "{title}  {}  {}",
        screen.paint(tone, state),
        plugin.source
    )];
    if let PluginState::Refused(reason) | PluginState::Parked(reason) = &plugin.state {
        lines.push(screen.wrap("  why: ", "       ", reason));
    }
    lines.extend(
        plugin
            .summary
            .iter()
            .map(|summary| screen.wrap("  ", "  ", summary)),
    );
    lines.extend(plugin.operations.iter().map(|operation| {
        let schedule = operation
            .default_schedule
            .as_deref()
            .map(|cron| format!(", by default at {cron}"))
            .unwrap_or_default();
        let text = format!("{} ({}{schedule})", operation.summary, operation.impact);
        screen.wrap(&format!("  {}: ", operation.name), "      ", &text)
    }));
    if !plugin.capabilities.is_empty() {
        let each = plugin.capabilities.iter().map(|capability| {
            if capability.granted {
                capability.name.clone()
            } else {
                format!("{} (NOT GRANTED)", capability.name)
            }
        });
        let text = each.collect::<Vec<_>>().join(", ");
        lines.push(screen.wrap("  may use: ", "           ", &text));
    }
    if !plugin.scope.is_empty() {
        let text = plugin.scope.join(", ");
        lines.push(screen.wrap("  within: ", "          ", &text));
    }
    if !plugin.limits.is_empty() {
        let text = super::limits::sentence(&plugin.limits);
        lines.push(screen.wrap("  its last call used: ", "      ", &text));
    }
    if let Some(signer) = &plugin.signer {
        lines.push(format!("  signed by {signer}"));
    }
    lines.extend(plugin.versions.iter().map(|row| self::version(row, screen)));
    if let Some(digest) = &plugin.digest {
        lines.push(screen.paint(Tone::Faint, &format!("  digest {digest}")));
    }
    lines.join("\n")
}
