use std::time::Duration;

use super::*;
use crate::channel::SecretKind;
use crate::delivery::Failure;
use crate::policy::renewal::Failed;
use crate::time::Timestamp;

const HOOK: &str = "https://wa.example/hooks/chn_1";

fn now() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000)
}

fn ago(minutes: u64) -> Timestamp {
    now().before(Duration::from_mins(minutes))
}

/// Evidence of a channel without faults.
fn sound() -> Evidence {
    Evidence {
        at: now(),
        callback: HOOK.to_owned(),
        siblings: vec!["https://wa.example/hooks/chn_2".to_owned()],
        provider_is_near: false,
        paused: false,
        digits: Some("15550100777".to_owned()),
        reach: Probe::Answered { took_ms: 40 },
        handshakes: Handshakes {
            own: Probe::Answered { took_ms: 30 },
            has_secret: true,
            seen_at: Some(ago(60)),
            refused_at: None,
        },
        token: Heard::Said(Token {
            refusal: None,
            app: Some("Agent console".to_owned()),
            missing: Vec::new(),
            expires_at: None,
        }),
        has_token: true,
        key: SecretKind::AccessToken,
        renewal: Renewal::Ready,
        subscribers: Heard::Said(vec![Subscriber { app: "44".to_owned(), name: "Agent console".to_owned() }]),
        app: Some("44".to_owned()),
        number: Heard::Said(Number {
            display: Some("+1 555-010-0777".to_owned()),
            name: Some("Example Clinic".to_owned()),
            status: Some("CONNECTED".to_owned()),
            can_send: Some("AVAILABLE".to_owned()),
            quality: Some("GREEN".to_owned()),
            callback: Some(HOOK.to_owned()),
        }),
        listed: Heard::Said(true),
        registered: Heard::Said(true),
        checks: Vec::new(),
        secret: AppSecret { configured: true, fits: Some(true), proven_at: Some(ago(5)), refused_at: None },
        traffic: Traffic { inbound_at: Some(ago(5)), sent_at: Some(ago(4)), status_at: Some(ago(3)) },
        agent: Agent::Answered { took_ms: 120 },
        backlog: Backlog::default(),
        clock_difference_ms: Some(-400),
    }
}

fn number(change: impl FnOnce(&mut Number)) -> impl FnOnce(&mut Evidence) {
    move |e| {
        if let Heard::Said(number) = &mut e.number {
            change(number);
        }
    }
}

fn said(change: impl FnOnce(&mut Token)) -> impl FnOnce(&mut Evidence) {
    move |e| {
        if let Heard::Said(token) = &mut e.token {
            change(token);
        }
    }
}

/// The provider refuses every question that needs the token.
fn refuse(e: &mut Evidence) {
    e.token = refused();
    e.number = refused();
    e.listed = refused();
    e.subscribers = refused();
}

fn refused<T>() -> Heard<T> {
    Heard::Refused("no such object".to_owned())
}

/// Asserts that this fault turns this check red, and no other.
fn red(check: Check, code: Code, fault: impl FnOnce(&mut Evidence)) {
    let mut evidence = sound();
    fault(&mut evidence);
    let found = findings(&evidence, now());
    let red = found.iter().filter(|finding| finding.outcome == Outcome::Bad);
    assert_eq!(red.map(|one| (one.check, one.code)).collect::<Vec<_>>(), [(check, code)], "{found:#?}");
    assert!(code.fix().is_some(), "{code} says what to do");
}

/// Asserts the outcome and the code of this check after this change.
fn is(check: Check, outcome: Outcome, code: Code, change: impl FnOnce(&mut Evidence)) {
    let mut evidence = sound();
    change(&mut evidence);
    let found = findings(&evidence, now());
    let one = found.iter().find(|finding| finding.check == check).unwrap();
    assert_eq!((one.outcome, one.code), (outcome, code), "{one:?}");
}

#[test]
fn all_checks_of_a_channel_without_faults_are_good() {
    for finding in findings(&sound(), now()) {
        assert_eq!(finding.outcome, Outcome::Good, "{finding:?}");
        assert_eq!(finding.code.fix(), None, "{finding:?}");
    }
}

#[test]
fn a_fault_of_our_address_turns_one_check_red() {
    red(Check::Reachable, Code::Unreachable, |e| e.reach = Probe::Silent(Silence::NotConnected));
    red(Check::Reachable, Code::SomebodyElse, |e| e.reach = Probe::Strange("404".into()));
    red(Check::Reachable, Code::NotSecure, |e| {
        e.callback = HOOK.replace("https", "http");
        number(|n| n.callback = Some(HOOK.replace("https", "http")))(e);
    });
    red(Check::Handshake, Code::HandshakeBlocked, |e| e.handshakes.own = Probe::Strange("403".into()));
    red(Check::Handshake, Code::WebhookSecretMissing, |e| e.handshakes.has_secret = false);
}

