//! What a node is told about its call and may ask for during it.

use std::collections::HashMap;
use std::time::SystemTime;

pub use super::axiom_values::*;

/// The context of a call. Every member has an implementation here, so that a package's own stand-ins name only what they
/// need, and keep compiling when members are added.
pub trait AxiomContext: Send + Sync {
    fn log(&self) -> &dyn AxiomLogger {
        &Nothing
    }

    fn secrets(&self) -> &dyn AxiomSecrets {
        &Nothing
    }

    /// The plain parameters of the flow's config.
    fn params(&self) -> &dyn AxiomParams {
        &Nothing
    }

    /// The graph that runs, and where in it this call is.
    fn reflection(&self) -> &dyn AxiomReflection {
        &Nothing
    }

    /// What the flow remembers from run to run: `ax.agent().memory()`.
    fn agent(&self) -> &dyn AxiomAgent {
        &Nothing
    }

    /// Events and measurements of this call; none in tests.
    fn axiom_telemetry(&self) -> Option<&dyn AxiomTelemetry> {
        None
    }

    /// Says how far the call is, from 0 to 1, and what it is at.
    fn progress(&self, _fraction: f64, _message: &str) {}

    fn execution_id(&self) -> &str {
        ""
    }

    fn flow_id(&self) -> &str {
        ""
    }

    fn tenant_id(&self) -> &str {
        ""
    }

    /// When the call will be stopped; none in tests.
    fn deadline(&self) -> Option<SystemTime> {
        None
    }

    /// True when the call is to stop, because its run was cancelled. A node that works long asks now and then.
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Log lines of this call, with attributes.
pub trait AxiomLogger: Send + Sync {
    fn debug(&self, _message: &str, _attributes: &HashMap<&str, String>) {}

    fn info(&self, _message: &str, _attributes: &HashMap<&str, String>) {}

    fn warn(&self, _message: &str, _attributes: &HashMap<&str, String>) {}

    fn error(&self, _message: &str, _attributes: &HashMap<&str, String>) {}
}

/// The secrets of the tenant, read by name. A missing one is never an error.
pub trait AxiomSecrets: Send + Sync {
    /// The value and true, or an empty text and false.
    fn get(&self, _name: &str) -> (String, bool) {
        (String::new(), false)
    }

    fn status(&self, name: &str) -> SecretStatus {
        if self.get(name).1 {
            SecretStatus::Available
        } else {
            SecretStatus::Unset
        }
    }
}

/// Why a secret can be read, or cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecretStatus {
    Available,
    Revoked,
    Unset,
}

/// Plain parameters, read by name.
pub trait AxiomParams: Send + Sync {
    /// The value and true, or an empty text and false.
    fn get(&self, _name: &str) -> (String, bool) {
        (String::new(), false)
    }
}

/// Shows the graph that runs.
pub trait AxiomReflection: Send + Sync {
    /// Asked for once in a call. Empty where there is none.
    fn flow(&self) -> Flow {
        Flow::default()
    }
}

/// What a flow has beside its nodes.
pub trait AxiomAgent: Send + Sync {
    fn memory(&self) -> Memory<'_> {
        Memory::new(&Nothing)
    }
}

/// Takes events and measurements. What is too much of it is left out.
pub trait AxiomTelemetry: Send + Sync {
    fn add_event(&self, _name: &str, _attributes: &HashMap<&str, String>) {}

    fn counter(&self, _name: &str, _value: f64, _attributes: &HashMap<&str, String>) {}

    fn histogram(&self, _name: &str, _value: f64, _attributes: &HashMap<&str, String>) {}
}

/// Finds nothing and keeps nothing.
struct Nothing;

impl AxiomLogger for Nothing {}
impl AxiomSecrets for Nothing {}
impl AxiomParams for Nothing {}
impl AxiomReflection for Nothing {}
impl AxiomAgent for Nothing {}
impl MemoryStore for Nothing {}
