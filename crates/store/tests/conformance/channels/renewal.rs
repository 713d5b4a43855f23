//! An access token follows another by itself, asked for once.

use std::time::Duration;

use serde_json::json;
use uuid::Uuid;
use warta_core::audit::Action;
use warta_core::channel::{SecretKind, State};
use warta_store::{AuditFilter, ChannelChange, Others, Renewed};

use crate::{Fixture, at};

const LEASE: Duration = Duration::from_mins(1);

impl Fixture {
    async fn begin(&self, worn: Option<Uuid>, seconds: i64) -> bool {
        self.store.begin_renewal((self.scope(), self.channel), worn, at(seconds), LEASE).await.unwrap()
    }

    async fn token_row(&self) -> Uuid {
        self.rows(self.channel, SecretKind::AccessToken).await[0].row
    }

    async fn enter(&self, kind: SecretKind, secret: &str, seconds: i64) -> Uuid {
        let new = self.secret(kind, secret);
        let row = new.row;
        let entry = self.act(Action::SecretAdded, seconds);
        self.store
            .add_secret(self.scope(), self.channel, new, Others::StayUntilProven, &entry)
            .await
            .unwrap();
        row
    }

    /// A renewal with these brings a token and a refresh token.
    async fn end(&self, with: Vec<Uuid>, seconds: i64) -> Uuid {
        let token = self.secret(SecretKind::AccessToken, "the renewed canary token");
        let row = token.row;
        let refresh_token = Some(self.secret(SecretKind::RefreshToken, "the renewed canary refresh"));
        let renewed = Renewed { token, ends_at: Some(at(1_000)), refresh_token, with };
        let entry = self.act(Action::TokenRenewed, seconds);
        self.store.end_renewal((self.scope(), self.channel), renewed, &entry).await.unwrap();
        row
    }
}

on_both! {
    of_many_who_begin_at_once_one_does(f) {
        let worn = Some(f.token_row().await);
        let begun = tokio::join!(f.begin(worn, 1), f.begin(worn, 1), f.begin(worn, 1), f.begin(worn, 1));
        assert_eq!([begun.0, begun.1, begun.2, begun.3].into_iter().filter(|begun| *begun).count(), 1);
        assert!(!f.begin(worn, 60).await, "it is still under way");
        assert!(f.begin(worn, 61).await, "whoever had begun has died");
    }

    who_waited_while_another_renewed_does_not_renew_again(f) {
        for round in 0..5 {
            let worn = Some(f.token_row().await);
            assert!(f.begin(worn, round).await);
            let (_, late, later) = tokio::join!(f.end(Vec::new(), round), f.begin(worn, round), f.begin(worn, round));
            assert!(!late && !later);
        }
        assert_eq!(f.rows(f.channel, SecretKind::AccessToken).await.len(), 6);
    }

    a_newer_token_is_used_and_one_that_was_refused_is_not(f) {
        let worn = f.token_row().await;
        let newer = f.enter(SecretKind::AccessToken, "a newer canary token", 1).await;
        assert!(!f.begin(Some(worn), 2).await && !f.begin(None, 2).await);
        f.store.refuse_secret(f.scope(), f.channel, newer, "no").await.unwrap();
        assert!(f.begin(Some(worn), 3).await);
    }

    what_a_renewal_brought_is_sealed_and_follows_the_old_without_a_gap(f) {
        let worn = f.token_row().await;
        let password = f.enter(SecretKind::Password, "the first password", 1).await;
        let right = f.enter(SecretKind::Password, "the second password", 2).await;
        f.enter(SecretKind::RefreshToken, "the first canary refresh", 3).await;
        assert!(f.begin(Some(worn), 4).await);
        let (revision, audited) = (f.channel(f.channel).await.revision, f.audited().await);
        let row = f.end(vec![right], 5).await;

        let channel = f.channel(f.channel).await;
        assert_eq!((channel.revision, f.audited().await), (revision + 1, audited + 1));
        assert_eq!(channel.life(row), Some((at(5), at(1_000))));
        assert_eq!(channel.life(worn), None);
        assert_eq!(f.secrets(f.channel, SecretKind::AccessToken, 6).await, ["the renewed canary token", "EAAG-canary-token"]);
        assert_eq!(f.secrets(f.channel, SecretKind::RefreshToken, 6).await, ["the renewed canary refresh"], "the one before was spent");
        assert_eq!(f.secrets(f.channel, SecretKind::Password, 6).await, ["the second password"], "it has worked");
        let spent = f.rows(f.channel, SecretKind::Password).await.into_iter().find(|known| known.row == password).unwrap();
        assert_eq!(spent.expires_at, Some(at(5)));
        assert!(!f.begin(Some(worn), 6).await, "it is renewed");
        assert!(f.begin(Some(row), 6).await, "and the next may be begun");

        let filter = AuditFilter { action: Some(Action::TokenRenewed), limit: 5, ..AuditFilter::default() };
        let told = format!("{:?} {:?} {channel:?}", f.store.audit(f.scope(), &filter).await.unwrap().entries, f.revisions(f.channel).await);
        assert!(!told.contains("canary refresh") && !told.contains("canary token"), "{told}");
    }

    a_token_that_was_refused_ends_with_the_renewal_and_one_that_was_not_stays(f) {
        let worn = f.token_row().await;
        let other = f.enter(SecretKind::AccessToken, "another canary token", 1).await;
        f.store.refuse_secret(f.scope(), f.channel, worn, "expired").await.unwrap();
        let row = f.end(Vec::new(), 2).await;
        let rows = f.rows(f.channel, SecretKind::AccessToken).await;
        let ends: Vec<_> = rows.into_iter().map(|known| (known.row, known.expires_at)).collect();
        assert_eq!(ends, [(row, None), (other, None), (worn, Some(at(2)))]);
    }

    why_a_renewal_came_to_nothing_is_kept_until_one_works(f) {
        let worn = f.token_row().await;
        assert!(f.begin(Some(worn), 1).await);
        let failed = json!({"words": "wrong password"});
        f.store.fail_renewal((f.scope(), f.channel), &failed).await.unwrap();
        assert_eq!(f.store.look(f.scope(), f.channel).await.unwrap().renewal, Some(failed));
        assert!(f.begin(Some(worn), 2).await, "it has ended");
        f.end(Vec::new(), 3).await;
        assert_eq!(f.store.look(f.scope(), f.channel).await.unwrap().renewal, None);
    }

    why_a_renewal_came_to_nothing_says_nothing_of_what_was_entered_since(f) {
        let failed = json!({"words": "wrong password"});
        let (place, kept) = ((f.scope(), f.channel), async || f.store.look(f.scope(), f.channel).await.unwrap().renewal);
        f.store.fail_renewal(place, &failed).await.unwrap();
        f.set_state(f.channel, State::Paused, 1).await;
        assert_eq!(kept().await, Some(failed.clone()), "that has nothing to do with it");
        let settings = ChannelChange { settings: Some(json!({"username": "another"})), ..ChannelChange::default() };
        f.change(f.channel, settings, 2).await.unwrap();
        assert_eq!(kept().await, None);
        f.store.fail_renewal(place, &failed).await.unwrap();
        f.enter(SecretKind::Password, "another password", 3).await;
        assert_eq!(kept().await, None);
    }
}
