//! How the call of a node ends when it does not end well.

use std::error;
use std::fmt::{Debug, Display};
use std::marker::PhantomData;

use super::axiom_context::AxiomContext;
use super::codec::Message;

/// Why there is no output.
pub enum Failure {
    /// The package has no node of this name.
    UnknownNode,
    /// A pipeline node was called as a unary one, or the other way round.
    WrongKind(String),
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

/// The answer of a node that is called as what it is not.
pub fn wrong_kind<T>(node: &str, kind: &str) -> Result<T, Failure> {
    Err(Failure::WrongKind(format!("{} is a {} node", node, kind)))
}

/// The frames of one call of a pipeline node.
pub trait Frames {
    /// Waits for the next one; none at the end of the input.
    fn take(&self) -> Option<Vec<u8>>;

    /// Sends one, when there is room for it.
    fn emit(&self, frame: Vec<u8>) -> Result<(), Box<dyn error::Error>>;
}

/// Calls a handler with messages in both directions. Whatever can be shown is an error.
pub fn pipeline<I, O, E, F>(
    ax: &dyn AxiomContext,
    frames: &dyn Frames,
    handler: F,
) -> Result<(), Failure>
where
    I: Message,
    O: Message,
    E: Display + Debug,
    F: FnOnce(
        &dyn AxiomContext,
        &mut dyn Iterator<Item = I>,
        &mut dyn FnMut(O) -> Result<(), Box<dyn error::Error>>,
    ) -> Result<(), E>,
{
    let mut inputs = Inputs {
        frames,
        unreadable: None,
        message: PhantomData,
    };
    let ended = handler(ax, &mut inputs, &mut |output: O| {
        frames.emit(output.encode_to_vec())
    });
    match (inputs.unreadable, ended) {
        (Some(message), _) => Err(Failure::Error {
            message,
            details: String::new(),
        }),
        (None, Ok(())) => Ok(()),
        (None, Err(e)) => Err(Failure::Error {
            message: e.to_string(),
            details: format!("{:?}", e),
        }),
    }
}

struct Inputs<'a, I> {
    frames: &'a dyn Frames,
    /// What is wrong with a frame, which ends the input.
    unreadable: Option<String>,
    message: PhantomData<I>,
}

impl<I: Message> Iterator for Inputs<'_, I> {
    type Item = I;

    fn next(&mut self) -> Option<I> {
        if self.unreadable.is_some() {
            return None;
        }
        match I::decode(&self.frames.take()?) {
            Ok(input) => Some(input),
            Err(e) => {
                self.unreadable = Some(format!("InvalidMessage: {}", e));
                None
            }
        }
    }
}
