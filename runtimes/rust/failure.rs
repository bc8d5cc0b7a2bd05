//! How the call of a node ends when it does not end well.

use std::fmt::{Debug, Display};

use super::axiom_context::AxiomContext;
use super::codec::Message;

/// Why there is no output.
pub enum Failure {
    /// The package has no node of this name.
    UnknownNode,
    /// The node said so, or its input could not be read.
    Error {
        message: String,
        /// What the error tells of itself beyond its message.
        details: String,
    },
}

/// Calls a handler with bytes. Whatever can be shown is an error.
pub fn unary<I, O, E, F>(
    ax: &dyn AxiomContext,
    input: &[u8],
    handler: F,
) -> Result<Vec<u8>, Failure>
where
    I: Message,
    O: Message,
    E: Display + Debug,
    F: FnOnce(&dyn AxiomContext, I) -> Result<O, E>,
{
    let input = I::decode(input).map_err(|e| Failure::Error {
        message: format!("InvalidMessage: {}", e),
        details: String::new(),
    })?;
    match handler(ax, input) {
        Ok(output) => Ok(output.encode_to_vec()),
        Err(e) => Err(Failure::Error {
            message: e.to_string(),
            details: format!("{:?}", e),
        }),
    }
}

/// The answer of a node that cannot be called here.
pub fn pipeline(node: &str) -> Result<Vec<u8>, Failure> {
    Err(Failure::Error {
        message: format!(
            "{} is a pipeline node; only unary nodes can be called here",
            node
        ),
        details: String::new(),
    })
}
