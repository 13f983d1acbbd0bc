//! The built-in repair plugin, as component in the real sandbox, looking at clusters through the real observer.

#[cfg(test)]
mod large;
#[cfg(test)]
mod small;
#[cfg(test)]
mod support;
