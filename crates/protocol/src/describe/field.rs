//! The description of a protocol: its name and the fields of its channels. Pages show it, and typed values are checked with it.

use warta_core::channel::{Account, Protocol, SecretKind};

use crate::bilingual::Bilingual;

/// The description of a protocol.
#[derive(Debug)]
pub struct Description {
    /// The protocol.
    pub protocol: Protocol,
    /// Its name.
    pub name: &'static str,
    /// Whom it suits, and what it takes.
    pub lead: Bilingual,
    /// Its fields, in the order in which people find them.
    pub fields: &'static [FieldSpec],
}

/// A field of a channel.
#[derive(Debug)]
pub struct FieldSpec {
    /// Its name in settings and forms.
    pub name: &'static str,
    /// The section of the connection page.
    pub section: Section,
    /// The kind of secret. `None` if it is not secret.
    pub secret: Option<SecretKind>,
    /// True if a channel cannot go live without it.
    pub required: bool,
    /// The format of its value.
    pub format: Format,
    /// The name that people know it by.
    pub label: Bilingual,
    /// Where to find it.
    pub help: Bilingual,
    /// A made-up value.
    pub example: &'static str,
    /// Its names where people copy it from, in lower-case letters and digits only.
    pub aliases: &'static [&'static str],
}

/// A section of the connection page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The ids of the channel.
    Account,
    /// The secrets for the provider's API.
    Credentials,
    /// Settings for a proxy, a twin or a special agreement.
    Reach,
}

/// The format of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A phone number or an account code.
    Account,
    /// Up to 32 digits.
    Digits,
    /// A web address.
    Address,
    /// A version such as `v26.0`.
    Version,
    /// A UUID.
    Uuid,
    /// A name or an id in the provider's own form, without spaces.
    Word,
    /// One of these words. The first is the default.
    Choice(&'static [(&'static str, Bilingual)]),
    /// A secret in the provider's own form.
    Secret,
    /// A password chosen by a person. It may hold spaces and be short.
    Password,
}

impl Description {
    /// The field with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static FieldSpec> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The fields of a section that are not secret.
    pub fn open(&self, section: Section) -> impl Iterator<Item = &'static FieldSpec> {
        self.fields.iter().filter(move |field| field.section == section && field.secret.is_none())
    }

    /// The settings of an example channel: the examples of all required fields that are not secret.
    #[cfg(test)]
    pub(crate) fn examples(&self) -> serde_json::Value {
        let required = |field: &&FieldSpec| field.required && field.secret.is_none();
        let examples = self.fields.iter().filter(required);
        examples.map(|field| (field.name.to_owned(), serde_json::Value::from(field.example))).collect()
    }

    /// The fields that are secrets.
    pub fn secrets(&self) -> impl Iterator<Item = (SecretKind, &'static FieldSpec)> {
        self.fields.iter().filter_map(|field| Some((field.secret?, field)))
    }
}

impl FieldSpec {
    /// A field that identifies the channel.
    pub(crate) const fn account(name: &'static str, format: Format) -> Self {
        Self::new(name, Section::Account, format)
    }

    /// A field for a proxy, a twin or a special agreement.
    pub(crate) const fn reach(name: &'static str, format: Format) -> Self {
        Self::new(name, Section::Reach, format)
    }

    /// A secret.
    pub(crate) const fn secret(name: &'static str, kind: SecretKind) -> Self {
        let format = if matches!(kind, SecretKind::Password) { Format::Password } else { Format::Secret };
        Self { secret: Some(kind), ..Self::new(name, Section::Credentials, format) }
    }

    const fn new(name: &'static str, section: Section, format: Format) -> Self {
        let empty = Bilingual { en: "", id: "" };
        Self {
            name,
            section,
            secret: None,
            required: false,
            format,
            label: empty,
            help: empty,
            example: "",
            aliases: &[],
        }
    }

    /// A channel cannot go live without the field.
    pub(crate) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The name that people know it by, in English and Indonesian.
    pub(crate) const fn label(self, en: &'static str, id: &'static str) -> Self {
        Self { label: Bilingual { en, id }, ..self }
    }

    /// Where to find it, in English and Indonesian.
    pub(crate) const fn help(self, en: &'static str, id: &'static str) -> Self {
        Self { help: Bilingual { en, id }, ..self }
    }

    /// A made-up value.
    pub(crate) const fn example(self, example: &'static str) -> Self {
        Self { example, ..self }
    }

    /// Its names where people copy it from.
    pub(crate) const fn aliases(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }
}

