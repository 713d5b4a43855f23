//! The pages about people: the organization, an agent's members, the activity, one's own settings.

use std::time::Duration;

use warta_core::audit::Action;
use warta_core::ids::{AgentId, PersonId};
use warta_core::permission::{AgentRole, OrganizationRole};
use warta_store::{AuditFilter, Change, Entry, NewAgent, Purpose};

use crate::support::Browser;
use crate::support::Tenants;
use crate::support::people;

/// The entries of one kind in the audit of the first organization, the newest first.
async fn written(world: &Tenants, action: Action) -> Vec<Entry> {
    let filter = AuditFilter { action: Some(action), limit: 500, ..AuditFilter::default() };
    world.app.store.audit(world.scope(), &filter).await.unwrap().entries
}

async fn agent(world: &Tenants) -> AgentId {
    world.app.store.agents(world.scope()).await.unwrap()[0].id
}

async fn role(world: &Tenants, person: PersonId) -> Option<OrganizationRole> {
    world.app.store.member(world.scope(), person).await.unwrap().map(|member| member.role)
}

const INVITATION: [(&str, &str); 5] = [
    ("email", "Sari@Example.com"),
    ("role", "member"),
    ("agent", ""),
    ("agent_role", "viewer"),
    ("days", "7"),
];

/// The form to invite with, but for one field.
fn invitation<'a>(name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    INVITATION.iter().map(|(field, typed)| (*field, if *field == name { value } else { *typed })).collect()
}

#[tokio::test]
async fn an_invitation_is_shown_once_and_can_be_taken_back() {
    let world = Tenants::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    let agent = agent(&world).await.to_string();
    let mut form = invitation("agent", &agent);
    form[3].1 = "operator";
    let made = owner.fill("/organization/invitations", &form).await;
    assert_eq!(made.status, 200);
    let html = made.text;
    let (_, rest) = html.split_once("/join/").unwrap();
    let token = rest.split('<').next().unwrap();
    assert_eq!(token.len(), 64, "{token}");

    let page = owner.get("/organization").await.text;
    assert!(page.contains("sari@example.com") && page.contains("Ferry: Operator"), "{page}");
    assert!(!page.contains(token), "the link is shown once");
    let open = world.app.store.invitations(world.scope(), world.app.now()).await.unwrap();
    let Purpose::Join(found) = &open[0].purpose else { panic!("{open:?}") };
    assert_eq!((found.role, found.invited_by), (OrganizationRole::Member, Some(owner.person())));
    assert_eq!(open[0].expires_at, world.app.now().after(Duration::from_hours(7 * 24)));
    let entry = &written(&world, Action::PersonInvited).await[0];
    assert_eq!((entry.subject.as_str(), entry.by.person), ("sari@example.com", Some(owner.person())));
    assert!(!format!("{entry:?}").contains(token));

    let revoke = format!("/organization/invitations/{}/revoke", open[0].id);
    owner.get(&revoke).await.has(200, &["Revoke the invitation for sari@example.com?"]);
    assert_eq!(world.app.store.invitations(world.scope(), world.app.now()).await.unwrap().len(), 1);
    assert_eq!(owner.fill(&revoke, &[]).await.header("location"), "/organization?done=revoked");
    assert_eq!(owner.fill(&revoke, &[]).await.status, 404, "once");
    assert!(world.app.store.invitations(world.scope(), world.app.now()).await.unwrap().is_empty());
    assert!(owner.get("/organization?done=revoked").await.text.contains("The invitation was revoked."));
}

#[tokio::test]
async fn an_invitation_at_fault_says_where_and_keeps_what_was_typed() {
    let world = Tenants::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    let known = world.app.store.members(world.scope()).await.unwrap()[0].email.clone();
    let other =
        world.app.store.agents(warta_store::Scope::new(world.stranger)).await.unwrap()[0].id.to_string();
    for (field, typed, words) in [
        ("email", "no <address>", "not an e-mail address"),
        ("email", &known, "belongs to the organization already"),
        ("role", "king", "Choose one of these"),
        ("agent", &other, "Choose one of these"),
        ("agent_role", "", "Choose one of these"),
        ("days", "36500", "Choose one of these"),
    ] {
        let answer = owner.fill("/organization/invitations", &invitation(field, typed)).await;
        // An empty choice is the one that stands there at first.
        assert_eq!(answer.status, 422, "{field} {typed}");
        let html = answer.text;
        assert!(html.contains(words) && html.contains("<title>Fault: "), "{field} {typed}: {html}");
        assert!(html.contains(&format!("aria-describedby=\"{field}-fault")), "{field}");
        assert_eq!(html.matches(" autofocus").count(), 1, "{field}");
        assert!(!html.contains("no <address>"));
    }
    assert!(world.app.store.invitations(world.scope(), world.app.now()).await.unwrap().is_empty());
}

