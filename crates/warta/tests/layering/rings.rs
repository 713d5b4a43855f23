//! Inside a crate imports run one way: no source file imports another that leads back to it.
//!
//! Files named `mod.rs` and the crate's root only declare and hand on, so they are no members of a ring; a name that they hand on
//! is looked up behind them. Paths inside macro calls and test modules are not read.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use syn::{
    Attribute, File, ItemMod, ItemUse, UseTree,
    visit::{self, Visit},
};

/// A module's path from the root of its crate.
type Module = Vec<String>;
type Imports = BTreeMap<Module, BTreeSet<Module>>;

#[test]
fn no_file_imports_another_that_leads_back_to_it() -> Result<(), Box<dyn Error>> {
    let mut rings = Vec::new();
    for folder in super::members()? {
        let sources = sources(&folder.join("src"))?;
        assert!(sources.len() > 1, "{} has sources", folder.display());
        for ring in rings_of(&imports(&sources)) {
            rings.push(format!("{}: {ring}", folder.file_name().unwrap_or_default().display()));
        }
    }
    assert!(rings.is_empty(), "\n{}", rings.join("\n"));
    Ok(())
}

#[test]
fn a_ring_is_found_through_what_a_folder_hands_on() -> Result<(), Box<dyn Error>> {
    let source = |text: &str| -> Result<Source, syn::Error> {
        Ok(Source { only_hands_on: false, file: syn::parse_file(text)? })
    };
    let folder = |text: &str| -> Result<Source, syn::Error> {
        Ok(Source { only_hands_on: true, file: syn::parse_file(text)? })
    };
    let module = |path: &str| path.split('/').map(str::to_owned).collect::<Module>();
    let mut sources = BTreeMap::from([
        (Module::new(), folder("pub mod a; pub mod b; pub mod c;")?),
        (module("a"), source("use std::fmt;\nuse crate::b::Thing;\nfn f() { super::c::g() }")?),
        (module("b"), folder("mod inner; pub use inner::Thing;")?),
        (module("b/inner"), source("#[cfg(test)] mod tests { use crate::a::f; }\npub struct Thing;")?),
        (module("c"), source("pub fn g() {}")?),
    ]);
    assert_eq!(rings_of(&imports(&sources)), Vec::<String>::new());

    sources.insert(module("b/inner"), source("use crate::{a::f, c};\npub struct Thing;")?);
    assert_eq!(rings_of(&imports(&sources)), ["a -> b/inner -> a"]);
    Ok(())
}

struct Source {
    only_hands_on: bool,
    file: File,
}

/// Every source below `folder`, by its module.
fn sources(folder: &Path) -> Result<BTreeMap<Module, Source>, Box<dyn Error>> {
    let mut found = BTreeMap::new();
    for path in super::sources(folder)? {
        let (module, only_hands_on) = module_of(path.strip_prefix(folder)?);
        let file = syn::parse_file(&fs::read_to_string(&path)?)?;
        found.insert(module, Source { only_hands_on, file });
    }
    Ok(found)
}

/// The module in a file, and whether the file only declares and hands on.
fn module_of(path: &Path) -> (Module, bool) {
    let stem: PathBuf = path.with_extension("");
    let mut module: Module = stem.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let hands_on = module.last().is_some_and(|name| name == "mod" || name == "lib" || name == "main");
    if hands_on {
        module.pop();
    }
    (module, hands_on)
}

fn imports(sources: &BTreeMap<Module, Source>) -> Imports {
    let handed_on: BTreeMap<&Module, Vec<Vec<String>>> = sources
        .iter()
        .filter(|(_, source)| source.only_hands_on)
        .map(|(module, source)| (module, paths(&source.file, module)))
        .collect();
    let mut imports = Imports::new();
    for (module, source) in sources.iter().filter(|(_, source)| !source.only_hands_on) {
        let targets = paths(&source.file, module).into_iter();
        let targets = targets.filter_map(|path| owner(&path, sources, &handed_on));
        imports.insert(module.clone(), targets.filter(|target| target != module).collect());
    }
    imports
}

