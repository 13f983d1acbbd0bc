//! All words of a call: Java's, those that say how the node is reached, the tool's.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use ringkeeper_tools::{Command, Program, SsTableName, Word};

use crate::copy::{Copy, path};
use crate::{RunError, ToolSettings};

/// Warnings are complaints, everything else is left out: tools print their answers themselves.
const LOGBACK: &str = r#"<configuration>
  <appender name="complaints" class="ch.qos.logback.core.ConsoleAppender">
    <target>System.err</target>
    <encoder><pattern>%-5level %date{ISO8601} %msg%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="complaints"/></root>
</configuration>
"#;

/// What the words depend on beside the call.
#[derive(Debug)]
pub(crate) struct Words<'a> {
    pub(crate) settings: &'a ToolSettings,
    pub(crate) work: &'a Path,
    pub(crate) copy: Option<&'a Copy>,
}

impl Words<'_> {
    pub(crate) fn of(&self, command: &Command) -> Result<Vec<OsString>, RunError> {
        let logback = self.work.join("logback-tools.xml");
        fs::write(&logback, LOGBACK).map_err(RunError::at(&logback))?;
        let shown = |path: &Path| path.display().to_string();
        let mut properties = vec![
            ("user.home", shown(self.work)),
            ("java.io.tmpdir", shown(self.work)),
            ("cassandra.storagedir", shown(self.work)),
            ("cassandra.logdir", shown(self.work)),
            ("logback.configurationFile", shown(&logback)),
        ];
        let mut configuration = None;
        let class = match command.tool.program {
            Program::Nodetool => {
                // From Java 8u331 on, an address in brackets is refused otherwise.
                properties.push(("com.sun.jndi.rmiURLParsing", "legacy".to_owned()));
                "NodeTool"
            }
            Program::SsTable(class) => {
                let yaml = self.copy.map_or_else(|| self.settings.yaml.clone(), Copy::yaml);
                configuration = self.settings.yaml.parent();
                properties.push(("cassandra.config", format!("file://{}", yaml.display())));
                class
            }
        };
        let mut words = self
            .settings
            .installation
            .words(class, &properties, configuration);
        if command.tool.program == Program::Nodetool {
            words.extend(self.way_to_the_node());
        }
        for word in &command.words {
            words.push(match word {
                Word::Plain(word) => word.into(),
                Word::SsTable(name) => self.sstable(name)?.into(),
            });
        }
        Ok(words)
    }

    fn way_to_the_node(&self) -> Vec<OsString> {
        let at = self.settings.jmx.at.socket();
        let mut words: Vec<OsString> = vec![
            "-h".into(),
            at.ip().to_string().into(),
            "-p".into(),
            at.port().to_string().into(),
        ];
        if let Some((user, file)) = &self.settings.jmx.login {
            words.extend(["-u".into(), user.into(), "-pwf".into(), file.into()]);
        }
        words
    }

    fn sstable(&self, name: &SsTableName) -> Result<PathBuf, RunError> {
        let found = match self.copy {
            Some(copy) => copy.path_of(name),
            None => {
                let paths = self.settings.data_directories.iter().map(|data| path(data, name));
                paths.into_iter().find(|path| path.is_file())
            }
        };
        found.ok_or_else(|| {
            RunError::Missing(format!("SSTable {}/{}/{}", name.keyspace, name.folder, name.file))
        })
    }
}