#[tokio::test]
async fn owners_are_for_owners_to_make_and_unmake() {
    let world = Tenants::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    let admin = Browser::of(&world, OrganizationRole::Admin).await;
    let member = people::person(&world.app, world.organization, OrganizationRole::Member).await;
    let of = |person: PersonId, what: &str| format!("/organization/people/{person}/{what}");
    for (path, form) in [
        (of(owner.person(), "role"), vec![("role", "member"), ("was", "owner")]),
        (of(member, "role"), vec![("role", "owner"), ("was", "member")]),
        (of(owner.person(), "remove"), vec![]),
        ("/organization/invitations".to_owned(), invitation("role", "owner")),
    ] {
        assert_eq!(admin.fill(&path, &form).await.status, 403, "{path}");
    }
    assert_eq!(admin.get(&of(owner.person(), "remove")).await.status, 403);
    let refused = written(&world, Action::Refused).await;
    assert_eq!(refused.len(), 5);
    assert!(refused.iter().all(|entry| entry.subject == "manage_owners"));
    assert_eq!(role(&world, owner.person()).await, Some(OrganizationRole::Owner));

    let up = owner.fill(&of(member, "role"), &[("role", "admin"), ("was", "member")]).await;
    assert_eq!(up.header("location"), "/organization?done=role");
    assert_eq!(role(&world, member).await, Some(OrganizationRole::Admin));
    let change = Change {
        field: "role".to_owned(),
        before: Some("member".to_owned()),
        after: Some("admin".to_owned()),
    };
    assert_eq!(written(&world, Action::RoleChanged).await[0].changes, [change]);
    let page = admin.get("/organization").await.text;
    assert!(!page.contains(&of(owner.person(), "role")) && page.contains(&of(member, "role")));
    assert!(!page.contains("<option value=\"owner\">Owner</option><option value=\"admin\">"));
}

#[tokio::test]
async fn of_two_who_change_a_role_the_later_sees_both_and_overwrites_nothing() {
    let world = Tenants::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    let member = people::person(&world.app, world.organization, OrganizationRole::Member).await;
    let path = format!("/organization/people/{member}/role");
    assert_eq!(owner.fill(&path, &[("role", "admin"), ("was", "member")]).await.status, 303);
    let late = owner.fill(&path, &[("role", "owner"), ("was", "member")]).await;
    assert_eq!(late.status, 409);
    let html = late.text;
    assert!(html.contains("was given the role Admin. You asked for Owner."), "{html}");
    assert_eq!(role(&world, member).await, Some(OrganizationRole::Admin));
}

#[tokio::test]
async fn the_last_owner_stays() {
    let world = Tenants::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    let of = |what: &str| format!("/organization/people/{}/{what}", owner.person());
    for (what, form) in [("role", vec![("role", "member"), ("was", "owner")]), ("remove", vec![])] {
        let answer = owner.fill(&of(what), &form).await;
        assert_eq!(answer.status, 422, "{what}");
        assert!(answer.text.contains("keeps at least one owner"), "{what}");
    }
    assert_eq!(role(&world, owner.person()).await, Some(OrganizationRole::Owner));
}

#[tokio::test]
async fn who_is_removed_is_out_at_once() {
    let world = Tenants::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    let member = Browser::of(&world, OrganizationRole::Member).await;
    let path = format!("/organization/people/{}/remove", member.person());
    let asked = owner.get(&path).await;
    assert!(asked.text.contains("signed out of this organization at once"), "{}", asked.text);
    assert_eq!(member.get("/organization").await.status, 200, "asking changes nothing");
    assert_eq!(owner.fill(&path, &[]).await.header("location"), "/organization?done=removed");
    assert_eq!(member.get("/organization").await.status, 303);
    assert_eq!(role(&world, member.person()).await, None);
    assert_eq!(written(&world, Action::PersonRemoved).await.len(), 1);
    assert_eq!(owner.get(&path).await.status, 404);
}