/// The file in which the last name of `path` is defined.
fn owner(
    path: &[String],
    sources: &BTreeMap<Module, Source>,
    handed_on: &BTreeMap<&Module, Vec<Vec<String>>>,
) -> Option<Module> {
    let known = (0..=path.len())
        .rev()
        .find(|length| path.get(..*length).is_some_and(|part| sources.contains_key(part)))?;
    let (module, rest) = path.split_at(known);
    let module = module.to_vec();
    let Some(behind) = handed_on.get(&module) else { return Some(module) };
    let name = rest.first()?;
    let handed = behind.iter().find(|path| {
        path.last() == Some(name)
            && path.len() > 1
            && **path != [&*module, std::slice::from_ref(name)].concat()
    })?;
    owner(handed, sources, handed_on)
}

/// Every path into the crate that a file of `module` names, from the crate's root.
fn paths(file: &File, module: &Module) -> Vec<Vec<String>> {
    struct Reader<'a> {
        module: &'a Module,
        found: Vec<Vec<String>>,
    }
    impl Reader<'_> {
        fn note(&mut self, path: &[String]) {
            let mut place = self.module.clone();
            let rest = match path.split_first() {
                Some((first, rest)) if first == "crate" => {
                    place.clear();
                    rest
                }
                Some((first, rest)) if first == "self" => rest,
                Some((first, _)) if first == "super" => {
                    let ups = path.iter().take_while(|name| *name == "super").count();
                    place.truncate(place.len().saturating_sub(ups));
                    path.get(ups..).unwrap_or_default()
                }
                // What a folder hands on, it may name by the child alone.
                Some(_) => path,
                None => return,
            };
            place.extend(rest.iter().cloned());
            self.found.push(place);
        }
        fn tree(&mut self, before: &[String], tree: &UseTree) {
            let with = |name: String| [before, &[name]].concat();
            match tree {
                UseTree::Path(path) => self.tree(&with(path.ident.to_string()), &path.tree),
                UseTree::Name(name) if name.ident == "self" => self.note(before),
                UseTree::Name(name) => self.note(&with(name.ident.to_string())),
                UseTree::Rename(rename) => self.note(&with(rename.ident.to_string())),
                UseTree::Glob(_) => self.note(before),
                UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(before, tree)),
            }
        }
    }
    impl<'ast> Visit<'ast> for Reader<'_> {
        fn visit_item_mod(&mut self, item: &'ast ItemMod) {
            if !item.attrs.iter().any(is_test) {
                visit::visit_item_mod(self, item);
            }
        }
        fn visit_item_use(&mut self, item: &'ast ItemUse) {
            self.tree(&[], &item.tree);
        }
        fn visit_path(&mut self, path: &'ast syn::Path) {
            let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            if names.len() > 1 && names.first().is_some_and(|name| name == "crate" || name == "super") {
                self.note(&names);
            }
            visit::visit_path(self, path);
        }
    }
    let mut reader = Reader { module, found: Vec::new() };
    reader.visit_file(file);
    reader.found
}

fn is_test(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Ident>().is_ok_and(|name| name == "test")
}

/// One shortest way back for each file that has one, each ring once.
fn rings_of(imports: &Imports) -> Vec<String> {
    let mut in_a_ring: BTreeSet<&Module> = BTreeSet::new();
    let mut rings = Vec::new();
    for start in imports.keys() {
        if in_a_ring.contains(start) {
            continue;
        }
        if let Some(way) = way_back(start, imports) {
            rings.push(way.iter().map(|module| module.join("/")).collect::<Vec<_>>().join(" -> "));
            in_a_ring.extend(way);
        }
    }
    rings
}

/// The shortest way of imports from `start` back to it.
fn way_back<'a>(start: &'a Module, imports: &'a Imports) -> Option<Vec<&'a Module>> {
    let mut ways = std::collections::VecDeque::from([vec![start]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in imports.get(*way.last()?).into_iter().flatten() {
            let longer = [way.as_slice(), &[next]].concat();
            if next == start {
                return Some(longer);
            }
            if seen.insert(next) {
                ways.push_back(longer);
            }
        }
    }
    None
}
