//! Every route with every kind of caller: each is let through, sent to sign in, refused or shown nothing as the route's
//! `Access` says; what was not let through has written nothing; and no form of another site is taken.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, header};
use warta_console::access::Access;
use warta_console::list;
use warta_core::audit::Action;
use warta_core::ids::AuditId;
use warta_core::permission::{OrganizationPermission, OrganizationRole, Permission};
use warta_http::access::Listed;
use warta_store::{AuditFilter, testing};

use crate::support::{Answer, Browser, Caller, Cast, Tenants};

/// What a form is filled with.
type Form = Vec<(&'static str, String)>;

/// What must come of a call.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    SignIn,
    Forbidden,
    Missing,
    Through,
}

fn verdict(route: &Listed<Access>, caller: &Caller) -> Verdict {
    // What belongs to another organization does not exist; their own pages do.
    let is_own = !route.path.contains('{') || route.path.contains("{sign_in}");
    let own_page = if is_own { Verdict::Through } else { Verdict::Missing };
    match (route.access, caller.role) {
        (Access::Person, Some(role)) if route.path == "/messages/{id}" => {
            let reads = role.may(OrganizationPermission::SeeActivity)
                || caller.seat.is_some_and(|seat| seat.may(Permission::ExportHistory));
            if reads { Verdict::Through } else { Verdict::Missing }
        }
        (Access::Person | Access::Organization(_), None) => own_page,
        (Access::Person, Some(_)) => Verdict::Through,
        (Access::Organization(permission), Some(role)) if role.may(permission) => Verdict::Through,
        (Access::Organization(_), Some(_)) => Verdict::Forbidden,
        (Access::Agent(permission), _) => match caller.seat {
            Some(seat) if seat.may(permission) => Verdict::Through,
            Some(_) => Verdict::Forbidden,
            None => Verdict::Missing,
        },
        (Access::Public { .. }, _) => unreachable!("no pages of people"),
    }
}

async fn call<A: Sync>(route: &Listed<A>, path: &str, (browser, form): (&Browser, &Form)) -> Answer {
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    if route.method == Method::POST { browser.fill(path, &form).await } else { browser.get(path).await }
}

fn holds(verdict: &Verdict, answer: &Answer) -> bool {
    let to_sign_in = answer.status == 303 && answer.header("location").starts_with("/login?");
    match verdict {
        Verdict::SignIn => answer.status == 401 || to_sign_in || answer.header("location") == "/login",
        Verdict::Forbidden => answer.status == 403,
        Verdict::Missing => answer.status == 404,
        Verdict::Through => {
            !to_sign_in
                && !matches!(answer.status.as_u16(), 401 | 403 | 404 | 405)
                && !answer.status.is_server_error()
        }
    }
}

/// The routes that people call, not programs.
fn of_people() -> Vec<Listed<Access>> {
    let is_peoples = |route: &Listed<Access>| {
        matches!(route.access, Access::Person | Access::Organization(_) | Access::Agent(_))
    };
    list().into_iter().filter(is_peoples).collect()
}

/// Everything that is stored, when nothing is under way any more.
async fn stored(world: &Tenants) -> BTreeMap<String, Vec<String>> {
    while !world.app.tasks.is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    testing::rows(&world.app.store).await
}

/// Calls for what is not let through: the answer says so, and nothing is written but, where a role forbids it, one entry of the
/// audit.
async fn call_in_vain(
    world: &Tenants,
    (route, path): (&Listed<Access>, &str),
    caller: (&Browser, &Form),
    verdict: &Verdict,
) {
    let mut before = stored(world).await;
    let answer = call(route, path, caller).await;
    let what = format!("{} {path}: {verdict:?}, {}", route.method, answer.status);
    assert!(holds(verdict, &answer), "{what}");
    let mut after = stored(world).await;
    let (audit, longer) = (before.remove("audit").unwrap(), after.remove("audit").unwrap());
    for (table, rows) in &after {
        assert_eq!(rows, &before[table], "{what}: wrote to {table}");
    }
    let added: Vec<&String> = longer.iter().filter(|entry| !audit.contains(entry)).collect();
    assert_eq!(added.len(), longer.len() - audit.len(), "{what}: the audit is only added to");
    assert_eq!(added.len(), usize::from(*verdict == Verdict::Forbidden), "{what}: {added:?}");
    let refused = format!("'{}'", Action::Refused.as_str());
    assert!(added.iter().all(|entry| entry.contains(&refused)), "{what}: {added:?}");
}

