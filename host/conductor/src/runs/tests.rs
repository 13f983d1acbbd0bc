mod admission;
mod gate;
mod lifecycle;
mod support;
