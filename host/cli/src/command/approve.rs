//! `ringkeeper runs approve`.

use std::io::{BufRead as _, Read as _, Write as _};

use super::addresses;
use crate::arguments::Format;
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

/// So many characters of a hash that was just shown are enough to say which.
const ENOUGH: usize = 12;
/// Longest line that is read as an answer.
const LONGEST: u64 = 1_000;

/// Approves what a run waits with: by its hash, or, where none is given, after showing it.
pub(crate) async fn run(
    client: &Client,
    id: String,
    hash: Option<String>,
    output: &Output,
) -> Result<Exit, Failure> {
    let hash = match hash {
        Some(hash) => hash,
        None => judged(client, &id, output).await?,
    };
    output.one(&client.approve_run(&id, hash).await?, render::runs::told)?;
    Ok(Exit::Done)
}

/// Shows what the run waits with, and hears whether it is to be done.
async fn judged(client: &Client, id: &str, output: &Output) -> Result<String, Failure> {
    let command = |hash: &str| format!("approve it with `ringkeeper runs approve {id} {hash}`");
    if output.format == Format::Json {
        return Err(Failure::new(
            Exit::Usage,
            "nobody can be asked while the answer is JSON",
            command("HASH"),
        ));
    }
    let run = client.run(id).await?.run;
    let waits = run.approval.as_ref().filter(|_| run.state == "AwaitingApproval");
    let Some(approval) = waits else {
        return Err(Failure::new(
            Exit::Refused,
            format!("run {id} waits for nobody's word: it is {}", run.state),
            format!("see how it stands with `ringkeeper runs show {id}`"),
        ));
    };
    let answer = client.plan_of_run(id).await?;
    let addresses = addresses(client, &answer.cluster).await;
    let asked = render::plan::Asked {
        cluster: None,
        all: true,
    };
    let shown = render::plan::plan(&answer, asked, &addresses, &output.screen);
    crate::output::write(&format!(
        "{shown}\nTo approve it, repeat its hash, {ENOUGH} characters at least: "
    ))?;
    let said = said()
        .map_err(|error| Failure::plain(Exit::Failed, format!("your answer cannot be read: {error}")))?;
    if says(&said, &approval.hash) {
        return Ok(approval.hash.clone());
    }
    Err(Failure::new(
        Exit::Refused,
        "that is not its hash; nothing was approved",
        command(&approval.hash),
    ))
}

/// Whether it names what was shown.
fn says(said: &str, hash: &str) -> bool {
    let said = said.trim();
    said.len() >= ENOUGH.min(hash.len()) && hash.starts_with(said)
}

fn said() -> std::io::Result<String> {
    let mut said = String::new();
    std::io::stdin().lock().take(LONGEST).read_line(&mut said)?;
    // Without a terminal nobody ends the line.
    std::io::stdout().write_all(b"\n")?;
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_repeated_by_its_beginning_or_whole() {
        let hash = "5d41402abc4b2a76b9719d911017c592";
        for said in [hash, "5d41402abc4b", " 5d41402abc4b2a\n"] {
            assert!(says(said, hash), "{said}");
        }
        for said in [
            "",
            "\n",
            "yes",
            "5d41402abc4",
            "5d41402abc4c",
            "5d41402abc4b2a76b9719d911017c592f",
        ] {
            assert!(!says(said, hash), "{said}");
        }
    }
}
