//! Somebody's browser at the console: it keeps its cookie, reads pages and posts forms.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header, request};
use tower::ServiceExt;
use url::form_urlencoded;
use warta_core::ids::{OrganizationId, PersonId};
use warta_core::permission::OrganizationRole;

use super::{Answer, World, people};

/// A browser. Without a cookie it is anybody's.
pub(crate) struct Browser {
    router: Router,
    person: Option<PersonId>,
    pub(crate) cookie: String,
    pub(crate) language: &'static str,
}

impl Browser {
    /// Of somebody new, signed in, who is this in the world's organization.
    pub(crate) async fn of(world: &World, role: OrganizationRole) -> Self {
        Self::at(world, world.organization, role).await
    }

    /// Of somebody new, signed in, who is this in an organization.
    pub(crate) async fn at(world: &World, organization: OrganizationId, role: OrganizationRole) -> Self {
        Self::signed_in(world, people::person(&world.app, organization, role).await).await
    }

    /// Of this person, signed in.
    pub(crate) async fn signed_in(world: &World, person: PersonId) -> Self {
        let cookie = people::sign_in(&world.app, &world.router, person).await;
        Self { router: world.router.clone(), person: Some(person), cookie, language: "en" }
    }

    /// The same, asking for pages in this language.
    pub(crate) fn asking(mut self, language: &'static str) -> Self {
        self.language = language;
        self
    }

    /// Of a stranger who asks for pages in this language.
    pub(crate) fn stranger(world: &World, language: &'static str) -> Self {
        Self { router: world.router.clone(), person: None, cookie: String::new(), language }
    }

    /// Who signed in.
    pub(crate) fn person(&self) -> PersonId {
        self.person.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    /// Posts a form, as a page of ours does.
    pub(crate) async fn post(&self, path: &str, form: &str) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// Posts a form of these fields.
    pub(crate) async fn fill(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        self.post(path, &form(pairs)).await
    }

    /// Posts a form that holds only this picture.
    pub(crate) async fn upload(&self, path: &str, picture: &[u8]) -> Answer {
        let head = "--b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a\"\r\n\r\n";
        let body = [head.as_bytes(), picture, b"\r\n--b--\r\n"].concat();
        let request = self
            .request(Method::POST, path)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// A request of this browser.
    pub(crate) fn request(&self, method: Method, path: &str) -> request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT_LANGUAGE, self.language)
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        Answer::of(self.router.clone().oneshot(request).await.unwrap()).await
    }
}

/// Pairs as a form's body.
pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
