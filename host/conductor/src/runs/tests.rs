mod admission;
mod gate;
mod lifecycle;
mod support;
mod two_hands;
