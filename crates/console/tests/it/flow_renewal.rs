//! A Qontak channel whose access token ends, against its twin: it is renewed, and nobody notices but the audit.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::{Value, json};
use warta_core::audit::Action;
use warta_core::channel::{Environment, Protocol};
use warta_core::checkup::{Check, Code, Finding, Outcome, Shown};
use warta_core::message::Direction;
use warta_core::permission::OrganizationRole;
use warta_core::secret::Secret;
use warta_gateway::check::checkup;
use warta_gateway::upstream::registration::{self, Act};
use warta_store::{AuditFilter, ChannelChange, Entry, SecretKind, SecretRow};

use crate::support::world::AGENT_SECRET;
use crate::support::{Browser, Pair, Say};

/// What the twin says of a wrong password.
const WORDS: &str = "The provided authorization grant is invalid";
/// Shortly before the end of a token (facts/qontak-coster.md §2.2), and after it.
const HOURS: (u32, u32) = (344 * 24 + 14, 346 * 24);

/// A live channel that has all that a renewal takes, but for these.
async fn renewing(secrets: &[(SecretKind, &str)]) -> Pair {
    let pair = Pair::open(Protocol::Qontak).await;
    let mut settings = pair.channel().await.settings;
    settings["username"] = json!(pair.id("username"));
    settings["client_id"] = json!(pair.id("client_id"));
    pair.world.change(ChannelChange { settings: Some(settings), ..ChannelChange::default() }).await;
    for (kind, secret) in secrets {
        let given = pair.account.get(*secret).and_then(Value::as_str);
        pair.enter(*kind, given.unwrap_or(secret)).await;
    }
    pair
}

async fn by_password() -> Pair {
    renewing(&[(SecretKind::ClientSecret, "client_secret"), (SecretKind::Password, "password")]).await
}

/// The secrets of a kind that are valid, the newest first.
async fn valid(pair: &Pair, kind: SecretKind) -> Vec<SecretRow> {
    let rows = pair.world.app.store.secret_rows(pair.world.scope(), pair.world.channel).await.unwrap();
    let now = pair.world.app.now();
    rows.into_iter().filter(|row| row.kind == kind && row.expires_at.is_none_or(|ends| ends > now)).collect()
}

/// The access token that would be tried.
async fn newest(pair: &Pair) -> String {
    let channel = pair.channel().await;
    let tokens = channel.secret_rows_of(SecretKind::AccessToken, pair.world.app.now());
    tokens.max_by_key(|(row, _)| *row).unwrap().1.expose().to_owned()
}

/// Qontak no longer takes the token that the channel has.
async fn revoke(pair: &Pair) {
    pair.control("token", json!({"token": newest(pair).await, "good": false})).await;
}

/// How many times the twin gave out tokens.
async fn grants(pair: &Pair) -> usize {
    let journal =
        pair.call(Method::GET, "/qontak/control/journal?event=organization", "", &Value::Null).await;
    let entries = journal["entries"].as_array().unwrap().iter();
    let tokens: BTreeSet<_> = entries.map(|entry| entry["access_token"].as_str().unwrap()).collect();
    tokens.len() - 1
}

async fn audited(pair: &Pair) -> Vec<Entry> {
    let filter = AuditFilter { action: Some(Action::TokenRenewed), limit: 50, ..AuditFilter::default() };
    pair.world.app.store.audit(pair.world.scope(), &filter).await.unwrap().entries
}

async fn finding(pair: &Pair, check: Check) -> Finding {
    let (app, channel) = (&pair.world.app, pair.channel().await);
    let found = Box::pin(checkup::run(app, &channel, "A test")).await.unwrap();
    let findings = checkup::findings(app, &pair.channel().await, found.evidence).await.unwrap();
    findings.into_iter().find(|finding| finding.check == check).unwrap()
}

/// Time passes, here and at Qontak.
async fn hours(pair: &Pair, hours: u32) {
    pair.world.pass(f64::from(hours) * 3_600.0);
    pair.control("clock", json!({"advance_seconds": hours * 3_600})).await;
}

