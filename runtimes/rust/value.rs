//! Plain values as JSON values.

use std::iter::FromIterator;

use super::messages::{value, ListValue, Struct, Value};

impl Value {
    /// The value `null`.
    pub fn null() -> Self {
        value::Kind::NullValue(0).into()
    }
}

impl From<value::Kind> for Value {
    fn from(kind: value::Kind) -> Self {
        Value {
            kind: Some(kind),
            ..Default::default()
        }
    }
}

impl From<bool> for Value {
    fn from(given: bool) -> Self {
        value::Kind::BoolValue(given).into()
    }
}

impl From<f64> for Value {
    fn from(given: f64) -> Self {
        value::Kind::NumberValue(given).into()
    }
}

impl From<&str> for Value {
    fn from(given: &str) -> Self {
        value::Kind::StringValue(given.to_owned()).into()
    }
}

impl From<String> for Value {
    fn from(given: String) -> Self {
        value::Kind::StringValue(given).into()
    }
}

impl From<Struct> for Value {
    fn from(given: Struct) -> Self {
        value::Kind::StructValue(given).into()
    }
}

impl From<Vec<Value>> for Value {
    fn from(values: Vec<Value>) -> Self {
        value::Kind::ListValue(ListValue {
            values,
            ..Default::default()
        })
        .into()
    }
}

impl<K: Into<String>> FromIterator<(K, Value)> for Struct {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(fields: I) -> Self {
        Struct {
            fields: fields
                .into_iter()
                .map(|(name, field)| (name.into(), field))
                .collect(),
            ..Default::default()
        }
    }
}
