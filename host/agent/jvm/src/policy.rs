//! What Jolokia lets through: what the host asks for, read-only where it only reads, and nothing else.

use std::fmt::Write as _;

use ringkeeper_cassandra::Asked;

/// Jolokia's access policy for everything that stands in the catalogue.
///
/// A command that is named under `commands` is allowed for every MBean, so only those are named that tell no values. All
/// else needs an entry under `allow`. Only POST is served: no link in a browser can do anything.
#[must_use]
pub fn policy() -> String {
    let mut text = String::from(
        r#"<?xml version="1.0" encoding="utf-8"?>
<!-- Written by Ringkeeper; changes are overwritten. -->
<restrict>
  <remote>
    <host>127.0.0.0/8</host>
    <host>::1</host>
  </remote>
  <http>
    <method>post</method>
  </http>
  <commands>
    <command>version</command>
    <command>list</command>
    <command>search</command>
  </commands>
  <allow>
"#,
    );
    for (name, asked) in ringkeeper_cassandra::asked() {
        allow(&mut text, &name, &asked);
    }
    text.push_str("  </allow>\n</restrict>\n");
    text
}

fn allow(text: &mut String, name: &str, asked: &Asked) {
    let mut line = |line: String| {
        let _ = writeln!(text, "{line}");
    };
    line("    <mbean>".to_owned());
    line(format!("      <name>{}</name>", escaped(name)));
    for attribute in &asked.attributes {
        line(format!(
            "      <attribute mode=\"read\">{}</attribute>",
            escaped(attribute)
        ));
    }
    for operation in &asked.operations {
        line(format!("      <operation>{}</operation>", escaped(operation)));
    }
    line("    </mbean>".to_owned());
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_lets_through_what_is_asked() {
        insta::assert_snapshot!(policy());
    }

    #[test]
    fn no_attribute_is_written_and_nothing_dangerous_is_called() {
        let policy = policy();
        assert!(!policy.contains("mode=\"write\""));
        for never in [
            "decommission",
            "stopDaemon",
            "SystemProperties",
            "truncate",
            "setLoggingLevel",
            "<command>exec",
            "<command>read",
        ] {
            assert!(!policy.contains(never), "{never}");
        }
    }
}