#[tokio::test]
async fn members_are_assigned_to_an_agent_and_taken_from_it() {
    let world = Tenants::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    let member = Browser::of(&world, OrganizationRole::Member).await;
    let agent = agent(&world).await;
    let path = format!("/agents/{agent}/members");
    let (person, is) = (member.person().to_string(), |role: AgentRole| Some(role));
    let now = async || world.app.store.agent_role(world.scope(), agent, member.person()).await.unwrap();
    assert_eq!(member.get(&path).await.status, 404, "nobody to this agent");

    let form = |role, was| [("person", &*person), ("role", role), ("was", was)].to_vec();
    let assigned = owner.fill(&path, &form("owner", "")).await;
    assert_eq!(assigned.header("location"), format!("{path}?done=assigned"));
    assert_eq!(now().await, is(AgentRole::Owner));
    assert_eq!(owner.fill(&path, &form("viewer", "")).await.status, 409, "assigned already");
    assert_eq!(owner.fill(&path, &form("viewer", "operator")).await.status, 409);
    assert_eq!(owner.fill(&path, &form("king", "owner")).await.status, 422);
    assert_eq!(now().await, is(AgentRole::Owner), "nothing was overwritten");

    // An agent's owner manages it, and may give that away.
    assert!(member.get(&path).await.text.contains("Rina member"));
    let down = member.fill(&path, &form("operator", "owner")).await;
    assert_eq!(down.header("location"), format!("/agents/{agent}"));
    assert_eq!(member.get(&path).await.status, 403);
    owner.get(&format!("{path}/{person}/remove")).await.has(200, &["Their role for this agent ends"]);
    assert_eq!(now().await, is(AgentRole::Operator), "asking takes nothing");
    let removed = owner.fill(&format!("{path}/{person}/remove"), &[]).await;
    assert_eq!(removed.header("location"), format!("{path}?done=removed"));
    assert_eq!((now().await, member.get(&path).await.status.as_u16()), (None, 404));

    let stranger = people::person(&world.app, world.stranger, OrganizationRole::Member).await.to_string();
    let foreign = owner.fill(&path, &[("person", &stranger), ("role", "viewer"), ("was", "")]).await;
    assert_eq!(foreign.status, 422, "only who belongs to the organization");
    assert_eq!(written(&world, Action::RoleChanged).await.len(), 2);
}

async fn note(world: &Tenants, agent: Option<AgentId>, subject: &str) {
    let entry = Entry {
        agent,
        subject: subject.to_owned(),
        action: Action::AgentChanged,
        ..people::entry(&world.app)
    };
    world.app.store.record(world.scope(), &entry).await.unwrap();
}

#[tokio::test]
async fn the_activity_is_shown_in_pages_and_by_choice() {
    let world = Tenants::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    for count in 0..60 {
        note(&world, None, &format!("thing-{count:02}!")).await;
    }
    let first = owner.get("/organization/activity?action=agent_changed").await.text;
    assert!(first.contains("thing-59!") && first.contains("thing-10!") && !first.contains("thing-09!"));
    let (_, rest) = first.split_once("href=\"/organization/activity?").unwrap();
    let older = rest.split('"').next().unwrap().replace("&#38;", "&");
    assert!(older.starts_with("action=agent_changed&before=aud_"), "{older}");
    let second = owner.get(&format!("/organization/activity?{older}")).await.text;
    assert!(second.contains("thing-09!") && second.contains("thing-00!") && !second.contains("thing-10!"));
    assert!(!second.contains("before="), "there is nothing older");

    let other = Browser::of(&world, OrganizationRole::Admin).await;
    let by_other = owner.get(&format!("/organization/activity?person={}", other.person())).await.text;
    assert!(by_other.contains("Signed in") && !by_other.contains("thing-"), "{by_other}");
    let all = owner.get("/organization/activity?person=&action=&agent=").await;
    assert_eq!(all.status, 200, "nothing chosen is everything");
    for wrong in ["person=me", "action=everything", "agent=1", "before=yesterday", "colour=blue"] {
        let answer = owner.get(&format!("/organization/activity?{wrong}")).await;
        assert_eq!(answer.status, 422, "{wrong} must not mean everything");
    }
}

