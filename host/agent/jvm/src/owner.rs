//! Acting as the user that Cassandra runs as.
//!
//! A JVM lets in who has its own user and group; and what is read on its behalf has to be readable for it, not for root.
//! The kernel keeps users by thread, so a thread of its own takes them on, does the work and ends.

use std::io;
use std::thread;

use rustix::process::{Gid, Uid, getegid, geteuid};
use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid};

use crate::proc::Process;

/// Does `work` as the user of this process, where it is another and this program may; else as its own.
///
/// # Errors
/// When the user cannot be taken on.
pub(crate) fn as_owner_of<T: Send>(process: &Process, work: impl FnOnce() -> T + Send) -> io::Result<T> {
    let (uid, gid) = (Uid::from_raw(process.uid), Gid::from_raw(process.gid));
    if !geteuid().is_root() || (uid == geteuid() && gid == getegid()) {
        return Ok(work());
    }
    thread::scope(|scope| {
        let acting = thread::Builder::new()
            .name("as-cassandra".to_owned())
            .spawn_scoped(scope, || {
                set_thread_groups(&[gid])?;
                set_thread_res_gid(gid, gid, gid)?;
                set_thread_res_uid(uid, uid, uid)?;
                Ok(work())
            })?;
        acting.join().unwrap_or_else(|_| {
            Err(io::Error::other(
                "the thread that acted as Cassandra's user panicked",
            ))
        })
    })
}
