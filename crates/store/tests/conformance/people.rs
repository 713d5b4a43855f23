//! People, their sign-ins and the links that let them in.

use warta_core::audit::Action;
use warta_core::ids::{AgentId, LinkId, OrganizationId, PersonId, SignInId};
use warta_core::permission::{AgentRole, OrganizationRole};
use warta_core::secret::Secret;
use warta_store::{
    AuditFilter, Entry, Error, Invitation, NewLink, NewPerson, NewSignIn, Newcomer, Purpose, Scope, SetUp,
};

use crate::{Fixture, at};

impl Fixture {
    pub(crate) fn somebody(&self, email: &str) -> NewPerson {
        NewPerson {
            id: PersonId::from_uuid(self.id()),
            email: email.to_owned(),
            name: "Budi".to_owned(),
            password_hash: Some(Secret::new("$argon2id$canary")),
            language: None,
        }
    }

    /// A person who belongs to the organization.
    pub(crate) async fn member(&self, email: &str, role: OrganizationRole) -> PersonId {
        let new = self.somebody(email);
        let (person, entry) = (new.id, self.did(Action::PersonAdded));
        self.store.create_member(self.scope(), Newcomer::New(new), role, &entry).await.unwrap();
        person
    }

    /// Another organization, to which a person belongs.
    pub(crate) async fn elsewhere(&self, person: PersonId, role: OrganizationRole) -> OrganizationId {
        let organization = OrganizationId::from_uuid(self.id());
        self.store.create_organization(organization, "Elsewhere", at(0)).await.unwrap();
        let known = Newcomer::Known(person);
        let entry = self.did(Action::PersonAdded);
        self.store.create_member(Scope::new(organization), known, role, &entry).await.unwrap();
        organization
    }

    pub(crate) fn did(&self, action: Action) -> Entry {
        self.entry(action, None, at(1))
    }

    fn browser(&self, person: PersonId, token: u8) -> NewSignIn {
        NewSignIn {
            id: SignInId::from_uuid(self.id()),
            person,
            organization: self.organization,
            token_hash: [token; 32],
            address: "203.0.113.7".to_owned(),
            browser: "Firefox".to_owned(),
            idle_since: at(-3_600),
        }
    }

    async fn signs_in(&self, person: PersonId, token: u8) -> SignInId {
        let new = self.browser(person, token);
        let id = new.id;
        self.store.create_sign_in(new, &self.did(Action::SignedIn)).await.unwrap();
        id
    }

    async fn links(&self, token: u8, purpose: Purpose) -> LinkId {
        let id = LinkId::from_uuid(self.id());
        let new = NewLink { id, token_hash: [token; 32], purpose, expires_at: at(60) };
        self.store.create_link(new, &self.did(Action::LinkMade)).await.unwrap();
        id
    }

    fn invitation(&self, agent: Option<(AgentId, AgentRole)>, invited_by: Option<PersonId>) -> Purpose {
        Purpose::Join(Invitation {
            organization: self.organization,
            email: "budi@example.com".to_owned(),
            role: OrganizationRole::Member,
            agent,
            invited_by,
        })
    }

    async fn sets_up(&self, token: u8, email: &str) -> Result<OrganizationId, Error> {
        let organization = OrganizationId::from_uuid(self.id());
        let new = SetUp { organization, name: "Laut".to_owned(), owner: self.somebody(email) };
        self.store.set_up_organization([token; 32], new, &self.did(Action::SetUp)).await
    }

    async fn joins(&self, token: u8, newcomer: Newcomer) -> Result<OrganizationId, Error> {
        self.store.join([token; 32], newcomer, &self.did(Action::PersonJoined)).await
    }

    async fn is_signed_in(&self, token: u8) -> bool {
        self.store.sign_in(&[token; 32]).await.unwrap().is_some()
    }

    async fn role_of(&self, person: PersonId) -> Option<OrganizationRole> {
        self.store.member(self.scope(), person).await.unwrap().map(|member| member.role)
    }
}

/// The token of a link, where it matters which.
const LINK: u8 = 200;

