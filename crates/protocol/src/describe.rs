//! How a protocol describes itself to people.

/// A text in the languages of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// Indonesian.
    pub id: &'static str,
}

/// STAND-IN
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// A
    Account,
    /// C
    Credentials,
}
/// STAND-IN
#[derive(Debug)]
pub struct FieldSpec {
    /// n
    pub name: &'static str,
    /// s
    pub section: Section,
    /// l
    pub label: Text,
}
/// STAND-IN
#[derive(Debug)]
pub struct Description {
    /// f
    pub fields: &'static [FieldSpec],
}
/// STAND-IN
#[must_use]
pub fn describe(protocol: warta_core::channel::Protocol) -> Option<&'static Description> {
    const D: Description = Description {
        fields: &[
            FieldSpec {
                name: "phone_number_id",
                section: Section::Account,
                label: Text { en: "Phone number ID", id: "ID nomor telepon" },
            },
            FieldSpec {
                name: "waba_id",
                section: Section::Account,
                label: Text { en: "WABA ID", id: "ID WABA" },
            },
            FieldSpec {
                name: "app_id",
                section: Section::Credentials,
                label: Text { en: "App ID", id: "ID aplikasi" },
            },
            FieldSpec {
                name: "base_url",
                section: Section::Credentials,
                label: Text { en: "API address", id: "Alamat API" },
            },
            FieldSpec {
                name: "version",
                section: Section::Credentials,
                label: Text { en: "API version", id: "Versi API" },
            },
        ],
    };
    (protocol == warta_core::channel::Protocol::MetaCloud).then_some(&D)
}
