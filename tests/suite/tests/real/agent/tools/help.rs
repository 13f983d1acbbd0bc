//! What nodetool says of itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use ringkeeper_lab::{Jdk, Version, jars_of};
use ringkeeper_tools::{Kind, Line, Place, Program, Tool, catalogue};

/// Prints the help of every verb that it reads, within one virtual machine.
const SOURCE: &str = r#"package org.apache.cassandra.tools;
public class Helps {
    public static void main(String[] arguments) throws Exception {
        var verbs = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));
        var output = new Output(System.out, System.err);
        for (String verb; (verb = verbs.readLine()) != null; ) {
            System.out.println("=== " + verb);
            String[] words = verb.isEmpty() ? new String[] {"help"} : new String[] {"help", verb};
            new NodeTool(new NodeProbeFactory(), output).execute(words);
        }
    }
}
"#;
/// How nodetool is told where the node is.
const COMMON: [&str; 6] = ["-h", "-p", "-pp", "-pw", "-pwf", "-u"];

/// Options that the catalogue leaves out: those that name programs to run or folders to delete, whole other ways of using
/// a verb, and those of verbs that are not run here anyway.
const LEFT_OUT: [(&str, &str); 13] = [
    ("compact", "--user-defined"),
    ("enableauditlog", "--archive-command"),
    ("enableauditlog", "--max-archive-retries"),
    ("enablefullquerylog", "--archive-command"),
    ("enablefullquerylog", "--max-archive-retries"),
    ("enablefullquerylog", "--path"),
    ("invalidatepermissionscache", "--function"),
    ("invalidatepermissionscache", "--mbean"),
    ("rebuild", "-s"),
    ("rebuild", "-ts"),
    ("snapshot", "-kt"),
    ("repair", ""),
    ("sjk", ""),
];

#[test]
fn the_catalogue_is_what_nodetool_says() {
    for version in ["4.0.18", "4.1.9", "5.0.5"] {
        let line = Line::of(version).unwrap();
        let helps = helps(version);
        let known: BTreeSet<&str> = nodetool(line).map(|tool| tool.verb()[0]).collect();
        let real: BTreeSet<&str> = helps.keys().map(String::as_str).collect();
        assert_eq!(known, real, "{version}");
        let wrong: Vec<String> = helps
            .iter()
            .flat_map(|(verb, help)| differences(line, verb, help))
            .collect();
        assert!(wrong.is_empty(), "{version}:\n{}", wrong.join("\n"));
    }
}

fn nodetool(line: Line) -> impl Iterator<Item = &'static Tool> {
    catalogue().filter(move |tool| tool.program == Program::Nodetool && tool.since <= line)
}

/// Options of a verb with whether they take a value, and whether the catalogue has them so.
fn differences(line: Line, verb: &str, help: &str) -> Vec<String> {
    let tools: Vec<&Tool> = nodetool(line).filter(|tool| tool.verb()[0] == verb).collect();
    let mut wrong = Vec::new();
    if let [tool] = tools.as_slice()
        && tool.verb().len() == 1
    {
        let options = options(help);
        for parameter in tool.parameters {
            let Place::Option(option) = parameter.place else {
                continue;
            };
            let takes_value = parameter.value != Kind::Flag;
            let real = options
                .iter()
                .find(|real| real.spellings.contains(&option.to_owned()));
            match real {
                Some(_) if parameter.since > line => wrong.push(format!("{verb} has {option} already")),
                Some(real) if real.takes_value != takes_value => {
                    wrong.push(format!("{verb} {option} takes a value?"))
                }
                None if parameter.since <= line => wrong.push(format!("{verb} has no {option}")),
                _ => {}
            }
        }
        for real in &options {
            let is_known = tool.parameters.iter().any(|parameter| {
                matches!(parameter.place, Place::Option(option) if real.spellings.contains(&option.to_owned()))
            });
            let is_left_out = LEFT_OUT.iter().any(|(left, option)| {
                *left == verb && (option.is_empty() || real.spellings.contains(&(*option).to_owned()))
            });
            if !is_known && !is_left_out {
                wrong.push(format!("the catalogue lacks {verb} {:?}", real.spellings));
            }
        }
        let takes_arguments = tool
            .parameters
            .iter()
            .any(|parameter| parameter.place == Place::Argument);
        if takes_arguments != help.contains("\n        --\n") && verb != "sjk" {
            wrong.push(format!("{verb} takes arguments?"));
        }
    } else {
        for tool in tools {
            let word = tool.verb().get(1).copied().unwrap_or_default();
            if !help.contains(word) {
                wrong.push(format!("{verb} has no {word}"));
            }
            for parameter in tool.parameters {
                let Place::Option(option) = parameter.place else {
                    continue;
                };
                if parameter.since <= line && !help.contains(option) {
                    wrong.push(format!("{verb} {word} has no {option}"));
                }
            }
        }
    }
    wrong
}

