//! One secret follows another without a gap.

use uuid::Uuid;
use warta_core::audit::Action;
use warta_core::channel::SecretKind;
use warta_store::{Error, Others};

use crate::{Fixture, at};

const OLD: &str = "EAAG-canary-token";
const DAY: i64 = 24 * 3_600;

impl Fixture {
    async fn add(&self, kind: SecretKind, secret: &str, others: Others, seconds: i64) -> Uuid {
        let new = self.secret(kind, secret);
        let row = new.row;
        let entry = self.act(Action::SecretAdded, seconds);
        self.store.add_secret(self.scope(), self.channel, new, others, &entry).await.unwrap();
        row
    }

    async fn tokens(&self, seconds: i64) -> Vec<String> {
        self.secrets(self.channel, SecretKind::AccessToken, seconds).await
    }

    async fn prove(&self, row: Uuid, seconds: i64) -> bool {
        self.store.prove_secret(self.scope(), self.channel, row, at(seconds)).await.unwrap()
    }

    async fn retire(&self, row: Uuid, seconds: i64) -> Result<(), Error> {
        let entry = self.act(Action::SecretRetired, seconds);
        self.store.retire_secret(self.scope(), self.channel, row, &entry).await
    }
}

on_both! {
    a_token_stays_in_use_until_the_next_one_has_worked(f) {
        let old = f.rows(f.channel, SecretKind::AccessToken).await[0].row;
        assert!(f.prove(old, 1).await);
        let new = f.add(SecretKind::AccessToken, "EAAG-canary-new", Others::StayUntilProven, 2).await;
        assert_eq!(f.tokens(3).await, [OLD, "EAAG-canary-new"]);
        assert!(!f.prove(old, 3).await, "it had worked before");
        assert_eq!(f.tokens(3).await.len(), 2);
        assert!(f.prove(new, 4).await);
        assert_eq!(f.tokens(4).await, ["EAAG-canary-new"]);
        assert!(!f.prove(new, 5).await);
        let rows = f.rows(f.channel, SecretKind::AccessToken).await;
        assert_eq!((rows[0].row, rows[0].proven_at, rows[0].expires_at), (new, Some(at(4)), None));
        assert_eq!((rows[1].row, rows[1].proven_at, rows[1].expires_at), (old, Some(at(1)), Some(at(4))));
    }

    a_token_that_never_worked_yields_to_a_newer_one(f) {
        f.add(SecretKind::AccessToken, "EAAG-canary-new", Others::StayUntilProven, 1).await;
        assert_eq!(f.tokens(2).await, ["EAAG-canary-new", OLD]);
    }

    an_older_token_that_works_ends_no_newer_one(f) {
        let old = f.rows(f.channel, SecretKind::AccessToken).await[0].row;
        f.add(SecretKind::AccessToken, "EAAG-canary-new", Others::StayUntilProven, 1).await;
        f.prove(old, 2).await;
        assert_eq!(f.tokens(3).await, [OLD, "EAAG-canary-new"]);
    }

    a_refused_token_is_tried_last_until_it_is_accepted_again(f) {
        let old = f.rows(f.channel, SecretKind::AccessToken).await[0].row;
        f.prove(old, 1).await;
        f.add(SecretKind::AccessToken, "EAAG-canary-new", Others::StayUntilProven, 2).await;
        f.store.refuse_secret(f.scope(), f.channel, old, "190: the session was\0 invalidated").await.unwrap();
        assert_eq!(f.tokens(3).await, ["EAAG-canary-new", OLD]);
        assert_eq!(f.rows(f.channel, SecretKind::AccessToken).await[1].refusal.as_deref(), Some("190: the session was invalidated"));
        f.prove(old, 4).await;
        assert_eq!(f.tokens(5).await, [OLD, "EAAG-canary-new"]);
        assert_eq!(f.rows(f.channel, SecretKind::AccessToken).await[1].refusal, None);
    }

    secrets_that_sign_overlap_for_as_long_as_was_said_and_no_longer(f) {
        f.add(SecretKind::AppSecret, "the first app secret", Others::Retire, 0).await;
        f.add(SecretKind::AppSecret, "the second app secret", Others::StayUntil(at(10)), 1).await;
        f.add(SecretKind::AppSecret, "the third app secret", Others::StayUntil(at(DAY)), 2).await;
        let valid = |seconds| f.secrets(f.channel, SecretKind::AppSecret, seconds);
        assert_eq!(valid(9).await, ["the third app secret", "the second app secret", "the first app secret"]);
        assert_eq!(valid(10).await, ["the third app secret", "the second app secret"]);
        assert_eq!(valid(DAY).await, ["the third app secret"]);
        assert_eq!(f.tokens(DAY).await, [OLD], "those of another kind are left alone");
    }

    every_kind_that_we_use_ends_when_its_successor_has_worked(f) {
        for kind in SecretKind::ALL {
            let first = f.add(*kind, "the first of its kind", Others::Retire, 1).await;
            f.prove(first, 2).await;
            let second = f.add(*kind, "the second of its kind", Others::StayUntilProven, 3).await;
            assert_eq!(f.secrets(f.channel, *kind, 4).await.len(), 2, "{kind}: until then both are valid");
            assert!(f.prove(second, 5).await);
            let left = f.secrets(f.channel, *kind, 5).await;
            let verifies = matches!(kind, SecretKind::AppSecret | SecretKind::WebhookSecret);
            assert_eq!(left.len(), if verifies { 2 } else { 1 }, "{kind}");
            assert_eq!(left[0], "the second of its kind", "{kind}");
        }
        for kind in SecretKind::ALL {
            assert!(!f.secrets(f.channel, *kind, 6).await.is_empty(), "{kind}: none ends for another's sake");
        }
    }

    what_the_provider_refuses_is_tried_last_whatever_its_kind(f) {
        for kind in [SecretKind::PushToken, SecretKind::ClientSecret, SecretKind::Password, SecretKind::RefreshToken] {
            f.add(kind, "the one that works", Others::Retire, 1).await;
            let wrong = f.add(kind, "the one that does not", Others::StayUntilProven, 2).await;
            f.store.refuse_secret(f.scope(), f.channel, wrong, "no").await.unwrap();
            assert_eq!(f.secrets(f.channel, kind, 3).await, ["the one that works", "the one that does not"], "{kind}");
        }
    }

    the_last_valid_secret_of_a_kind_cannot_be_retired(f) {
        let first = f.add(SecretKind::WebhookSecret, "the first webhook secret", Others::Retire, 0).await;
        assert!(matches!(f.retire(first, 1).await, Err(Error::LastSecret)));
        let second = f.add(SecretKind::WebhookSecret, "the second webhook secret", Others::StayUntil(at(DAY)), 1).await;
        f.retire(first, 2).await.unwrap();
        assert_eq!(f.secrets(f.channel, SecretKind::WebhookSecret, 2).await, ["the second webhook secret"]);
        let before = (f.channel(f.channel).await.revision, f.audited().await);
        assert!(matches!(f.retire(first, 3).await, Err(Error::NotFound)));
        assert!(matches!(f.retire(second, 3).await, Err(Error::LastSecret)));
        assert_eq!((f.channel(f.channel).await.revision, f.audited().await), before);
        assert_eq!(f.secrets(f.channel, SecretKind::WebhookSecret, 4).await, ["the second webhook secret"]);
    }

    of_two_that_are_retired_at_once_one_stays(f) {
        for round in 0..5 {
            let now = round * 10;
            let first = f.add(SecretKind::AppSecret, "the first app secret", Others::Retire, now).await;
            let second = f.add(SecretKind::AppSecret, "the second app secret", Others::StayUntil(at(DAY)), now).await;
            let (one, other) = tokio::join!(f.retire(first, now + 1), f.retire(second, now + 1));
            assert_eq!(u8::from(one.is_ok()) + u8::from(other.is_ok()), 1, "{one:?} {other:?}");
            assert_eq!(f.secrets(f.channel, SecretKind::AppSecret, now + 1).await.len(), 1);
        }
    }

    a_change_of_a_secret_is_a_revision_and_working_is_none(f) {
        let row = f.add(SecretKind::AccessToken, "EAAG-canary-new", Others::StayUntilProven, 1).await;
        assert_eq!(f.channel(f.channel).await.revision, 2);
        f.prove(row, 2).await;
        f.store.note_secret_used(f.scope(), f.channel, row, at(2)).await.unwrap();
        assert_eq!(f.channel(f.channel).await.revision, 2);
        f.add(SecretKind::AccessToken, "EAAG-canary-third", Others::StayUntilProven, 3).await;
        f.retire(row, 4).await.unwrap();
        let revisions = f.revisions(f.channel).await;
        assert_eq!((revisions[0].revision, revisions[0].change.as_str()), (4, "access_token"));
        let marks = |n: usize| revisions[n].snapshot.secrets.iter().map(|mark| mark.last_four.clone()).collect::<Vec<_>>();
        assert_eq!((marks(0), marks(1)), (vec!["hird".to_owned()], vec!["hird".to_owned(), "-new".to_owned()]));
    }

    the_list_tells_who_and_when_and_never_the_secret(f) {
        let row = f.add(SecretKind::AppSecret, "a canary that signs", Others::Retire, 5).await;
        f.store.note_secret_used(f.scope(), f.channel, row, at(60)).await.unwrap();
        f.store.note_secret_used(f.scope(), f.channel, row, at(120)).await.unwrap();
        let listed = f.rows(f.channel, SecretKind::AppSecret).await.remove(0);
        assert_eq!((listed.row, listed.last_four.as_str(), listed.created_by.as_str()), (row, "igns", "Sari"));
        assert_eq!((listed.created_at, listed.proven_at, listed.last_used_at), (at(5), Some(at(60)), Some(at(120))));
        assert!(!format!("{listed:?}").contains("canary"));
        let channel = f.channel(f.channel).await;
        assert!(!format!("{channel:?}").contains("canary"));
        let valid: Vec<_> = channel.secret_rows_of(SecretKind::AppSecret, at(200)).map(|(row, secret)| (row, secret.expose())).collect();
        assert_eq!(valid, [(row, "a canary that signs")]);
    }

    a_token_that_was_used_has_not_thereby_worked(f) {
        let row = f.rows(f.channel, SecretKind::AccessToken).await[0].row;
        f.store.note_secret_used(f.scope(), f.channel, row, at(60)).await.unwrap();
        let listed = f.rows(f.channel, SecretKind::AccessToken).await.remove(0);
        assert_eq!((listed.proven_at, listed.last_used_at), (None, Some(at(60))));
    }

    a_secret_that_is_not_there_can_be_nothing(f) {
        let row = f.id();
        let (scope, channel) = (f.scope(), f.channel);
        assert!(matches!(f.store.prove_secret(scope, channel, row, at(1)).await, Err(Error::NotFound)));
        assert!(matches!(f.store.refuse_secret(scope, channel, row, "no").await, Err(Error::NotFound)));
        assert!(matches!(f.store.note_secret_used(scope, channel, row, at(1)).await, Err(Error::NotFound)));
        assert!(matches!(f.retire(row, 1).await, Err(Error::NotFound)));
    }
}