on_both! {
    the_set_up_link_makes_the_first_owner_once(f) {
        f.links(LINK, Purpose::SetUp { organization: None }).await;
        assert!(!f.store.has_people().await.unwrap());
        let organization = f.sets_up(LINK, "sari@example.com").await.unwrap();
        assert!(f.store.has_people().await.unwrap());
        let members = f.store.members(Scope::new(organization)).await.unwrap();
        assert_eq!((members.len(), members[0].role), (1, OrganizationRole::Owner));
        assert_eq!(f.store.organization_name(Scope::new(organization)).await.unwrap().as_deref(), Some("Laut"));
        assert!(matches!(f.sets_up(LINK, "eve@example.com").await, Err(Error::LinkGone)));
        assert_eq!(f.store.audit(Scope::new(organization), &AuditFilter::default()).await.unwrap().entries[0].action, Action::SetUp);
    }

    a_set_up_link_can_be_for_the_organization_there_is(f) {
        f.links(LINK, Purpose::SetUp { organization: Some(f.organization) }).await;
        assert_eq!(f.sets_up(LINK, "sari@example.com").await.unwrap(), f.organization);
        assert_eq!(f.store.organization_name(f.scope()).await.unwrap().as_deref(), Some("Laut"));
        assert_eq!(f.store.organizations().await.unwrap().len(), 1);
        assert_eq!(f.store.agents(f.scope()).await.unwrap().len(), 1, "what was there stays");
    }

    only_the_newest_set_up_link_works_and_none_once_there_is_somebody(f) {
        f.links(LINK, Purpose::SetUp { organization: None }).await;
        f.links(LINK + 1, Purpose::SetUp { organization: None }).await;
        assert!(f.store.link(&[LINK; 32], at(2)).await.unwrap().is_none());
        assert!(f.store.link(&[LINK + 1; 32], at(2)).await.unwrap().is_some());
        f.member("sari@example.com", OrganizationRole::Owner).await;
        assert!(matches!(f.sets_up(LINK + 1, "eve@example.com").await, Err(Error::LinkGone)));
    }

    a_link_tried_by_many_at_once_lets_one_in(f) {
        f.links(LINK, Purpose::SetUp { organization: Some(f.organization) }).await;
        let emails: Vec<_> = (0..8).map(|n| format!("{n}@example.com")).collect();
        let tries = futures_util::future::join_all(emails.iter().map(|email| f.sets_up(LINK, email))).await;
        assert_eq!(tries.iter().filter(|one| one.is_ok()).count(), 1, "{tries:?}");
        assert!(tries.iter().all(|one| matches!(one, Ok(_) | Err(Error::LinkGone))), "{tries:?}");
        assert_eq!(f.store.members(f.scope()).await.unwrap().len(), 1);
    }

    an_email_is_one_person_however_it_is_written(f) {
        let sari = f.member(" Sari@Example.com ", OrganizationRole::Owner).await;
        let found = f.store.person_by_email("SARI@example.com").await.unwrap().unwrap();
        assert_eq!((found.id, found.email.as_str()), (sari, "sari@example.com"));
        assert_eq!(found.password_hash.unwrap().expose(), "$argon2id$canary");
        let again = Newcomer::New(f.somebody("sari@EXAMPLE.com"));
        let result = f.store.create_member(f.scope(), again, OrganizationRole::Member, &f.did(Action::PersonAdded)).await;
        assert!(matches!(result, Err(Error::EmailTaken)), "{result:?}");
        let known = Newcomer::Known(sari);
        let result = f.store.create_member(f.scope(), known, OrganizationRole::Member, &f.did(Action::PersonAdded)).await;
        assert!(matches!(result, Err(Error::AlreadyMember)), "{result:?}");
        assert_eq!(f.role_of(sari).await, Some(OrganizationRole::Owner));
    }

    a_person_changes_name_and_language(f) {
        let sari = f.member("sari@example.com", OrganizationRole::Owner).await;
        f.store.set_person(sari, "Sari Dewi", Some("id"), &f.did(Action::PersonChanged)).await.unwrap();
        let person = f.store.person(sari).await.unwrap().unwrap();
        assert_eq!((person.name.as_str(), person.language.as_deref()), ("Sari Dewi", Some("id")));
        let nobody = PersonId::from_uuid(f.id());
        assert!(matches!(f.store.set_person(nobody, "x", None, &f.did(Action::PersonChanged)).await, Err(Error::NotFound)));
    }

    the_last_owner_can_neither_go_nor_come_down(f) {
        let sari = f.member("sari@example.com", OrganizationRole::Owner).await;
        f.member("adi@example.com", OrganizationRole::Admin).await;
        let lower = |entry: Entry| async move { f.store.set_member_role(f.scope(), sari, OrganizationRole::Admin, &entry).await };
        assert!(matches!(lower(f.did(Action::RoleChanged)).await, Err(Error::LastOwner)));
        assert!(matches!(f.store.remove_member(f.scope(), sari, &f.did(Action::PersonRemoved)).await, Err(Error::LastOwner)));
        f.store.set_member_role(f.scope(), sari, OrganizationRole::Owner, &f.did(Action::RoleChanged)).await.unwrap();
        f.member("tini@example.com", OrganizationRole::Owner).await;
        lower(f.did(Action::RoleChanged)).await.unwrap();
        assert_eq!(f.role_of(sari).await, Some(OrganizationRole::Admin));
    }

    of_owners_who_all_leave_at_once_one_stays(f) {
        let mut owners = Vec::new();
        for n in 0..6 {
            owners.push(f.member(&format!("{n}@example.com"), OrganizationRole::Owner).await);
        }
        let leave = owners.iter().enumerate().map(|(n, owner)| async move {
            let entry = f.did(Action::PersonRemoved);
            match n % 2 {
                0 => f.store.remove_member(f.scope(), *owner, &entry).await,
                _ => f.store.set_member_role(f.scope(), *owner, OrganizationRole::Member, &entry).await,
            }
        });
        let left = futures_util::future::join_all(leave).await;
        assert_eq!(left.iter().filter(|one| matches!(one, Err(Error::LastOwner))).count(), 1, "{left:?}");
        let members = f.store.members(f.scope()).await.unwrap();
        assert_eq!(members.iter().filter(|member| member.role == OrganizationRole::Owner).count(), 1);
    }

    who_is_removed_keeps_nothing_here(f) {
        f.member("sari@example.com", OrganizationRole::Owner).await;
        let budi = f.member("budi@example.com", OrganizationRole::Admin).await;
        let entry = f.did(Action::RoleChanged);
        f.store.put_agent_member(f.scope(), (f.agent, budi), AgentRole::Contributor, &entry).await.unwrap();
        f.signs_in(budi, 1).await;
        f.links(LINK, f.invitation(None, Some(budi))).await;
        f.links(LINK + 1, Purpose::Reset { person: budi }).await;
        f.store.remove_member(f.scope(), budi, &f.did(Action::PersonRemoved)).await.unwrap();
        assert!(!f.is_signed_in(1).await);
        assert_eq!(f.role_of(budi).await, None);
        assert_eq!(f.store.agent_role(f.scope(), f.agent, budi).await.unwrap(), None);
        for link in [LINK, LINK + 1] {
            assert!(f.store.link(&[link; 32], at(2)).await.unwrap().is_none());
        }
        assert!(f.store.person(budi).await.unwrap().is_none(), "nobody's person is forgotten");
        f.member("budi@example.com", OrganizationRole::Member).await;
        let again = f.store.remove_member(f.scope(), budi, &f.did(Action::PersonRemoved)).await;
        assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
    }

    who_is_removed_stays_what_they_are_elsewhere(f) {
        f.member("sari@example.com", OrganizationRole::Owner).await;
        let budi = f.member("budi@example.com", OrganizationRole::Member).await;
        let elsewhere = f.elsewhere(budi, OrganizationRole::Owner).await;
        f.signs_in(budi, 1).await;
        let there = f.signs_in(budi, 2).await;
        f.store.switch_organization(budi, there, elsewhere).await.unwrap();
        f.store.remove_member(f.scope(), budi, &f.did(Action::PersonRemoved)).await.unwrap();
        assert!(!f.is_signed_in(1).await && f.is_signed_in(2).await);
        let memberships = f.store.organizations_of(budi).await.unwrap();
        assert_eq!(memberships.iter().map(|one| (one.organization, one.role)).collect::<Vec<_>>(), [(elsewhere, OrganizationRole::Owner)]);
        let back = f.store.switch_organization(budi, there, f.organization).await;
        assert!(matches!(back, Err(Error::NotFound)), "{back:?}");
    }

    people_and_invitations_are_read_stretch_by_stretch(f) {
        let mut people = Vec::new();
        for n in 0..5 {
            people.push(f.member(&format!("p{n}@example.com"), OrganizationRole::Member).await);
        }
        people.sort_unstable();
        let (mut read, mut after) = (Vec::new(), None);
        loop {
            let stretch = f.store.members_after(f.scope(), after, 2).await.unwrap();
            after = stretch.items.last().map(|member| member.person);
            read.extend(stretch.items.iter().map(|member| member.person));
            assert_eq!(stretch.has_more, read.len() < 5, "{read:?}");
            if !stretch.has_more { break; }
        }
        assert_eq!(read, people);
        let mut links = Vec::new();
        for n in 0..3 {
            links.push(f.links(LINK + n, f.invitation(None, None)).await);
        }
        links.sort_unstable_by(|one, other| other.cmp(one));
        let first = f.store.invitations_before(f.scope(), at(2), None, 2).await.unwrap();
        let last = f.store.invitations_before(f.scope(), at(2), Some(first.items[1].id), 2).await.unwrap();
        assert_eq!((first.has_more, last.has_more), (true, false));
        assert_eq!(first.items.iter().chain(&last.items).map(|link| link.id).collect::<Vec<_>>(), links);
        let foreign = Scope::new(OrganizationId::from_uuid(f.id()));
        assert!(f.store.members_after(foreign, None, 2).await.unwrap().items.is_empty());
        assert!(f.store.invitations_before(foreign, at(2), None, 2).await.unwrap().items.is_empty());
    }

    who_comes_down_takes_their_invitations_with_them(f) {
        f.member("sari@example.com", OrganizationRole::Owner).await;
        let adi = f.member("adi@example.com", OrganizationRole::Admin).await;
        f.links(LINK, f.invitation(None, Some(adi))).await;
        f.store.set_member_role(f.scope(), adi, OrganizationRole::Owner, &f.did(Action::RoleChanged)).await.unwrap();
        assert_eq!(f.store.invitations(f.scope(), at(2)).await.unwrap().len(), 1);
        f.store.set_member_role(f.scope(), adi, OrganizationRole::Member, &f.did(Action::RoleChanged)).await.unwrap();
        assert!(f.store.invitations(f.scope(), at(2)).await.unwrap().is_empty());
    }

    an_invitation_is_accepted_or_goes_with_its_maker(f) {
        f.member("sari@example.com", OrganizationRole::Owner).await;
        for n in 0..10 {
            let adi = f.member("adi@example.com", OrganizationRole::Admin).await;
            f.links(LINK, f.invitation(None, Some(adi))).await;
            let entry = f.did(Action::PersonRemoved);
            let new = Newcomer::New(f.somebody(&format!("{n}@example.com")));
            let (joined, removed) = tokio::join!(f.joins(LINK, new), f.store.remove_member(f.scope(), adi, &entry));
            removed.unwrap();
            assert!(matches!(joined, Ok(_) | Err(Error::LinkGone)), "{joined:?}");
            assert!(f.store.link(&[LINK; 32], at(2)).await.unwrap().is_none());
        }
    }

    a_sign_in_tells_who_where_and_as_what(f) {
        let budi = f.member("budi@example.com", OrganizationRole::Admin).await;
        let id = f.signs_in(budi, 1).await;
        let signed_in = f.store.sign_in(&[1; 32]).await.unwrap().unwrap();
        assert_eq!((signed_in.sign_in.id, signed_in.person.id), (id, budi));
        assert_eq!((signed_in.sign_in.organization, signed_in.organization_name.as_str()), (f.organization, "Nusa"));
        assert_eq!((signed_in.role, signed_in.person.email.as_str()), (OrganizationRole::Admin, "budi@example.com"));
        f.store.touch_sign_in(id, at(5)).await.unwrap();
        let times = |one: warta_store::SignIn| (one.created_at, one.proven_at, one.last_used_at);
        assert_eq!(times(f.store.sign_ins(budi).await.unwrap().remove(0)), (at(1), at(1), at(5)));
        assert!(f.store.sign_in(&[2; 32]).await.unwrap().is_none());
        let mut stranger = f.browser(budi, 3);
        stranger.organization = OrganizationId::from_uuid(f.id());
        let refused = f.store.create_sign_in(stranger, &f.did(Action::SignedIn)).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
    }

    sign_ins_end_one_by_one_all_others_and_when_long_unused(f) {
        let budi = f.member("budi@example.com", OrganizationRole::Owner).await;
        let eve = f.member("eve@example.com", OrganizationRole::Member).await;
        let first = f.signs_in(budi, 1).await;
        let second = f.signs_in(budi, 2).await;
        f.signs_in(budi, 3).await;
        f.signs_in(eve, 4).await;
        assert!(!f.store.end_sign_in(eve, first, &f.did(Action::SignedOut)).await.unwrap(), "only one's own");
        assert!(f.store.end_sign_in(budi, first, &f.did(Action::SignedOut)).await.unwrap());
        assert!(!f.store.end_sign_in(budi, first, &f.did(Action::SignedOut)).await.unwrap());
        assert_eq!(f.store.end_other_sign_ins(budi, second, &f.did(Action::SignedOut)).await.unwrap(), 1);
        let mut late = f.browser(budi, 5);
        late.idle_since = at(2);
        f.store.create_sign_in(late, &f.did(Action::SignedIn)).await.unwrap();
        let mut left = Vec::new();
        for token in 1..=5 {
            if f.is_signed_in(token).await { left.push(token); }
        }
        assert_eq!(left, [4, 5]);
    }

    a_new_password_ends_every_other_sign_in_and_every_link(f) {
        let budi = f.member("budi@example.com", OrganizationRole::Owner).await;
        let here = f.signs_in(budi, 1).await;
        f.signs_in(budi, 2).await;
        f.links(LINK, Purpose::Reset { person: budi }).await;
        f.store.set_password(budi, &Secret::new("new"), here, &f.did(Action::PasswordChanged)).await.unwrap();
        assert!(f.is_signed_in(1).await && !f.is_signed_in(2).await);
        let reset = f.store.reset_password([LINK; 32], &Secret::new("x"), &f.did(Action::PasswordReset)).await;
        assert!(matches!(reset, Err(Error::LinkGone)), "{reset:?}");
        assert_eq!(f.store.person(budi).await.unwrap().unwrap().password_hash.unwrap().expose(), "new");
    }

    a_password_chosen_by_link_ends_every_sign_in(f) {
        let budi = f.member("budi@example.com", OrganizationRole::Owner).await;
        f.signs_in(budi, 1).await;
        f.links(LINK, Purpose::Reset { person: budi }).await;
        f.links(LINK + 1, Purpose::Reset { person: budi }).await;
        let reset = async |token| f.store.reset_password([token; 32], &Secret::new("new"), &f.did(Action::PasswordReset)).await;
        assert!(matches!(reset(LINK).await, Err(Error::LinkGone)), "a newer link replaces it");
        assert_eq!(reset(LINK + 1).await.unwrap(), budi);
        assert!(matches!(reset(LINK + 1).await, Err(Error::LinkGone)));
        assert!(!f.is_signed_in(1).await);
        assert_eq!(f.store.person(budi).await.unwrap().unwrap().password_hash.unwrap().expose(), "new");
    }

    a_link_to_enter_signs_its_person_in_once(f) {
        let budi = f.member("budi@example.com", OrganizationRole::Owner).await;
        let eve = f.member("eve@example.com", OrganizationRole::Member).await;
        f.links(LINK, Purpose::Enter { person: budi }).await;
        let enter = async |person, token| f.store.enter([LINK; 32], f.browser(person, token), &f.did(Action::SignedIn)).await;
        assert!(matches!(enter(eve, 1).await, Err(Error::LinkGone)));
        enter(budi, 2).await.unwrap();
        assert!(matches!(enter(budi, 3).await, Err(Error::LinkGone)));
        assert!(!f.is_signed_in(1).await && f.is_signed_in(2).await && !f.is_signed_in(3).await);
    }

    a_link_of_one_kind_does_nothing_else(f) {
        let budi = f.member("budi@example.com", OrganizationRole::Owner).await;
        f.links(LINK, Purpose::Enter { person: budi }).await;
        let hash = Secret::new("x");
        assert!(matches!(f.store.reset_password([LINK; 32], &hash, &f.did(Action::PasswordReset)).await, Err(Error::LinkGone)));
        assert!(matches!(f.sets_up(LINK, "eve@example.com").await, Err(Error::LinkGone)));
        assert!(matches!(f.joins(LINK, Newcomer::Known(budi)).await, Err(Error::LinkGone)));
        assert!(f.store.link(&[LINK; 32], at(2)).await.unwrap().is_some());
    }

    an_expired_link_is_no_link(f) {
        f.links(LINK, f.invitation(None, None)).await;
        assert!(f.store.link(&[LINK; 32], at(59)).await.unwrap().is_some());
        assert!(f.store.link(&[LINK; 32], at(60)).await.unwrap().is_none());
        assert!(f.store.invitations(f.scope(), at(60)).await.unwrap().is_empty());
        let late = f.entry(Action::PersonJoined, None, at(60));
        let joined = f.store.join([LINK; 32], Newcomer::New(f.somebody("budi@example.com")), &late).await;
        assert!(matches!(joined, Err(Error::LinkGone)), "{joined:?}");
    }

    an_invitation_gives_what_it_says(f) {
        let sari = f.member("sari@example.com", OrganizationRole::Owner).await;
        let purpose = f.invitation(Some((f.agent, AgentRole::Operator)), Some(sari));
        let id = f.links(LINK, purpose.clone()).await;
        let listed = f.store.invitations(f.scope(), at(2)).await.unwrap();
        assert_eq!(listed.iter().map(|link| (link.id, &link.purpose)).collect::<Vec<_>>(), [(id, &purpose)]);
        assert_eq!((listed[0].created_at, listed[0].expires_at), (at(1), at(60)));
        let new = f.somebody("budi@example.com");
        let budi = new.id;
        assert_eq!(f.joins(LINK, Newcomer::New(new)).await.unwrap(), f.organization);
        assert_eq!(f.role_of(budi).await, Some(OrganizationRole::Member));
        assert_eq!(f.store.agent_roles_of(f.scope(), budi).await.unwrap(), [(f.agent, AgentRole::Operator)]);
        let members = f.store.agent_members(f.scope(), f.agent).await.unwrap();
        assert_eq!(members.iter().map(|member| (member.person, member.role)).collect::<Vec<_>>(), [(budi, AgentRole::Operator)]);
        assert!(f.store.invitations(f.scope(), at(2)).await.unwrap().is_empty());
    }

    an_invitation_that_could_not_be_accepted_can_be_used_again(f) {
        f.member("sari@example.com", OrganizationRole::Owner).await;
        f.links(LINK, f.invitation(None, None)).await;
        let taken = f.joins(LINK, Newcomer::New(f.somebody("sari@example.com"))).await;
        assert!(matches!(taken, Err(Error::EmailTaken)), "{taken:?}");
        let nobody = f.joins(LINK, Newcomer::Known(PersonId::from_uuid(f.id()))).await;
        assert!(matches!(nobody, Err(Error::NotFound)), "{nobody:?}");
        f.joins(LINK, Newcomer::New(f.somebody("budi@example.com"))).await.unwrap();
    }

    an_invitation_takes_nothing_from_who_is_here_already(f) {
        let sari = f.member("sari@example.com", OrganizationRole::Owner).await;
        f.links(LINK, f.invitation(None, None)).await;
        let joined = f.joins(LINK, Newcomer::Known(sari)).await;
        assert!(matches!(joined, Err(Error::AlreadyMember)), "{joined:?}");
        f.links(LINK + 1, f.invitation(Some((f.agent, AgentRole::Viewer)), None)).await;
        f.joins(LINK + 1, Newcomer::Known(sari)).await.unwrap();
        assert_eq!(f.role_of(sari).await, Some(OrganizationRole::Owner));
        assert_eq!(f.store.agent_role(f.scope(), f.agent, sari).await.unwrap(), Some(AgentRole::Viewer));
    }

    an_invitation_can_be_taken_back_but_no_other_link(f) {
        let sari = f.member("sari@example.com", OrganizationRole::Owner).await;
        let revoke = async |scope, id| f.store.revoke_invitation(scope, id, &f.did(Action::InvitationRevoked)).await.unwrap();
        let invitation = f.links(LINK, f.invitation(None, None)).await;
        let foreign = Scope::new(OrganizationId::from_uuid(f.id()));
        assert!(!revoke(foreign, invitation).await);
        assert!(revoke(f.scope(), invitation).await);
        assert!(!revoke(f.scope(), invitation).await);
        let enter = f.links(LINK + 1, Purpose::Enter { person: sari }).await;
        assert!(!revoke(f.scope(), enter).await);
    }

    agent_roles_are_given_changed_and_taken(f) {
        let budi = f.member("budi@example.com", OrganizationRole::Member).await;
        let did = || f.did(Action::RoleChanged);
        for role in [AgentRole::Viewer, AgentRole::Contributor] {
            f.store.put_agent_member(f.scope(), (f.agent, budi), role, &did()).await.unwrap();
            assert_eq!(f.store.agent_role(f.scope(), f.agent, budi).await.unwrap(), Some(role));
        }
        f.store.remove_agent_member(f.scope(), f.agent, budi, &did()).await.unwrap();
        let again = f.store.remove_agent_member(f.scope(), f.agent, budi, &did()).await;
        assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
        assert!(f.store.agent_members(f.scope(), f.agent).await.unwrap().is_empty());
    }

    another_organization_sees_and_changes_nobody(f) {
        let budi = f.member("budi@example.com", OrganizationRole::Member).await;
        let eve = f.member("eve@example.com", OrganizationRole::Member).await;
        let foreign = Scope::new(f.elsewhere(eve, OrganizationRole::Owner).await);
        let did = || f.did(Action::RoleChanged);
        f.store.put_agent_member(f.scope(), (f.agent, budi), AgentRole::Viewer, &did()).await.unwrap();
        let results = [
            f.store.put_agent_member(foreign, (f.agent, budi), AgentRole::Owner, &did()).await,
            f.store.put_agent_member(foreign, (f.agent, eve), AgentRole::Owner, &did()).await,
            f.store.remove_agent_member(foreign, f.agent, budi, &did()).await,
            f.store.set_member_role(foreign, budi, OrganizationRole::Owner, &did()).await,
            f.store.remove_member(foreign, budi, &did()).await,
        ];
        assert!(results.iter().all(|result| matches!(result, Err(Error::NotFound))), "{results:?}");
        assert!(f.store.member(foreign, budi).await.unwrap().is_none());
        assert!(f.store.agent_members(foreign, f.agent).await.unwrap().is_empty());
        assert!(f.store.agent_roles_of(foreign, budi).await.unwrap().is_empty());
        assert_eq!(f.store.agent_role(foreign, f.agent, budi).await.unwrap(), None);
        assert_eq!(f.role_of(budi).await, Some(OrganizationRole::Member));
    }
}

#[tokio::test]
async fn no_hash_of_a_password_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let f = Fixture::new(warta_store::testing::sqlite(folder.path()).await).await;
    let budi = f.member("budi@example.com", OrganizationRole::Owner).await;
    f.signs_in(budi, 1).await;
    let signed_in = f.store.sign_in(&[1; 32]).await.unwrap().unwrap();
    assert!(!format!("{signed_in:?}").contains("canary"));
    f.store.close().await;
}
