//! Which of our crates may use which, read from the manifests; and what the console may see of the gateway.

use std::{collections::HashMap, error::Error, fs};

use toml::{Table, Value};

use super::{members, root, sources};

/// Package, what it may use of ours, what only its tests may use besides.
const LAYERS: [(&str, &[&str], &[&str]); 10] = [
    ("warta-core", &[], &[]),
    ("warta-protocol", &["warta-core"], &[]),
    ("warta-store", &["warta-core"], &[]),
    ("warta-http", &["warta-store", "warta-core"], &[]),
    ("warta-gateway", &["warta-http", "warta-protocol", "warta-store", "warta-core"], &["warta-twin"]),
    (
        "warta-console",
        &["warta-gateway", "warta-http", "warta-protocol", "warta-store", "warta-core"],
        &["warta-twin"],
    ),
    ("warta-twin", &[], &[]),
    (
        "warta",
        &[
            "warta-console",
            "warta-gateway",
            "warta-http",
            "warta-twin",
            "warta-store",
            "warta-protocol",
            "warta-core",
        ],
        &[],
    ),
    (
        "bench",
        &[
            "warta",
            "warta-console",
            "warta-gateway",
            "warta-http",
            "warta-twin",
            "warta-store",
            "warta-protocol",
            "warta-core",
        ],
        &[],
    ),
    ("xtask", &[], &[]),
];

/// Packages without async, I/O, clock, randomness and logs.
const PURE: [&str; 2] = ["warta-core", "warta-protocol"];

/// What would make a pure package impure: a crate with this name, or with this name and a hyphen before it goes on.
const IMPURE: [&str; 28] = [
    "async",
    "axum",
    "chrono",
    "env_logger",
    "futures",
    "getrandom",
    "h2",
    "hyper",
    "libsqlite3",
    "log",
    "metrics",
    "mio",
    "native",
    "openssl",
    "postgres",
    "rand",
    "reqwest",
    "ring",
    "rusqlite",
    "rustls",
    "smol",
    "socket2",
    "sqlx",
    "tempfile",
    "tokio",
    "tower",
    "tracing",
    "ureq",
];

#[test]
fn the_manifests_keep_to_the_layers() -> Result<(), Box<dyn Error>> {
    let workspace: Table = fs::read_to_string(root().join("Cargo.toml"))?.parse()?;
    let mut packages = Vec::new();
    for folder in members()? {
        packages.push(fs::read_to_string(folder.join("Cargo.toml"))?.parse()?);
    }
    assert_eq!(packages.len(), LAYERS.len(), "each package has its line in LAYERS");

    let broken = broken_rules(&workspace, &packages);

    assert!(broken.is_empty(), "{}", broken.join("\n"));
    Ok(())
}

#[test]
fn an_edge_nobody_drew_is_found() {
    let cases = [
        ("warta-core", "[dependencies]\nwarta-store.workspace = true", "warta-core -> warta-store"),
        (
            "warta-twin",
            "[dev-dependencies]\nwarta-protocol = { path = '../protocol' }",
            "warta-twin -> warta-protocol",
        ),
        ("warta-gateway", "[dependencies]\nwarta-twin.workspace = true", "warta-gateway -> warta-twin"),
        (
            "warta-store",
            "[target.'cfg(unix)'.dependencies]\nwarta-gateway.workspace = true",
            "warta-store -> warta-gateway",
        ),
        ("xtask", "[build-dependencies]\nwarta-core.workspace = true", "xtask -> warta-core"),
        (
            "warta-protocol",
            "[dependencies]\nkept = { package = 'warta-store', path = '../store' }",
            "warta-protocol -> warta-store",
        ),
        ("warta-protocol", "[dependencies]\nalias.workspace = true", "warta-protocol -> warta-twin"),
        ("warta-extra", "", "warta-extra is in no layer"),
        ("warta-core", "[dependencies]\ntokio = '1'", "warta-core is pure and must not use tokio"),
        (
            "warta-protocol",
            "[dependencies]\ntower-http.workspace = true",
            "warta-protocol is pure and must not use tower-http",
        ),
        (
            "warta-core",
            "[dependencies]\nkept = { package = 'sqlx', version = '1' }",
            "warta-core is pure and must not use sqlx",
        ),
    ];
    for (name, dependencies, complaint) in cases {
        assert_eq!(complaints(name, dependencies), [complaint], "{name} with {dependencies}");
    }
}

