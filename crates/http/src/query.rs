//! Query parameters: each is known or named as a fault, so that a typing error never means "everything".

use std::str::FromStr;

use crate::problem::{Fault, Problem};

/// The parameters of one request, and what is wrong with them.
#[derive(Debug)]
pub struct Query {
    given: Vec<(String, String)>,
    faults: Vec<Fault>,
}

impl Query {
    /// Reads a query of which only `known` may be there, each once.
    #[must_use]
    pub fn read(query: Option<&str>, known: &[&str]) -> Self {
        let given: Vec<(String, String)> =
            url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
        let mut faults = Vec::new();
        for (index, (name, _)) in given.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let detail = format!("is not a parameter here; known are {}", known.join(", "));
                faults.push(Fault::parameter(name, "unknown", detail));
            } else if given.iter().take(index).any(|(earlier, _)| earlier == name) {
                faults.push(Fault::parameter(name, "invalid", "is given more than once"));
            }
        }
        Self { given, faults }
    }

    /// The text of a parameter; an empty one counts as absent.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        let (_, value) = self.given.iter().find(|(given, _)| given == name)?;
        (!value.is_empty()).then_some(value.as_str())
    }

    /// A parameter as a value of its type; what cannot be read is noted as a fault.
    pub fn value<T: FromStr>(&mut self, name: &str) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        match self.text(name)?.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(name, error.to_string());
                None
            }
        }
    }

    /// Notes that a parameter is wrong.
    pub fn fault(&mut self, name: &str, detail: impl Into<String>) {
        self.faults.push(Fault::parameter(name, "invalid", detail));
    }

    /// Ends the reading.
    ///
    /// # Errors
    ///
    /// All faults, when there are any.
    pub fn finish(self) -> Result<(), Problem> {
        if self.faults.is_empty() { Ok(()) } else { Err(Problem::invalid(self.faults)) }
    }
}
