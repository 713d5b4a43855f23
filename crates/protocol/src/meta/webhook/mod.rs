//! Reading Meta's webhooks (§1.8). One unreadable item of a batch is reported as a fault and does not affect the others.

mod envelope;

pub use envelope::parse;

#[cfg(test)]
mod tests;
