//! The fields of a channel on Coster, for people.

use warta_core::channel::{Protocol, SecretKind};

use crate::bilingual::Bilingual;
use crate::describe::{Description, FieldSpec, Format, Section};

/// The fields of a channel on Coster.
pub const DESCRIPTION: Description = Description {
    protocol: Protocol::Coster,
    name: "Coster",
    lead: Bilingual {
        en: "Through Coster by Jatis Mobile. Coster's team gives you the ids and tokens and enters the webhook address.",
        id: "Lewat Coster dari Jatis Mobile. Tim Coster memberikan ID dan token serta memasang alamat webhook.",
    },
    fields: &[ACCOUNT_ID, DIVISION_ID, ACCESS_TOKEN, PUSH_TOKEN, INTERACTIVE, BOT_BASE_URL, PUSH_BASE_URL],
};

const ACCOUNT_ID: FieldSpec = FieldSpec {
    name: "account_id",
    section: Section::Account,
    secret: None,
    required: true,
    format: Format::Word,
    label: Bilingual { en: "Coster Account ID", id: "Account ID Coster" },
    help: Bilingual {
        en: "Coster's id of your account, mostly 32 digits and letters. Coster's team tells you.",
        id: "ID akun Anda di Coster, biasanya 32 angka dan huruf. Diberikan oleh tim Coster.",
    },
    example: "00112233445566778899aabbccddeeff",
    aliases: &["accountid", "costeraccountid", "idakun"],
};

const DIVISION_ID: FieldSpec = FieldSpec {
    name: "division_id",
    section: Section::Account,
    secret: None,
    required: true,
    format: Format::Word,
    label: Bilingual { en: "Division ID", id: "ID Divisi" },
    help: Bilingual {
        en: "The division of the account that sends. It comes with the account ID.",
        id: "Divisi dalam akun yang mengirim pesan. Diberikan bersama ID akun.",
    },
    example: "ffeeddccbbaa99887766554433221100",
    aliases: &["divisionid", "costerdivisionid", "division", "iddivisi", "divisi"],
};

const ACCESS_TOKEN: FieldSpec = FieldSpec {
    name: "access_token",
    section: Section::Credentials,
    secret: Some(SecretKind::AccessToken),
    required: true,
    format: Format::Secret,
    label: Bilingual { en: "Bot token", id: "Token bot" },
    help: Bilingual {
        en: "For replies and for users' files. Coster calls it x-access-token.",
        id: "Untuk balasan dan berkas dari pengguna. Coster menyebutnya x-access-token.",
    },
    example: "eyJhbGci…",
    aliases: &[
        "accesstoken",
        "botaccesstoken",
        "bottoken",
        "costeraccesstoken",
        "token",
        "tokenakses",
        "tokenbot",
        "xaccesstoken",
    ],
};

const PUSH_TOKEN: FieldSpec = FieldSpec {
    name: "push_token",
    section: Section::Credentials,
    secret: Some(SecretKind::PushToken),
    required: false,
    format: Format::Secret,
    label: Bilingual { en: "Push token", id: "Token push" },
    help: Bilingual {
        en: "For templates. Leave it empty if Coster gave you one token for everything.",
        id: "Untuk templat. Kosongkan jika Coster memberikan satu token untuk semuanya.",
    },
    example: "eyJ0eXAi…",
    aliases: &["bearer", "bearertoken", "m2mtoken", "pushaccesstoken", "pushtoken", "tokenpush"],
};

/// What `interactive` may be. The first is taken where nothing is said.
const INTERACTIVE_WORDS: &[(&str, Bilingual)] = &[
    ("native", Bilingual { en: "As buttons and lists", id: "Sebagai tombol dan daftar" }),
    ("text", Bilingual { en: "As numbered text", id: "Sebagai teks bernomor" }),
];

const INTERACTIVE: FieldSpec = FieldSpec {
    name: "interactive",
    section: Section::Reach,
    secret: None,
    required: false,
    format: Format::Choice(INTERACTIVE_WORDS),
    label: Bilingual { en: "Buttons and lists", id: "Tombol dan daftar" },
    help: Bilingual {
        en: "Numbered text is understood by every WhatsApp. Choose it if Coster refuses buttons on your account.",
        id: "Teks bernomor dipahami semua WhatsApp. Pilih ini jika Coster menolak tombol di akun Anda.",
    },
    example: "native",
    aliases: &[],
};

const BOT_BASE_URL: FieldSpec = FieldSpec {
    name: "bot_base_url",
    section: Section::Reach,
    secret: None,
    required: false,
    format: Format::Address,
    label: Bilingual { en: "Bot API address", id: "Alamat API bot" },
    help: Bilingual {
        en: "Only if Coster named another one for replies, or calls go to a twin.",
        id: "Hanya jika Coster memberikan alamat lain untuk balasan, atau panggilan menuju kembaran uji.",
    },
    example: "https://api.coster.id",
    aliases: &["apibaseurl", "apiurl", "baseurl", "botbaseurl", "boturl", "costerbaseurl"],
};

const PUSH_BASE_URL: FieldSpec = FieldSpec {
    name: "push_base_url",
    section: Section::Reach,
    secret: None,
    required: false,
    format: Format::Address,
    label: Bilingual { en: "Push API address", id: "Alamat API push" },
    help: Bilingual {
        en: "Only if Coster named another one for templates, or calls go to a twin.",
        id: "Hanya jika Coster memberikan alamat lain untuk templat, atau panggilan menuju kembaran uji.",
    },
    example: "https://m2m.coster.id",
    aliases: &["m2mbaseurl", "m2murl", "pushbaseurl", "pushurl"],
};
