//! The sandbox: takes a component, checks it, and hands out a plugin that can be called.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ringkeeper_seams::Seams;
use thiserror::Error;
use tokio::sync::Semaphore;
use wasmtime::Engine;
use wasmtime::component::{Component, Linker};

use crate::bindings::EverythingPre;
use crate::call_state::CallState;
use crate::capability::{CAPABILITIES, Capability};
use crate::descriptor;
use crate::engine;
use crate::grants::Grants;
use crate::import::{self, EXPORT};
use crate::inspection::{Digest, Inspection, inspect};
use crate::limits::Limits;
use crate::load_error::{LoadError, NAME_BYTES, REASON_BYTES, some};
use crate::plugin::{Loaded, Plugin};
use crate::question::{Describe, Fit};
use crate::runner::{Runner, Terms};
use crate::text;

/// Components compiled at once. A thread that compiles cannot be stopped, so those that take too long must not pile
/// up.
const COMPILERS: usize = 2;
/// Time a plugin has to say what it is.
const DESCRIBE_WALL: Duration = Duration::from_secs(10);

/// How a sandbox works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxSettings {
    /// Where compiled plugins are kept; none for nowhere. Made with mode 0700 if it is not there; a folder that others
    /// may enter is refused, as what lies in it is run unchecked.
    pub cache_dir: Option<PathBuf>,
    /// How a computing plugin is stopped.
    pub interruption: Interruption,
    /// Largest file.
    pub max_component_bytes: u64,
    /// Longest time to check and compile one.
    pub compile_limit: Duration,
}

impl Default for SandboxSettings {
    fn default() -> Self {
        Self {
            cache_dir: None,
            interruption: Interruption::Ticks,
            max_component_bytes: 32 << 20,
            compile_limit: Duration::from_secs(60),
        }
    }
}

/// How a computing plugin is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interruption {
    /// By the clock, every 10 ms: cheap, and not the same twice.
    Ticks,
    /// By counting instructions: exact, so that a simulation repeats, and slower.
    Fuel,
}

/// Why there is no sandbox.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SandboxError {
    /// The folder of compiled plugins cannot be trusted.
    #[error("cache folder {} {reason}", folder.display())]
    CacheFolder {
        /// Which folder.
        folder: PathBuf,
        /// What is wrong, as a fragment that follows the folder.
        reason: String,
    },
    /// WebAssembly cannot be run here.
    #[error("cannot run WebAssembly here: {0}")]
    Engine(String),
}

/// Loads plugins. Cheap to clone; all clones share one engine.
#[derive(Clone)]
pub struct Sandbox {
    runner: Runner,
    settings: Arc<SandboxSettings>,
    compilers: Arc<Semaphore>,
    known: Arc<Known>,
}

impl Sandbox {
    /// A sandbox with these settings.
    ///
    /// # Errors
    /// When the cache folder cannot be trusted, or WebAssembly cannot be run here.
    pub fn new(settings: SandboxSettings, seams: Seams) -> Result<Self, SandboxError> {
        let engine = engine::start(&settings)?;
        Ok(Self {
            runner: Runner {
                engine,
                interruption: settings.interruption,
                seams,
            },
            settings: Arc::new(settings),
            compilers: Arc::new(Semaphore::new(COMPILERS)),
            known: Arc::default(),
        })
    }

    /// Loads a component: checks all of it, compiles it and asks what it is. `origin` says where it came from, for
    /// people.
    ///
    /// # Errors
    /// When it is no component, imports what is not granted, or breaks a rule of the contract. The error says which.
    pub async fn load(
        &self,
        origin: &str,
        bytes: impl Into<Arc<[u8]>>,
        grants: &Grants,
        limits: Limits,
    ) -> Result<Plugin, LoadError> {
        let (inspection, component) = self.compile(bytes.into(), grants).await?;
        let pre = self.link(&component, grants)?;
        let terms = || Terms {
            context: None,
            attempt: 0,
            // The name is not known yet, and a descriptor must be the same every time.
            randomness: "plugin".to_owned(),
            limits,
            wall: DESCRIBE_WALL,
        };
        let fit = self.runner.run(&pre, terms(), Fit, Ok).await;
        fit.result
            .map_err(LoadError::Describe)?
            .map_err(LoadError::WrongWorld)?;
        let said = self.runner.run(&pre, terms(), Describe, Ok).await;
        let said = said.result.map_err(LoadError::Describe)?;
        let described = descriptor::check(said, inspection.manifest.as_ref())?;
        Ok(Plugin::new(Loaded {
            origin: origin.to_owned(),
            inspection,
            described,
            limits,
            pre,
            runner: self.runner.clone(),
        }))
    }

