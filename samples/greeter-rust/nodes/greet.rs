use std::collections::HashMap;
use std::error::Error;

use crate::axiom_context::AxiomContext;
use crate::messages::{GreetReply, GreetRequest};

/// Greets the caller, signing with the tenant's configured signature.
pub fn greet(ax: &dyn AxiomContext, input: GreetRequest) -> Result<GreetReply, Box<dyn Error>> {
    let (signature, found) = ax.secrets().get("GREETER_SIGNATURE");
    let said = if found { "yes" } else { "no" };
    ax.log().info("signing", &HashMap::from([("found", said.to_string())]));
    let signature = if found { &signature } else { "anonymous" };
    Ok(GreetReply {
        greeting: format!("Hello {}, from {}", input.name, signature),
        ..Default::default()
    })
}

#[cfg(test)]
#[path = "greet_test.rs"]
mod tests;
