use std::ffi::OsString;
use std::path::Path;

use crate::certificates::{Certificates, STORE_PASSWORD};
use crate::claim::JOLOKIA_PORT;
use crate::configuration::{LOGBACK, Place, RACK, YAML};
use crate::flags;
use crate::jars::Jars;
use crate::java::Jdk;
use crate::settings::{Credentials, JolokiaMode, LabSettings};

const MAIN_CLASS: &str = "org.apache.cassandra.service.CassandraDaemon";

/// All that goes into the command lines of a lab's nodes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Launch<'a> {
    pub(crate) settings: &'a LabSettings,
    pub(crate) jdk: &'a Jdk,
    pub(crate) jars: &'a Jars,
    pub(crate) certificates: Option<&'a Certificates>,
}

impl Launch<'_> {
    /// Who may ask a secured Jolokia.
    pub(crate) fn jolokia_credentials() -> Credentials {
        Credentials::new("jolokia", "ringkeeper")
    }

    /// Program and arguments of one node.
    pub(crate) fn program(&self, place: &Place, directory: &Path, jmx_port: u16) -> Vec<OsString> {
        let home = directory.display();
        let mut program = vec![self.jdk.program("java").into_os_string()];
        program.extend(
            flags::server(self.settings.heap_mb)
                .into_iter()
                .map(OsString::from),
        );
        program.push(format!("-javaagent:{}", self.jars.jamm.display()).into());
        program.extend(self.jolokia_agent(place).map(OsString::from));
        let properties = [
            format!("cassandra.config=file://{home}/{YAML}"),
            format!("cassandra-rackdc.properties=file://{home}/{RACK}"),
            format!("logback.configurationFile=file://{home}/{LOGBACK}"),
            format!("cassandra.storagedir={home}"),
            format!("cassandra.logdir={home}/logs"),
            format!("cassandra.jmx.local.port={jmx_port}"),
            "cassandra-foreground=yes".to_owned(),
            "cassandra.ring_delay_ms=2000".to_owned(),
            "cassandra.skip_wait_for_gossip_to_settle=0".to_owned(),
            "cassandra.superuser_setup_delay_ms=0".to_owned(),
            "jdk.attach.allowAttachSelf=true".to_owned(),
            "io.netty.tryReflectionSetAccessible=true".to_owned(),
        ];
        program.extend(properties.map(|property| OsString::from(format!("-D{property}"))));
        program.extend([
            OsString::from("-cp"),
            self.jars.class_path.clone(),
            MAIN_CLASS.into(),
        ]);
        program
    }

    /// Where the node's Jolokia answers, if it has one.
    pub(crate) fn jolokia_url(&self, place: &Place) -> Option<String> {
        let scheme = if self.settings.jolokia_secured {
            "https"
        } else {
            "http"
        };
        (self.settings.jolokia != JolokiaMode::None)
            .then(|| format!("{scheme}://{}:{JOLOKIA_PORT}/jolokia/", place.address))
    }

    fn jolokia_agent(&self, place: &Place) -> Option<String> {
        let executor = match self.settings.jolokia {
            JolokiaMode::None => return None,
            JolokiaMode::Single => String::new(),
            JolokiaMode::Threads(count) => format!(",executor=fixed,threadNr={count}"),
        };
        let mut agent = format!(
            "-javaagent:{}=port={JOLOKIA_PORT},host={}{executor}",
            self.jars.jolokia.display(),
            place.address
        );
        if let Some(certificates) = self.certificates.filter(|_| self.settings.jolokia_secured) {
            let Credentials { user, password } = Self::jolokia_credentials();
            let store = certificates.key_store().display();
            agent.push_str(&format!(
                ",protocol=https,keystore={store},keystorePassword={STORE_PASSWORD},user={user},password={password}"
            ));
        }
        Some(agent)
    }
}
