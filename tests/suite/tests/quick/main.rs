//! Integration tests that need nothing but this checkout.

mod routes;
mod whole_path;
