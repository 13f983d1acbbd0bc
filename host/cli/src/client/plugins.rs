//! Versions of plugins.

use ringkeeper_api::{ApproveVersionRequest, InstallAnswer, InstallRequest, PluginSummary};

use super::{ANSWER_LIMIT, Client, url};
use crate::failure::Failure;

impl Client {
    /// Hands a component over as the next version of its plugin.
    pub(crate) async fn install(&self, request: &InstallRequest) -> Result<InstallAnswer, Failure> {
        let post = self.http.post(url(&["plugins"])?);
        self.send(post.json(request).timeout(ANSWER_LIMIT)).await
    }

    /// Puts a version in force that waits for a person's word.
    pub(crate) async fn approve_version(
        &self,
        plugin: &str,
        digest: String,
    ) -> Result<InstallAnswer, Failure> {
        let post = self.http.post(url(&["plugins", plugin, "approve"])?);
        let request = ApproveVersionRequest { digest };
        self.send(post.json(&request).timeout(ANSWER_LIMIT)).await
    }

    /// Puts the version before the one in force in force again.
    pub(crate) async fn roll_back(&self, plugin: &str) -> Result<PluginSummary, Failure> {
        let post = self.http.post(url(&["plugins", plugin, "rollback"])?);
        self.send(post.timeout(ANSWER_LIMIT)).await
    }

    /// Has a version called again that was parked.
    pub(crate) async fn resume_version(&self, plugin: &str) -> Result<PluginSummary, Failure> {
        let post = self.http.post(url(&["plugins", plugin, "resume"])?);
        self.send(post.timeout(ANSWER_LIMIT)).await
    }
}
