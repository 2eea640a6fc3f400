//! When a row was last written, as text that any store can compare: a hybrid logical clock.
//!
//! Kulkarni, Demirbas and others, "Logical Physical Clocks" (2014): the greater of the wall clock and of all stamps seen, with a
//! counter for what happens within one millisecond. A stamp orders two writes to one row; it is no proof of when they happened.

use core::fmt;
use core::str;

use super::id::MILLIS_MAX;
use super::sortable;
use crate::time::Timestamp;

/// The order of two writes to one row: time, counter, and the client for what is left. Sixteen letters, and the greater text is
/// the later write, so that one `>` in SQL decides.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    /// The letters. ASCII by construction.
    text: [u8; Stamp::WIDTH],
}

/// The clock of one client. Kept with its other state: one that starts anew may write what loses against its own past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StampClock {
    client: u32,
    millis: u64,
    counter: u16,
}

impl Stamp {
    /// Letters of a stamp.
    pub const WIDTH: usize = 16;

    /// The stamp that is before every other.
    pub const FIRST: Self = Self { text: [b'-'; Self::WIDTH] };

    /// A stamp of its parts; of `millis` the lower 48 bits.
    pub fn new(millis: u64, counter: u16, client: u32) -> Self {
        let [_, _, time @ ..] = u64::to_be_bytes(millis);
        let mut bytes = [0; 12];
        let (head, tail) = bytes.split_at_mut(6);
        head.copy_from_slice(&time);
        let (middle, last) = tail.split_at_mut(2);
        middle.copy_from_slice(&counter.to_be_bytes());
        last.copy_from_slice(&client.to_be_bytes());
        Self { text: sortable::encode(&bytes) }
    }

    /// A stamp that orders by a number, such as how far somebody has read: the greater number wins, whenever it was written.
    pub fn of_number(number: u64, client: u32) -> Self {
        let mut bytes = [0; 12];
        let (head, tail) = bytes.split_at_mut(8);
        head.copy_from_slice(&number.to_be_bytes());
        tail.copy_from_slice(&client.to_be_bytes());
        Self { text: sortable::encode(&bytes) }
    }

    /// The stamp that `text` spells, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        sortable::decode::<12>(text).map(|bytes| Self { text: sortable::encode(&bytes) })
    }

    /// Its letters.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.text).unwrap_or_default()
    }

    /// Milliseconds since 1970 that its writer claims.
    pub fn millis(&self) -> u64 {
        let [a, b, c, d, e, f, ..] = self.bytes();
        u64::from_be_bytes([0, 0, a, b, c, d, e, f])
    }

    /// The number of a stamp [of a number](Self::of_number).
    pub fn number(&self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.bytes();
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// The client that wrote.
    pub fn client(&self) -> u32 {
        let [.., a, b, c, d] = self.bytes();
        u32::from_be_bytes([a, b, c, d])
    }

    /// The same stamp with a time that is not after `latest`: a device whose clock is years ahead would otherwise win every write
    /// until those years have passed.
    #[must_use]
    pub fn not_after(self, latest: Timestamp) -> Self {
        if self.millis() <= latest.as_millis() {
            return self;
        }
        Self::new(latest.as_millis(), u16::MAX, self.client())
    }

    fn bytes(&self) -> [u8; 12] {
        sortable::decode(self.as_str()).unwrap_or_default()
    }
}

impl StampClock {
    /// The clock of a client, whose number should be random and is kept.
    pub const fn new(client: u32) -> Self {
        Self { client, millis: 0, counter: 0 }
    }

    /// The client.
    pub const fn client(&self) -> u32 {
        self.client
    }

    /// A stamp that is after every one that this clock gave out or saw.
    pub fn tick(&mut self, now: Timestamp) -> Stamp {
        let now = now.as_millis().min(MILLIS_MAX);
        if now > self.millis {
            (self.millis, self.counter) = (now, 0);
        } else if let Some(counter) = self.counter.checked_add(1) {
            self.counter = counter;
        } else {
            // 65,536 writes within a millisecond: borrow the next one.
            (self.millis, self.counter) = ((self.millis + 1).min(MILLIS_MAX), 0);
        }
        self.last()
    }

