//! Plugins of the host.

use ringkeeper_api::{PluginState, PluginSummary};

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

fn plugin(plugin: &PluginSummary, screen: &Screen) -> String {
    let version = plugin
        .version
        .as_deref()
        .map(|version| format!(" {version}"))
        .unwrap_or_default();
    let (tone, state) = match &plugin.state {
        PluginState::Loaded => (Tone::Good, "loaded"),
        PluginState::Refused(_) => (Tone::Bad, "REFUSED"),
    };
    let title = screen.paint(Tone::Strong, &format!("{}{version}", plugin.name));
    let mut lines = vec![format!(
        "{title}  {}  {}",
        screen.paint(tone, state),
        plugin.source
    )];
    if let PluginState::Refused(reason) = &plugin.state {
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
    if !plugin.limits.is_empty() {
        let text = super::limits::sentence(&plugin.limits);
        lines.push(screen.wrap("  its last call used: ", "      ", &text));
    }
    if let Some(digest) = &plugin.digest {
        lines.push(screen.paint(Tone::Faint, &format!("  digest {digest}")));
    }
    lines.join("\n")
}
