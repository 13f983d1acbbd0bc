//! The table is whole, and a call is what was typed or nothing.

mod arguments;
mod table;
