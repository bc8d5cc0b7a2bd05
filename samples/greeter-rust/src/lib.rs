//! The package `demo/greeter-rust`. Modules of your own go here, and nodes use them as `crate::name`.

#[path = "../gen/mod.rs"]
mod generated;
pub use generated::*;
