//! The ringkeeper binary: arguments in, tables out.
//!
//! The picture to keep in mind: [`arguments`] says what can be typed, [`command`] asks the host (through [`client`]) or
//! becomes it, [`render`] turns the answer into text, and [`output`] writes it. Only `serve` and `doctor` know how the
//! host is put together; every other command is a client of its API.

mod arguments;
mod assembly;
mod certificates;
mod client;
mod command;
mod exit;
mod failure;
mod loading;
mod log;
mod notify;
mod output;
mod place;
mod render;
mod screen;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::failure::Failure;

/// A look at a cluster is thousands of small values that live until the next one; this allocator hands such out in half
/// the time. It is built to leave huge pages alone: in those, the megabyte that an agent holds takes eight.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let end = match runtime {
        Ok(runtime) => runtime.block_on(command::run(arguments)),
        Err(error) => Err(Failure::plain(Exit::Failed, format!("cannot start: {error}"))),
    };
    match end {
        Ok(exit) => exit.into(),
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.exit.into()
        }
    }
}
