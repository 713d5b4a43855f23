//! Every route with every kind of caller: each is let through, sent to sign in, refused or shown nothing as the route's
//! `Access` says, and no form of another site is taken.

use axum::body::Body;
use axum::http::{Method, Request, header};
use warta_core::audit::Action;
use warta_core::ids::{AgentId, AuditId, LinkId, MessageId};
use warta_core::permission::{AgentRole, OrganizationRole, Permission};
use warta_server::web::access::{Access, Listed};
use warta_server::web::list;
use warta_store::{AuditFilter, Invitation, NewAgent, NewLink, Purpose};

use crate::support::Browser;
use crate::support::people;
use crate::support::{Answer, Tenants};

/// Everybody who calls, and what they call for.
struct Cast {
    agent: AgentId,
    message: MessageId,
    callers: Vec<Caller>,
    params: Vec<(&'static str, String)>,
}

/// Somebody who is signed in.
struct Caller {
    browser: Browser,
    /// `None` for who belongs to another organization.
    role: Option<OrganizationRole>,
    /// What they are to the agent.
    seat: Option<AgentRole>,
}

/// What must come of a call.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    SignIn,
    Forbidden,
    Missing,
    Through,
}

impl Cast {
    async fn gather(world: &Tenants, message: MessageId) -> Self {
        let (app, now) = (&world.app, world.app.now());
        let agent = AgentId::from_uuid(app.minter.uuid(now));
        let new = NewAgent { id: agent, name: format!("Walked {agent}"), language: "en".to_owned() };
        app.store.create_agent(world.scope(), new, &people::entry(app)).await.unwrap();
        let mut callers = Vec::new();
        for role in OrganizationRole::ALL.iter().copied() {
            let browser = Browser::of(world, role).await;
            callers.push(Caller { browser, role: Some(role), seat: role.for_agent(None) });
        }
        for seat in AgentRole::ALL.iter().copied() {
            let browser = Browser::of(world, OrganizationRole::Member).await;
            let place = (agent, browser.person());
            app.store.put_agent_member(world.scope(), place, seat, &people::entry(app)).await.unwrap();
            callers.push(Caller { browser, role: Some(OrganizationRole::Member), seat: Some(seat) });
        }
        let browser = Browser::at(world, world.stranger, OrganizationRole::Owner).await;
        callers.push(Caller { browser, role: None, seat: None });
        let params = vec![
            ("agent", agent.to_string()),
            ("environment", "draft".to_owned()),
            ("id", message.to_string()),
            ("link", invitation(world).await.to_string()),
            ("person", people::person(app, world.organization, OrganizationRole::Member).await.to_string()),
            ("sign_in", app.store.sign_ins(callers[0].browser.person()).await.unwrap()[0].id.to_string()),
        ];
        Self { agent, message, callers, params }
    }

