//! The audit.

use warta_core::audit::Action;
use warta_core::ids::{AuditId, OrganizationId, PersonId};
use warta_core::permission::OrganizationRole;
use warta_store::{AuditFilter, Change, Entry, Error, Newcomer, Scope};

use crate::{Fixture, at};

impl Fixture {
    /// The entries but for those of the fixture itself, which are of the instant 0.
    async fn entries(&self, scope: Scope, filter: AuditFilter) -> Vec<Entry> {
        let page = self.store.audit(scope, &AuditFilter { limit: 100, ..filter }).await.unwrap();
        assert!(!page.has_more);
        page.entries.into_iter().filter(|entry| entry.at > at(0)).collect()
    }

    async fn actions(&self, scope: Scope) -> Vec<Action> {
        self.entries(scope, AuditFilter::default()).await.into_iter().map(|entry| entry.action).collect()
    }
}

on_both! {
    an_entry_is_read_as_it_was_written(f) {
        let change = |field: &str, before: Option<&str>, after: Option<&str>| Change {
            field: field.to_owned(), before: before.map(str::to_owned), after: after.map(str::to_owned),
        };
        let entry = Entry {
            agent: Some(f.agent),
            channel: Some(f.channel),
            changes: vec![change("account", None, Some("6281100000001")), change("token", Some("•••• aaaa"), None)],
            ..f.entry(Action::ChannelChanged, Some(PersonId::from_uuid(f.id())), at(7))
        };
        f.store.record(f.scope(), &entry).await.unwrap();
        assert_eq!(f.entries(f.scope(), AuditFilter::default()).await, [entry]);
        let foreign = Scope::new(OrganizationId::from_uuid(f.id()));
        assert!(f.entries(foreign, AuditFilter::default()).await.is_empty());
    }

    pages_of_the_audit_hold_every_entry_once_the_newest_first(f) {
        let own = f.store.audit(f.scope(), &AuditFilter { limit: 9, ..AuditFilter::default() }).await.unwrap();
        let mut all: Vec<_> = own.entries.into_iter().map(|entry| entry.id).collect();
        for _ in 0..5 {
            let entry = f.did(Action::SignedIn);
            f.store.record(f.scope(), &entry).await.unwrap();
            all.insert(0, entry.id);
        }
        for limit in [0, 1, 2, 6, 7, 8] {
            let mut filter = AuditFilter { limit, ..AuditFilter::default() };
            let mut seen: Vec<AuditId> = Vec::new();
            loop {
                let page = f.store.audit(f.scope(), &filter).await.unwrap();
                assert!(page.entries.len() <= usize::try_from(limit.max(1)).unwrap());
                seen.extend(page.entries.iter().map(|entry| entry.id));
                filter.before = seen.last().copied();
                if !page.has_more {
                    break;
                }
            }
            assert_eq!(seen, all, "{limit}");
        }
    }

    a_page_is_never_longer_than_it_may(f) {
        for _ in 0..501 {
            f.store.record(f.scope(), &f.did(Action::SignedIn)).await.unwrap();
        }
        let filter = AuditFilter { limit: u32::MAX, ..AuditFilter::default() };
        let page = f.store.audit(f.scope(), &filter).await.unwrap();
        assert_eq!((page.entries.len(), page.has_more), (500, true));
    }

    filters_hold_alone_and_together(f) {
        let (sari, budi) = (PersonId::from_uuid(f.id()), PersonId::from_uuid(f.id()));
        let mut ids = Vec::new();
        for (person, action, agent, channel) in [
            (sari, Action::AgentChanged, true, false),
            (sari, Action::ChannelChanged, true, true),
            (budi, Action::ChannelChanged, true, true),
            (budi, Action::SignedIn, false, false),
        ] {
            let entry = Entry {
                agent: agent.then_some(f.agent),
                channel: channel.then_some(f.channel),
                ..f.entry(action, Some(person), at(1))
            };
            f.store.record(f.scope(), &entry).await.unwrap();
            ids.push(entry.id);
        }
        let (agent, channel) = (Some(f.agent), Some(f.channel));
        let any = AuditFilter::default;
        for (filter, expected) in [
            (any(), vec![3, 2, 1, 0]),
            (AuditFilter { agent, ..any() }, vec![2, 1, 0]),
            (AuditFilter { channel, ..any() }, vec![2, 1]),
            (AuditFilter { person: Some(sari), ..any() }, vec![1, 0]),
            (AuditFilter { action: Some(Action::ChannelChanged), ..any() }, vec![2, 1]),
            (AuditFilter { agent, person: Some(budi), ..any() }, vec![2]),
            (AuditFilter { agent, channel, person: Some(sari), action: Some(Action::ChannelChanged), ..any() }, vec![1]),
            (AuditFilter { person: Some(sari), action: Some(Action::SignedIn), ..any() }, vec![]),
            (AuditFilter { agent, before: Some(ids[2]), ..any() }, vec![1, 0]),
        ] {
            let found: Vec<_> = f.entries(f.scope(), filter.clone()).await.iter().map(|entry| entry.id).collect();
            let expected: Vec<_> = expected.into_iter().map(|n: usize| ids[n]).collect();
            assert_eq!(found, expected, "{filter:?}");
        }
    }

    what_fails_leaves_no_entry(f) {
        let sari = f.member("sari@example.com", OrganizationRole::Owner).await;
        let refused = f.store.remove_member(f.scope(), sari, &f.did(Action::PersonRemoved)).await;
        assert!(matches!(refused, Err(Error::LastOwner)), "{refused:?}");
        let again = Newcomer::New(f.somebody("sari@example.com"));
        let refused = f.store.create_member(f.scope(), again, OrganizationRole::Member, &f.did(Action::PersonAdded)).await;
        assert!(matches!(refused, Err(Error::EmailTaken)), "{refused:?}");
        assert_eq!(f.actions(f.scope()).await, [Action::PersonAdded]);
    }

    what_concerns_an_account_stands_in_each_of_its_organizations(f) {
        let sari = f.member("sari@example.com", OrganizationRole::Owner).await;
        let elsewhere = Scope::new(f.elsewhere(sari, OrganizationRole::Member).await);
        f.store.set_person(sari, "Sari Dewi", None, &f.did(Action::PersonChanged)).await.unwrap();
        f.store.record(f.scope(), &f.did(Action::OrganizationChanged)).await.unwrap();
        let account = [Action::PersonChanged, Action::PersonAdded];
        assert_eq!(f.actions(elsewhere).await, account);
        assert_eq!(f.actions(f.scope()).await[1..], account);
    }

    what_a_stranger_typed_does_not_keep_an_entry_from_being_written(f) {
        let entry = Entry { subject: "ev\0il".to_owned(), ..f.did(Action::SignInRefused) };
        f.store.record(f.scope(), &entry).await.unwrap();
        assert_eq!(f.entries(f.scope(), AuditFilter::default()).await[0].subject, "evil");
    }
}
