//! Every change is a revision, and of two people who change the same one sees that the other was first.

use serde_json::{Value, json};
use warta_core::audit::Action;
use warta_core::channel::{Environment, Protocol, SecretKind, State};
use warta_core::ids::{AgentId, ChannelId, OrganizationId};
use warta_store::{ChannelChange, Error, NewChannel, Scope};

use crate::{Fixture, at};

fn account(text: &str) -> ChannelChange {
    ChannelChange { account: Some(text.parse().ok()), ..ChannelChange::default() }
}

fn settings(settings: Value) -> ChannelChange {
    ChannelChange { settings: Some(settings), ..ChannelChange::default() }
}

fn state(state: State) -> ChannelChange {
    ChannelChange { state: Some(state), ..ChannelChange::default() }
}

on_both! {
    a_channel_is_set_up_bit_by_bit_and_each_bit_is_a_revision(f) {
        let id = f.create(f.empty_draft()).await;
        assert_eq!(f.channel(id).await.account, None);
        f.change(id, settings(json!({"waba_id": "7"})), 1).await.unwrap();
        f.change(id, account("+62 811-0000-0002"), 2).await.unwrap();
        let token = f.secret(SecretKind::AccessToken, "EAAG-canary-of-draft");
        let row = token.row;
        f.store.add_secret(f.scope(), id, token, warta_store::Others::StayUntilProven, &f.act(Action::SecretAdded, 3)).await.unwrap();
        assert_eq!(f.change(id, state(State::Live), 4).await.unwrap(), 5);

        let revisions = f.revisions(id).await;
        let words: Vec<_> = revisions.iter().map(|revision| (revision.revision, revision.change.as_str())).collect();
        assert_eq!(words, [(5, "settings"), (4, "access_token"), (3, "settings"), (2, "settings"), (1, "created")]);
        let last = &revisions[0];
        assert_eq!((last.at, last.actor.as_str()), (at(4), "Sari"));
        assert_eq!((last.snapshot.state, &last.snapshot.settings), (State::Live, &json!({"waba_id": "7"})));
        assert_eq!(last.snapshot.account, "6281100000002".parse().ok());
        let marks: Vec<_> = last.snapshot.secrets.iter().map(|mark| (mark.kind, mark.last_four.as_str())).collect();
        assert_eq!(marks, [(SecretKind::AccessToken, "raft"), (SecretKind::WebhookSecret, "cret")]);
        assert_eq!(last.snapshot.secrets[0].row, row);
        assert_eq!(revisions[4].snapshot.account, None);
        for revision in revisions {
            let text = serde_json::to_string(&revision.snapshot).unwrap();
            assert!(!text.contains("canary") && !text.contains("webhook secret"), "{text}");
        }
        assert_eq!(f.channel(id).await.revision, 5);
    }

    revisions_are_read_page_by_page_and_one_by_one(f) {
        for n in 1..=5 {
            f.change(f.channel, settings(json!({"n": n})), n).await.unwrap();
        }
        let page = f.store.revisions(f.scope(), f.channel, Some(5), 2).await.unwrap();
        assert_eq!(page.iter().map(|revision| revision.revision).collect::<Vec<_>>(), [4, 3]);
        let one = f.store.revision(f.scope(), f.channel, 4).await.unwrap().unwrap();
        assert_eq!((one.snapshot.settings.clone(), &one), (json!({"n": 3}), &page[0]));
        assert_eq!(f.store.revision(f.scope(), f.channel, 7).await.unwrap(), None);
    }

    who_comes_second_learns_the_revision_of_now_and_writes_nothing(f) {
        f.change(f.channel, settings(json!({"by": "the first"})), 1).await.unwrap();
        let before = f.audited().await;
        let entry = f.act(Action::ChannelChanged, 2);
        let second = f.store.change_channel(f.scope(), (f.channel, 1), settings(json!({})), "settings", &entry).await;
        assert!(matches!(second, Err(Error::Conflict { current: 2 })), "{second:?}");
        assert_eq!(f.channel(f.channel).await.settings, json!({"by": "the first"}));
        assert_eq!((f.revisions(f.channel).await.len(), f.audited().await), (2, before));
    }

    of_many_who_change_the_same_revision_one_wins(f) {
        let entries: Vec<_> = (0..12).map(|_| f.act(Action::ChannelChanged, 1)).collect();
        let before = f.audited().await;
        let changes = entries.iter().enumerate().map(|(n, entry)| {
            f.store.change_channel(f.scope(), (f.channel, 1), settings(json!({"n": n})), "settings", entry)
        });
        let done = futures_util::future::join_all(changes).await;
        assert_eq!(done.iter().filter(|result| matches!(result, Ok(2))).count(), 1, "{done:?}");
        assert_eq!(done.iter().filter(|result| matches!(result, Err(Error::Conflict { current: 2 }))).count(), 11, "{done:?}");
        assert_eq!((f.revisions(f.channel).await.len(), f.audited().await), (2, before + 1));
    }

    a_channel_in_use_has_an_account(f) {
        let new = NewChannel { state: State::Live, ..f.empty_draft() };
        let created = f.store.create_channel(new, &f.act(Action::ChannelCreated, 0)).await;
        assert!(matches!(created, Err(Error::Incomplete)), "{created:?}");
        let id = f.create(f.empty_draft()).await;
        for to in [State::Live, State::Paused] {
            assert!(matches!(f.change(id, state(to), 1).await, Err(Error::Incomplete)));
        }
        let none = ChannelChange { account: Some(None), ..ChannelChange::default() };
        assert!(matches!(f.change(f.channel, none.clone(), 1).await, Err(Error::Incomplete)));
        f.set_state(f.channel, State::Saved, 2).await;
        f.change(f.channel, none, 3).await.unwrap();
        assert_eq!(f.channel(f.channel).await.account, None);
    }

    an_account_is_in_use_once_and_known_by_it(f) {
        let id = f.create(f.empty_draft()).await;
        f.change(id, account("6281100000001"), 1).await.unwrap();
        let before = (f.revisions(id).await.len(), f.audited().await);
        assert!(matches!(f.change(id, state(State::Live), 2).await, Err(Error::AccountTaken)));
        assert_eq!((f.revisions(id).await.len(), f.audited().await), before);
        let known = "6281100000001".parse().unwrap();
        let owner = f.store.channel_of_account(Protocol::MetaCloud, &known).await.unwrap();
        assert_eq!(owner, Some((f.organization, f.agent, Environment::Published)));
        assert_eq!(f.store.channel_of_account(Protocol::Coster, &known).await.unwrap(), None);
        f.set_state(f.channel, State::Saved, 3).await;
        f.set_state(id, State::Live, 4).await;
        let owner = f.store.channel_of_account(Protocol::MetaCloud, &known).await.unwrap();
        assert_eq!(owner, Some((f.organization, f.agent, Environment::Draft)));
    }

    a_change_is_audited_and_another_organization_can_make_none(f) {
        let foreign = Scope::new(OrganizationId::from_uuid(f.id()));
        let entry = f.act(Action::ChannelChanged, 1);
        let changed = f.store.change_channel(foreign, (f.channel, 1), settings(json!({})), "settings", &entry).await;
        assert!(matches!(changed, Err(Error::NotFound)), "{changed:?}");
        assert!(f.store.revisions(foreign, f.channel, None, 9).await.unwrap().is_empty());
        assert_eq!(f.store.revision(foreign, f.channel, 1).await.unwrap(), None);
        assert!(f.store.secret_rows(foreign, f.channel).await.unwrap().is_empty());
        assert!(f.store.channel_of(foreign, f.agent, Environment::Published).await.unwrap().is_none());
        let new = f.secret(SecretKind::AccessToken, "EAAG-canary-of-a-stranger");
        let added = f.store.add_secret(foreign, f.channel, new, warta_store::Others::Retire, &entry).await;
        assert!(matches!(added, Err(Error::NotFound)), "{added:?}");
        assert!(matches!(f.store.delete_channel(foreign, f.channel, &entry).await, Err(Error::NotFound)));
        assert!(matches!(f.store.put_checkup(foreign, f.channel, &json!({})).await, Err(Error::NotFound)));
        let before = f.audited().await;
        f.store.change_channel(f.scope(), (f.channel, 1), settings(json!({})), "settings", &entry).await.unwrap();
        assert_eq!(f.audited().await, before + 1);
    }

    a_channel_is_found_by_its_place_and_needs_an_agent(f) {
        let found = f.store.channel_of(f.scope(), f.agent, Environment::Published).await.unwrap().unwrap();
        assert_eq!((found.id, found.revision), (f.channel, 1));
        assert!(f.store.channel_of(f.scope(), f.agent, Environment::Draft).await.unwrap().is_none());
        let nobody = NewChannel { agent: AgentId::from_uuid(f.id()), ..f.empty_draft() };
        let created = f.store.create_channel(nobody, &f.act(Action::ChannelCreated, 0)).await;
        assert!(matches!(created, Err(Error::NotFound)), "{created:?}");
    }

    what_a_check_up_found_is_kept_and_is_no_revision(f) {
        assert_eq!(f.channel(f.channel).await.checkup, None);
        let found = json!({"token": {"ok": false, "words": "expired"}});
        f.store.put_checkup(f.scope(), f.channel, &found).await.unwrap();
        let channel = f.channel(f.channel).await;
        assert_eq!((channel.checkup, channel.revision), (Some(found), 1));
        let nowhere = f.store.put_checkup(f.scope(), ChannelId::from_uuid(f.id()), &json!({})).await;
        assert!(matches!(nowhere, Err(Error::NotFound)), "{nowhere:?}");
    }
}
