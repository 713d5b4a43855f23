//! Templates that are declared here.

use serde_json::{Value, json};
use warta_core::audit::Action;
use warta_core::ids::{ApiKeyId, ChannelId, OrganizationId, TemplateId};
use warta_store::{Declaration, DeclarationFilter, Scope};

use crate::{Fixture, at};

const ALL: DeclarationFilter<'static> = DeclarationFilter { name: None, before: None, limit: 50 };

fn body(text: &str) -> Vec<Value> {
    vec![json!({"type": "BODY", "text": text})]
}

impl Fixture {
    fn declaration(&self, name: &str, language: &str) -> Declaration {
        Declaration {
            id: TemplateId::from_uuid(self.id()),
            channel: self.channel,
            name: name.to_owned(),
            language: language.to_owned(),
            category: "utility".to_owned(),
            components: body("Halo {{1}}"),
            created_at: at(1),
            created_by: ApiKeyId::from_uuid(self.id()),
        }
    }

    async fn declared(&self, name: &str, language: &str) -> Declaration {
        let new = self.declaration(name, language);
        assert!(self.store.declare_template(self.scope(), new.clone()).await.unwrap(), "{name} {language}");
        new
    }

    async fn names(&self, filter: DeclarationFilter<'_>) -> Vec<String> {
        let all = self.store.declarations(self.scope(), self.channel, filter).await.unwrap();
        all.into_iter().map(|one| one.name).collect()
    }
}

on_both! {
    a_declared_template_is_found_by_its_id_and_by_its_name(f) {
        let new = f.declared("order_update", "id").await;
        assert_eq!(f.store.declaration(f.scope(), f.channel, new.id).await.unwrap(), Some(new.clone()));
        let named = f.store.declaration_named(f.scope(), f.channel, ("order_update", "id")).await.unwrap();
        assert_eq!(named, Some(new));
        let other = f.store.declaration_named(f.scope(), f.channel, ("order_update", "en_US")).await.unwrap();
        assert_eq!(other, None, "there is no falling back to another language");
    }

    a_channel_has_one_of_each_name_and_language(f) {
        let first = f.declared("order_update", "id").await;
        let again = Declaration { components: body("Lain"), ..f.declaration("order_update", "id") };
        assert!(!f.store.declare_template(f.scope(), again).await.unwrap());
        assert_eq!(f.store.declaration(f.scope(), f.channel, first.id).await.unwrap(), Some(first), "the first stays");
        f.declared("order_update", "en_US").await;
        let elsewhere = Declaration { channel: ChannelId::from_uuid(f.id()), ..f.declaration("order_update", "id") };
        assert!(f.store.declare_template(f.scope(), elsewhere).await.unwrap());
        assert_eq!(f.names(ALL).await.len(), 2);
    }

    they_are_listed_the_newest_first_and_part_by_part(f) {
        for name in ["a_one", "b_two", "ab_three", "axb"] {
            f.declared(name, "id").await;
        }
        assert_eq!(f.names(ALL).await, ["axb", "ab_three", "b_two", "a_one"]);
        assert_eq!(f.names(DeclarationFilter { name: Some("b_"), ..ALL }).await, ["ab_three", "b_two"]);
        assert_eq!(f.names(DeclarationFilter { name: Some("%"), ..ALL }).await, Vec::<String>::new());
        let first = f.store.declarations(f.scope(), f.channel, DeclarationFilter { limit: 2, ..ALL }).await.unwrap();
        let before = first.last().map(|one| one.id);
        assert_eq!(first.len(), 2);
        assert_eq!(f.names(DeclarationFilter { before, ..ALL }).await, ["b_two", "a_one"]);
    }

    it_is_changed_in_part_and_deleted_once(f) {
        let new = f.declared("order_update", "id").await;
        let place = (f.channel, new.id);
        assert!(f.store.change_declaration(f.scope(), place, Some("marketing".to_owned()), None).await.unwrap());
        let found = f.store.declaration(f.scope(), f.channel, new.id).await.unwrap().unwrap();
        assert_eq!((found.category.as_str(), found.components), ("marketing", body("Halo {{1}}")));
        assert!(f.store.change_declaration(f.scope(), place, None, Some(body("Hai"))).await.unwrap());
        let found = f.store.declaration(f.scope(), f.channel, new.id).await.unwrap().unwrap();
        assert_eq!((found.category.as_str(), found.components), ("marketing", body("Hai")));
        assert!(f.store.delete_declaration(f.scope(), place).await.unwrap());
        assert!(!f.store.delete_declaration(f.scope(), place).await.unwrap());
        assert!(!f.store.change_declaration(f.scope(), place, None, Some(body("Hai"))).await.unwrap());
        assert_eq!(f.store.declaration(f.scope(), f.channel, new.id).await.unwrap(), None);
    }

    another_organization_and_another_channel_have_no_part_in_it(f) {
        let new = f.declared("order_update", "id").await;
        let foreign = Scope::new(OrganizationId::from_uuid(f.id()));
        let other = ChannelId::from_uuid(f.id());
        for (scope, channel) in [(foreign, f.channel), (f.scope(), other)] {
            assert_eq!(f.store.declaration(scope, channel, new.id).await.unwrap(), None);
            assert_eq!(f.store.declaration_named(scope, channel, ("order_update", "id")).await.unwrap(), None);
            assert_eq!(f.store.declarations(scope, channel, ALL).await.unwrap(), []);
            assert!(!f.store.change_declaration(scope, (channel, new.id), None, Some(body("x"))).await.unwrap());
            assert!(!f.store.delete_declaration(scope, (channel, new.id)).await.unwrap());
        }
        assert_eq!(f.store.declaration(f.scope(), f.channel, new.id).await.unwrap(), Some(new));
    }

    it_goes_when_its_channel_is_forgotten(f) {
        let new = f.declared("order_update", "id").await;
        let entry = f.act(Action::ChannelDeleted, 2);
        f.store.delete_channel(f.scope(), f.channel, &entry).await.unwrap();
        assert_eq!(f.store.declaration(f.scope(), f.channel, new.id).await.unwrap(), Some(new.clone()), "it may come back");
        assert_eq!(f.store.purge_deleted(at(3)).await.unwrap(), 1);
        assert_eq!(f.store.declaration(f.scope(), f.channel, new.id).await.unwrap(), None);
    }
}
