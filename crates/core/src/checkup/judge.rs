//! Judges evidence. Each function judges one check; [`findings`] calls all of them.

use std::time::Duration;

use super::code::Code;
use super::evidence::{Agent, Evidence, Heard, Number, Probe, Renewal, Token};
use super::finding::{Check, Detail, Finding, Label, Outcome, Shown, Silence};
use crate::channel::SecretKind;
use crate::time::Timestamp;

/// A token that expires within this time gets a warning. A week leaves time to act.
const SOON: Duration = Duration::from_hours(24 * 7);
/// A missing status gets a warning after this time (facts/meta-cloud.md §3.2 promises no time).
const STATUS_TIME: Duration = Duration::from_mins(10);
/// Age of the oldest waiting message that gets a warning, and age that is a fault.
const WAIT: (Duration, Duration) = (Duration::from_mins(2), Duration::from_mins(15));
/// Clock difference in milliseconds that gets a warning, and difference that is a fault: signatures on calls to agents are valid
/// for five minutes.
const APART_MS: (u64, u64) = (30_000, 300_000);

/// The result of a check, without its name and time.
type Found = (Outcome, Code, Vec<Detail>);

/// Judges all checks that apply, in the order of [`Check::ALL`]. Checks on stored data carry the time `now`, the others the time at
/// which the evidence was gathered.
#[must_use]
pub fn findings(evidence: &Evidence, now: Timestamp) -> Vec<Finding> {
    let judged = |check: &Check| {
        let (outcome, code, details) = judge(*check, evidence, now);
        let at = if check.is_local() { now } else { evidence.at };
        Finding { check: *check, outcome, code, evidence: details, at }
    };
    let applies = |check: &&Check| evidence.checks.is_empty() || evidence.checks.contains(check);
    Check::ALL.iter().filter(applies).map(judged).collect()
}

fn judge(check: Check, e: &Evidence, now: Timestamp) -> Found {
    match check {
        Check::Reachable => reachable(e),
        Check::Handshake => handshake(e),
        Check::Token => token(e),
        Check::Scopes => scopes(e),
        Check::TokenExpiry => token_expiry(e),
        Check::Renewal => renewal(e),
        Check::NumberBelongs => number_belongs(e),
        Check::NumberStatus => number_status(e),
        Check::NumberQuality => number_quality(e),
        Check::Subscription => subscription(e),
        Check::OverrideTarget => override_target(e),
        Check::Registration => registration(e),
        Check::Signature => signature(e),
        Check::LastInbound => last_inbound(e),
        Check::LastStatus => last_status(e, now),
        Check::Agent => agent(e),
        Check::Backlog => backlog(e, now),
        Check::Clock => clock(e),
    }
}

fn reachable(e: &Evidence) -> Found {
    let address = text(Label::Address, &e.callback);
    match &e.reach {
        Probe::Silent(why) => (Outcome::Bad, Code::Unreachable, vec![address, silence(*why)]),
        Probe::Strange(what) => (Outcome::Bad, Code::SomebodyElse, vec![address, text(Label::Answer, what)]),
        _ if !e.provider_is_near && !e.callback.starts_with("https://") => {
            (Outcome::Bad, Code::NotSecure, vec![address])
        }
        Probe::Answered { took_ms } => (Outcome::Good, Code::Reached, vec![address, took(*took_ms)]),
        Probe::NotAsked => (Outcome::Unknown, Code::NotConfigured, Vec::new()),
    }
}

