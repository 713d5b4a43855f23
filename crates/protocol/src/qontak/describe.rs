//! The fields of a channel on Qontak, for people.

use warta_core::channel::{Protocol, SecretKind};

use crate::bilingual::Bilingual;
use crate::describe::{Description, FieldSpec, Format, Section};

/// The fields of a channel on Qontak.
pub const DESCRIPTION: Description = Description {
    protocol: Protocol::Qontak,
    name: "Mekari Qontak",
    lead: Bilingual {
        en: "Through Qontak Omnichannel. It takes a WhatsApp channel that is connected there, and a token.",
        id: "Lewat Qontak Omnichannel. Perlu kanal WhatsApp yang sudah terhubung di sana, dan token.",
    },
    fields: &[
        CHANNEL_INTEGRATION_ID,
        AUTHENTICATION,
        ACCESS_TOKEN,
        CLIENT_ID,
        CLIENT_SECRET,
        USERNAME,
        PASSWORD,
        REFRESH_TOKEN,
        BASE_URL,
        TOKEN_URL,
    ],
};

const CHANNEL_INTEGRATION_ID: FieldSpec = FieldSpec {
    name: "channel_integration_id",
    section: Section::Account,
    secret: None,
    required: true,
    format: Format::Uuid,
    label: Bilingual { en: "Channel integration ID", id: "ID integrasi kanal" },
    help: Bilingual {
        en: "Qontak's id of the WhatsApp number. In Qontak under Integrations, WhatsApp, or from GET /integrations.",
        id: "ID nomor WhatsApp di Qontak. Di Qontak, menu Integrasi, WhatsApp, atau dari GET /integrations.",
    },
    example: "0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa",
    aliases: &["channelintegrationid", "channelid", "integrationid", "idintegrasikanal", "idkanal"],
};

const AUTHENTICATION: FieldSpec = FieldSpec {
    name: "authentication",
    section: Section::Account,
    secret: None,
    required: false,
    format: Format::Choice(&[
        ("bearer", Bilingual { en: "Access token", id: "Token akses" }),
        (
            "mekari_hmac",
            Bilingual { en: "Signed, through Mekari's API", id: "Bertanda tangan, lewat API Mekari" },
        ),
    ]),
    label: Bilingual { en: "Authentication", id: "Autentikasi" },
    help: Bilingual {
        en: "An access token for Qontak's own API, or client ID and client secret of an application at developers.mekari.com.",
        id: "Token akses untuk API Qontak sendiri, atau client ID dan client secret aplikasi di developers.mekari.com.",
    },
    example: "bearer",
    aliases: &["authentication", "auth", "autentikasi"],
};

const ACCESS_TOKEN: FieldSpec = FieldSpec {
    name: "access_token",
    section: Section::Credentials,
    secret: Some(SecretKind::AccessToken),
    required: true,
    format: Format::Secret,
    label: Bilingual { en: "Access token", id: "Token akses" },
    help: Bilingual {
        en: "Of a user with the role supervisor or admin: a bot's token sends messages, but no templates. Not needed where calls are signed.",
        id: "Milik pengguna dengan peran supervisor atau admin: token bot bisa mengirim pesan, tetapi tidak bisa mengirim templat. Tidak perlu jika panggilan bertanda tangan.",
    },
    example: "tok_AbC…",
    aliases: &["accesstoken", "token", "tokenakses", "bearer", "bearertoken", "bottoken"],
};

const CLIENT_ID: FieldSpec = FieldSpec {
    name: "client_id",
    section: Section::Account,
    secret: None,
    required: false,
    format: Format::Word,
    label: Bilingual { en: "Client ID", id: "Client ID" },
    help: Bilingual {
        en: "Needed to sign calls, and to renew a token.",
        id: "Diperlukan untuk menandatangani panggilan dan memperbarui token.",
    },
    example: "QontakClientExample",
    aliases: &["clientid", "hmacusername"],
};

const CLIENT_SECRET: FieldSpec = FieldSpec {
    name: "client_secret",
    section: Section::Credentials,
    secret: Some(SecretKind::ClientSecret),
    required: false,
    format: Format::Secret,
    label: Bilingual { en: "Client secret", id: "Client secret" },
    help: Bilingual {
        en: "It goes with the client ID: signs calls, or renews the token.",
        id: "Pasangan client ID: menandatangani panggilan, atau memperbarui token.",
    },
    example: "cs_AbC…",
    aliases: &["clientsecret", "hmacsecret"],
};

const USERNAME: FieldSpec = FieldSpec {
    name: "username",
    section: Section::Account,
    secret: None,
    required: false,
    format: Format::Word,
    label: Bilingual { en: "User name", id: "Nama pengguna" },
    help: Bilingual {
        en: "The mail address of the user whose token is renewed. Only where it is to be renewed here.",
        id: "Alamat email pengguna yang tokennya diperbarui. Hanya jika token diperbarui di sini.",
    },
    example: "ops@example.com",
    aliases: &["username", "email", "namapengguna"],
};

const PASSWORD: FieldSpec = FieldSpec {
    name: "password",
    section: Section::Credentials,
    secret: Some(SecretKind::Password),
    required: false,
    format: Format::Password,
    label: Bilingual { en: "Password", id: "Kata sandi" },
    help: Bilingual {
        en: "Of that user. Better not entered where a token can be had without it.",
        id: "Milik pengguna itu. Sebaiknya tidak diisi jika token bisa diperoleh tanpanya.",
    },
    example: "••••••••",
    aliases: &["password", "katasandi"],
};

const REFRESH_TOKEN: FieldSpec = FieldSpec {
    name: "refresh_token",
    section: Section::Credentials,
    secret: Some(SecretKind::RefreshToken),
    required: false,
    format: Format::Secret,
    label: Bilingual { en: "Refresh token", id: "Token pembaruan" },
    help: Bilingual {
        en: "Came with the access token and renews it once, without the password. Each renewal brings the next one.",
        id: "Diberikan bersama token akses dan memperbaruinya satu kali, tanpa kata sandi. Setiap pembaruan membawa yang berikutnya.",
    },
    example: "ref_AbC…",
    aliases: &["refreshtoken", "tokenrefresh"],
};

const BASE_URL: FieldSpec = FieldSpec {
    name: "base_url",
    section: Section::Reach,
    secret: None,
    required: false,
    format: Format::Address,
    label: Bilingual { en: "API address", id: "Alamat API" },
    help: Bilingual {
        en: "Only where calls go through a proxy, to a sandbox or to a twin.",
        id: "Hanya jika panggilan lewat proksi, ke sandbox, atau ke kembaran uji.",
    },
    example: "https://service-chat.qontak.com/api/open/v1",
    aliases: &["apibaseurl", "apiurl", "baseurl"],
};

const TOKEN_URL: FieldSpec = FieldSpec {
    name: "token_url",
    section: Section::Reach,
    secret: None,
    required: false,
    format: Format::Address,
    label: Bilingual { en: "Address for tokens", id: "Alamat token" },
    help: Bilingual {
        en: "Where a token is renewed. Leave it empty for Qontak's own.",
        id: "Tempat token diperbarui. Kosongkan untuk alamat Qontak sendiri.",
    },
    example: "https://service-chat.qontak.com/oauth/token",
    aliases: &["oauthurl", "tokenurl"],
};
