//! Where work runs: on threads in production, inline on one thread in a simulation.

use std::future::Future;
use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt as _};
use tokio::task::{JoinError, JoinSet};

/// Decides where blocking work and plugin calls run.
#[derive(Clone, Debug)]
pub struct Runtime {
    plugins: Option<Arc<PluginThreads>>,
}

/// A tokio runtime of its own for plugins, shut down without waiting when the last holder lets go.
#[derive(Debug)]
struct PluginThreads {
    runtime: Option<tokio::runtime::Runtime>,
}

impl Drop for PluginThreads {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Runtime {
    /// Blocking work on threads made for it; plugins on a runtime of their own.
    ///
    /// # Errors
    /// When the operating system gives no threads.
    pub fn threads() -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            // A look at timers and sockets after every pause of a plugin: otherwise sixty pauses of 10 ms go by first.
            .event_interval(1)
            .thread_name("plugin")
            .enable_all()
            .build()?;
        let runtime = Some(runtime);
        Ok(Self {
            plugins: Some(Arc::new(PluginThreads { runtime })),
        })
    }

    /// Everything on the calling thread, in the order it is asked for.
    #[must_use]
    pub const fn inline() -> Self {
        Self { plugins: None }
    }

    /// Whether all work runs inline, as a simulation needs.
    #[must_use]
    pub const fn is_inline(&self) -> bool {
        self.plugins.is_none()
    }

    /// Runs `work`, which may block, away from the async workers.
    ///
    /// # Errors
    /// When `work` panics.
    #[expect(clippy::disallowed_methods, reason = "this is the seam")]
    pub async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        if self.is_inline() {
            return Ok(work());
        }
        tokio::task::spawn_blocking(work).await
    }

    /// Runs a plugin call on the plugins' own threads, so that a spinning plugin never delays the daemon. Dropping
    /// the answer aborts the call at its next pause.
    ///
    /// # Errors
    /// When the call panics, or the host is going down.
    pub fn plugin_call<T: Send + 'static>(
        &self,
        call: impl Future<Output = T> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, JoinError>> {
        match self.plugins.as_ref().and_then(|threads| threads.runtime.as_ref()) {
            Some(runtime) => {
                let mut tasks = JoinSet::new();
                tasks.spawn_on(call, runtime.handle());
                async move { join_only(&mut tasks).await }.boxed()
            }
            None => call.map(Ok).boxed(),
        }
    }
}

async fn join_only<T: 'static>(tasks: &mut JoinSet<T>) -> Result<T, JoinError> {
    match tasks.join_next().await {
        Some(joined) => joined,
        // One task was just put in, and nothing else can take it out.
        None => std::future::pending().await,
    }
}

/// Tasks with an owner: dropping the group aborts them, [`TaskGroup::finish`] awaits them.
#[derive(Debug, Default)]
pub struct TaskGroup {
    tasks: JoinSet<()>,
}

impl TaskGroup {
    /// No tasks yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts `task`.
    pub fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Waits until every task has ended. A task that panicked is logged.
    pub async fn finish(&mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended
                && error.is_panic()
            {
                tracing::error!(%error, "a task of the host panicked");
            }
        }
    }

    /// Ends every task at its next pause and waits until they are gone.
    pub async fn abort(&mut self) {
        self.tasks.abort_all();
        self.finish().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn plugin_calls_run_on_threads_of_their_own() {
        let runtime = Runtime::threads().unwrap();
        let name = runtime
            .plugin_call(async { std::thread::current().name().map(str::to_owned) })
            .await
            .unwrap();
        assert_eq!(name.as_deref(), Some("plugin"));
    }

    #[tokio::test]
    async fn a_simulation_runs_everything_on_one_thread() {
        let runtime = Runtime::inline();
        let here = std::thread::current().id();
        assert_eq!(
            runtime
                .plugin_call(async { std::thread::current().id() })
                .await
                .unwrap(),
            here
        );
        assert_eq!(
            runtime.blocking(|| std::thread::current().id()).await.unwrap(),
            here
        );
    }
}