#[test]
fn a_fault_of_the_token_turns_one_check_red() {
    red(Check::Token, Code::TokenMissing, |e| e.has_token = false);
    red(Check::Token, Code::ClientSecretMissing, |e| {
        (e.has_token, e.key) = (false, SecretKind::ClientSecret);
    });
    red(Check::Token, Code::TokenRefused, refuse);
    red(Check::Token, Code::TokenRefused, said(|token| token.refusal = Some("expired".into())));
    let lacks = |token: &mut Token| token.missing = vec!["whatsapp_business_management".into()];
    red(Check::Scopes, Code::ScopesMissing, said(lacks));
    red(Check::Scopes, Code::ScopesMissing, |e| {
        refuse(e);
        e.token = sound().token;
        said(lacks)(e);
    });
}

/// The last renewal failed.
fn not_renewed(refused: bool) -> impl FnOnce(&mut Evidence) {
    let failed =
        Failed { at: ago(9), revision: 3, refused, failure: Failure::new("grant_refused", "wrong password") };
    move |e| e.renewal = Renewal::Failed(failed)
}

#[test]
fn a_refused_renewal_is_red_with_the_providers_reason_while_the_token_still_works() {
    red(Check::Renewal, Code::RenewalRefused, not_renewed(true));
    let mut evidence = sound();
    not_renewed(true)(&mut evidence);
    let found = findings(&evidence, now());
    let one = found.iter().find(|finding| finding.check == Check::Renewal).unwrap();
    let words = Detail { label: Label::Answer, value: Shown::Text("wrong password".to_owned()) };
    assert_eq!(one.evidence, [words, Detail { label: Label::Last, value: Shown::At(ago(9)) }]);
}

#[test]
fn an_unanswered_renewal_is_a_warning_and_no_renewal_is_not_a_fault() {
    is(Check::Renewal, Outcome::Warning, Code::ProviderSilent, not_renewed(false));
    is(Check::Renewal, Outcome::NotApplicable, Code::RenewalNotSet, |e| e.renewal = Renewal::NotSet);
}

#[test]
fn a_fault_of_the_number_turns_one_check_red() {
    red(Check::NumberBelongs, Code::NumberUnknown, |e| e.number = refused());
    red(Check::NumberBelongs, Code::AccountUnknown, |e| {
        e.listed = refused();
        e.subscribers = refused();
    });
    red(Check::NumberBelongs, Code::NumberElsewhere, |e| e.listed = Heard::Said(false));
    let status = number(|n| n.status = Some("DISCONNECTED".into()));
    red(Check::NumberStatus, Code::Disconnected, status);
    red(Check::NumberStatus, Code::Disconnected, number(|n| n.can_send = Some("BLOCKED".into())));
    red(Check::NumberQuality, Code::QualityLow, number(|n| n.quality = Some("RED".into())));
}

#[test]
fn a_fault_in_event_delivery_turns_one_check_red() {
    red(Check::Subscription, Code::NotSubscribed, |e| e.subscribers = Heard::Said(Vec::new()));
    red(Check::Subscription, Code::NotSubscribed, |e| e.app = Some("45".into()));
    let elsewhere = number(|n| n.callback = Some("https://other.example".into()));
    red(Check::OverrideTarget, Code::GoesElsewhere, elsewhere);
    red(Check::OverrideTarget, Code::GoesNowhere, number(|n| n.callback = None));
    red(Check::Signature, Code::SecretMissing, |e| e.secret.configured = false);
    red(Check::Signature, Code::SignatureBroken, |e| e.secret.refused_at = Some(ago(1)));
    red(Check::Signature, Code::SignatureWrong, |e| {
        e.secret.refused_at = Some(ago(1));
        e.secret.fits = None;
    });
    red(Check::Signature, Code::SecretOfAnotherApp, |e| e.secret.fits = Some(false));
}

#[test]
fn a_fault_on_our_side_turns_one_check_red() {
    let old = Backlog { for_agent: 3, to_send: 0, oldest: Some(ago(60)) };
    red(Check::Agent, Code::AgentMissing, |e| e.agent = Agent::Missing);
    red(Check::Agent, Code::AgentRefuses, |e| e.agent = Agent::Refused("500".into()));
    red(Check::Agent, Code::AgentSecretUnusable, |e| e.agent = Agent::SecretUnusable);
    red(Check::Backlog, Code::WaitsTooLong, |e| e.backlog = old.clone());
    red(Check::Agent, Code::AgentSilent, |e| {
        e.agent = Agent::Silent(Silence::NotConnected);
        e.backlog = old.clone();
    });
    red(Check::Clock, Code::ClockOff, |e| e.clock_difference_ms = Some(-400_000));
}