struct Real {
    spellings: Vec<String>,
    takes_value: bool,
}

/// The options of a help text: lines such as `-j <jobs>, --jobs <jobs>` below OPTIONS.
fn options(help: &str) -> Vec<Real> {
    let (_, options) = help.split_once("OPTIONS").unwrap_or_default();
    let heads = options
        .lines()
        .filter(|line| line.starts_with("        -") && !line.starts_with("        -- "))
        .map(str::trim)
        .filter(|head| *head != "--");
    let real = heads.map(|head| Real {
        spellings: head
            .split(", ")
            .filter_map(|spelling| spelling.split_whitespace().next())
            .map(str::to_owned)
            .collect(),
        takes_value: head.contains('<'),
    });
    real.filter(|real| !COMMON.contains(&real.spellings[0].as_str()))
        .collect()
}

/// The help of every verb of a version.
fn helps(version: &str) -> BTreeMap<String, String> {
    let listed = ask(version, "\n");
    let verbs: Vec<&str> = listed
        .lines()
        .filter(|line| line.starts_with("    ") && !line.starts_with("     "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|verb| *verb != "help")
        .collect();
    assert!(verbs.len() > 100, "{listed}");
    let text = ask(version, &(verbs.join("\n") + "\n"));
    text.split("=== ")
        .skip(1)
        .filter_map(|help| help.split_once('\n'))
        .map(|(verb, help)| (verb.to_owned(), help.to_owned()))
        .collect()
}

fn ask(version: &str, verbs: &str) -> String {
    let jdk = Jdk::find().unwrap();
    let version: Version = version.parse().unwrap();
    let jars = jars_of(&version, &jdk).unwrap().join("*");
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("Helps.java");
    fs::write(&source, SOURCE).unwrap();
    let silent = folder.path().join("logback.xml");
    fs::write(&silent, "<configuration><root level=\"OFF\"/></configuration>").unwrap();
    let compiled = Command::new(jdk.program("javac"))
        .arg("-d")
        .arg(folder.path())
        .arg("-cp")
        .arg(&jars)
        .arg(&source)
        .status()
        .unwrap();
    assert!(compiled.success());
    let mut java = Command::new(jdk.program("java"))
        .args(
            ["misc", "ref"]
                .map(|package| format!("--add-exports=java.base/jdk.internal.{package}=ALL-UNNAMED")),
        )
        .args(
            [
                "sun.nio.ch",
                "jdk.internal.ref",
                "java.io",
                "java.lang",
                "java.nio",
                "java.util",
            ]
            .map(|package| format!("--add-opens=java.base/{package}=ALL-UNNAMED")),
        )
        .arg("--add-exports=java.base/sun.nio.ch=ALL-UNNAMED")
        .arg(format!("-Duser.home={}", folder.path().display()))
        .arg(format!("-Dcassandra.storagedir={}", folder.path().display()))
        .arg(format!("-Dlogback.configurationFile={}", silent.display()))
        .arg("-cp")
        .arg(format!("{}:{}", folder.path().display(), jars.display()))
        .arg("org.apache.cassandra.tools.Helps")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    // Its pipe takes all of them at once.
    java.stdin.take().unwrap().write_all(verbs.as_bytes()).unwrap();
    let output = java.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}
