//! `ringkeeper tool run` and `ringkeeper runs output`.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use futures::future::{Either, select};
use ringkeeper_api::{RunDetail, RunRequest};
use ringkeeper_tools::Tool;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::named;
use super::printed::Printed;
use crate::arguments::{Format, ToolRunArguments};
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

/// Between two looks at a tool.
const PAUSE: Duration = Duration::from_millis(300);

/// Everything about a run of a tool, for programs.
#[derive(Debug, Serialize)]
struct Whole {
    run: RunDetail,
    output: String,
    complaints: String,
}

/// Has a tool run, and shows what it prints until it ends.
pub(super) async fn run(
    client: &Client,
    arguments: ToolRunArguments,
    output: &Output,
) -> Result<Exit, Failure> {
    let tool = named(&arguments.name)?;
    let request = request(tool, arguments.of.cluster.clone(), &arguments)?;
    if arguments.really && output.format == Format::Table && !tool.risk.is_empty() {
        eprintln!("{} can break something: {}", tool.name, tool.risk);
    }
    let run = client.open_run(&request).await?;
    if arguments.detach {
        output.one(&run, render::runs::opened)?;
        return Ok(Exit::of_run(&run.state).unwrap_or(Exit::Done));
    }
    if output.format == Format::Table {
        eprintln!("run {}: {}", run.id, run.title);
    }
    let shown = follow(client, &run.id, output);
    let interrupted = async {
        // Where Ctrl-C cannot be heard, it ends the program by itself.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    match select(pin!(shown), pin!(interrupted)).await {
        Either::Left((exit, _)) => exit,
        Either::Right(_) => {
            eprintln!(
                "The tool goes on. See what it prints: ringkeeper runs output {id}; end its run: ringkeeper runs cancel {id}",
                id = run.id
            );
            Ok(Exit::Interrupted)
        }
    }
}

/// The run that is asked for.
fn request(tool: &Tool, cluster: Option<String>, given: &ToolRunArguments) -> Result<RunRequest, Failure> {
    let read = tool.read(&given.arguments).map_err(|error| {
        let remedy = format!("`ringkeeper tool explain {}` says what it takes", tool.name);
        Failure::new(Exit::Usage, error.to_string(), remedy)
    })?;
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in read {
        values.entry(name).or_default().push(value);
    }
    let value = |values: Vec<String>| match <[String; 1]>::try_from(values) {
        Ok([only]) => Value::String(only),
        Err(several) => json!(several),
    };
    let arguments: Map<String, Value> = values
        .into_iter()
        .map(|(name, values)| (name, value(values)))
        .collect();
    let mut parameters = Map::new();
    parameters.insert("tool".to_owned(), json!(tool.name));
    parameters.insert("node".to_owned(), json!(given.node));
    parameters.insert("arguments".to_owned(), Value::Object(arguments));
    for (name, is_said) in [("dry_run", given.dry_run), ("really", given.really)] {
        if is_said {
            parameters.insert(name.to_owned(), json!(true));
        }
    }
    Ok(RunRequest {
        operation: "tools.run".to_owned(),
        cluster,
        parameters,
        approve: given.approve.clone(),
        deadline: None,
        security: false,
    })
}

/// Shows what the tool prints until its run has ended.
async fn follow(client: &Client, id: &str, output: &Output) -> Result<Exit, Failure> {
    let is_table = output.format == Format::Table;
    let mut printed = Printed::of(id, !is_table);
    let mut said = String::new();
    loop {
        // Looked at before what was printed is: what is printed by then is all there is.
        let run = client.run(id).await?;
        let all = match printed.pass_on(client).await {
            Ok(all) => all,
            // What it printed cannot be had now; that is no reason to give up on the run.
            Err(failure) if run.run.ended_at.is_none() => {
                tell(is_table, &mut said, &failure.message);
                false
            }
            Err(failure) => {
                eprintln!("{failure}");
                true
            }
        };
        match Exit::of_run(&run.run.state) {
            Some(exit) if all => {
                if is_table {
                    eprintln!("{}", ending(&run));
                } else {
                    show_whole(run, printed, output)?;
                }
                return Ok(exit);
            }
            Some(_) => {}
            None => tell(is_table, &mut said, &waits(&run)),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Shows the run with all that its tool printed, for a program.
fn show_whole(run: RunDetail, printed: Printed, output: &Output) -> Result<(), Failure> {
    let [output_text, complaints] = printed.kept();
    let whole = Whole {
        run,
        output: output_text,
        complaints,
    };
    output.one(&whole, |_, _| String::new())
}

/// Says something new.
fn tell(is_table: bool, said: &mut String, words: &str) {
    if is_table && !words.is_empty() && said != words {
        eprintln!("{words}");
    }
    words.clone_into(said);
}

/// What holds the run up, or what it does.
fn waits(run: &RunDetail) -> String {
    let id = &run.run.id;
    if run.run.state == "AwaitingApproval" {
        return format!("it waits for a person's word: ringkeeper runs approve {id}");
    }
    if let Some(first) = run.run.blocked_by.first() {
        return format!("it waits: {first}");
    }
    let step = run.step_rows.first();
    step.map(|step| step.message.clone()).unwrap_or_default()
}

/// How it ended, in a line.
fn ending(run: &RunDetail) -> String {
    let step = run.step_rows.first().map(|step| step.message.as_str());
    match step.filter(|message| !message.is_empty()) {
        Some(message) => message.to_owned(),
        None => format!("{}: {}", run.run.state, run.run.summary),
    }
}

/// Shows what the tool of a run printed so far.
pub(crate) async fn output(client: &Client, id: &str, output: &Output) -> Result<Exit, Failure> {
    let is_table = output.format == Format::Table;
    let mut printed = Printed::of(id, !is_table);
    printed.pass_on(client).await?;
    if !is_table {
        let run = client.run(id).await?;
        show_whole(run, printed, output)?;
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::arguments::{Arguments, Command, ToolCommand};

    fn asked(words: &str) -> Result<Value, Failure> {
        let words = ["ringkeeper", "tool", "run"].into_iter().chain(words.split(' '));
        let Command::Tool(ToolCommand::Run(arguments)) = Arguments::try_parse_from(words).unwrap().command
        else {
            panic!("another command")
        };
        let request = request(named(&arguments.name)?, None, &arguments)?;
        assert_eq!(request.operation, "tools.run");
        Ok(Value::Object(request.parameters))
    }

    #[test]
    fn what_is_typed_becomes_parameters_of_a_run() {
        assert_eq!(
            asked("tablestats --node 10.0.0.1 -- -H shop.orders shop.carts").unwrap(),
            json!({"tool": "tablestats", "node": "10.0.0.1",
                "arguments": {"human-readable": "true", "tables": ["shop.orders", "shop.carts"]}})
        );
        assert_eq!(
            asked("cleanup --node 6f1c --really -- keyspace=shop").unwrap(),
            json!({"tool": "cleanup", "node": "6f1c", "arguments": {"keyspace": "shop"}, "really": true})
        );
        assert_eq!(
            asked("status --node n --dry-run").unwrap(),
            json!({"tool": "status", "node": "n", "arguments": {}, "dry_run": true})
        );
    }

    #[test]
    fn what_the_tool_does_not_take_is_refused_before_anybody_is_asked() {
        let failure = asked("status --node n -- shop more").unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert_eq!(failure.message, "status takes no \"more\"");
        assert_eq!(asked("stauts --node n").unwrap_err().exit, Exit::NotFound);
    }
}