    async fn compile(&self, bytes: Arc<[u8]>, grants: &Grants) -> Result<(Inspection, Component), LoadError> {
        let (size_bytes, limit_bytes) = (bytes.len() as u64, self.settings.max_component_bytes);
        if size_bytes > limit_bytes {
            return Err(LoadError::TooLarge {
                size_bytes,
                limit_bytes,
            });
        }
        let limit = self.settings.compile_limit;
        let (engine, grants, compilers, known) = (
            self.runner.engine.clone(),
            grants.clone(),
            self.compilers.clone(),
            Arc::clone(&self.known),
        );
        let compiled = tokio::time::timeout(limit, async {
            let permit = compilers.acquire_owned().await;
            let work = move || {
                let _permit = permit;
                check_and_compile(&engine, &known, &bytes, &grants)
            };
            self.runner.seams.runtime.blocking(work).await
        });
        match compiled.await {
            Ok(Ok(compiled)) => compiled,
            Ok(Err(error)) => Err(LoadError::Host(error.to_string())),
            Err(_) => Err(LoadError::CompileTime { limit }),
        }
    }

    /// Gives a component what is granted, and sees that it exports what a plugin does.
    fn link(&self, component: &Component, grants: &Grants) -> Result<EverythingPre<CallState>, LoadError> {
        let mut linker = Linker::new(&self.runner.engine);
        for capability in CAPABILITIES.iter().filter(|capability| grants.allows(capability)) {
            capability
                .link(&mut linker)
                .map_err(|error| LoadError::Host(format!("{error:#}")))?;
        }
        let wrong_world = |error: wasmtime::Error| LoadError::WrongWorld(reason(&error));
        EverythingPre::new(linker.instantiate_pre(component).map_err(wrong_world)?).map_err(wrong_world)
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Everything that can be said of a component without running it, cheapest first; then native code of it.
fn check_and_compile(
    engine: &Engine,
    known: &Known,
    bytes: &[u8],
    grants: &Grants,
) -> Result<(Inspection, Component), LoadError> {
    if let Some((inspection, component)) = known.find(bytes) {
        check_imports(&inspection, grants)?;
        return Ok((inspection, component));
    }
    let inspection = inspect(bytes)?;
    check_imports(&inspection, grants)?;
    check_export(&inspection.exports)?;
    let component = Component::new(engine, bytes).map_err(|error| LoadError::Compile(reason(&error)))?;
    known.keep(&inspection, &component);
    Ok((inspection, component))
}

/// What wasmtime says. It quotes names that the component chose.
fn reason(error: &wasmtime::Error) -> String {
    text::printable(text::cut(&format!("{error:#}"), REASON_BYTES))
}

/// Components that passed every check but that of their grants: whoever loads one again, as a host in a
/// simulation does at each of its starts, need not wait for what can only come out the same.
#[derive(Default)]
struct Known(Mutex<BTreeMap<Digest, (Inspection, Component)>>);

impl Known {
    fn find(&self, bytes: &[u8]) -> Option<(Inspection, Component)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&Digest::of(bytes)).cloned()
    }

    fn keep(&self, inspection: &Inspection, component: &Component) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(inspection.digest.clone(), (inspection.clone(), component.clone()));
    }
}

/// Imports are a request; every one is answered here, all missing grants at once.
fn check_imports(inspection: &Inspection, grants: &Grants) -> Result<(), LoadError> {
    if !inspection.refused.is_empty() {
        return Err(LoadError::Imports {
            refused: inspection.refused.clone(),
        });
    }
    let missing: Vec<&'static str> = inspection
        .capabilities
        .iter()
        .filter_map(|name| Capability::find(name))
        .filter(|capability| !grants.allows(capability))
        .map(|capability| capability.name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let needed = grants.and(missing.iter().copied());
    Err(LoadError::Ungranted { missing, needed })
}

fn check_export(exports: &[String]) -> Result<(), LoadError> {
    if exports.iter().any(|name| import::is_export(name)) {
        return Ok(());
    }
    Err(LoadError::WrongWorld(
        match import::other_version_of_export(exports) {
            Some(version) => {
                format!("it exports version {version} of the contract, and this host calls {EXPORT}")
            }
            None if exports.is_empty() => format!("it exports nothing, and a plugin exports `{EXPORT}`"),
            None => {
                let exports = exports
                    .iter()
                    .map(|name| format!("`{}`", text::cut(name, NAME_BYTES)));
                format!(
                    "it exports {}, and a plugin exports `{EXPORT}`",
                    some(exports, ", ")
                )
            }
        },
    ))
}
