//! How each page of the console looks: one picture of its HTML for each template, over one seeded world.

use std::collections::BTreeSet;
use std::path::Path;

use warta_core::permission::{AgentRole, OrganizationRole};

use crate::support::webhook::WABA;
use crate::support::world::NUMBER;
use crate::support::{BUDI, Browser, Say, World, people};

const OTHER_NUMBER: &str = "206540352242999";
const OTHER_SECRET: &str = "fedcba9876543210fedcba9876543210";
const TEMPLATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");

/// What was looked at, by its template.
struct Album<'a> {
    world: &'a World,
    owner: Browser,
    seen: BTreeSet<&'static str>,
}

impl Album<'_> {
    async fn look(&mut self, template: &'static str, path: &str) {
        let page = self.owner.get(path).await;
        self.keep(template, &page.text);
    }

    async fn fill(&mut self, template: &'static str, path: &str, pairs: &[(&str, &str)]) {
        let page = self.owner.fill(path, pairs).await;
        self.keep(template, &page.text);
    }

    /// Keeps what stands between `<main>` and its end, an element to a line.
    fn keep(&mut self, template: &'static str, page: &str) {
        let (_, rest) = page.split_once("<main").unwrap_or_else(|| panic!("{template}: {page}"));
        let (main, _) = rest.split_once("</main>").unwrap();
        assert_eq!(page.contains("There is nothing here"), template == "fault.html", "{template}");
        // Where the stand-ins listen is another place each time.
        let main = main.replace(&self.world.agent.url, "[agent]").replace(&self.world.graph.url, "[graph]");
        let main = format!("<main{main}</main>").replace("><", ">\n<");
        let lines: Vec<&str> = main.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        insta::assert_snapshot!(template.trim_end_matches(".html").replace('/', "-"), lines.join("\n"));
        self.seen.insert(template);
    }

    fn at(&self, page: &str) -> String {
        format!("/agents/{}{page}", self.world.agent_id)
    }

    async fn people(&mut self) {
        let world = self.world;
        let member = people::person(&world.app, world.organization, OrganizationRole::Member).await;
        let (place, entry) = ((world.agent_id, member), people::entry(&world.app));
        world.app.store.put_agent_member(world.scope(), place, AgentRole::Operator, &entry).await.unwrap();
        let siti =
            [("email", "siti@example.com"), ("role", "member"), ("agent_role", "viewer"), ("days", "7")];
        self.fill("organization/invited.html", "/organization/invitations", &siti).await;
        self.look("organization/page.html", "/organization").await;
        self.look("organization/remove.html", &format!("/organization/people/{member}/remove")).await;
        self.look("organization/agent_members.html", &self.at("/members")).await;
        self.look("activity/page.html", "/organization/activity").await;
        self.look("settings/page.html", "/settings").await;
        let stranger = Browser::stranger(world, "en");
        self.keep("sign_in.html", &stranger.get("/login").await.text);
        self.keep("shut.html", &stranger.get("/enter/nothing").await.text);
        self.look("fault.html", "/nowhere").await;
    }

    async fn agents(&mut self) {
        self.look("overview.html", "/").await;
        let message = self.world.outbound().await[0].id;
        self.look("message.html", &format!("/messages/{message}")).await;
        self.look("agents/new.html", "/agents/new").await;
        self.look("agents/page.html", &self.at("")).await;
        self.look("agents/regenerate.html", &self.at("/deployments/published/secret")).await;
        self.look("agents/delete.html", &self.at("/delete")).await;
        let other = [("name", "Batik Sari"), ("language", "id"), ("published_url", &self.world.agent.url)];
        self.fill("agents/reveal.html", "/agents/new", &other).await;
    }

    async fn channel(&mut self) {
        let draft = self.at("/whatsapp/draft/connection");
        self.look("channel/start.html", &draft).await;
        self.world.add_draft(OTHER_NUMBER, OTHER_SECRET).await;
        self.look("agents/remove.html", &self.at("/deployments/draft/remove")).await;
        let published = self.at("/whatsapp/published");
        self.look("channel/connection.html", &format!("{published}/connection")).await;
        self.look("channel/regenerate.html", &format!("{published}/connection/webhook")).await;
        self.look("channel/delete.html", &format!("{published}/connection/delete")).await;
        let account = format!("{published}/connection/account");
        let other = [("account", "6281100000077"), ("phone_number_id", NUMBER), ("waba_id", WABA)];
        self.fill("channel/consequences.html", &account, &other).await;
        let graph = self.world.graph.url.clone();
        let mut same = vec![
            ("revision", "1"),
            ("account", "6281100000001"),
            ("phone_number_id", NUMBER),
            ("waba_id", WABA),
        ];
        same.extend([("base_url", graph.as_str()), ("version", "v25.0")]);
        assert_eq!(self.owner.fill(&account, &same).await.status, 303);
        same.pop();
        same.push(("version", "v24.0"));
        self.fill("channel/conflict.html", &account, &same).await;
        // With a check-up under way the page begins none: beside the album it would take ids from the same row, now sooner, now
        // later, and what it finds would stand in the head of every page about the channel.
        assert!(self.world.app.memory.checkups.begin(self.world.channel));
        self.look("doctor/page.html", &published).await;
        let conversations = format!("{published}/conversations");
        self.look("conversations/list.html", &conversations).await;
        let conversation = self.world.outbound().await[0].conversation;
        self.look("conversations/one.html", &format!("{conversations}/{conversation}")).await;
        self.look("revisions/list.html", &format!("{published}/revisions")).await;
        self.look("revisions/one.html", &format!("{published}/revisions/1")).await;
        self.look("revisions/restore.html", &format!("{published}/revisions/1/restore")).await;
        self.look("promotion/compare.html", &self.at("/whatsapp/compare")).await;
        self.look("promotion/confirm.html", &self.at("/whatsapp/promote?take=account")).await;
    }

    async fn handoff(&mut self) {
        let inside = self.at("/whatsapp/published/handoff");
        assert_eq!(self.owner.post(&inside, "days=7").await.status, 303);
        let page = self.owner.get(&inside).await.text;
        let (_, rest) = page.split_once("8080/handoff/").unwrap();
        let link = format!("/handoff/{}", rest.split('<').next().unwrap());
        self.keep("handoff/inside.html", &page);
        let team = Browser::stranger(self.world, "en");
        self.keep("handoff/outside.html", &team.get(&link).await.text);
        self.keep("handoff/gone.html", &team.get("/handoff/nothing").await.text);
    }
}

/// The templates that are pages.
fn pages(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages(&path, found);
        } else if std::fs::read_to_string(&path).unwrap().contains("{% extends \"base.html\" %}") {
            found.insert(path.strip_prefix(TEMPLATES).unwrap().to_str().unwrap().to_owned());
        }
    }
}

#[tokio::test]
async fn each_page_looks_as_it_did() {
    let world = World::new().await;
    world.agent.script([Say::reply("Halo juga")]);
    world.write(BUDI, "Halo").await;
    world.run_for(2).await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    let mut album = Album { world: &world, owner, seen: BTreeSet::new() };
    album.agents().await;
    album.channel().await;
    album.handoff().await;
    album.people().await;
    album.look("session/play.html", &album.at("/whatsapp/published/connection/session/play")).await;
    let mut all = BTreeSet::new();
    pages(Path::new(TEMPLATES), &mut all);
    let seen: BTreeSet<String> = album.seen.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(seen, all, "each page has its picture");
}
