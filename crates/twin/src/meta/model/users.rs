//! Users: finding the user of a phone number or a BSUID.

use super::{apply::State, message::User};
use crate::chat::Person;

impl User {
    /// A user with a phone.
    pub(crate) fn of(person: Person) -> Self {
        Self {
            bsuid: crate::ids::bsuid(&person.phone),
            key: person.phone.clone(),
            phone: Some(person.phone),
            name: Some(person.name).filter(|name| !name.is_empty()),
        }
    }
}

impl State {
    /// The user a phone number (digits) or BSUID belongs to. Brazilian, Mexican and Argentine numbers are
    /// found in either of their forms.
    pub(crate) fn user(&self, phone_or_bsuid: &str) -> Option<&User> {
        self.own
            .users
            .get(phone_or_bsuid)
            .or_else(|| self.own.users.get(self.own.bsuids.get(phone_or_bsuid)?))
            .or_else(|| self.own.users.get(&other_form(phone_or_bsuid)?))
    }

    /// The user with the key and the BSUID already known for them, unless another BSUID was given.
    pub(crate) fn recognise(&self, user: User) -> User {
        let Some(known) = self.user(&user.key) else { return user };
        let derived = user.phone.as_deref().map(crate::ids::bsuid);
        User {
            key: known.key.clone(),
            bsuid: if derived.as_ref() == Some(&user.bsuid) { known.bsuid.clone() } else { user.bsuid },
            name: user.name.or_else(|| known.name.clone()),
            phone: user.phone,
        }
    }

    /// Stores a user. A known phone number is kept even if a later webhook hides it.
    pub(crate) fn know(&mut self, user: User) {
        let phone = self.own.users.get(&user.key).and_then(|known| known.phone.clone());
        self.own.bsuids.insert(user.bsuid.clone(), user.key.clone());
        self.own.users.insert(user.key.clone(), User { phone: user.phone.or(phone), ..user });
    }
}

/// The other form of a Mexican, Argentine or Brazilian mobile number: with or without the `1` or the `9`
/// after the country code (Mexico, Argentina) or the area code (Brazil).
pub(crate) fn other_form(phone: &str) -> Option<String> {
    let with = |prefix: &str, rest: &str| Some(format!("{prefix}{rest}"));
    match (phone.get(..2)?, phone.len()) {
        ("52", 13) => with("52", phone.strip_prefix("521")?),
        ("52", 12) => with("521", phone.get(2..)?),
        ("54", 13) => with("54", phone.strip_prefix("549")?),
        ("54", 12) => with("549", phone.get(2..)?),
        ("55", 13) if phone.get(4..5) == Some("9") => with(phone.get(..4)?, phone.get(5..)?),
        ("55", 12) => with(&format!("{}9", phone.get(..4)?), phone.get(4..)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_with_two_forms_is_found_in_both() {
        for (one, other) in [
            ("5215512345678", "525512345678"),
            ("5491123456789", "541123456789"),
            ("5511987654321", "551187654321"),
        ] {
            assert_eq!(other_form(one).as_deref(), Some(other));
            assert_eq!(other_form(other).as_deref(), Some(one));
        }
        assert_eq!(other_form("6281234567890"), None);
    }
}