#[tokio::test]
async fn the_activity_is_told_in_words_of_its_reader() {
    let world = Tenants::new().await;
    let mut owner = Browser::of(&world, OrganizationRole::Owner).await;
    let admin = Browser::of(&world, OrganizationRole::Admin).await;
    owner.fill("/organization/invitations", &INVITATION).await;
    let role = [("role", "member"), ("was", "owner")];
    admin.fill(&format!("/organization/people/{}/role", owner.person()), &role).await;
    let words = [
        ("en", ["Operator&#39;s command", "Make and unmake owners", "29 Nov 10"]),
        ("id", ["Perintah operator", "Mengangkat dan memberhentikan pemilik", "29 Nov 10"]),
    ];
    for (language, words) in words {
        owner.language = language;
        let html = owner.get("/organization/activity").await.text;
        for word in words {
            assert!(html.contains(word), "{language}: {word}\n{html}");
        }
        let (_, rows) = html.split_once("<tbody>").unwrap();
        assert!(!rows.contains("manage_owners") && !rows.contains("command line"), "{language}");
    }
}

#[tokio::test]
async fn an_agents_activity_is_only_of_that_agent() {
    let world = Tenants::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    let viewer = Browser::of(&world, OrganizationRole::Member).await;
    let first = agent(&world).await;
    let second = AgentId::from_uuid(world.app.minter.uuid(world.app.now()));
    let new = NewAgent { id: second, name: "Second".to_owned(), language: "en".to_owned() };
    world.app.store.create_agent(world.scope(), new, &people::entry(&world.app)).await.unwrap();
    let place = (first, viewer.person());
    world
        .app
        .store
        .put_agent_member(world.scope(), place, AgentRole::Viewer, &people::entry(&world.app))
        .await
        .unwrap();
    note(&world, Some(first), "of-the-first").await;
    note(&world, Some(second), "of-the-second").await;
    for browser in [&owner, &viewer] {
        let html = browser.get(&format!("/agents/{first}/activity")).await.text;
        assert!(html.contains("of-the-first") && !html.contains("of-the-second"), "{html}");
    }
    let sneaky = viewer.get(&format!("/agents/{first}/activity?agent={second}")).await;
    assert_eq!(sneaky.status, 422);
    assert_eq!(viewer.get(&format!("/agents/{second}/activity")).await.status, 404);
    assert_eq!(viewer.get("/organization/activity").await.status, 403);
    let page = viewer.get("/organization").await.text;
    assert!(!page.contains("of-the-first") && !page.contains("/organization/invitations"), "{page}");
    let aside = owner.get(&format!("/agents/{first}/members")).await.text;
    assert!(aside.contains("of-the-first") && !aside.contains("of-the-second"));
}

#[tokio::test]
async fn what_somebody_typed_is_never_markup_nor_turned_round() {
    let world = Tenants::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    let name = "<img src=x>\u{202e}evil";
    assert_eq!(owner.fill("/settings", &[("name", name), ("language", "en")]).await.status, 303);
    note(&world, None, name).await;
    for path in ["/settings", "/organization", "/organization/activity"] {
        let html = owner.get(path).await.text;
        assert!(!html.contains("<img"), "{path}");
        assert!(path == "/settings" || html.contains("\u{fffd}evil"), "{path}");
    }
}

#[tokio::test]
async fn name_and_language_are_saved_and_spoken() {
    let world = Tenants::new().await;
    let member = Browser::of(&world, OrganizationRole::Member).await;
    let empty = member.fill("/settings", &[("name", " "), ("language", "id")]).await;
    assert_eq!(empty.status, 422);
    assert!(empty.text.contains("<title>Fault: ") && empty.text.contains("Fill this in."));
    assert_eq!(member.fill("/settings", &[("name", "Sari"), ("language", "xx")]).await.status, 422);
    assert!(written(&world, Action::PersonChanged).await.is_empty());
    let saved = member.fill("/settings", &[("name", "Sari"), ("language", "id")]).await;
    assert_eq!(saved.header("location"), "/settings?done=saved");
    let html = member.get("/settings?done=saved").await.text;
    assert!(html.contains("<html lang=\"id\"") && html.contains("Tersimpan.") && html.contains("Sari"));
    assert_eq!(written(&world, Action::PersonChanged).await[0].changes.len(), 2);
    member.fill("/settings", &[("name", "Sari"), ("language", "id")]).await;
    assert_eq!(written(&world, Action::PersonChanged).await.len(), 1, "nothing changed, nothing to write");
}

