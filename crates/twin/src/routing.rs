//! Routes of boxed handlers. axum compiles its routing around every handler type anew; boxed handlers share one type for
//! each state, so that the crate compiles faster.

use std::{future::Future, pin::Pin, sync::Arc};

use axum::{extract::Request, handler::Handler, response::Response, routing::MethodRouter};

type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A handler of any arguments, behind one type.
pub(crate) struct Boxed<S>(Arc<dyn Fn(Request, S) -> Answer + Send + Sync>);

impl<S> Clone for Boxed<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Send + Sync + 'static> Handler<(), S> for Boxed<S> {
    type Future = Answer;

    fn call(self, request: Request, state: S) -> Answer {
        (self.0)(request, state)
    }
}

/// Boxes a handler.
pub(crate) fn boxed<H: Handler<T, S>, T: 'static, S: 'static>(handler: H) -> Boxed<S> {
    Boxed(Arc::new(move |request, state| Box::pin(handler.clone().call(request, state))))
}

/// A route for `GET`.
pub(crate) fn get<H: Handler<T, S>, T: 'static, S: Clone + Send + Sync + 'static>(
    handler: H,
) -> MethodRouter<S> {
    axum::routing::get(boxed(handler))
}

/// A route for `POST`.
pub(crate) fn post<H: Handler<T, S>, T: 'static, S: Clone + Send + Sync + 'static>(
    handler: H,
) -> MethodRouter<S> {
    axum::routing::post(boxed(handler))
}

/// A route for `PUT`.
pub(crate) fn put<H: Handler<T, S>, T: 'static, S: Clone + Send + Sync + 'static>(
    handler: H,
) -> MethodRouter<S> {
    axum::routing::put(boxed(handler))
}
