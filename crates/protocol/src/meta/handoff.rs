//! The hand-off sheet for a team that runs a Meta app: how to point the app at a channel.

use crate::bilingual::Bilingual;
use crate::handoff::{Sheet, SheetBuilder, SheetInput, Step};
use crate::meta::{DESCRIPTION, Settings};

/// The longest callback address Meta takes, in bytes (§1.7).
const LONGEST_ADDRESS: usize = 200;

/// The fields of the object `whatsapp_business_account` that a channel lives on (§1.7, §4).
pub const FIELDS: &[&str] = &[
    "messages",
    "message_template_status_update",
    "message_template_quality_update",
    "message_template_components_update",
    "template_category_update",
    "phone_number_quality_update",
    "phone_number_name_update",
    "account_update",
    "account_alerts",
    "account_review_update",
    "business_capability_update",
    "user_preferences",
    "security",
];

const CALLBACK_URL: Bilingual = Bilingual { en: "Callback URL", id: "URL callback" };
const VERIFY_TOKEN: Bilingual = Bilingual { en: "Verify token", id: "Token verifikasi" };
const APP_ID: Bilingual = Bilingual { en: "App ID", id: "ID aplikasi" };

/// The steps, in order. Ticks are stored by name: a step whose meaning changes gets a new name.
pub(crate) const STEPS: &[Step] = &[
    Step::new("app")
        .title(
            "Open the Meta app that will serve this number",
            "Buka aplikasi Meta yang akan melayani nomor ini",
        )
        .detail(
            "In Meta's app dashboard the app needs the product WhatsApp, and must be in Live mode: in development mode Meta holds a part of the webhooks back.",
            "Di dasbor aplikasi Meta, aplikasi harus memiliki produk WhatsApp dan berada dalam mode Live: dalam mode pengembangan Meta menahan sebagian webhook.",
        )
        .facts(&["app_id"]),
    Step::new("number")
        .title(
            "Make sure the app may use the account and the number",
            "Pastikan aplikasi boleh memakai akun dan nomor",
        )
        .detail(
            "The number must belong to this WhatsApp Business Account, be registered for the Cloud API, and the app needs these two permissions on the account.",
            "Nomor harus milik Akun WhatsApp Business ini dan terdaftar di Cloud API, dan aplikasi memerlukan dua izin ini pada akun tersebut.",
        )
        .facts(&["account", "phone_number_id", "waba_id"])
        .list(&["whatsapp_business_messaging", "whatsapp_business_management"]),
    Step::new("callback")
        .title("Enter callback URL and verify token", "Isi URL callback dan token verifikasi")
        .detail(
            "Under WhatsApp, Configuration, Webhook: paste both exactly as they stand here, then “Verify and save”. Meta calls the address once, at once. If the app already sends its webhooks elsewhere, leave that as it is and set the address for this number alone, with the request in step 6.",
            "Di WhatsApp, Konfigurasi, Webhook: tempel keduanya persis seperti di sini, lalu “Verifikasi dan simpan”. Meta langsung memanggil alamat itu satu kali. Jika aplikasi sudah mengirim webhook ke tempat lain, biarkan dan atur alamat khusus untuk nomor ini dengan permintaan di langkah 6.",
        )
        .facts(&["callback_url", "verify_token"]),
    Step::new("fields")
        .title("Subscribe to the webhook fields", "Berlangganan bidang webhook")
        .detail(
            "On the same page, under Webhook fields, for the object WhatsApp Business Account. The first one carries every message; without the others, changes of templates and of the number go unnoticed.",
            "Di halaman yang sama, pada Bidang webhook, untuk objek WhatsApp Business Account. Yang pertama membawa semua pesan; tanpa yang lain, perubahan templat dan nomor tidak terlihat.",
        )
        .list(FIELDS),
    Step::new("subscribe")
        .title("Subscribe the app to the account", "Hubungkan aplikasi ke akun")
        .detail(
            "Without this Meta sends nothing, and does not say so. It takes one request, in the Graph API Explorer or on a command line, with a token of the app for this account.",
            "Tanpa ini Meta tidak mengirim apa pun dan tidak memberi tahu. Cukup satu permintaan, lewat Graph API Explorer atau baris perintah, dengan token aplikasi untuk akun ini.",
        )
        .facts(&["waba_id"])
        .list(&["POST {api}/{waba_id}/subscribed_apps"]),
    Step::new("override")
        .title(
            "Only if the app serves other systems too: set the address for this number",
            "Hanya jika aplikasi juga melayani sistem lain: atur alamat untuk nomor ini",
        )
        .detail(
            "This sends what concerns the number here and leaves the app's own callback URL alone. News of templates and of the account always goes to the app's own callback URL. If you entered the URL in step 3, there is nothing to do: tick it.",
            "Ini mengirim semua tentang nomor ini ke sini tanpa mengubah URL callback aplikasi. Kabar tentang templat dan akun selalu dikirim ke URL callback aplikasi. Jika Anda sudah mengisi URL di langkah 3, tidak ada yang perlu dilakukan: centang saja.",
        )
        .facts(&["phone_number_id", "callback_url", "verify_token"])
        .list(&[
            "POST {api}/{phone_number_id}",
            r#"{"webhook_configuration": {"override_callback_uri": "{callback_url}", "verify_token": "{verify_token}"}}"#,
        ]),
    Step::new("secrets")
        .title("Hand over app secret and access token", "Serahkan app secret dan token akses")
        .detail(
            "To the person who sent you this sheet, if they do not have them: the app secret from App settings, Basic, and a system user's token that does not expire and has the two permissions of step 2. Both are secrets: use a way you both trust, not this page and not a chat.",
            "Kepada pengirim lembar ini, jika belum punya: app secret dari Pengaturan aplikasi, Dasar, dan token pengguna sistem yang tidak kedaluwarsa dengan dua izin di langkah 2. Keduanya rahasia: gunakan cara yang sama-sama dipercaya, bukan halaman ini dan bukan obrolan.",
        ),
    Step::new("test")
        .title("Write to the number", "Kirim pesan ke nomor")
        .detail(
            "Send “hello” from any WhatsApp to the number. The person who sent you this sheet sees at once whether it arrives.",
            "Kirim “halo” dari WhatsApp mana pun ke nomor itu. Pengirim lembar ini langsung melihat apakah pesannya tiba.",
        )
        .facts(&["account"]),
];

