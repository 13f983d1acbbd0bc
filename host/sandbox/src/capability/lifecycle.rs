//! `lifecycle`: takes a node away and brings it back.

use ringkeeper_cluster::NodeId;
use ringkeeper_plan::Impact;
use wasmtime::component::{HasSelf, Resource};

use super::{Access, Capability};
use crate::bindings::ringkeeper::maintenance::lifecycle::{Host, add_to_linker};
use crate::bindings::ringkeeper::maintenance::types::Error;
use crate::call_state::{CallState, Refused};
use crate::work::Job;

pub(super) const CAPABILITY: Capability = Capability {
    name: "lifecycle",
    summary: "drains, stops and starts nodes",
    access: Access::Changes,
    impact: Impact::Disrupt,
    base: false,
    link: |linker| add_to_linker::<_, HasSelf<_>>(linker, |call| call),
};

impl Host for CallState {
    async fn drain(&mut self, node: String) -> Result<Resource<Job>, Refused> {
        let context = self.enter(&CAPABILITY, node.len())?;
        let job = context.work.drain(id(&node)?).await?;
        self.give_job(job)
    }

    async fn stop(&mut self, node: String) -> Result<Resource<Job>, Refused> {
        let context = self.enter(&CAPABILITY, node.len())?;
        let job = context.work.stop(id(&node)?).await?;
        self.give_job(job)
    }

    async fn start(&mut self, node: String) -> Result<Resource<Job>, Refused> {
        let context = self.enter(&CAPABILITY, node.len())?;
        let job = context.work.start(id(&node)?).await?;
        self.give_job(job)
    }

    async fn reboot(&mut self, node: String) -> Result<Resource<Job>, Refused> {
        self.enter(&CAPABILITY, node.len())?;
        id(&node)?;
        let why = "this host has nothing that runs on the machine of a node, and so cannot reboot it";
        Err(Error::Unsupported(why.to_owned()).into())
    }
}

fn id(node: &str) -> Result<NodeId, Error> {
    node.parse().map_err(|error| Error::Invalid(format!("{error}")))
}
