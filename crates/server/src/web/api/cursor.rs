//! Where a list goes on: the last id, sealed with a hash over it and the filters. A cursor is therefore good only for the list
//! it came from, and nobody can make one up.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use uuid::Uuid;
use warta_core::ids::MessageId;
use warta_core::secret::Secret;

use crate::web::keys::keyed_hash;

const TAG_BYTES: usize = 12;

/// The list a cursor belongs to: everything that decides what is in it.
#[derive(Debug)]
pub(crate) struct List<'a> {
    /// Seals.
    pub(crate) pepper: &'a Secret,
    /// The channel and the filters, in a fixed order.
    pub(crate) filters: &'a [&'a [u8]],
}

impl List<'_> {
    /// The cursor that goes on after `last`.
    pub(crate) fn after(&self, last: MessageId) -> String {
        let id = last.uuid();
        let mut bytes = id.as_bytes().to_vec();
        bytes.extend_from_slice(&self.tag(id));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Where `cursor` goes on; `None` when it is not a cursor of this list.
    pub(crate) fn read(&self, cursor: &str) -> Option<MessageId> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (id, tag) = bytes.split_at_checked(16)?;
        let id = Uuid::from_slice(id).ok()?;
        bool::from(self.tag(id).ct_eq(tag)).then(|| MessageId::message(id))
    }

    fn tag(&self, id: Uuid) -> [u8; TAG_BYTES] {
        let mut parts: Vec<&[u8]> = vec![id.as_bytes()];
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
        }
    }
}