#[tokio::test]
async fn every_route_lets_through_whom_its_access_says_and_nobody_else_writes() {
    let (mut refused, mut faults) = (0, Vec::new());
    for route in of_people() {
        // A small store each time: all of it is read before and after what is refused.
        let world = Tenants::new().await;
        refused += walk(&world, &route, &mut faults).await;
    }
    assert!(faults.is_empty(), "not let through:\n{}", faults.join("\n"));
    assert!(refused > 100, "{refused}");
}

/// Everybody calls a route, those first who are not let through. Gives how many their role forbade it.
async fn walk(world: &Tenants, route: &Listed<Access>, faults: &mut Vec<String>) -> usize {
    let (mut cast, mut refused) = (Cast::gather(world, 0).await, 0);
    for caller in &cast.callers {
        let verdict = verdict(route, caller);
        if verdict != Verdict::Through {
            let (path, form) = (cast.path(route, caller), cast.form(caller));
            call_in_vain(world, (route, &path), (&caller.browser, &form), &verdict).await;
            refused += usize::from(verdict == Verdict::Forbidden);
        }
    }
    for index in 0..cast.callers.len() {
        let caller = &cast.callers[index];
        if verdict(route, caller) != Verdict::Through {
            continue;
        }
        let (path, form) = (cast.path(route, caller), cast.form(caller));
        let answer = call(route, &path, (&caller.browser, &form)).await;
        if !holds(&Verdict::Through, &answer) {
            let (method, path, status) = (&route.method, &route.path, answer.status);
            faults.push(format!("{method} {path} by {:?}/{:?}: {status}", caller.role, caller.seat));
        }
        // What was let through may have changed who and what is there.
        if route.method == Method::POST {
            cast = Cast::gather(world, index + 1).await;
        }
    }
    assert_eq!(written(world, Action::Refused).await, refused, "each refusal is written down");
    refused
}

/// The walk goes by what each route declares; this is what it must declare.
#[test]
fn whatever_changes_an_agent_asks_for_more_than_looking() {
    // A rehearsal touches no row, which its own test shows.
    const PLAY: &str = "/agents/{agent}/whatsapp/{environment}/connection/session/play";
    let mut seen = 0;
    for route in of_people().iter().filter(|route| route.method == Method::POST) {
        if route.path.starts_with("/agents/{agent}") && route.path != PLAY {
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
    let cast = Cast::gather(&world, 0).await;
    let mut nobody = Browser::of(&world, OrganizationRole::Owner).await;
    for cookie in ["", "sid=", "sid=0000"] {
        cookie.clone_into(&mut nobody.cookie);
        for route in of_people() {
            let (path, form) = (cast.path(&route, &cast.callers[0]), cast.form(&cast.callers[0]));
            call_in_vain(&world, (&route, &path), (&nobody, &form), &Verdict::SignIn).await;
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
    let cast = Cast::gather(&world, 0).await;
    let owner = &cast.callers[0];
    for route in warta_gateway::web::list() {
        if route.access == warta_gateway::web::access::Access::Key {
            let answer = call(&route, &route.path, (&owner.browser, &Form::new())).await;
            assert_eq!(answer.status, 401, "{} {}", route.method, route.path);
        }
    }
    for route in list() {
        match route.access {
            Access::Person | Access::Organization(_) | Access::Agent(_) => {
                let answer =
                    world.call(route.method.clone(), &cast.path(&route, owner), Some(&world.key)).await;
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
    let cast = Cast::gather(&world, 0).await;
    let owner = &cast.callers[0];
    let posts_of_people = list().into_iter().filter(|route| route.method == Method::POST);
    let posts_of_programs =
        warta_gateway::web::list().into_iter().filter(|route| route.method == Method::POST);
    let of_people = posts_of_people.map(|route| (cast.path(&route, owner), false));
    let of_programs = posts_of_programs.map(|route| (route.path.replace(['{', '}'], ""), true));
    for (path, called_by_programs) in of_people.chain(of_programs) {
        for (site, origin) in [
            ("cross-site", "https://evil.example"),
            ("same-site", "http://evil.127.0.0.1:8080"),
            ("", "https://evil.example"),
            ("", "null"),
        ] {
            let mut request = Request::post(&path)
                .header(header::HOST, "127.0.0.1:8080")
                .header(header::COOKIE, &owner.browser.cookie)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::ORIGIN, origin);
            if !site.is_empty() {
                request = request.header("sec-fetch-site", site);
            }
            let answer = world.send(request.body(Body::empty()).unwrap()).await;
            if called_by_programs {
                assert_ne!(answer.status, 403, "{path} from {origin:?} {site}");
            } else {
                assert_eq!(answer.status, 403, "{path} from {origin:?} {site}");
            }
        }
    }
    assert_eq!(owner.browser.get("/settings").await.status, 200, "the owner is still signed in");
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