const FIRST: &str = "pisang goreng hangat";
const SECOND: &str = "teh manis dingin sekali";

#[tokio::test]
async fn a_first_password_is_chosen_soon_after_coming_in_by_a_link() {
    let world = Tenants::new().await;
    let member = Browser::of(&world, OrganizationRole::Member).await;
    assert!(member.get("/settings").await.text.contains("You have no password yet"));
    world.clock.advance(Duration::from_mins(10));
    assert!(member.get("/settings").await.text.contains("come in by a fresh link"));
    assert_eq!(member.fill("/settings/password", &[("password", FIRST)]).await.status, 422);
    let fresh = Browser::signed_in(&world, member.person()).await;
    let weak = fresh.fill("/settings/password", &[("password", "short")]).await;
    assert_eq!(weak.status, 422);
    assert!(weak.text.contains("at least 12") && !weak.text.contains("value=\"short\""));
    assert_eq!(fresh.fill("/settings/password", &[("password", FIRST)]).await.status, 303);
}

#[tokio::test]
async fn a_new_password_ends_every_other_sign_in_and_renews_this_one() {
    let world = Tenants::new().await;
    let mut here = Browser::of(&world, OrganizationRole::Member).await;
    let first = here.fill("/settings/password", &[("password", FIRST)]).await;
    first.header("set-cookie").split(';').next().unwrap().clone_into(&mut here.cookie);
    let there = Browser::signed_in(&world, here.person()).await;

    let wrong =
        here.fill("/settings/password", &[("current_password", "not it, sorry"), ("password", SECOND)]).await;
    assert_eq!(wrong.status, 422);
    let html = wrong.text;
    assert!(
        html.contains("not your current password")
            && !html.contains("not it, sorry")
            && !html.contains(SECOND)
    );
    assert_eq!(there.get("/settings").await.status, 200);

    let changed = here.fill("/settings/password", &[("current_password", FIRST), ("password", SECOND)]).await;
    assert_eq!(changed.header("location"), "/settings?done=password");
    assert_eq!(there.get("/settings").await.status, 303, "other browsers are out");
    assert_eq!(here.get("/settings").await.status, 303, "and the old token of this one");
    changed.header("set-cookie").split(';').next().unwrap().clone_into(&mut here.cookie);
    let page = here.get("/settings?done=password").await.text;
    assert!(page.contains("The password was changed"));
    assert_eq!(written(&world, Action::PasswordChanged).await.len(), 2);
    let kept = world.app.store.person(here.person()).await.unwrap().unwrap().password_hash.unwrap();
    assert!(kept.expose().starts_with("$argon2id$"));
}

#[tokio::test]
async fn guessing_the_current_password_is_slowed_down() {
    let world = Tenants::new().await;
    let mut here = Browser::of(&world, OrganizationRole::Member).await;
    let first = here.fill("/settings/password", &[("password", FIRST)]).await;
    first.header("set-cookie").split(';').next().unwrap().clone_into(&mut here.cookie);
    let mut said = String::new();
    for _ in 0..7 {
        let form = [("current_password", "a wrong guess"), ("password", SECOND)];
        said = here.fill("/settings/password", &form).await.text;
    }
    assert!(said.contains("Too many tries. Wait"), "{said}");
    let right = here.fill("/settings/password", &[("current_password", FIRST), ("password", SECOND)]).await;
    assert_eq!(right.status, 422, "the wait is for everybody");
    world.clock.advance(Duration::from_mins(1));
    let right = here.fill("/settings/password", &[("current_password", FIRST), ("password", SECOND)]).await;
    assert_eq!(right.status, 303);
}

