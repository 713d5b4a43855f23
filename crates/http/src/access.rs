//! Routes with stated access. A route cannot be added without one: the same call guards the route and lists it, so that a test
//! can call every route as every kind of caller.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};

/// Who may call a route. Each face has its own kinds of callers.
pub trait Access: Copy {
    /// The state of the face's handlers.
    type State: Clone + Send + Sync + 'static;

    /// Lets only those through to `methods` who may call them.
    fn guard(self, methods: MethodRouter<Self::State>) -> MethodRouter<Self::State>;
}

/// A route in the list of routes.
#[derive(Debug, Clone)]
pub struct Listed<A> {
    /// The method.
    pub method: Method,
    /// The path, with its parameters in braces.
    pub path: String,
    /// Who may call it.
    pub access: A,
}

/// The routes of one face: a router and the list of what is in it.
#[derive(Debug)]
pub struct Routes<A: Access> {
    router: Router<A::State>,
    list: Vec<Listed<A>>,
}

impl<A: Access> Default for Routes<A> {
    fn default() -> Self {
        Self { router: Router::new(), list: Vec::new() }
    }
}

impl<A: Access> Routes<A> {
    /// Adds one method of a path: `POST`, or else `GET`.
    #[must_use]
    pub fn add<H, T>(self, access: A, method: Method, path: &str, handler: H) -> Self
    where
        H: Handler<T, A::State>,
        T: 'static,
    {
        let filter = if method == Method::POST { MethodFilter::POST } else { MethodFilter::GET };
        self.add_methods(access, [method], path, on(filter, handler))
    }

    /// Adds several methods of a path at once.
    #[must_use]
    pub fn add_methods(
        mut self,
        access: A,
        methods: impl IntoIterator<Item = Method>,
        path: &str,
        handlers: MethodRouter<A::State>,
    ) -> Self {
        let listed = methods.into_iter().map(|method| Listed { method, path: path.to_owned(), access });
        self.list.extend(listed);
        self.router = self.router.route(path, access.guard(handlers));
        self
    }

    /// The router and the list of its routes.
    pub fn finish(self) -> (Router<A::State>, Vec<Listed<A>>) {
        (self.router, self.list)
    }
}
