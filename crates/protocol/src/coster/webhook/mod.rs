//! Reading Coster's webhooks (§6.5 to §6.7, §7.2).

mod envelope;

pub use envelope::parse;

#[cfg(test)]
mod tests;