fn handshake(e: &Evidence) -> Found {
    let h = &e.handshakes;
    let details = [at(Label::LastHandshake, h.seen_at), at(Label::LastRefused, h.refused_at)];
    let mut details: Vec<_> = details.into_iter().flatten().collect();
    if !h.has_secret {
        return (Outcome::Bad, Code::WebhookSecretMissing, Vec::new());
    }
    if is_bad(&reachable(e)) {
        return (Outcome::Unknown, Code::NeedsReach, details);
    }
    match &h.own {
        Probe::Strange(what) => {
            details.insert(0, text(Label::Answer, what));
            (Outcome::Bad, Code::HandshakeBlocked, details)
        }
        Probe::Silent(why) => {
            details.insert(0, silence(*why));
            (Outcome::Bad, Code::HandshakeBlocked, details)
        }
        Probe::NotAsked => (Outcome::Unknown, Code::NotConfigured, details),
        Probe::Answered { .. } if h.refused_at > h.seen_at => {
            (Outcome::Warning, Code::HandshakeRefused, details)
        }
        Probe::Answered { took_ms } => {
            details.insert(0, took(*took_ms));
            let code = if h.seen_at.is_some() { Code::HandshakeSeen } else { Code::HandshakeReady };
            (Outcome::Good, code, details)
        }
    }
}

fn token(e: &Evidence) -> Found {
    if !e.has_token {
        let signs = e.key == SecretKind::ClientSecret;
        let code = if signs { Code::ClientSecretMissing } else { Code::TokenMissing };
        return (Outcome::Bad, code, Vec::new());
    }
    match &e.token {
        Heard::Said(Token { refusal: Some(why), .. }) | Heard::Refused(why) => {
            (Outcome::Bad, Code::TokenRefused, vec![text(Label::Answer, why)])
        }
        Heard::Said(token) => {
            let app = token.app.as_deref().map(|app| text(Label::App, app));
            (Outcome::Good, Code::TokenAccepted, app.into_iter().collect())
        }
        Heard::Unable(why) => (Outcome::Warning, Code::ProviderSilent, vec![text(Label::Answer, why)]),
        Heard::Silent(why) => (Outcome::Warning, Code::ProviderSilent, vec![silence(*why)]),
        Heard::NotAsked => (Outcome::Unknown, Code::NotConfigured, Vec::new()),
    }
}

fn registration(e: &Evidence) -> Found {
    if let Err(unknown) = working_token(e) {
        return unknown;
    }
    match &e.registered {
        Heard::Said(true) => (Outcome::Good, Code::Registered, Vec::new()),
        Heard::Said(false) => (Outcome::Bad, Code::NotRegistered, vec![text(Label::Address, &e.callback)]),
        Heard::Refused(why) | Heard::Unable(why) => {
            (Outcome::Warning, Code::ProviderSilent, vec![text(Label::Answer, why)])
        }
        Heard::Silent(why) => (Outcome::Warning, Code::ProviderSilent, vec![silence(*why)]),
        Heard::NotAsked => (Outcome::Unknown, Code::NotConfigured, Vec::new()),
    }
}

fn scopes(e: &Evidence) -> Found {
    match working_token(e) {
        Err(unknown) => unknown,
        Ok(token) if token.missing.is_empty() => (Outcome::Good, Code::ScopesComplete, Vec::new()),
        Ok(token) => {
            let missing = text(Label::Missing, &token.missing.join(", "));
            (Outcome::Bad, Code::ScopesMissing, vec![missing])
        }
    }
}

fn token_expiry(e: &Evidence) -> Found {
    match working_token(e).map(|token| token.expires_at) {
        Err(unknown) => unknown,
        Ok(None) => (Outcome::Good, Code::NeverExpires, Vec::new()),
        Ok(Some(ends)) => {
            let soon = ends < e.at.after(SOON);
            let (outcome, code) = if soon {
                (Outcome::Warning, Code::ExpiresSoon)
            } else {
                (Outcome::Good, Code::ExpiresLater)
            };
            (outcome, code, vec![Detail { label: Label::Ends, value: Shown::At(ends) }])
        }
    }
}

fn renewal(e: &Evidence) -> Found {
    let failed = match &e.renewal {
        Renewal::NotSet => return (Outcome::NotApplicable, Code::RenewalNotSet, Vec::new()),
        Renewal::Ready => return (Outcome::Good, Code::RenewalReady, Vec::new()),
        Renewal::Failed(failed) => failed,
    };
    let (outcome, code) = if failed.refused {
        (Outcome::Bad, Code::RenewalRefused)
    } else {
        (Outcome::Warning, Code::ProviderSilent)
    };
    let mut details = vec![text(Label::Answer, &failed.failure.detail)];
    details.extend(at(Label::Last, Some(failed.at)));
    (outcome, code, details)
}

