//! Somebody's browser at the console: it keeps its cookie, reads pages and posts forms.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;
use warta_core::ids::PersonId;
use warta_core::permission::OrganizationRole;

use super::{World, people};

/// A browser. Without a cookie it is anybody's.
pub(crate) struct Browser {
    router: Router,
    cookie: String,
    language: &'static str,
}

/// What it was shown.
pub(crate) struct Shown {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Shown {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The value of the first input with this name.
    pub(crate) fn input(&self, name: &str) -> &str {
        let (_, rest) = self.text.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_default();
        rest.split('"').next().unwrap()
    }
}

impl Browser {
    /// Of somebody signed in who is this in the world's organization.
    pub(crate) async fn of(world: &World, role: OrganizationRole) -> Self {
        Self::signed_in(world, people::person(&world.app, world.organization, role).await).await
    }

    /// Of this person, signed in.
    pub(crate) async fn signed_in(world: &World, person: PersonId) -> Self {
        let cookie = people::sign_in(&world.app, &world.router, person).await;
        Self { router: world.router.clone(), cookie, language: "en" }
    }

    /// The same, asking for pages in this language.
    pub(crate) fn asking(mut self, language: &'static str) -> Self {
        self.language = language;
        self
    }

    /// Of a stranger who asks for pages in this language.
    pub(crate) fn stranger(world: &World, language: &'static str) -> Self {
        Self { router: world.router.clone(), cookie: String::new(), language }
    }

    pub(crate) async fn get(&self, path: &str) -> Shown {
        let request = Request::get(path).header(header::COOKIE, &self.cookie);
        self.send(request.header(header::ACCEPT_LANGUAGE, self.language).body(Body::empty()).unwrap()).await
    }

    /// Posts a form, as a page of ours does.
    pub(crate) async fn post(&self, path: &str, form: &str) -> Shown {
        let request = Request::post(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT_LANGUAGE, self.language)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> Shown {
        let response: Response<_> = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Shown {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }
}
