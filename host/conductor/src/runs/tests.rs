mod admission;
mod gate;
mod support;
