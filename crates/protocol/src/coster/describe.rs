//! The fields of a channel on Coster, for people.

use warta_core::channel::{Protocol, SecretKind};

use crate::bilingual::Bilingual;
use crate::describe::{Description, FieldSpec, Format};

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

const ACCOUNT_ID: FieldSpec = FieldSpec::account("account_id", Format::Word)
    .required()
    .label("Coster Account ID", "Account ID Coster")
    .help(
        "Coster's id of your account, mostly 32 digits and letters. Coster's team tells you.",
        "ID akun Anda di Coster, biasanya 32 angka dan huruf. Diberikan oleh tim Coster.",
    )
    .example("00112233445566778899aabbccddeeff")
    .aliases(&["accountid", "costeraccountid", "idakun"]);

const DIVISION_ID: FieldSpec = FieldSpec::account("division_id", Format::Word)
    .required()
    .label("Division ID", "ID Divisi")
    .help(
        "The division of the account that sends. It comes with the account ID.",
        "Divisi dalam akun yang mengirim pesan. Diberikan bersama ID akun.",
    )
    .example("ffeeddccbbaa99887766554433221100")
    .aliases(&["divisionid", "costerdivisionid", "division", "iddivisi", "divisi"]);

const ACCESS_TOKEN: FieldSpec = FieldSpec::secret("access_token", SecretKind::AccessToken)
    .required()
    .label("Bot token", "Token bot")
    .help(
        "For replies and for users' files. Coster calls it x-access-token.",
        "Untuk balasan dan berkas dari pengguna. Coster menyebutnya x-access-token.",
    )
    .example("eyJhbGci…")
    .aliases(&[
        "accesstoken",
        "botaccesstoken",
        "bottoken",
        "costeraccesstoken",
        "token",
        "tokenakses",
        "tokenbot",
        "xaccesstoken",
    ]);

const PUSH_TOKEN: FieldSpec = FieldSpec::secret("push_token", SecretKind::PushToken)
    .label("Push token", "Token push")
    .help(
        "For templates. Leave it empty if Coster gave you one token for everything.",
        "Untuk templat. Kosongkan jika Coster memberikan satu token untuk semuanya.",
    )
    .example("eyJ0eXAi…")
    .aliases(&["bearer", "bearertoken", "m2mtoken", "pushaccesstoken", "pushtoken", "tokenpush"]);

/// The values of `interactive`. The first is the default.
const INTERACTIVE_WORDS: &[(&str, Bilingual)] = &[
    ("native", Bilingual { en: "As buttons and lists", id: "Sebagai tombol dan daftar" }),
    ("text", Bilingual { en: "As numbered text", id: "Sebagai teks bernomor" }),
];

const INTERACTIVE: FieldSpec = FieldSpec::reach("interactive", Format::Choice(INTERACTIVE_WORDS))
    .label("Buttons and lists", "Tombol dan daftar")
    .help(
        "Numbered text is understood by every WhatsApp. Choose it if Coster refuses buttons on your account.",
        "Teks bernomor dipahami semua WhatsApp. Pilih ini jika Coster menolak tombol di akun Anda.",
    )
    .example("native");

const BOT_BASE_URL: FieldSpec = FieldSpec::reach("bot_base_url", Format::Address)
    .label("Bot API address", "Alamat API bot")
    .help(
        "Only if Coster named another one for replies, or calls go to a twin.",
        "Hanya jika Coster memberikan alamat lain untuk balasan, atau panggilan menuju kembaran uji.",
    )
    .example("https://api.coster.id")
    .aliases(&["apibaseurl", "apiurl", "baseurl", "botbaseurl", "boturl", "costerbaseurl"]);

const PUSH_BASE_URL: FieldSpec = FieldSpec::reach("push_base_url", Format::Address)
    .label("Push API address", "Alamat API push")
    .help(
        "Only if Coster named another one for templates, or calls go to a twin.",
        "Hanya jika Coster memberikan alamat lain untuk templat, atau panggilan menuju kembaran uji.",
    )
    .example("https://m2m.coster.id")
    .aliases(&["m2mbaseurl", "m2murl", "pushbaseurl", "pushurl"]);
