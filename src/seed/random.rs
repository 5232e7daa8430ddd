//! Chance that can be repeated: SplitMix64 (Steele, Lea, Flood, 2014). The same seed gives the same plant.

pub struct Random(u64);

impl Random {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Between `low` and `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % high.abs_diff(low).saturating_add(1)).cast_signed()
    }

    pub fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of them; `None` when there is none.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> Option<T> {
        let last = items.len().checked_sub(1)?;
        Some(items[self.between(0, last as i64) as usize])
    }

    /// One of them, as often as its weight says.
    pub fn weighted<T: Copy>(&mut self, items: &[(i64, T)]) -> Option<T> {
        let total: i64 = items.iter().map(|(weight, _)| weight).sum();
        let mut left = if total > 0 { self.between(1, total) } else { 0 };
        items.iter().find_map(|(weight, item)| {
            left -= weight;
            (left <= 0).then_some(*item)
        })
    }
}
