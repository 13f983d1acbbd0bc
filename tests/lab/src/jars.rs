use std::env;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::command::run;
use crate::java::Jdk;
use crate::settings::Version;
use crate::wait::wait_until;

const JOLOKIA_VERSION: &str = "2.2.9";
const FETCH_DEADLINE: Duration = Duration::from_secs(600);

/// The jars of one Cassandra version, on disk.
#[derive(Debug)]
pub(crate) struct Jars {
    /// The class path of the server and its tools.
    pub(crate) class_path: OsString,
    /// The agent that measures objects; 4.x does not start on JDK 17 without it.
    pub(crate) jamm: PathBuf,
    /// The agent that serves JMX over HTTP.
    pub(crate) jolokia: PathBuf,
}

impl Jars {
    /// Takes the jars from the target folder, and fetches them with Maven the first time.
    pub(crate) fn obtain(version: &Version, jdk: &Jdk) -> Result<Self> {
        let shelf = target_directory().join("lab").join("jars");
        let home = shelf.join(version.as_str());
        if !home.is_dir() {
            fs::create_dir_all(&shelf)?;
            fetch_once(&shelf, &home, version, jdk)
                .with_context(|| format!("cannot fetch Cassandra {version} with Maven"))?;
        }
        Self::found_in(&home)
    }

    fn found_in(home: &Path) -> Result<Self> {
        let mut jars: Vec<PathBuf> = fs::read_dir(home)?
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<_>>()
            .with_context(|| home.display().to_string())?;
        jars.sort();
        let named = |start: &str| {
            let found = jars.iter().find(|jar| {
                jar.file_name()
                    .is_some_and(|name| name.to_string_lossy().starts_with(start))
            });
            found
                .cloned()
                .with_context(|| format!("no {start}*.jar in {}", home.display()))
        };
        named("cassandra-all-")?;
        let jamm = named("jamm-")?;
        let jolokia = named("jolokia-agent-jvm-")?;
        let class_path = env::join_paths(jars.iter().filter(|jar| **jar != jolokia))?;
        Ok(Self {
            class_path,
            jamm,
            jolokia,
        })
    }
}

/// Several test processes may want the same version at the same moment: one fetches, the others wait for it.
fn fetch_once(shelf: &Path, home: &Path, version: &Version, jdk: &Jdk) -> Result<()> {
    let path = shelf.join(format!("{version}.lock"));
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    wait_until("the end of another fetch", FETCH_DEADLINE, || {
        Ok(lock.try_lock().is_ok().then_some(()))
    })?;
    if home.is_dir() {
        return Ok(());
    }
    let work = tempfile::tempdir_in(shelf)?;
    fs::write(work.path().join("pom.xml"), pom(version))?;
    let mut maven = Command::new("mvn");
    maven
        .current_dir(work.path())
        .env("JAVA_HOME", jdk.home())
        .args(["--quiet", "--batch-mode", "dependency:copy-dependencies"])
        .args(["-DincludeScope=runtime", "-DoutputDirectory=jars"]);
    run(&mut maven, FETCH_DEADLINE)?;
    let fetched = work.path().join("jars");
    ensure!(fetched.is_dir(), "Maven copied nothing");
    // The name appears only with everything in it, so a killed fetch leaves no half set behind.
    fs::rename(fetched, home)?;
    Ok(())
}

/// The Jolokia agent by itself, for whoever brings it into a JVM on another way than the lab does.
///
/// # Errors
/// When it cannot be fetched with Maven.
pub fn jolokia_jar(jdk: &Jdk) -> Result<PathBuf> {
    Ok(Jars::obtain(&Version::newest(), jdk)?.jolokia)
}

/// The folder with the jars of this version, fetched with Maven the first time.
///
/// # Errors
/// When they cannot be fetched.
pub fn jars_of(version: &Version, jdk: &Jdk) -> Result<PathBuf> {
    let jolokia = Jars::obtain(version, jdk)?.jolokia;
    let folder = jolokia.parent().context("a jar is in a folder")?;
    Ok(folder.to_owned())
}

fn pom(version: &Version) -> String {
    format!(
        r#"<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>ringkeeper</groupId>
  <artifactId>lab</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.cassandra</groupId>
      <artifactId>cassandra-all</artifactId>
      <version>{version}</version>
    </dependency>
    <dependency>
      <groupId>org.jolokia</groupId>
      <artifactId>jolokia-agent-jvm</artifactId>
      <version>{JOLOKIA_VERSION}</version>
      <classifier>javaagent</classifier>
      <exclusions>
        <exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion>
      </exclusions>
    </dependency>
  </dependencies>
</project>
"#
    )
}

/// Cargo's target folder: the one this program was built in, else the workspace's own.
#[must_use]
pub fn target_directory() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let marked = program
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").is_file());
    marked.map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"),
        |folder| folder.to_path_buf(),
    )
}