#[tokio::test]
async fn sign_ins_are_listed_and_ended() {
    let world = Tenants::new().await;
    let here = Browser::of(&world, OrganizationRole::Member).await;
    let there = Browser::signed_in(&world, here.person()).await;
    let third = Browser::signed_in(&world, here.person()).await;
    let html = here.get("/settings").await.text;
    assert_eq!(html.matches("/end\"").count(), 3);
    assert_eq!(html.matches("this browser").count(), 1);
    for token in [&here, &there, &third] {
        assert!(!html.contains(token.cookie.split('=').nth(1).unwrap()), "only hashes are kept");
    }
    let newest = world.app.store.sign_ins(here.person()).await.unwrap()[0].id;
    let ended = here.fill(&format!("/settings/sign-ins/{newest}/end"), &[]).await;
    assert_eq!(ended.header("location"), "/settings?done=ended");
    assert_eq!(
        (third.get("/settings").await.status.as_u16(), there.get("/settings").await.status.as_u16()),
        (303, 200)
    );
    assert_eq!(here.fill("/settings/sign-ins/end-others", &[]).await.status, 303);
    assert_eq!(
        (there.get("/settings").await.status.as_u16(), here.get("/settings").await.status.as_u16()),
        (303, 200)
    );
    let other = Browser::of(&world, OrganizationRole::Owner).await;
    let own = world.app.store.sign_ins(here.person()).await.unwrap()[0].id;
    assert_eq!(other.fill(&format!("/settings/sign-ins/{own}/end"), &[]).await.status, 404, "another's");
    let left = here.fill(&format!("/settings/sign-ins/{own}/end"), &[]).await;
    assert_eq!(left.header("location"), "/login");
    assert!(left.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(here.get("/settings").await.status, 303);
}

#[tokio::test]
async fn a_person_of_two_organizations_looks_at_one_of_them() {
    let world = Tenants::new().await;
    let here = Browser::of(&world, OrganizationRole::Owner).await;
    let stranger = warta_store::Scope::new(world.stranger);
    let known = warta_store::Newcomer::Known(here.person());
    let entry = people::entry(&world.app);
    let switch = [("organization", &*world.stranger.to_string())];
    assert_eq!(here.fill("/settings/organization", &switch).await.status, 404, "not theirs yet");
    world.app.store.create_member(stranger, known, OrganizationRole::Member, &entry).await.unwrap();
    assert!(here.get("/settings").await.text.contains("Other"));
    assert_eq!(
        here.fill("/settings/organization", &switch).await.header("location"),
        "/settings?done=switched"
    );
    let html = here.get("/organization").await.text;
    assert!(html.contains("<h1>Other</h1>"), "{html}");
    assert_eq!(here.get("/organization/activity").await.status, 403, "a member there");
}

#[tokio::test]
async fn every_page_about_people_speaks_both_languages_without_inline_code() {
    let world = Tenants::new().await;
    let mut owner = Browser::of(&world, OrganizationRole::Owner).await;
    let member = people::person(&world.app, world.organization, OrganizationRole::Member).await;
    let agent = agent(&world).await;
    let paths = [
        "/organization".to_owned(),
        "/organization/activity".to_owned(),
        format!("/organization/people/{member}/remove"),
        format!("/agents/{agent}/members"),
        format!("/agents/{agent}/activity"),
        "/settings".to_owned(),
    ];
    for path in &paths {
        let mut titles = Vec::new();
        for language in ["en", "id"] {
            owner.language = language;
            let answer = owner.get(path).await;
            assert_eq!(answer.status, 200, "{path}");
            let html = answer.text;
            assert!(html.contains(&format!("<html lang=\"{language}\"")), "{path}");
            for banned in [" style=", "<style", " onclick=", "javascript:", "src=\"http", "<script>"] {
                assert!(!html.contains(banned), "{path}: {banned}");
            }
            titles.push(html.split_once("<h1>").unwrap().1.split("</h1>").next().unwrap().to_owned());
        }
        // The organization's own name is the same in both.
        assert!(titles[0] != titles[1] || path == "/organization", "{path}: {titles:?}");
    }
}

#[tokio::test]
async fn the_organizations_page_shows_the_table_of_permissions() {
    let world = Tenants::new().await;
    let member = Browser::of(&world, OrganizationRole::Member).await;
    let html = member.get("/organization").await.text;
    let (_, matrices) = html.split_once("id=\"roles\"").unwrap();
    let yes = OrganizationRole::ALL.iter().flat_map(|role| {
        warta_core::permission::OrganizationPermission::ALL.iter().filter(|permission| role.may(**permission))
    });
    let agents = AgentRole::ALL.iter().flat_map(|role| {
        warta_core::permission::Permission::ALL.iter().filter(|permission| role.may(**permission))
    });
    assert_eq!(matrices.matches("✓").count(), yes.count() + agents.count());
}
