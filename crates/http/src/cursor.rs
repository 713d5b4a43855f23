//! Where a list goes on: the last id, or the provider's own word for the place, sealed with a hash over it and the filters. A cursor is therefore good only for the list
//! it came from, and nobody can make one up.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use uuid::Uuid;
use warta_core::ids::MessageId;
use warta_core::secret::Secret;

use crate::keyed_hash::keyed_hash;

const TAG_BYTES: usize = 12;

/// The list a cursor belongs to: everything that decides what is in it.
#[derive(Debug)]
pub struct List<'a> {
    /// Seals.
    pub pepper: &'a Secret,
    /// The channel and the filters, in a fixed order.
    pub filters: &'a [&'a [u8]],
}

impl List<'_> {
    /// The cursor that goes on after `last`.
    #[must_use]
    pub fn after(&self, last: MessageId) -> String {
        let id = last.uuid();
        let mut bytes = id.as_bytes().to_vec();
        bytes.extend_from_slice(&self.tag(id.as_bytes()));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The cursor of a place in a list that somebody else keeps.
    #[must_use]
    pub fn after_text(&self, place: &str) -> String {
        let mut bytes = self.tag(place.as_bytes()).to_vec();
        bytes.extend_from_slice(place.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place that `cursor` names; `None` when it is not a cursor of this list.
    #[must_use]
    pub fn read_text(&self, cursor: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (tag, place) = bytes.split_at_checked(TAG_BYTES)?;
        let right = bool::from(self.tag(place).ct_eq(tag));
        String::from_utf8(place.to_vec()).ok().filter(|_| right)
    }

    /// Where `cursor` goes on; `None` when it is not a cursor of this list.
    #[must_use]
    pub fn read(&self, cursor: &str) -> Option<MessageId> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (id, tag) = bytes.split_at_checked(16)?;
        let id = Uuid::from_slice(id).ok()?;
        bool::from(self.tag(id.as_bytes()).ct_eq(tag)).then(|| MessageId::message(id))
    }

    fn tag(&self, place: &[u8]) -> [u8; TAG_BYTES] {
        let mut parts = vec![place];
        parts.extend(self.filters);
        let mut tag = [0; TAG_BYTES];
        for (byte, full) in tag.iter_mut().zip(keyed_hash(self.pepper, "cursor", &parts)) {
            *byte = full;
        }
        tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_good_for_its_own_list_only() {
        let pepper = Secret::new("pepper-for-tests");
        let id = MessageId::message(Uuid::from_u128(7));
        let list = List { pepper: &pepper, filters: &[b"inbound", b""] };
        let cursor = list.after(id);
        let mut cut = cursor.clone();
        cut.remove(0);
        assert_eq!(list.read(&cursor), Some(id));
        let other = List { pepper: &pepper, filters: &[b"", b"inbound"] };
        assert_eq!(other.read(&cursor), None);
        for made_up in ["", "x", "AAAA", &cut, &format!("{cursor}A"), "not base 64!"] {
            assert_eq!(list.read(made_up), None, "{made_up}");
            assert_eq!(list.read_text(made_up), None, "{made_up}");
        }
        let cursor = list.after_text("MjQZD");
        assert_eq!(list.read_text(&cursor).as_deref(), Some("MjQZD"));
        assert_eq!((other.read_text(&cursor), list.read_text(&format!("{cursor}QQ"))), (None, None));
    }
}