fn number_belongs(e: &Evidence) -> Found {
    if let Err(unknown) = working_token(e) {
        return unknown;
    }
    let number = match heard(e, &e.number) {
        Ok(number) => number,
        Err(Some(why)) => return (Outcome::Bad, Code::NumberUnknown, vec![text(Label::Answer, &why)]),
        Err(None) => return unreadable(e, &e.number),
    };
    let details = named(number);
    match heard(e, &e.listed) {
        Err(Some(why)) => (Outcome::Bad, Code::AccountUnknown, vec![text(Label::Answer, &why)]),
        Err(None) => unreadable(e, &e.listed),
        Ok(false) => (Outcome::Bad, Code::NumberElsewhere, details),
        Ok(true) => match (&e.digits, number.display.as_deref().map(digits)) {
            (Some(ours), Some(theirs)) if *ours != theirs => (Outcome::Warning, Code::OtherDigits, details),
            _ => (Outcome::Good, Code::NumberFound, details),
        },
    }
}

fn number_status(e: &Evidence) -> Found {
    let number = match known_number(e) {
        Ok(number) => number,
        Err(unknown) => return unknown,
    };
    let word = number.status.as_deref().unwrap_or("UNKNOWN");
    let (outcome, code) = match (word, number.can_send.as_deref()) {
        ("CONNECTED", Some("BLOCKED")) => (Outcome::Bad, Code::Disconnected),
        ("CONNECTED", Some("LIMITED")) | ("FLAGGED" | "RATE_LIMITED", _) => (Outcome::Warning, Code::Limited),
        ("CONNECTED", _) => (Outcome::Good, Code::Connected),
        _ => (Outcome::Bad, Code::Disconnected),
    };
    let words = match number.can_send.as_deref() {
        Some(can_send) if can_send != "AVAILABLE" => format!("{word}, {can_send}"),
        _ => word.to_owned(),
    };
    (outcome, code, vec![text(Label::ProviderWord, &words)])
}

fn number_quality(e: &Evidence) -> Found {
    let number = match known_number(e) {
        Ok(number) => number,
        Err(unknown) => return unknown,
    };
    let word = number.quality.as_deref().unwrap_or("UNKNOWN");
    let (outcome, code) = match word {
        "GREEN" => (Outcome::Good, Code::QualityHigh),
        "YELLOW" => (Outcome::Warning, Code::QualityMedium),
        "RED" => (Outcome::Bad, Code::QualityLow),
        _ => (Outcome::NotApplicable, Code::NotRated),
    };
    (outcome, code, vec![text(Label::ProviderWord, word)])
}

fn subscription(e: &Evidence) -> Found {
    if let Err(unknown) = working_token(e) {
        return unknown;
    }
    match heard(e, &e.subscribers) {
        Ok(apps) => {
            let names = apps.iter().map(|app| app.name.as_str()).collect::<Vec<_>>().join(", ");
            let ours = match &e.app {
                Some(ours) => apps.iter().any(|app| app.app == *ours),
                None => !apps.is_empty(),
            };
            let details = if apps.is_empty() { Vec::new() } else { vec![text(Label::App, &names)] };
            if ours {
                (Outcome::Good, Code::Subscribed, details)
            } else {
                (Outcome::Bad, Code::NotSubscribed, details)
            }
        }
        // The check `NumberBelongs` reports an account that the token cannot read.
        Err(Some(_)) => (Outcome::Unknown, Code::NeedsNumber, Vec::new()),
        Err(None) => unreadable(e, &e.subscribers),
    }
}