/// The sheet for a channel.
pub(crate) fn sheet(input: SheetInput<'_>) -> Sheet {
    let mut sheet = SheetBuilder::new(input, CALLBACK_URL);
    sheet.webhook_secret(Some(("verify_token", VERIFY_TOKEN)));
    sheet.account(&DESCRIPTION);
    if let Some(id) = sheet.setting("app_id") {
        sheet.fact("app_id", APP_ID, id);
    }
    let default = Settings::default();
    let version = sheet.setting("version").unwrap_or(&default.version);
    let api = format!("{}/{version}", sheet.base_url("base_url", &default.base_url));
    let sheet = sheet.build(STEPS, api);
    let too_long = input.callback_url.len() > LONGEST_ADDRESS;
    Sheet { address_refused: sheet.address_refused || too_long, ..sheet }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handoff::Missing;
    use serde_json::json;
    use warta_core::secret::Secret;

    const URL: &str = "https://wa.example.com/hooks/chn_01";

    #[test]
    fn a_sheet_holds_what_meta_asks_for_and_no_other_secret() {
        let settings = json!({"phone_number_id": "700111222333444", "waba_id": "900100200300400", "app_id": "1",
            "access_token": "EAAG", "base_url": "https://graph.facebook.com"});
        let (secret, account) = (Secret::new("verify-me-please"), "+62 811 1000 0001".parse().unwrap());
        let known = SheetInput {
            callback_url: URL,
            webhook_secret: Some(&secret),
            account: Some(&account),
            settings: &settings,
        };
        let sheet = sheet(known);
        let facts: Vec<_> = sheet.facts.iter().map(|fact| (fact.name, fact.value.as_str())).collect();
        assert_eq!(
            facts,
            [
                ("callback_url", URL),
                ("verify_token", "verify-me-please"),
                ("account", "6281110000001"),
                ("phone_number_id", "700111222333444"),
                ("waba_id", "900100200300400"),
                ("app_id", "1"),
            ]
        );
        let requests: Vec<_> =
            sheet.steps.iter().flat_map(|step| sheet.lines(step)).filter(|line| line.contains('/')).collect();
        assert_eq!(
            requests,
            [
                "POST https://graph.facebook.com/v26.0/900100200300400/subscribed_apps",
                "POST https://graph.facebook.com/v26.0/700111222333444",
                r#"{"webhook_configuration": {"override_callback_uri": "https://wa.example.com/hooks/chn_01", "verify_token": "verify-me-please"}}"#,
            ]
        );
        assert_eq!((sheet.missing, sheet.address_refused), (vec![], false));
    }

    #[test]
    fn what_must_be_saved_first_is_named() {
        let known = SheetInput {
            callback_url: URL,
            webhook_secret: None,
            account: None,
            settings: &json!({"waba_id": " "}),
        };
        let missing = sheet(known).missing;
        let words: Vec<_> = missing
            .iter()
            .map(|missing| match missing {
                Missing::Account => "account",
                Missing::Field(name, _) => name,
                Missing::WebhookSecret => "webhook_secret",
            })
            .collect();
        assert_eq!(words, ["webhook_secret", "account", "phone_number_id", "waba_id"]);
    }

    #[test]
    fn an_address_meta_will_not_call_is_noticed() {
        let long = format!("https://wa.example.com/{}", "x".repeat(LONGEST_ADDRESS));
        for (url, refused) in [(URL, false), ("http://127.0.0.1:8080/hooks/c", true), (&long, true)] {
            let known =
                SheetInput { callback_url: url, webhook_secret: None, account: None, settings: &json!({}) };
            assert_eq!(sheet(known).address_refused, refused, "{url}");
        }
    }

    #[test]
    fn steps_have_names_of_their_own_and_refer_to_facts_that_can_be_there() {
        let facts = ["callback_url", "verify_token", "account", "phone_number_id", "waba_id", "app_id"];
        for (index, step) in STEPS.iter().enumerate() {
            assert!(STEPS.iter().skip(index + 1).all(|other| other.name != step.name), "{}", step.name);
            assert!(step.facts.iter().all(|fact| facts.contains(fact)), "{}", step.name);
            assert!(!step.title.en.is_empty() && !step.title.id.is_empty());
        }
    }
}
