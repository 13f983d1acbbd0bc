//! The sandbox from outside: real guests, hostile ones among them, loaded and called as a host does it.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod cache;
#[cfg(test)]
mod capabilities;
#[cfg(test)]
mod determinism;
#[cfg(test)]
mod fairness;
#[cfg(test)]
mod garbage;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod loading;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tools;
#[cfg(test)]
mod work;
