//! The built-in patching plugin, as component in the real sandbox, looking at clusters through the real observer.

#[cfg(test)]
mod nodes;
#[cfg(test)]
mod restart;
#[cfg(test)]
mod support;
