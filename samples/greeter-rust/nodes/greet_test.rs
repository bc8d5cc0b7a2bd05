use std::collections::HashMap;

use super::greet;
use crate::axiom_context::{AxiomContext, AxiomSecrets};
use crate::messages::GreetRequest;

/// The context of a test: secrets come from a map.
#[derive(Default)]
struct TestContext {
    secrets_map: Values,
}

impl AxiomContext for TestContext {
    fn secrets(&self) -> &dyn AxiomSecrets {
        &self.secrets_map
    }
}

#[derive(Default)]
struct Values(HashMap<&'static str, &'static str>);

impl AxiomSecrets for Values {
    fn get(&self, name: &str) -> (String, bool) {
        let value = self.0.get(name);
        (value.unwrap_or(&"").to_string(), value.is_some())
    }
}

fn ada() -> GreetRequest {
    GreetRequest {
        name: "Ada".to_string(),
        ..Default::default()
    }
}

#[test]
fn signs_with_the_secret() {
    let secrets_map = Values(HashMap::from([("GREETER_SIGNATURE", "test-sig")]));
    let reply = greet(&TestContext { secrets_map }, ada()).unwrap();
    assert_eq!(reply.greeting, "Hello Ada, from test-sig");
}

#[test]
fn signs_as_anonymous_without_the_secret() {
    let reply = greet(&TestContext::default(), ada()).unwrap();
    assert_eq!(reply.greeting, "Hello Ada, from anonymous");
}
