//! Hand-off pages.

use warta_core::audit::Action;
use warta_core::ids::{ChannelId, HandoffId, OrganizationId};
use warta_store::{Error, Scope};

use crate::{Fixture, at};

impl Fixture {
    async fn hand_off(&self) -> HandoffId {
        let id = HandoffId::from_uuid(self.id());
        let entry = self.act(Action::HandoffMade, 1);
        self.store.create_handoff(self.scope(), (self.channel, id), at(100), &entry).await.unwrap();
        id
    }

    async fn tick(&self, id: HandoffId, step: &str, done: bool, seconds: i64) -> Result<(), Error> {
        self.store.tick_handoff(id, step, done, &self.act(Action::HandoffTicked, seconds)).await
    }
}

on_both! {
    a_page_tells_who_made_it_when_it_was_opened_and_what_is_done(f) {
        let id = f.hand_off().await;
        let page = f.store.handoff(id).await.unwrap().unwrap();
        assert_eq!((page.organization, page.channel, page.created_by.as_str()), (f.organization, f.channel, "Sari"));
        assert_eq!((page.created_at, page.expires_at, page.opened_at), (at(1), at(100), None));
        assert!(page.is_valid(at(99)) && !page.is_valid(at(100)) && page.ticks.is_empty());
        f.store.open_handoff(id, at(2)).await.unwrap();
        f.store.open_handoff(id, at(3)).await.unwrap();
        f.tick(id, "callback", true, 4).await.unwrap();
        f.tick(id, "fields", true, 5).await.unwrap();
        let before = f.audited().await;
        f.tick(id, "callback", true, 6).await.unwrap();
        assert_eq!(f.audited().await, before, "it was ticked already");
        f.tick(id, "fields", false, 7).await.unwrap();
        let pages = f.store.handoffs(f.scope(), f.channel).await.unwrap();
        assert_eq!(pages[0].opened_at, Some(at(2)));
        assert_eq!(pages[0].ticks.iter().map(|(step, at)| (step.as_str(), *at)).collect::<Vec<_>>(), [("callback", at(4))]);
    }

    ticks_at_the_same_time_all_count(f) {
        let id = f.hand_off().await;
        let steps: Vec<_> = (0..8).map(|n| format!("step {n}")).collect();
        futures_util::future::try_join_all(steps.iter().map(|step| f.tick(id, step, true, 2))).await.unwrap();
        assert_eq!(f.store.handoff(id).await.unwrap().unwrap().ticks.len(), 8);
    }

    what_has_ended_is_ticked_no_more(f) {
        let (expired, revoked) = (f.hand_off().await, f.hand_off().await);
        assert!(matches!(f.tick(expired, "callback", true, 100).await, Err(Error::NotFound)));
        let entry = f.act(Action::HandoffRevoked, 5);
        let foreign = Scope::new(OrganizationId::from_uuid(f.id()));
        assert!(matches!(f.store.revoke_handoff(foreign, revoked, &entry).await, Err(Error::NotFound)));
        f.store.revoke_handoff(f.scope(), revoked, &entry).await.unwrap();
        assert!(matches!(f.tick(revoked, "callback", true, 6).await, Err(Error::NotFound)));
        let page = f.store.handoff(revoked).await.unwrap().unwrap();
        assert!(page.revoked_at == Some(at(5)) && !page.is_valid(at(6)));
        let again = f.store.revoke_handoff(f.scope(), revoked, &f.act(Action::HandoffRevoked, 7)).await;
        assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
    }

    a_page_of_a_channel_that_is_not_there_is_not_there(f) {
        let id = f.hand_off().await;
        f.store.delete_channel(f.scope(), f.channel, &f.act(Action::ChannelDeleted, 2)).await.unwrap();
        assert_eq!(f.store.handoff(id).await.unwrap(), None);
        assert!(matches!(f.tick(id, "callback", true, 3).await, Err(Error::NotFound)));
        let other = (ChannelId::from_uuid(f.id()), HandoffId::from_uuid(f.id()));
        let made = f.store.create_handoff(f.scope(), other, at(100), &f.act(Action::HandoffMade, 3)).await;
        assert!(matches!(made, Err(Error::NotFound)), "{made:?}");
    }
}
