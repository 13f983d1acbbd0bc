//! What a JVM answers when it was asked to load an agent.

use std::io;
use std::time::Duration;

use crate::error::Problem;

/// How much of a JVM's words is repeated.
const SHOWN_LETTERS: usize = 300;

/// Success looks like `0`, then `0` (Java 8) or `return code: 0` (later).
pub(super) fn judge(pid: u32, within: Duration, answer: io::Result<String>) -> Result<(), Problem> {
    let answer = answer.map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Problem::TimedOut { pid, within },
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => Problem::Ended { pid },
        _ => Problem::machine(format!("attaching to process {pid}"))(error),
    })?;
    let (code, words) = answer.split_once('\n').unwrap_or((&answer, ""));
    let Ok(taken) = code.trim().parse::<i32>() else {
        return Err(Problem::Ended { pid });
    };
    if taken != 0 && words.contains("java.instrument") {
        return Err(Problem::NoInstrument { pid });
    }
    let returned = words.lines().next().unwrap_or_default();
    let returned = returned.strip_prefix("return code: ").unwrap_or(returned).trim();
    let code = match (taken, returned.parse::<i32>()) {
        (0, Ok(0)) => return Ok(()),
        (0, Ok(code)) => code,
        (0, Err(_)) if returned.is_empty() => return Ok(()),
        (taken, _) => taken,
    };
    Err(Problem::Refused {
        pid,
        code,
        said: shown(words),
    })
}

/// The words in one line, without anything that moves a terminal's cursor.
fn shown(words: &str) -> String {
    let lines: Vec<&str> = words
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let one = lines.join(" / ");
    one.chars()
        .filter(|letter| !letter.is_control())
        .take(SHOWN_LETTERS)
        .collect()
}
