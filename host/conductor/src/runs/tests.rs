mod admission;
mod approval;
mod deadline;
mod gate;
mod lifecycle;
mod shown;
mod support;
mod two_hands;
