//! The lists of people and of invitations, page by page.

use std::collections::BTreeSet;

use warta_core::permission::{AgentRole, OrganizationRole};

use crate::support::{Answer, Browser, World, people};

/// Walks a list from its first page to its last; gives on each page the rows that are of this list, and then goes back to where it
/// began.
async fn walk(browser: &Browser, path: &str, (section, row): (&str, &str)) -> Vec<Vec<String>> {
    let first = browser.get(path).await;
    let mut pages = vec![rows(&first, section, row)];
    let mut next = turn(&first, section).0;
    assert_eq!(turn(&first, section).1, None, "the first page is the beginning");
    while let Some(path) = next {
        let page = browser.get(&path).await;
        pages.push(rows(&page, section, row));
        let back;
        (next, back) = turn(&page, section);
        let back = browser.get(&back.unwrap()).await;
        assert_eq!(rows(&back, section, row), pages[0]);
    }
    pages
}

/// What stands in a section, between its beginning and its end.
fn section<'a>(page: &'a Answer, id: &str) -> &'a str {
    let (_, rest) = page.text.split_once(&format!("<section id=\"{id}\">")).unwrap();
    rest.split_once("</section>").unwrap().0
}

/// The addresses in a section that lie between `row` and the next slash.
fn rows(page: &Answer, id: &str, row: &str) -> Vec<String> {
    let row = format!("href=\"{row}");
    let parts = section(page, id).split(&row).skip(1);
    parts.map(|part| part.split_once('/').unwrap().0.to_owned()).collect()
}

/// The addresses of the next page and of the beginning, as far as they are offered.
fn turn(page: &Answer, id: &str) -> (Option<String>, Option<String>) {
    let link = |words: [&str; 2]| {
        let links = section(page, id).split("<a class=\"button\" href=\"").skip(1);
        let mut links = links.filter_map(|link| link.split_once("</a>")?.0.split_once("\">"));
        let (path, _) = links.find(|(_, word)| words.contains(word))?;
        Some(path.replace("&#38;", "&").split('#').next().unwrap().to_owned())
    };
    (link(["Next", "Older"]), link(["From the beginning", "Newest"]))
}

/// Every page is full but the last, and nobody stands on two.
fn is_whole(pages: &[Vec<String>], count: usize) {
    let (last, full) = pages.split_last().unwrap();
    assert!(full.iter().all(|page| page.len() == 50) && !last.is_empty(), "{pages:#?}");
    let all: BTreeSet<_> = pages.iter().flatten().collect();
    assert_eq!((all.len(), pages.iter().flatten().count()), (count, count));
}

#[tokio::test]
async fn the_people_of_an_organization_and_its_invitations_are_turned_by_themselves() {
    let world = World::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    for n in 0..100 {
        people::person(&world.app, world.organization, OrganizationRole::Member).await;
        let email = format!("p{n}@example.com");
        let form =
            [("email", &*email), ("role", "member"), ("agent", ""), ("agent_role", "viewer"), ("days", "7")];
        assert_eq!(owner.fill("/organization/invitations", &form).await.status, 200);
    }
    let everybody = walk(&owner, "/organization", ("people", "/organization/people/")).await;
    is_whole(&everybody, world.app.store.members(world.scope()).await.unwrap().len());
    is_whole(&walk(&owner, "/organization", ("invitations", "/organization/invitations/")).await, 100);

    let second = turn(&owner.get("/organization").await, "people").0.unwrap();
    let third = turn(&owner.get(&second).await, "invitations").0.unwrap();
    let page = owner.get(&third).await;
    assert_eq!(rows(&page, "people", "/organization/people/"), everybody[1], "the other list stays");
    let open = section(&page, "invitations");
    assert!(!open.contains("p99@example.com") && open.contains("p49@example.com"), "{open}");
    let page = owner.get("/organization?people=x&invitations=y").await;
    assert!(
        section(&page, "invitations").contains("p99@example.com"),
        "what cannot be read is the beginning"
    );
}

#[tokio::test]
async fn those_assigned_to_an_agent_are_turned_and_the_form_offers_all_others() {
    let world = World::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    let path = format!("/agents/{}/members", world.agent_id);
    let mut last = None;
    for _ in 0..51 {
        let person = people::person(&world.app, world.organization, OrganizationRole::Member).await;
        let place = (world.agent_id, person);
        let entry = people::entry(&world.app);
        world.app.store.put_agent_member(world.scope(), place, AgentRole::Viewer, &entry).await.unwrap();
        last = Some(person);
    }
    let left = people::person(&world.app, world.organization, OrganizationRole::Member).await;
    let pages = walk(&owner, &path, ("assigned", &format!("{path}/"))).await;
    is_whole(&pages, 51);
    assert_eq!(pages[1], [last.unwrap().to_string()]);
    let form = owner.get(&path).await;
    let form = section(&form, "assign");
    assert!(form.contains(&left.to_string()) && !form.contains(&last.unwrap().to_string()), "{form}");
}
