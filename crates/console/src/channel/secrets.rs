//! The secrets of a channel as the connection page lists them: who set them and when, and what the provider said. Never the secret
//! itself, apart from the webhook secret.

use std::borrow::Cow;

use warta_core::channel::SecretKind;
use warta_core::checkup::Check;
use warta_gateway::memory::tokens::Checked;
use warta_gateway::upstream::token;
use warta_protocol::check::TokenFacts;
use warta_store::{Channel, SecretRow};

use crate::channel::context::ChannelContext;
use crate::channel::draft::{Draft, bare};
use crate::form::{Field, Kind};
use crate::texts::Lang;
use crate::view::Instant;

/// A kind of secret that the protocol uses, with its valid secrets.
pub(super) struct Credential {
    pub(super) field: Field,
    pub(super) label: Cow<'static, str>,
    pub(super) lines: Vec<ListedSecret>,
    /// The provider's last answer about the newest secret.
    pub(super) facts: Vec<Cow<'static, str>>,
    /// Whether the provider can be asked about it.
    pub(super) checkable: bool,
    /// Whether it verifies incoming events.
    pub(super) verifies: bool,
}

impl Credential {
    /// True if the present secret stays valid for a chosen time after a new one is added. Other kinds stay valid
    /// until the new one has worked.
    pub(super) const fn overlaps(&self) -> bool {
        self.verifies && !self.lines.is_empty()
    }
}

/// A secret that is valid.
pub(super) struct ListedSecret {
    pub(super) row: String,
    /// The secret itself: only for a webhook secret, and only for people who may change the channel.
    pub(super) shown: Option<String>,
    pub(super) last_four: String,
    pub(super) set: Cow<'static, str>,
    pub(super) set_at: Instant,
    pub(super) tone: &'static str,
    pub(super) standing: Cow<'static, str>,
    pub(super) used: Option<Instant>,
    pub(super) ends: Option<Instant>,
    /// Whether another valid secret remains after retiring this one.
    pub(super) may_retire: bool,
    pub(super) retire: Cow<'static, str>,
}

/// Every secret of the protocol that people enter.
pub(super) fn sections(
    context: &ChannelContext,
    channel: &Channel,
    rows: &[SecretRow],
    draft: &Draft<'_>,
) -> Vec<Credential> {
    let Ok(description) = context.description() else { return Vec::new() };
    let asked_with = token::kind(channel);
    let provider = warta_protocol::read(channel.protocol, &channel.settings);
    let can_be_asked = provider.is_ok_and(|provider| provider.checks().contains(&Check::Token));
    let section = |(kind, spec): (SecretKind, &'static warta_protocol::describe::FieldSpec)| {
        let lines = lines(context, kind, rows);
        let fault = draft.faults.iter().find(|(name, _)| *name == spec.name).map(|(_, fault)| fault.clone());
        let field = bare(spec, Kind::Secret, context.l).fault(fault);
        let checkable = can_be_asked && kind == asked_with && !lines.is_empty();
        let newest = channel.secret_rows_of(kind, context.app.now()).map(|(row, _)| row).max();
        let checked = newest
            .filter(|_| checkable)
            .and_then(|row| context.app.memory.tokens.get(row, context.app.now()));
        Credential {
            // What is configured need not be entered again.
            field: if lines.is_empty() { field } else { field.optional() },
            label: context.l.say(spec.label).into(),
            facts: checked.map(|checked| facts(&checked, context.l)).unwrap_or_default(),
            verifies: kind.verifies(),
            lines,
            checkable,
        }
    };
    description.secrets().map(section).collect()
}

/// The valid secrets of a kind.
pub(super) fn lines(context: &ChannelContext, kind: SecretKind, rows: &[SecretRow]) -> Vec<ListedSecret> {
    let (l, now) = (context.l, context.app.now());
    let valid: Vec<_> =
        rows.iter().filter(|row| row.kind == kind && row.expires_at.is_none_or(|ends| ends > now)).collect();
    let several = valid.len() > 1;
    valid.into_iter().map(|row| ListedSecret::of(row, several, l)).collect()
}

impl ListedSecret {
    fn of(row: &SecretRow, several: bool, l: Lang) -> Self {
        let (tone, standing) = match (&row.refusal, row.proven_at, row.kind) {
            (Some(words), _, _) => ("bad", l.channel_secret_refused(words)),
            (None, Some(_), SecretKind::AppSecret) => ("good", l.channel_secret_proven()),
            (None, Some(_), SecretKind::WebhookSecret) => ("good", l.channel_verify_proven()),
            (None, Some(_), _) => ("good", l.channel_token_proven()),
            (None, None, _) => ("wait", l.channel_secret_untried()),
        };
        Self {
            row: row.row.to_string(),
            shown: None,
            last_four: row.last_four.clone(),
            set: l.channel_secret_set(&row.created_by),
            set_at: Instant::of(row.created_at, l),
            tone,
            standing,
            used: row.last_used_at.map(|at| Instant::of(at, l)),
            ends: row.expires_at.map(|at| Instant::of(at, l)),
            may_retire: several,
            retire: l.channel_retire_this(&row.last_four),
        }
    }
}

/// What the provider said about a token, in words.
fn facts(checked: &Checked, l: Lang) -> Vec<Cow<'static, str>> {
    match checked {
        Checked::Worked(facts) => worked(facts, l),
        Checked::Refused(failure) | Checked::Unreached(failure) => vec![failure.detail.clone().into()],
        Checked::Incomplete => vec![l.channel_done_token_waits()],
        Checked::Unasked => vec![l.channel_done_token_unasked()],
    }
}

fn worked(facts: &TokenFacts, l: Lang) -> Vec<Cow<'static, str>> {
    let kind = facts.kind.as_deref().unwrap_or("?");
    let owner = facts.user_id.as_deref().unwrap_or("?");
    let app = facts.app_name.as_deref().or(facts.app_id.as_deref()).unwrap_or("?");
    let mut lines = vec![l.channel_token_who(kind, owner, app)];
    let missing: Vec<_> = facts.missing.iter().map(String::as_str).collect();
    lines.push(if missing.is_empty() {
        l.channel_token_scopes()
    } else {
        l.channel_token_lacks(&missing.join(", "))
    });
    lines.push(match facts.expires_at {
        Some(at) => l.channel_token_ends(&Instant::of(at, l).short),
        None => l.channel_token_never_ends(),
    });
    lines
}
