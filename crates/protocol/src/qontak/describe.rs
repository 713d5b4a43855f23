//! The fields of a channel on Qontak, for people.

use warta_core::channel::{Protocol, SecretKind};

use crate::bilingual::Bilingual;
use crate::describe::{Description, FieldSpec, Format};

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

const CHANNEL_INTEGRATION_ID: FieldSpec = FieldSpec::account("channel_integration_id", Format::Uuid)
    .required()
    .label("Channel integration ID", "ID integrasi kanal")
    .help(
        "Qontak's id of the WhatsApp number. In Qontak under Integrations, WhatsApp, or from GET /integrations.",
        "ID nomor WhatsApp di Qontak. Di Qontak, menu Integrasi, WhatsApp, atau dari GET /integrations.",
    )
    .example("0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa")
    .aliases(&["channelintegrationid", "channelid", "integrationid", "idintegrasikanal", "idkanal"]);

const AUTHENTICATION: FieldSpec = FieldSpec::account("authentication", Format::Choice(&[
        ("bearer", Bilingual { en: "Access token", id: "Token akses" }),
        (
            "mekari_hmac",
            Bilingual { en: "Signed, through Mekari's API", id: "Bertanda tangan, lewat API Mekari" },
        ),
    ]))
    .label("Authentication", "Autentikasi")
    .help(
        "An access token for Qontak's own API, or client ID and client secret of an application at developers.mekari.com.",
        "Token akses untuk API Qontak sendiri, atau client ID dan client secret aplikasi di developers.mekari.com.",
    )
    .example("bearer")
    .aliases(&["authentication", "auth", "autentikasi"]);

const ACCESS_TOKEN: FieldSpec = FieldSpec::secret("access_token", SecretKind::AccessToken)
    .required()
    .label("Access token", "Token akses")
    .help(
        "Of a user with the role supervisor or admin: a bot's token sends messages, but no templates. Not needed where calls are signed.",
        "Milik pengguna dengan peran supervisor atau admin: token bot bisa mengirim pesan, tetapi tidak bisa mengirim templat. Tidak perlu jika panggilan bertanda tangan.",
    )
    .example("tok_AbC…")
    .aliases(&["accesstoken", "token", "tokenakses", "bearer", "bearertoken", "bottoken"]);

const CLIENT_ID: FieldSpec = FieldSpec::account("client_id", Format::Word)
    .label("Client ID", "Client ID")
    .help(
        "Needed to sign calls, and to renew a token.",
        "Diperlukan untuk menandatangani panggilan dan memperbarui token.",
    )
    .example("QontakClientExample")
    .aliases(&["clientid", "hmacusername"]);

const CLIENT_SECRET: FieldSpec = FieldSpec::secret("client_secret", SecretKind::ClientSecret)
    .label("Client secret", "Client secret")
    .help(
        "It goes with the client ID: signs calls, or renews the token.",
        "Pasangan client ID: menandatangani panggilan, atau memperbarui token.",
    )
    .example("cs_AbC…")
    .aliases(&["clientsecret", "hmacsecret"]);

const USERNAME: FieldSpec = FieldSpec::account("username", Format::Word)
    .label("User name", "Nama pengguna")
    .help(
        "The mail address of the user whose token is renewed. Only where it is to be renewed here.",
        "Alamat email pengguna yang tokennya diperbarui. Hanya jika token diperbarui di sini.",
    )
    .example("ops@example.com")
    .aliases(&["username", "email", "namapengguna"]);

const PASSWORD: FieldSpec = FieldSpec::secret("password", SecretKind::Password)
    .label("Password", "Kata sandi")
    .help(
        "Of that user. Better not entered where a token can be had without it.",
        "Milik pengguna itu. Sebaiknya tidak diisi jika token bisa diperoleh tanpanya.",
    )
    .example("••••••••")
    .aliases(&["password", "katasandi"]);

const REFRESH_TOKEN: FieldSpec = FieldSpec::secret("refresh_token", SecretKind::RefreshToken)
    .label("Refresh token", "Token pembaruan")
    .help(
        "Came with the access token and renews it once, without the password. Each renewal brings the next one.",
        "Diberikan bersama token akses dan memperbaruinya satu kali, tanpa kata sandi. Setiap pembaruan membawa yang berikutnya.",
    )
    .example("ref_AbC…")
    .aliases(&["refreshtoken", "tokenrefresh"]);

const BASE_URL: FieldSpec = FieldSpec::reach("base_url", Format::Address)
    .label("API address", "Alamat API")
    .help(
        "Only where calls go through a proxy, to a sandbox or to a twin.",
        "Hanya jika panggilan lewat proksi, ke sandbox, atau ke kembaran uji.",
    )
    .example("https://service-chat.qontak.com/api/open/v1")
    .aliases(&["apibaseurl", "apiurl", "baseurl"]);

const TOKEN_URL: FieldSpec = FieldSpec::reach("token_url", Format::Address)
    .label("Address for tokens", "Alamat token")
    .help(
        "Where a token is renewed. Leave it empty for Qontak's own.",
        "Tempat token diperbarui. Kosongkan untuk alamat Qontak sendiri.",
    )
    .example("https://service-chat.qontak.com/oauth/token")
    .aliases(&["oauthurl", "tokenurl"]);
