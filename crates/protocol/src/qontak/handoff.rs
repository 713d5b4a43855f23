//! The hand-off sheet for a team that runs a Qontak organization: how to send its events to a channel.

use crate::bilingual::Bilingual;
use crate::handoff::{Sheet, SheetBuilder, SheetInput, Step};
use crate::qontak::{DESCRIPTION, Settings};

const CALLBACK_URL: Bilingual = Bilingual { en: "Webhook URL", id: "URL webhook" };

/// The steps, in order. Ticks are stored by name: a step whose meaning changes gets a new name.
pub(crate) const STEPS: &[Step] = &[
    Step::new("integration")
        .title("Make sure the number is connected in Qontak", "Pastikan nomor sudah terhubung di Qontak")
        .detail(
            "The request lists the organization's WhatsApp channels. The one with this number must have this id and be active.",
            "Permintaan ini menampilkan kanal WhatsApp organisasi. Kanal dengan nomor ini harus memiliki ID ini dan berstatus aktif.",
        )
        .facts(&["account", "channel_integration_id"])
        .list(&[
            "GET {api}/integrations?target_channel=wa_cloud",
            "GET {api}/integrations/{channel_integration_id}",
        ]),
    Step::new("token")
        .title("Hand over an access token", "Serahkan token akses")
        .detail(
            "To the person who sent you this sheet, if they do not have one: of a user with the role supervisor or admin. It is a secret: use a way you both trust, not this page and not a chat.",
            "Kepada pengirim lembar ini, jika belum punya: milik pengguna dengan peran supervisor atau admin. Token itu rahasia: gunakan cara yang sama-sama dipercaya, bukan halaman ini dan bukan obrolan.",
        ),
    Step::new("others")
        .title(
            "Note which systems get the organization's events already",
            "Catat sistem yang sudah menerima peristiwa organisasi",
        )
        .detail(
            "Webhook settings belong to the whole organization. Look at them first: what is on must stay on, and every number's events go to every address. We leave aside those of other numbers.",
            "Pengaturan webhook berlaku untuk seluruh organisasi. Periksa dahulu: yang aktif harus tetap aktif, dan peristiwa semua nomor dikirim ke semua alamat. Peristiwa nomor lain kami abaikan.",
        )
        .list(&["GET {api}/message_interactions"]),
    Step::new("register")
        .title("Register the webhook URL", "Daftarkan URL webhook")
        .detail(
            "The person who sent you this sheet can do it with one button, or you send this request, with receive_message_from_agent as it was. Qontak calls the address at once and refuses it where nothing answers. The URL holds a secret: hand it to nobody else.",
            "Pengirim lembar ini bisa melakukannya dengan satu tombol, atau Anda kirim permintaan ini, dengan receive_message_from_agent seperti semula. Qontak langsung memanggil alamat itu dan menolaknya jika tidak ada jawaban. URL ini memuat rahasia: jangan berikan kepada orang lain.",
        )
        .facts(&["callback_url"])
        .list(&[
            "PUT {api}/message_interactions",
            r#"{"receive_message_from_agent": false, "receive_message_from_customer": true, "status_message": true, "broadcast_log_status": true, "url": "{callback_url}"}"#,
        ]),
    Step::new("resolved")
        .title("Have closed rooms reported, too", "Laporkan juga ruang yang ditutup")
        .detail(
            "Messages go into the room of a conversation. When it is closed in Qontak, nothing more can be sent to it until the user writes again. With this request that is known at once; without it, from the next refusal on.",
            "Pesan dikirim ke ruang percakapan. Setelah ditutup di Qontak, tidak ada yang bisa dikirim ke sana sampai pengguna menulis lagi. Dengan permintaan ini hal itu langsung diketahui; tanpanya, baru pada penolakan berikutnya.",
        )
        .facts(&["callback_url"])
        .list(&["PUT {api}/room_interactions", r#"{"room_resolved": true, "url": "{callback_url}"}"#]),
    Step::new("responders")
        .title("Switch off what would answer besides", "Matikan yang akan ikut menjawab")
        .detail(
            "In Qontak: chatbots, auto-responders and automatic assignment for this channel. Two that answer confuse every user.",
            "Di Qontak: chatbot, balasan otomatis, dan penugasan otomatis untuk kanal ini. Dua penjawab membingungkan setiap pengguna.",
        )
        .facts(&["channel_integration_id"]),
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
    // The secret is part of the URL, and no fact of its own.
    sheet.webhook_secret(None);
    sheet.account(&DESCRIPTION);
    // The base URL is known even if the settings are incomplete.
    let default = Settings::read(input.settings).unwrap_or_default().base_url;
    let api = sheet.base_url("base_url", &default);
    sheet.build(STEPS, api)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handoff::Missing;
    use serde_json::json;
    use warta_core::secret::Secret;

    const URL: &str = "https://wa.example.com/hooks/chn_01/whs_1";
    const ID: &str = "0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa";

    #[test]
    fn a_sheet_holds_what_qontak_asks_for_and_no_other_secret() {
        let settings = json!({"channel_integration_id": ID, "access_token": "tok_1", "password": "pw"});
        let (secret, account) = (Secret::new("whs_1"), "+62 811 1000 0001".parse().unwrap());
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
            [("callback_url", URL), ("account", "6281110000001"), ("channel_integration_id", ID)]
        );
        let lines: Vec<_> = sheet.steps.iter().flat_map(|step| sheet.lines(step)).collect();
        assert!(
            lines
                .contains(&"PUT https://service-chat.qontak.com/api/open/v1/message_interactions".to_owned())
        );
        assert!(lines.iter().any(|line| line.contains(&format!(r#""url": "{URL}""#))), "{lines:?}");
        assert!(!lines.concat().contains("{api}") && !lines.concat().contains("{callback_url}"));
        assert_eq!((sheet.missing, sheet.address_refused), (vec![], false));
    }

    #[test]
    fn what_must_be_saved_first_is_named() {
        let known =
            SheetInput { callback_url: URL, webhook_secret: None, account: None, settings: &json!({}) };
        let missing = sheet(known).missing;
        let words: Vec<_> = missing
            .iter()
            .map(|missing| match missing {
                Missing::Account => "account",
                Missing::Field(name, _) => name,
                Missing::WebhookSecret => "webhook_secret",
            })
            .collect();
        assert_eq!(words, ["webhook_secret", "account", "channel_integration_id"]);
    }

    #[test]
    fn a_plain_address_is_refused_by_qontak_and_not_by_a_twin() {
        let plain = "http://127.0.0.1:8080/hooks/c/s";
        for (base_url, refused) in [("", true), ("http://127.0.0.1:8081/qontak", false)] {
            let settings = json!({"channel_integration_id": ID, "base_url": base_url});
            let known =
                SheetInput { callback_url: plain, webhook_secret: None, account: None, settings: &settings };
            assert_eq!(sheet(known).address_refused, refused, "{base_url}");
        }
    }

    #[test]
    fn steps_have_names_of_their_own_and_refer_to_facts_that_can_be_there() {
        let facts = ["callback_url", "account", "channel_integration_id"];
        for (index, step) in STEPS.iter().enumerate() {
            assert!(STEPS.iter().skip(index + 1).all(|other| other.name != step.name), "{}", step.name);
            assert!(step.facts.iter().all(|fact| facts.contains(fact)), "{}", step.name);
            assert!(!step.title.en.is_empty() && !step.title.id.is_empty());
        }
    }
}
