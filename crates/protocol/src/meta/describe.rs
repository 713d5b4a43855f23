//! The fields of a channel on Meta's Cloud API, for people.

use warta_core::channel::{Protocol, SecretKind};

use crate::bilingual::Bilingual;
use crate::describe::{Description, FieldSpec, Format, Section};

/// The fields of a channel on Meta's Cloud API.
pub const DESCRIPTION: Description = Description {
    protocol: Protocol::MetaCloud,
    name: "Meta Cloud API",
    lead: Bilingual {
        en: "Straight from Meta. It takes a Meta developer app and a verified number.",
        id: "Langsung dari Meta. Perlu aplikasi pengembang Meta dan nomor yang sudah diverifikasi.",
    },
    fields: &[PHONE_NUMBER_ID, WABA_ID, APP_ID, ACCESS_TOKEN, APP_SECRET, BASE_URL, VERSION],
};

const PHONE_NUMBER_ID: FieldSpec = FieldSpec {
    name: "phone_number_id",
    section: Section::Account,
    secret: None,
    required: true,
    format: Format::Digits,
    label: Bilingual { en: "Phone number ID", id: "ID nomor telepon" },
    help: Bilingual {
        en: "Meta's id of the number, not the number itself: in your app under WhatsApp, API Setup.",
        id: "ID nomor dari Meta, bukan nomornya: di aplikasi Anda, menu WhatsApp, API Setup.",
    },
    example: "700111222333444",
    aliases: &["phoneid", "phonenumberid", "numberid", "idnomortelepon"],
};

const WABA_ID: FieldSpec = FieldSpec {
    name: "waba_id",
    section: Section::Account,
    secret: None,
    required: true,
    format: Format::Digits,
    label: Bilingual { en: "WhatsApp Business Account ID", id: "ID Akun WhatsApp Business" },
    help: Bilingual {
        en: "The account that the number belongs to. It stands beside the phone number ID.",
        id: "Akun pemilik nomor. Letaknya di sebelah ID nomor telepon.",
    },
    example: "900100200300400",
    aliases: &[
        "accountid",
        "businessaccountid",
        "idakunwhatsappbusiness",
        "wabaid",
        "waba",
        "whatsappbusinessaccountid",
    ],
};

const APP_ID: FieldSpec = FieldSpec {
    name: "app_id",
    section: Section::Account,
    secret: None,
    required: false,
    format: Format::Digits,
    label: Bilingual { en: "App ID", id: "ID Aplikasi" },
    help: Bilingual {
        en: "With it the token can be checked more closely. In your app under App settings, Basic.",
        id: "Dengan ini token bisa diperiksa lebih teliti. Di aplikasi Anda, menu App settings, Basic.",
    },
    example: "990011223344556",
    aliases: &["appid", "applicationid", "idaplikasi", "clientid"],
};

const ACCESS_TOKEN: FieldSpec = FieldSpec {
    name: "access_token",
    section: Section::Credentials,
    secret: Some(SecretKind::AccessToken),
    required: true,
    format: Format::Secret,
    label: Bilingual { en: "Access token", id: "Token akses" },
    help: Bilingual {
        en: "Of a system user, with the permissions whatsapp_business_messaging and whatsapp_business_management. One from API Setup ends after a day.",
        id: "Milik pengguna sistem, dengan izin whatsapp_business_messaging dan whatsapp_business_management. Yang dari API Setup berakhir setelah sehari.",
    },
    example: "EAAG…",
    aliases: &["accesstoken", "token", "tokenakses", "systemusertoken", "systemuseraccesstoken", "bearer"],
};

const APP_SECRET: FieldSpec = FieldSpec {
    name: "app_secret",
    section: Section::Credentials,
    secret: Some(SecretKind::AppSecret),
    required: true,
    format: Format::Secret,
    label: Bilingual { en: "App secret", id: "Rahasia aplikasi" },
    help: Bilingual {
        en: "Meta signs every event with it. In your app under App settings, Basic.",
        id: "Meta menandatangani setiap peristiwa dengannya. Di aplikasi Anda, menu App settings, Basic.",
    },
    example: "0f1e2d3c…",
    aliases: &["appsecret", "applicationsecret", "clientsecret", "rahasiaaplikasi", "secret"],
};

const BASE_URL: FieldSpec = FieldSpec {
    name: "base_url",
    section: Section::Reach,
    secret: None,
    required: false,
    format: Format::Address,
    label: Bilingual { en: "Graph API address", id: "Alamat Graph API" },
    help: Bilingual {
        en: "Only where calls go through a proxy or to a twin.",
        id: "Hanya jika panggilan lewat proksi atau ke kembaran uji.",
    },
    example: "https://graph.facebook.com",
    aliases: &["apibaseurl", "apiurl", "baseurl", "graphbaseurl", "graphapiurl", "graphurl"],
};

const VERSION: FieldSpec = FieldSpec {
    name: "version",
    section: Section::Reach,
    secret: None,
    required: false,
    format: Format::Version,
    label: Bilingual { en: "Graph API version", id: "Versi Graph API" },
    help: Bilingual {
        en: "Leave it empty for the version that this release was tried with.",
        id: "Kosongkan untuk versi yang sudah diuji dengan rilis ini.",
    },
    example: "v26.0",
    aliases: &["apiversion", "graphversion", "graphapiversion", "version"],
};