fn override_target(e: &Evidence) -> Found {
    let number = match known_number(e) {
        Ok(number) => number,
        Err(unknown) => return unknown,
    };
    match subscription(e) {
        (Outcome::Good, ..) => {}
        (Outcome::Bad, ..) => return (Outcome::Unknown, Code::NeedsSubscription, Vec::new()),
        (_, code, _) => return (Outcome::Unknown, code, Vec::new()),
    }
    let expected = text(Label::Expected, &e.callback);
    let Some(target) = number.callback.as_deref() else {
        return (Outcome::Bad, Code::GoesNowhere, vec![expected]);
    };
    let is = |ours: &str| target.trim_end_matches('/') == ours.trim_end_matches('/');
    let details = vec![text(Label::Target, target)];
    if is(&e.callback) {
        (Outcome::Good, Code::ComesHere, details)
    } else if e.siblings.iter().any(|sibling| is(sibling)) {
        (Outcome::Good, Code::ComesThroughAnother, details)
    } else {
        (Outcome::Bad, Code::GoesElsewhere, [details, vec![expected]].concat())
    }
}

fn signature(e: &Evidence) -> Found {
    let s = &e.secret;
    let details = [at(Label::LastProven, s.proven_at), at(Label::LastRefused, s.refused_at)];
    let details: Vec<_> = details.into_iter().flatten().collect();
    if !s.configured {
        return (Outcome::Bad, Code::SecretMissing, details);
    }
    let broken = s.refused_at > s.proven_at;
    let (outcome, code) = match (s.fits, broken, s.proven_at) {
        (Some(false), _, _) => (Outcome::Bad, Code::SecretOfAnotherApp),
        (Some(true), true, _) => (Outcome::Bad, Code::SignatureBroken),
        (None, true, _) => (Outcome::Bad, Code::SignatureWrong),
        (_, false, Some(_)) => (Outcome::Good, Code::SignatureProven),
        (Some(true), false, None) => (Outcome::Unknown, Code::SecretFits),
        (None, false, None) => (Outcome::Unknown, Code::NoEventYet),
    };
    (outcome, code, details)
}

fn last_inbound(e: &Evidence) -> Found {
    match at(Label::Last, e.traffic.inbound_at) {
        Some(last) => (Outcome::Good, Code::InboundSeen, vec![last]),
        None => (Outcome::Unknown, Code::NoInboundYet, Vec::new()),
    }
}

fn last_status(e: &Evidence, now: Timestamp) -> Found {
    let traffic = &e.traffic;
    let last = at(Label::Last, traffic.status_at).into_iter().collect();
    match (traffic.sent_at, traffic.status_at) {
        (None, None) => (Outcome::NotApplicable, Code::NothingSent, last),
        (Some(sent), status) if status < Some(sent) && sent.after(STATUS_TIME) < now => {
            (Outcome::Warning, Code::StatusesMissing, last)
        }
        (Some(_), None) => (Outcome::Unknown, Code::StatusToCome, last),
        (_, Some(_)) => (Outcome::Good, Code::StatusSeen, last),
    }
}

fn agent(e: &Evidence) -> Found {
    match &e.agent {
        Agent::Missing => (Outcome::Bad, Code::AgentMissing, Vec::new()),
        Agent::Answered { took_ms } => (Outcome::Good, Code::AgentAnswers, vec![took(*took_ms)]),
        Agent::Refused(why) => (Outcome::Bad, Code::AgentRefuses, vec![text(Label::Answer, why)]),
        Agent::Silent(why) => (Outcome::Bad, Code::AgentSilent, vec![silence(*why)]),
        Agent::SecretUnusable => (Outcome::Bad, Code::AgentSecretUnusable, Vec::new()),
    }
}

fn backlog(e: &Evidence, now: Timestamp) -> Found {
    let waiting = &e.backlog;
    let details = [
        (waiting.for_agent > 0).then_some((Label::WaitForAgent, waiting.for_agent)),
        (waiting.to_send > 0).then_some((Label::WaitToSend, waiting.to_send)),
    ];
    let counts = details.into_iter().flatten().map(|(label, n)| Detail { label, value: Shown::Count(n) });
    let Some(oldest) = waiting.oldest else {
        return (Outcome::Good, Code::NothingWaits, Vec::new());
    };
    let details = counts.chain(at(Label::OldestSince, Some(oldest))).collect();
    let waits = now.since(oldest);
    // If another check explains the backlog, the backlog is not a second fault.
    let explained = is_bad(&agent(e)) || is_bad(&token(e)) || is_bad(&number_status(e));
    let (outcome, code) = if e.paused {
        (Outcome::Warning, Code::WaitsPaused)
    } else if waits < WAIT.0 {
        (Outcome::Good, Code::FewWait)
    } else if waits < WAIT.1 || explained {
        (Outcome::Warning, Code::WaitsLong)
    } else {
        (Outcome::Bad, Code::WaitsTooLong)
    };
    (outcome, code, details)
}