#[tokio::test]
async fn an_answer_goes_out_though_its_token_was_revoked() {
    let pair = by_password().await;
    revoke(&pair).await;
    let worn = newest(&pair).await;
    pair.write("menu").await;
    pair.all_read(1).await;
    assert_eq!(grants(&pair).await, 1);
    let tokens = valid(&pair, SecretKind::AccessToken).await;
    assert_eq!(tokens.len(), 1, "the old one has ended");
    assert!(tokens[0].proven_at.is_some() && tokens[0].created_by == "system");
    assert_eq!(valid(&pair, SecretKind::RefreshToken).await.len(), 1);
    for kind in [SecretKind::Password, SecretKind::ClientSecret] {
        assert!(valid(&pair, kind).await[0].proven_at.is_some(), "{kind}");
    }
    let entries = audited(&pair).await;
    assert_eq!(
        (entries.len(), entries[0].by.actor.as_str(), entries[0].channel),
        (1, "system", Some(pair.world.channel))
    );
    let owner = Browser::of(&pair.world, OrganizationRole::Owner).await;
    let page = owner.get("/organization/activity?action=token_renewed").await;
    page.has(200, &["Access token renewed", "Warta, by itself"]);
    let told = format!("{entries:?} {}", page.text);
    let (fresh, refresh) = (newest(&pair).await, refresh_token(&pair).await);
    for secret in [worn, fresh, refresh, pair.id("password"), pair.id("client_secret")] {
        assert!(!told.contains(&secret));
    }
}

async fn refresh_token(pair: &Pair) -> String {
    let channel = pair.channel().await;
    channel.secrets(SecretKind::RefreshToken, pair.world.app.now()).next().unwrap().expose().to_owned()
}

#[tokio::test]
async fn many_answers_at_once_make_one_grant() {
    const USERS: usize = 24;
    let pair = by_password().await;
    revoke(&pair).await;
    for user in 0..USERS {
        let inbound = json!({"account": pair.id("id"), "from": format!("62812555{user:05}"), "name": "Budi",
            "message": {"type": "text", "text": {"body": "Halo"}}});
        pair.control("inbound", inbound).await;
    }
    pair.all_read(USERS).await;
    assert_eq!((grants(&pair).await, audited(&pair).await.len()), (1, 1));
    let retried = pair.world.outbound().await.iter().filter(|message| message.possible_duplicate).count();
    assert_eq!(retried, 0, "what was not sent is not in doubt");
}

#[tokio::test]
async fn a_token_that_has_expired_is_renewed_and_one_that_soon_will_be_is_before_it_is_refused() {
    let pair = by_password().await;
    // The twin's sample agent takes no event of next year.
    let (world, secret) = (&pair.world, Secret::new(AGENT_SECRET));
    let place = (world.agent_id, Environment::Draft);
    world
        .app
        .store
        .put_deployment(world.scope(), place, &world.agent.url, &secret, &world.entry())
        .await
        .unwrap();
    world.app.directory.forget();
    world.agent.script([Say::reply("Satu"), Say::reply("Dua")]);
    hours(&pair, HOURS.1).await;
    pair.write("menu").await;
    pair.until("the first answer comes", async |pair| pair.on_the_phone().await == 1).await;
    assert_eq!(grants(&pair).await, 1);
    // This time its end is known.
    let second = valid(&pair, SecretKind::AccessToken).await.remove(0).row;
    hours(&pair, HOURS.0).await;
    pair.write("menu").await;
    pair.until("the second answer comes", async |pair| pair.on_the_phone().await >= 2).await;
    assert_eq!(grants(&pair).await, 2);
    let rows = pair.world.app.store.secret_rows(pair.world.scope(), pair.world.channel).await.unwrap();
    let second = rows.into_iter().find(|row| row.row == second).unwrap();
    assert!(
        second.refusal.is_none() && second.expires_at.is_some(),
        "it ended before anybody refused it: {second:?}"
    );
}