    fn path(&self, route: &Listed) -> String {
        let known = self
            .params
            .iter()
            .fold(route.path.clone(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
        // What only other parts of the console know is named by nothing that exists.
        known
            .split('/')
            .map(|part| if part.starts_with('{') { "0" } else { part })
            .collect::<Vec<_>>()
            .join("/")
    }
}

async fn invitation(world: &Tenants) -> LinkId {
    let (app, now) = (&world.app, world.app.now());
    let id = LinkId::from_uuid(app.minter.uuid(now));
    let invitation = Invitation {
        organization: world.organization,
        email: format!("{id}@example.com"),
        role: OrganizationRole::Member,
        agent: None,
        invited_by: None,
    };
    let new = NewLink {
        id,
        token_hash: [id.uuid().into_bytes(); 2].concat().try_into().unwrap(),
        purpose: Purpose::Join(invitation),
        expires_at: now.after(std::time::Duration::from_hours(1)),
    };
    app.store.create_link(new, &people::entry(app)).await.unwrap();
    id
}

fn verdict(route: &Listed, caller: &Caller) -> Verdict {
    // What belongs to another organization does not exist; their own pages do.
    let own_page = if route.path.contains('{') { Verdict::Missing } else { Verdict::Through };
    match (route.access, caller.role) {
        (Access::Person | Access::Organization(_), None) => own_page,
        (Access::Person, Some(_)) => Verdict::Through,
        (Access::Organization(permission), Some(role)) if role.may(permission) => Verdict::Through,
        (Access::Organization(_), Some(_)) => Verdict::Forbidden,
        (Access::Agent(permission), _) => match caller.seat {
            Some(seat) if seat.may(permission) => Verdict::Through,
            Some(_) => Verdict::Forbidden,
            None => Verdict::Missing,
        },
        (Access::Public { .. } | Access::Key, _) => unreachable!("no pages of people"),
    }
}

async fn call(route: &Listed, path: &str, browser: &Browser) -> Answer {
    if route.method == Method::POST { browser.fill(path, &[]).await } else { browser.get(path).await }
}

fn holds(verdict: &Verdict, answer: &Answer) -> bool {
    let to_sign_in = answer.status == 303 && answer.header("location").starts_with("/login?");
    match verdict {
        Verdict::SignIn => answer.status == 401 || to_sign_in || answer.header("location") == "/login",
        Verdict::Forbidden => answer.status == 403,
        Verdict::Missing => answer.status == 404,
        Verdict::Through => {
            !to_sign_in
                && !matches!(answer.status.as_u16(), 401 | 403 | 405)
                && !answer.status.is_server_error()
        }
    }
}

/// The routes that people call, not programs.
fn of_people() -> Vec<Listed> {
    let is_peoples =
        |route: &Listed| matches!(route.access, Access::Person | Access::Organization(_) | Access::Agent(_));
    list().into_iter().filter(is_peoples).collect()
}

#[tokio::test]
async fn every_route_lets_through_whom_its_access_says() {
    let world = Tenants::new().await;
    let message = world.user_writes("6281255501234", "Halo").await;
    let mut cast = Cast::gather(&world, message).await;
    let mut refused = 0;
    for route in of_people() {
        for index in 0..cast.callers.len() {
            let caller = &cast.callers[index];
            let verdict = verdict(&route, caller);
            let answer = call(&route, &cast.path(&route), &caller.browser).await;
            assert!(
                holds(&verdict, &answer),
                "{} {} by {:?}/{:?} to {}: {verdict:?}, not {}",
                route.method,
                route.path,
                caller.role,
                caller.seat,
                cast.agent,
                answer.status
            );
            refused += usize::from(verdict == Verdict::Forbidden);
            // What was let through may have changed who is there.
            if verdict == Verdict::Through && route.method == Method::POST {
                cast = Cast::gather(&world, cast.message).await;
            }
        }
    }
    assert!(refused > 0);
    assert_eq!(written(&world, Action::Refused).await, refused, "each refusal is written down");
}

/// The walk goes by what each route declares; this is what it must declare.
#[test]
fn whatever_changes_an_agent_asks_for_more_than_looking() {
    let mut seen = 0;
    for route in of_people().iter().filter(|route| route.method == Method::POST) {
        if route.path.starts_with("/agents/{agent}") {
            seen += 1;
            let changes = [Access::Agent(Permission::ChangeChannel), Access::Agent(Permission::ManageAgent)];
            assert!(changes.contains(&route.access), "{route:?}");
        }
    }
    assert!(seen > 20, "{seen}");
}

#[tokio::test]
async fn who_is_not_signed_in_gets_nowhere() {
    let world = Tenants::new().await;
    let message = world.user_writes("6281255501234", "Halo").await;
    let cast = Cast::gather(&world, message).await;
    let mut nobody = Browser::of(&world, OrganizationRole::Owner).await;
    for cookie in ["", "sid=", "sid=0000"] {
        cookie.clone_into(&mut nobody.cookie);
        for route in of_people() {
            let answer = call(&route, &cast.path(&route), &nobody).await;
            assert!(holds(&Verdict::SignIn, &answer), "{} {}: {}", route.method, route.path, answer.status);
        }
    }
}

#[tokio::test]
async fn a_page_that_refreshes_itself_learns_that_nobody_is_signed_in() {
    let world = Tenants::new().await;
    let nobody = Browser::stranger(&world, "en");
    let request = nobody.request(Method::GET, "/").header("x-fragment", "1");
    let answer = nobody.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (401, ""), "{}", answer.text);
}

#[tokio::test]
async fn a_sign_in_is_no_key_and_a_key_is_no_sign_in() {
    let world = Tenants::new().await;
    let message = world.user_writes("6281255501234", "Halo").await;
    let cast = Cast::gather(&world, message).await;
    let owner = &cast.callers[0].browser;
    for route in list() {
        match route.access {
            Access::Key => {
                let answer = call(&route, &cast.path(&route), owner).await;
                assert_eq!(answer.status, 401, "{} {}", route.method, route.path);
            }
            Access::Person | Access::Organization(_) | Access::Agent(_) => {
                let answer = world.call(route.method.clone(), &cast.path(&route), Some(&world.key)).await;
                assert!(
                    holds(&Verdict::SignIn, &answer),
                    "{} {}: {}",
                    route.method,
                    route.path,
                    answer.status
                );
            }
            Access::Public { .. } => {}
        }
    }
}

#[tokio::test]
async fn no_form_of_another_site_is_taken() {
    let world = Tenants::new().await;
    let message = world.user_writes("6281255501234", "Halo").await;
    let cast = Cast::gather(&world, message).await;
    let owner = &cast.callers[0].browser;
    let posts: Vec<Listed> = list().into_iter().filter(|route| route.method == Method::POST).collect();
    for route in posts {
        let called_by_programs = route.access == Access::Key || route.path.starts_with("/hooks/");
        for (site, origin) in [
            ("cross-site", "https://evil.example"),
            ("same-site", "http://evil.127.0.0.1:8080"),
            ("", "https://evil.example"),
            ("", "null"),
        ] {
            let mut request = Request::post(cast.path(&route))
                .header(header::HOST, "127.0.0.1:8080")
                .header(header::COOKIE, &owner.cookie)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::ORIGIN, origin);
            if !site.is_empty() {
                request = request.header("sec-fetch-site", site);
            }
            let answer = world.send(request.body(Body::empty()).unwrap()).await;
            if called_by_programs {
                assert_ne!(answer.status, 403, "{} from {origin:?} {site}", route.path);
            } else {
                assert_eq!(answer.status, 403, "{} from {origin:?} {site}", route.path);
            }
        }
    }
    assert_eq!(owner.get("/settings").await.status, 200, "the owner is still signed in");
}

/// How often something was written down.
async fn written(world: &Tenants, action: Action) -> usize {
    let (mut count, mut before): (usize, Option<AuditId>) = (0, None);
    loop {
        let filter = AuditFilter { action: Some(action), before, limit: 500, ..AuditFilter::default() };
        let page = world.app.store.audit(world.scope(), &filter).await.unwrap();
        count += page.entries.len();
        before = page.entries.last().map(|entry| entry.id);
        if !page.has_more {
            return count;
        }
    }
}