#[test]
fn an_edge_of_the_picture_is_left_alone() {
    let cases = [
        (
            "warta-gateway",
            "[dependencies]\nwarta-store.workspace = true\n[dev-dependencies]\nwarta-twin.workspace = true",
        ),
        ("warta-core", "[dependencies]\nserde = '1'\n[dev-dependencies]\nproptest = '1'"),
        (
            "warta-store",
            "[dependencies]\ntokio = '1'\n[dev-dependencies]\nwarta-store = { path = '.', features = ['testing'] }",
        ),
        ("bench", "[dependencies]\nwarta-twin.workspace = true"),
    ];
    for (name, dependencies) in cases {
        assert!(complaints(name, dependencies).is_empty(), "{name} with {dependencies}");
    }
}

/// The console asks the gateway's services; the stages of the flow are none of its business.
#[test]
fn the_console_never_reaches_into_the_flow() -> Result<(), Box<dyn Error>> {
    let files = sources(&root().join("crates/console/src"))?;
    assert!(files.len() > 100, "only {} files", files.len());
    for path in files {
        let flat: String = fs::read_to_string(&path)?.split_whitespace().collect();
        assert!(!flat.contains("warta_gateway::flow"), "{}", path.display());
        assert!(!flat.contains("warta_gateway::{"), "{}: write each module's path out", path.display());
    }
    Ok(())
}

/// The complaints about one made-up package.
fn complaints(name: &str, dependencies: &str) -> Vec<String> {
    let table = |text: &str| text.parse::<Table>().unwrap_or_default();
    let workspace =
        table("[workspace.dependencies]\nalias = { package = 'warta-twin', path = 'crates/twin' }");
    broken_rules(&workspace, &[table(&format!("[package]\nname = '{name}'\n{dependencies}"))])
}

/// Each rule that the manifests break, as a sentence.
fn broken_rules(workspace: &Table, packages: &[Table]) -> Vec<String> {
    let renamed = renamed(workspace);
    let mut broken = Vec::new();
    for package in packages {
        let name = package.get("package").and_then(|about| about.get("name")?.as_str()).unwrap_or_default();
        let Some((_, usable, in_tests)) = LAYERS.iter().find(|(known, ..)| *known == name) else {
            broken.push(format!("{name} is in no layer"));
            continue;
        };
        for (kind, dependency) in dependencies(package, &renamed) {
            let ours = LAYERS.iter().any(|(known, ..)| *known == dependency) && dependency != name;
            let tests_only = kind == "dev-dependencies";
            let drawn = usable.contains(&&*dependency) || (tests_only && in_tests.contains(&&*dependency));
            if ours && !drawn {
                broken.push(format!("{name} -> {dependency}"));
            }
            if PURE.contains(&name) && !tests_only && is_impure(&dependency) {
                broken.push(format!("{name} is pure and must not use {dependency}"));
            }
        }
    }
    broken
}

fn is_impure(dependency: &str) -> bool {
    let goes_on = |rest: &str| rest.is_empty() || rest.starts_with('-');
    IMPURE.iter().any(|impure| dependency.strip_prefix(impure).is_some_and(goes_on))
}

/// The dependencies of one package: the kind of table and the real name.
fn dependencies(package: &Table, renamed: &HashMap<String, String>) -> Vec<(&'static str, String)> {
    let targets = package.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let homes: Vec<&Table> = std::iter::once(package).chain(targets.filter_map(Value::as_table)).collect();
    let mut found = Vec::new();
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        for (key, entry) in homes.iter().filter_map(|home| home.get(kind)?.as_table()).flatten() {
            let inherited = entry.get("workspace").is_some().then(|| renamed.get(key).cloned()).flatten();
            found.push((kind, real_name(entry).or(inherited).unwrap_or_else(|| key.clone())));
        }
    }
    found
}

/// Names under which the workspace gives its members another package.
fn renamed(workspace: &Table) -> HashMap<String, String> {
    let shared = workspace.get("workspace").and_then(|workspace| workspace.get("dependencies")?.as_table());
    shared.into_iter().flatten().filter_map(|(key, entry)| Some((key.clone(), real_name(entry)?))).collect()
}

fn real_name(entry: &Value) -> Option<String> {
    entry.get("package").and_then(Value::as_str).map(str::to_owned)
}