#[tokio::test]
async fn with_a_wrong_password_the_answer_waits_and_the_doctor_says_why() {
    let pair =
        renewing(&[(SecretKind::ClientSecret, "client_secret"), (SecretKind::Password, "a wrong one")]).await;
    revoke(&pair).await;
    pair.write("menu").await;
    pair.until("the answer is tried", async |pair| {
        pair.world.outbound().await.iter().any(|message| message.attempts > 0)
    })
    .await;
    let waiting = pair.world.outbound().await.remove(0);
    assert_eq!(waiting.content.status(), "queued");
    let told = format!("{:?}", pair.world.app.store.timeline(pair.world.scope(), waiting.id).await.unwrap());
    assert!(told.contains("It could not be renewed") && told.contains(WORDS), "{told}");
    let found = finding(&pair, Check::Renewal).await;
    assert_eq!((found.outcome, found.code), (Outcome::Bad, Code::RenewalRefused));
    assert!(matches!(&found.evidence[0].value, Shown::Text(words) if words.contains(WORDS)), "{found:?}");
    assert_eq!(finding(&pair, Check::Token).await.code, Code::TokenRefused);
    let owner = Browser::of(&pair.world, OrganizationRole::Owner).await;
    let page = owner.get(&format!("/agents/{}/whatsapp/draft", pair.world.agent_id)).await;
    page.has(200, &["Renewal of the token", "gave out no new token", WORDS]);
    assert!(valid(&pair, SecretKind::Password).await[0].refusal.as_ref().unwrap().contains(WORDS));
    assert_eq!((grants(&pair).await, audited(&pair).await.len()), (0, 0));

    pair.enter(SecretKind::Password, &pair.id("password")).await;
    pair.world.pass(61.0);
    pair.all_read(1).await;
    assert_eq!(grants(&pair).await, 1);
    assert_eq!(valid(&pair, SecretKind::Password).await.len(), 1, "the wrong one has ended");
    let found = finding(&pair, Check::Renewal).await;
    assert_eq!((found.outcome, found.code), (Outcome::Good, Code::RenewalReady));
}

#[tokio::test]
async fn a_channel_that_cannot_be_renewed_waits_as_before() {
    let pair = Pair::open(Protocol::Qontak).await;
    revoke(&pair).await;
    pair.write("menu").await;
    pair.until("the answer is tried", async |pair| {
        pair.world.outbound().await.iter().any(|message| message.attempts > 0)
    })
    .await;
    assert_eq!(pair.world.sends().await, ["queued"]);
    assert_eq!(finding(&pair, Check::Token).await.code, Code::TokenRefused);
    let found = finding(&pair, Check::Renewal).await;
    assert_eq!((found.outcome, found.code), (Outcome::NotApplicable, Code::RenewalNotSet));
    assert_eq!(grants(&pair).await, 0);
    pair.control("token", json!({"token": pair.id("access_token"), "good": true})).await;
    pair.world.pass(61.0);
    pair.all_read(1).await;
}

#[tokio::test]
async fn a_refresh_token_does_without_a_password_again_and_again() {
    let pair =
        renewing(&[(SecretKind::ClientSecret, "client_secret"), (SecretKind::RefreshToken, "refresh_token")])
            .await;
    for round in 1..=3 {
        revoke(&pair).await;
        let spent = refresh_token(&pair).await;
        pair.write("menu").await;
        pair.all_read(round).await;
        assert_eq!(grants(&pair).await, round);
        assert_eq!(valid(&pair, SecretKind::RefreshToken).await.len(), 1);
        assert_ne!(refresh_token(&pair).await, spent);
    }
}

#[tokio::test]
async fn a_refresh_token_that_is_worth_nothing_leaves_it_to_the_password() {
    let pair = by_password().await;
    pair.enter(SecretKind::RefreshToken, "qr_of_somebody_else").await;
    revoke(&pair).await;
    pair.write("menu").await;
    pair.all_read(1).await;
    assert_eq!(grants(&pair).await, 1);
    assert_ne!(refresh_token(&pair).await, "qr_of_somebody_else");
}

#[tokio::test]
async fn a_check_up_and_a_registration_renew_what_they_find_worn() {
    let pair = by_password().await;
    revoke(&pair).await;
    assert_eq!(finding(&pair, Check::Token).await.outcome, Outcome::Good);
    assert_eq!(grants(&pair).await, 1);
    revoke(&pair).await;
    let report = registration::run(&pair.world.app, &pair.channel().await, Act::Look).await.unwrap();
    assert!(report.registered);
    assert_eq!((grants(&pair).await, audited(&pair).await.len()), (2, 2));
}

#[tokio::test]
async fn what_a_program_asks_for_is_asked_with_a_renewed_token() {
    let pair = by_password().await;
    pair.write("menu").await;
    pair.all_read(1).await;
    let written = pair.world.messages(Direction::Inbound).await[0].id;
    revoke(&pair).await;
    let listed = pair.api(Method::GET, "/v1/templates", &Value::Null).await;
    assert_eq!((listed.status.as_u16(), grants(&pair).await), (200, 1), "{}", listed.text);
    revoke(&pair).await;
    let shown = pair.api(Method::POST, &format!("/v1/messages/{written}/read"), &Value::Null).await;
    assert_eq!((shown.status.as_u16(), grants(&pair).await), (200, 2), "{}", shown.text);
}
