//! A browser that looks at the console.

use axum::body::Body;
use axum::http::{Method, Request, header};
use url::form_urlencoded;
use warta_core::ids::{OrganizationId, PersonId};
use warta_core::permission::OrganizationRole;

use super::people;
use crate::api_world::{Answer, World};

/// A browser and the sign-in it holds.
pub(crate) struct Browser<'a> {
    world: &'a World,
    pub(crate) person: PersonId,
    pub(crate) cookie: String,
    pub(crate) language: &'static str,
}

impl<'a> Browser<'a> {
    /// Of a new person of the first organization.
    pub(crate) async fn new(world: &'a World, role: OrganizationRole) -> Self {
        Self::of(world, world.organization, role).await
    }

    /// Of a new person of an organization.
    pub(crate) async fn of(world: &'a World, organization: OrganizationId, role: OrganizationRole) -> Self {
        Self::again(world, people::person(&world.app, organization, role).await).await
    }

    /// Another browser of a person.
    pub(crate) async fn again(world: &'a World, person: PersonId) -> Self {
        let cookie = people::sign_in(&world.app, &world.router, person).await;
        Self { world, person, cookie, language: "en" }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form as a browser does from one of our own pages.
    pub(crate) async fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header(header::ORIGIN, &self.world.app.settings.public_url);
        self.send(request.body(Body::from(form(pairs))).unwrap()).await
    }

    fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT_LANGUAGE, self.language)
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        self.world.send(request).await
    }
}

/// Pairs as a form's body.
pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