fn clock(e: &Evidence) -> Found {
    let Some(difference) = e.clock_difference_ms else {
        return (Outcome::Unknown, Code::ProviderSilent, Vec::new());
    };
    let details = vec![Detail { label: Label::Difference, value: Shown::Millis(difference) }];
    match difference.unsigned_abs() {
        apart if apart > APART_MS.1 => (Outcome::Bad, Code::ClockOff, details),
        apart if apart > APART_MS.0 => (Outcome::Warning, Code::ClockOff, details),
        _ => (Outcome::Good, Code::ClockRight, details),
    }
}

/// The token if it works; else the result for a check that needs it.
fn working_token(e: &Evidence) -> Result<&Token, Found> {
    match (token(e), &e.token) {
        ((Outcome::Good, ..), Heard::Said(token)) => Ok(token),
        ((Outcome::Bad, ..), _) => Err((Outcome::Unknown, Code::NeedsToken, Vec::new())),
        ((_, code, _), _) => Err((Outcome::Unknown, code, Vec::new())),
    }
}

/// The number if the provider knows it; else the result for a check that needs it.
fn known_number(e: &Evidence) -> Result<&Number, Found> {
    working_token(e)?;
    match heard(e, &e.number) {
        Ok(number) => Ok(number),
        Err(Some(_)) => Err((Outcome::Unknown, Code::NeedsNumber, Vec::new())),
        Err(None) => Err(unreadable(e, &e.number)),
    }
}

/// The provider's answer. Else the reason of a refusal, unless a missing scope explains the refusal.
fn heard<'a, T>(e: &Evidence, heard: &'a Heard<T>) -> Result<&'a T, Option<String>> {
    match heard {
        Heard::Said(said) => Ok(said),
        Heard::Refused(why) if !is_bad(&scopes(e)) => Err(Some(why.clone())),
        Heard::Refused(_) | Heard::Unable(_) | Heard::Silent(_) | Heard::NotAsked => Err(None),
    }
}

/// The result for a check whose question was not answered.
fn unreadable<T>(e: &Evidence, heard: &Heard<T>) -> Found {
    let code = match heard {
        Heard::NotAsked => Code::NotConfigured,
        Heard::Refused(_) if is_bad(&scopes(e)) => Code::NeedsScopes,
        Heard::Said(_) | Heard::Refused(_) | Heard::Unable(_) | Heard::Silent(_) => Code::ProviderSilent,
    };
    (Outcome::Unknown, code, Vec::new())
}

fn named(number: &Number) -> Vec<Detail> {
    let shown = [(Label::Number, &number.display), (Label::Name, &number.name)];
    shown.into_iter().filter_map(|(label, value)| Some(text(label, value.as_deref()?))).collect()
}

fn digits(display: &str) -> String {
    display.chars().filter(char::is_ascii_digit).collect()
}

fn is_bad(found: &Found) -> bool {
    found.0 == Outcome::Bad
}

fn text(label: Label, value: &str) -> Detail {
    Detail { label, value: Shown::Text(value.to_owned()) }
}

fn silence(why: Silence) -> Detail {
    Detail { label: Label::Answer, value: Shown::Silence(why) }
}

fn took(ms: i64) -> Detail {
    Detail { label: Label::Took, value: Shown::Millis(ms) }
}

fn at(label: Label, instant: Option<Timestamp>) -> Option<Detail> {
    instant.map(|instant| Detail { label, value: Shown::At(instant) })
}
