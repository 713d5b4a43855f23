//! A list that is read stretch by stretch.

/// The most that is read at once.
const MOST: u32 = 500;

/// A stretch of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch<T> {
    /// What is in it, in the order of the list.
    pub items: Vec<T>,
    /// Whether the list goes on.
    pub has_more: bool,
}

impl<T> Stretch<T> {
    /// How many rows to ask for: one more than wanted tells whether the list goes on.
    pub(crate) fn rows(limit: u32) -> i64 {
        i64::from(limit.clamp(1, MOST)) + 1
    }

    /// The stretch that was wanted, out of the rows that were asked for.
    pub(crate) fn of(mut items: Vec<T>, limit: u32) -> Self {
        let limit = usize::try_from(limit.clamp(1, MOST)).unwrap_or(usize::MAX);
        let has_more = items.len() > limit;
        items.truncate(limit);
        Self { items, has_more }
    }
}
