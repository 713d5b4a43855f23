//! The fields of a channel on Meta's Cloud API, for people.

use warta_core::channel::{Protocol, SecretKind};

use crate::bilingual::Bilingual;
use crate::describe::{Description, FieldSpec, Format};

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

const PHONE_NUMBER_ID: FieldSpec = FieldSpec::account("phone_number_id", Format::Digits)
    .required()
    .label("Phone number ID", "ID nomor telepon")
    .help(
        "Meta's id of the number, not the number itself: in your app under WhatsApp, API Setup.",
        "ID nomor dari Meta, bukan nomornya: di aplikasi Anda, menu WhatsApp, API Setup.",
    )
    .example("700111222333444")
    .aliases(&["phoneid", "phonenumberid", "numberid", "idnomortelepon"]);

const WABA_ID: FieldSpec = FieldSpec::account("waba_id", Format::Digits)
    .required()
    .label("WhatsApp Business Account ID", "ID Akun WhatsApp Business")
    .help(
        "The account that the number belongs to. It stands beside the phone number ID.",
        "Akun pemilik nomor. Letaknya di sebelah ID nomor telepon.",
    )
    .example("900100200300400")
    .aliases(&[
        "accountid",
        "businessaccountid",
        "idakunwhatsappbusiness",
        "wabaid",
        "waba",
        "whatsappbusinessaccountid",
    ]);

const APP_ID: FieldSpec = FieldSpec::account("app_id", Format::Digits)
    .label("App ID", "ID Aplikasi")
    .help(
        "With it the token can be checked more closely. In your app under App settings, Basic.",
        "Dengan ini token bisa diperiksa lebih teliti. Di aplikasi Anda, menu App settings, Basic.",
    )
    .example("990011223344556")
    .aliases(&["appid", "applicationid", "idaplikasi", "clientid"]);

const ACCESS_TOKEN: FieldSpec = FieldSpec::secret("access_token", SecretKind::AccessToken)
    .required()
    .label("Access token", "Token akses")
    .help(
        "Of a system user, with the permissions whatsapp_business_messaging and whatsapp_business_management. One from API Setup ends after a day.",
        "Milik pengguna sistem, dengan izin whatsapp_business_messaging dan whatsapp_business_management. Yang dari API Setup berakhir setelah sehari.",
    )
    .example("EAAG…")
    .aliases(&["accesstoken", "token", "tokenakses", "systemusertoken", "systemuseraccesstoken", "bearer"]);

const APP_SECRET: FieldSpec = FieldSpec::secret("app_secret", SecretKind::AppSecret)
    .required()
    .label("App secret", "Rahasia aplikasi")
    .help(
        "Meta signs every event with it. In your app under App settings, Basic.",
        "Meta menandatangani setiap peristiwa dengannya. Di aplikasi Anda, menu App settings, Basic.",
    )
    .example("0f1e2d3c…")
    .aliases(&["appsecret", "applicationsecret", "clientsecret", "rahasiaaplikasi", "secret"]);

const BASE_URL: FieldSpec = FieldSpec::reach("base_url", Format::Address)
    .label("Graph API address", "Alamat Graph API")
    .help(
        "Only where calls go through a proxy or to a twin.",
        "Hanya jika panggilan lewat proksi atau ke kembaran uji.",
    )
    .example("https://graph.facebook.com")
    .aliases(&["apibaseurl", "apiurl", "baseurl", "graphbaseurl", "graphapiurl", "graphurl"]);

const VERSION: FieldSpec = FieldSpec::reach("version", Format::Version)
    .label("Graph API version", "Versi Graph API")
    .help(
        "Leave it empty for the version that this release was tried with.",
        "Kosongkan untuk versi yang sudah diuji dengan rilis ini.",
    )
    .example("v26.0")
    .aliases(&["apiversion", "graphversion", "graphapiversion", "version"]);
