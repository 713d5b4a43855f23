//! What the tests share.

pub(crate) mod answer;
pub(crate) mod browser;
pub(crate) mod cast;
pub(crate) mod clinic;
pub(crate) mod pair;
pub(crate) mod people;
pub(crate) mod stand;
pub(crate) mod tenants;
pub(crate) mod webhook;
pub(crate) mod world;

pub(crate) use answer::Answer;
pub(crate) use browser::Browser;
pub(crate) use cast::{Caller, Cast};
pub(crate) use clinic::Clinic;
pub(crate) use pair::{PROTOCOLS, Pair};
pub(crate) use stand::{Say, Stand};
pub(crate) use tenants::{Tenants, spawn};
pub(crate) use world::{BUDI, World};

/// Runs a test of the flow on both databases.
macro_rules! on_both {
    ($($(#[$meta:meta])* $name:ident($world:ident) $body:block)+) => {
        mod sqlite {
            $($(#[$meta])* #[tokio::test]
            async fn $name() {
                super::$name(&$crate::support::World::new().await).await;
            })+
        }
        mod postgres {
            $($(#[$meta])* #[tokio::test]
            async fn $name() {
                match $crate::support::World::on_postgres().await {
                    Some(world) => super::$name(&world).await,
                    None => eprintln!("skipped: no PostgreSQL; run `cargo xtask test`"),
                }
            })+
        }
        $(async fn $name($world: &World) $body)+
    };
}
pub(crate) use on_both;