#[test]
fn a_fault_explained_by_another_check_is_unknown() {
    use Outcome::Unknown;
    is(Check::Handshake, Unknown, Code::NeedsReach, |e| e.reach = Probe::Silent(Silence::NotConnected));
    for check in [Check::Scopes, Check::TokenExpiry, Check::NumberStatus, Check::Subscription] {
        is(check, Unknown, Code::NeedsToken, refuse);
        is(check, Unknown, Code::ProviderSilent, |e| e.token = Heard::Silent(Silence::TimedOut));
        is(check, Unknown, Code::NotConfigured, |e| e.token = Heard::NotAsked);
    }
    is(Check::OverrideTarget, Unknown, Code::NeedsSubscription, |e| e.subscribers = Heard::Said(Vec::new()));
    is(Check::NumberQuality, Unknown, Code::NeedsNumber, |e| e.number = refused());
}

#[test]
fn minor_faults_are_warnings() {
    use Outcome::Warning;
    is(Check::Token, Warning, Code::ProviderSilent, |e| e.token = Heard::Silent(Silence::TimedOut));
    is(Check::Token, Warning, Code::ProviderSilent, |e| e.token = Heard::Unable("try later".into()));
    is(Check::Handshake, Warning, Code::HandshakeRefused, |e| e.handshakes.refused_at = Some(ago(1)));
    let soon = |token: &mut Token| token.expires_at = Some(now().after(Duration::from_hours(24)));
    is(Check::TokenExpiry, Warning, Code::ExpiresSoon, said(soon));
    is(Check::NumberBelongs, Warning, Code::OtherDigits, |e| e.digits = Some("6281100000001".into()));
    is(Check::NumberStatus, Warning, Code::Limited, number(|n| n.status = Some("FLAGGED".into())));
    is(Check::NumberQuality, Warning, Code::QualityMedium, number(|n| n.quality = Some("YELLOW".into())));
    let silence = Traffic { status_at: Some(ago(60)), sent_at: Some(ago(11)), inbound_at: None };
    is(Check::LastStatus, Warning, Code::StatusesMissing, |e| e.traffic = silence);
    let old = Backlog { for_agent: 1, to_send: 0, oldest: Some(ago(600)) };
    is(Check::Backlog, Warning, Code::WaitsPaused, |e| {
        e.paused = true;
        e.backlog = old;
    });
    is(Check::Clock, Warning, Code::ClockOff, |e| e.clock_difference_ms = Some(40_000));
}

#[test]
fn events_that_have_not_happened_yet_are_not_faults() {
    use Outcome::{Good, NotApplicable, Unknown};
    is(Check::Handshake, Good, Code::HandshakeReady, |e| e.handshakes.seen_at = None);
    is(Check::Signature, Unknown, Code::SecretFits, |e| e.secret.proven_at = None);
    is(Check::LastInbound, Unknown, Code::NoInboundYet, |e| e.traffic = Traffic::default());
    is(Check::LastStatus, NotApplicable, Code::NothingSent, |e| e.traffic = Traffic::default());
    let fresh = Traffic { status_at: None, sent_at: Some(ago(1)), inbound_at: None };
    is(Check::LastStatus, Unknown, Code::StatusToCome, |e| e.traffic = fresh);
    is(Check::NumberQuality, NotApplicable, Code::NotRated, number(|n| n.quality = None));
}

#[test]
fn unusual_but_valid_setups_are_good() {
    use Outcome::Good;
    is(Check::Reachable, Good, Code::Reached, |e| {
        e.provider_is_near = true;
        e.callback = "http://127.0.0.1:8080/hooks/chn_1".into();
    });
    let later = |token: &mut Token| token.expires_at = Some(now().after(Duration::from_hours(24 * 60)));
    is(Check::TokenExpiry, Good, Code::ExpiresLater, said(later));
    let sibling = number(|n| n.callback = Some("https://wa.example/hooks/chn_2/".into()));
    is(Check::OverrideTarget, Good, Code::ComesThroughAnother, sibling);
    let few = Backlog { for_agent: 1, to_send: 0, oldest: Some(ago(1)) };
    is(Check::Backlog, Good, Code::FewWait, |e| e.backlog = few);
}

#[test]
fn evidence_round_trips_through_json() {
    let json = serde_json::to_value(sound()).unwrap();
    assert_eq!(serde_json::from_value::<Evidence>(json).unwrap(), sound());
}

#[test]
fn findings_round_trip_through_json() {
    let found = findings(&sound(), now());
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(serde_json::from_value::<Vec<Finding>>(json).unwrap(), found);
}
