mod admission;
mod gate;
mod lifecycle;
mod shown;
mod support;
mod two_hands;