impl Format {
    /// A regular expression for the whole value, for HTML's `pattern`. It accepts every valid value.
    #[must_use]
    pub const fn pattern(self) -> &'static str {
        match self {
            Self::Account => r"[A-Za-z0-9._+\-\(\) ]{3,64}",
            Self::Digits => "[0-9]{1,32}",
            Self::Address => "https?://.+",
            Self::Version => r"v[0-9]{1,3}\.[0-9]{1,3}",
            Self::Uuid => "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
            Self::Word => "[!-~]{1,256}",
            Self::Choice(_) => "[a-z0-9_]{1,32}",
            Self::Secret => r"[!-~]{8,}",
            Self::Password => ".{1,256}",
        }
    }

    /// The message for a value of another format.
    #[must_use]
    pub const fn wrong(self) -> Bilingual {
        match self {
            Self::Account => Bilingual {
                en: "Not a phone number with its country code, and not a code of 3 to 64 letters, digits, dots, dashes and underscores.",
                id: "Bukan nomor telepon dengan kode negara, bukan pula kode 3 sampai 64 huruf, angka, titik, tanda hubung, dan garis bawah.",
            },
            Self::Digits => Bilingual {
                en: "This id has digits only, up to 32. Take out letters, blanks and signs.",
                id: "ID ini hanya angka, paling banyak 32. Buang huruf, spasi, dan tanda baca.",
            },
            Self::Address => Bilingual {
                en: "Not an address such as https://graph.facebook.com, without query or sign-in.",
                id: "Bukan alamat seperti https://graph.facebook.com, tanpa kueri atau nama pengguna.",
            },
            Self::Version => {
                Bilingual { en: "Not a version such as v26.0.", id: "Bukan versi seperti v26.0." }
            }
            Self::Uuid => Bilingual {
                en: "Not an id such as 0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa: 32 digits and letters a to f, with dashes.",
                id: "Bukan ID seperti 0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa: 32 angka dan huruf a sampai f, dengan tanda hubung.",
            },
            Self::Word => Bilingual {
                en: "Up to 256 letters, digits and signs, without blanks.",
                id: "Paling banyak 256 huruf, angka, dan tanda, tanpa spasi.",
            },
            Self::Choice(_) => Bilingual { en: "Not one of the choices.", id: "Bukan salah satu pilihan." },
            Self::Secret => Bilingual {
                en: "Too short, or with blanks or line breaks inside: copy it again, whole.",
                id: "Terlalu pendek, atau ada spasi atau baris baru di dalamnya: salin lagi seutuhnya.",
            },
            Self::Password => Bilingual {
                en: "Longer than 256 characters, or with line breaks inside.",
                id: "Lebih dari 256 karakter, atau ada baris baru di dalamnya.",
            },
        }
    }

    /// True if a text can be a secret of this format. Other fields are checked by [`crate::faults`].
    #[must_use]
    pub fn takes_secret(self, text: &str) -> bool {
        match self {
            Self::Secret => text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_graphic()),
            Self::Password => {
                (1..=256).contains(&text.chars().count()) && !text.chars().any(char::is_control)
            }
            Self::Account
            | Self::Digits
            | Self::Address
            | Self::Version
            | Self::Uuid
            | Self::Word
            | Self::Choice(_) => false,
        }
    }
}

/// The number or account code of a channel, with any protocol.
pub const ACCOUNT: FieldSpec = FieldSpec {
    name: "account",
    section: Section::Account,
    secret: None,
    required: true,
    format: Format::Account,
    label: Bilingual { en: "Account code or phone", id: "Kode akun atau telepon" },
    help: Bilingual {
        en: "The WhatsApp number with its country code, or a code of your own. It names this channel in events, in the API, in history and on the hand-off page.",
        id: "Nomor WhatsApp dengan kode negara, atau kode Anda sendiri. Kanal ini disebut dengannya di peristiwa, API, riwayat, dan halaman serah terima.",
    },
    example: "+62 811-1000-0001",
    aliases: &[
        "accountcode",
        "accountcodephone",
        "displayphonenumber",
        "from",
        "number",
        "phone",
        "phonenumber",
        "telepon",
        "nomortelepon",
    ],
};

/// Reads a phone number or an account code.
///
/// # Errors
///
/// When it is neither.
pub fn account(text: &str) -> Result<Account, Bilingual> {
    text.parse().map_err(|_| Format::Account.wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_protocol_that_is_there_describes_its_fields_once() {
        for description in crate::descriptions() {
            let mut names: Vec<_> = description.fields.iter().map(|field| field.name).collect();
            names.sort_unstable();
            let count = names.len();
            names.dedup();
            assert_eq!(names.len(), count);
            assert!(!names.contains(&ACCOUNT.name));
            for field in description.fields {
                assert_eq!(
                    field.secret.is_some(),
                    matches!(field.format, Format::Secret | Format::Password),
                    "{}",
                    field.name
                );
                let password = field.secret == Some(SecretKind::Password);
                assert_eq!(password, field.format == Format::Password, "{}", field.name);
                for text in [field.label, field.help] {
                    assert!(!text.en.is_empty() && !text.id.is_empty(), "{}", field.name);
                }
            }
        }
    }

    #[test]
    fn a_password_is_taken_as_a_person_chose_it() {
        for text in ["x", "two words", " ", "pässwörd", &"x".repeat(256)] {
            assert!(Format::Password.takes_secret(text), "{text}");
        }
        for text in ["", "a\nb", &"x".repeat(257)] {
            assert!(!Format::Password.takes_secret(text), "{text}");
        }
    }

    #[test]
    fn a_secret_with_a_blank_inside_was_cut_in_copying() {
        assert!(Format::Secret.takes_secret("EAAG0123"));
        for text in ["", "EAAG", "EAAG 0123", "EAAG\n0123", "EAAGé0123"] {
            assert!(!Format::Secret.takes_secret(text), "{text}");
        }
    }
}