    /// Takes note of a stamp from elsewhere. One that is further ahead of `now` than [`AHEAD_MS_MAX`] is somebody's broken clock
    /// and moves this one by no more than that.
    pub fn observe(&mut self, seen: Stamp, now: Timestamp) {
        let [.., high, low, _, _, _, _] = seen.bytes();
        let latest = now.as_millis().saturating_add(AHEAD_MS_MAX).min(MILLIS_MAX);
        let (millis, counter) = (seen.millis().min(latest), u16::from_be_bytes([high, low]));
        if (millis, counter) > (self.millis, self.counter) {
            (self.millis, self.counter) = (millis, counter);
        }
    }

    /// The last stamp that [`tick`](Self::tick) gave out, or one seen since, as this client's.
    pub fn last(&self) -> Stamp {
        Stamp::new(self.millis, self.counter, self.client)
    }

    /// Goes on after `last`, which [`last`](Self::last) was when the state was kept.
    pub fn restored(last: Stamp) -> Self {
        let [.., high, low, _, _, _, _] = last.bytes();
        Self { client: last.client(), millis: last.millis(), counter: u16::from_be_bytes([high, low]) }
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stamp({self})")
    }
}

/// How far a stamp may be ahead of the store's clock, in milliseconds: more than clocks that are set by a network differ, less than
/// what anybody would wait for.
pub const AHEAD_MS_MAX: u64 = 60_000;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000_000;

    #[test]
    fn the_greater_text_is_the_later_write() {
        let stamps = [
            Stamp::FIRST,
            Stamp::new(1, 0, 0),
            Stamp::new(NOW, 0, u32::MAX),
            Stamp::new(NOW, 1, 0),
            Stamp::new(NOW, 1, 1),
            Stamp::new(NOW + 1, 0, 0),
            Stamp::new(MILLIS_MAX, u16::MAX, u32::MAX),
        ];
        assert!(stamps.is_sorted());
        assert!(stamps.iter().map(Stamp::as_str).is_sorted());
        for stamp in stamps {
            assert_eq!(Stamp::parse(stamp.as_str()), Some(stamp));
        }
        let stamp = Stamp::new(NOW, 7, 9);
        assert_eq!((stamp.millis(), stamp.client()), (NOW, 9));
        assert_eq!(Stamp::of_number(1 << 40, 3).number(), 1 << 40);
        assert!(Stamp::of_number(10, 0) > Stamp::of_number(9, u32::MAX));
    }

    #[test]
    fn a_clock_never_goes_back() {
        let mut clock = StampClock::new(5);
        let first = clock.tick(at(NOW));
        let second = clock.tick(at(NOW));
        let third = clock.tick(at(NOW - 3_600_000));
        assert!(first < second && second < third);
        assert_eq!(third.millis(), NOW);
        clock.observe(Stamp::new(NOW + 30_000, 4, 1), at(NOW));
        assert!(clock.tick(at(NOW)) > Stamp::new(NOW + 30_000, 4, u32::MAX));
        assert_eq!(StampClock::restored(clock.last()), clock);
    }

    #[test]
    fn a_full_counter_borrows_a_millisecond() {
        let mut clock = StampClock::restored(Stamp::new(NOW, u16::MAX, 1));
        assert_eq!(clock.tick(at(NOW)), Stamp::new(NOW + 1, 0, 1));
        let mut last = StampClock::restored(Stamp::new(MILLIS_MAX, u16::MAX, 1));
        assert_eq!(last.tick(at(NOW)).millis(), MILLIS_MAX);
    }

    #[test]
    fn a23_a_clock_years_ahead_moves_nobody_by_more_than_a_minute() {
        let ahead = Stamp::new(NOW + 80 * 365 * 86_400_000, 3, 9);
        assert_eq!(ahead.not_after(at(NOW)), Stamp::new(NOW, u16::MAX, 9));
        assert_eq!(Stamp::new(NOW, 3, 9).not_after(at(NOW)), Stamp::new(NOW, 3, 9));
        let mut clock = StampClock::new(1);
        clock.observe(ahead, at(NOW));
        assert_eq!(clock.last().millis(), NOW + AHEAD_MS_MAX);
    }

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }
}
