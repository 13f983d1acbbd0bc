//! What the doctor found.

use crate::command::doctor::{Check, Verdict};
use crate::screen::{Screen, Tone};

/// One line for each check, with what to do; then what nobody watches, then the sum.
pub(crate) fn checks(checks: &[Check], screen: &Screen) -> String {
    let (unwatched, looked): (Vec<_>, Vec<_>) = checks
        .iter()
        .partition(|check| check.verdict == Verdict::Unwatched);
    let mut blocks = vec![
        looked
            .iter()
            .map(|check| line(check, screen))
            .collect::<Vec<_>>()
            .join("\n"),
    ];
    if !unwatched.is_empty() {
        let heading = screen.paint(Tone::Strong, "Not watched yet:");
        let lines = unwatched
            .iter()
            .map(|check| screen.wrap("  - ", "    ", &format!("{}: {}", check.about, check.message)));
        blocks.push(format!("{heading}\n{}", lines.collect::<Vec<_>>().join("\n")));
    }
    blocks.push(sum(&looked, screen));
    blocks.join("\n\n") + "\n"
}

fn line(check: &Check, screen: &Screen) -> String {
    let (word, tone) = match check.verdict {
        Verdict::Ok => ("ok", Tone::Good),
        Verdict::Warning => ("warning", Tone::Warning),
        Verdict::Problem => ("PROBLEM", Tone::Bad),
        Verdict::Unwatched => ("unwatched", Tone::Faint),
    };
    let text = screen.wrap(
        "######## ",
        INDENT,
        &format!("{}: {}", check.about, check.message),
    );
    let text = text.replacen("########", &screen.paint(tone, &format!("{word:<8}")), 1);
    match &check.remedy {
        Some(remedy) => format!(
            "{text}\n{}",
            screen.wrap(&format!("{INDENT}fix: "), &format!("{INDENT}     "), remedy)
        ),
        None => text,
    }
}

const INDENT: &str = "         ";

fn sum(checks: &[&Check], screen: &Screen) -> String {
    let number = |verdict| checks.iter().filter(|check| check.verdict == verdict).count();
    let (problems, warnings) = (number(Verdict::Problem), number(Verdict::Warning));
    let tone = match (problems, warnings) {
        (0, 0) => Tone::Good,
        (0, _) => Tone::Warning,
        _ => Tone::Bad,
    };
    let text = format!(
        "{} ok, {warnings} to be looked at, {problems} to be fixed",
        number(Verdict::Ok)
    );
    screen.paint(tone, &text)
}
