//! Policies put together (row O24): a module is incorporated into what it
//! extends and wins where both speak; where two parents disagree, the module has
//! to decide.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bonafide_context::Keeper;
use toml::Value;

use crate::effective::Effective;
use crate::file::{CellPath, FileKind, Parsed, PolicyFile, nest};
use crate::finding::{Finding, Findings, Rule};
use crate::{Keep, Library};

/// What a file says of itself and does not hand on.
const OWN: [&str; 7] =
    ["name", "kind", "version", "effective_from", "extends", "profile", "founding"];

/// How many policies may stand on each other: more than anybody needs, and few
/// enough for the stack.
const DEEPEST: usize = 16;

/// A cell, and the file that said it.
#[derive(Clone, Debug)]
struct Owned {
    value: Value,
    owner: String,
}

/// Every cell that holds under a name.
#[derive(Debug)]
pub(crate) struct Composed {
    cells: BTreeMap<CellPath, Owned>,
    /// Itself first, then everything it is built on.
    chain: Vec<String>,
}

impl Composed {
    /// The cells as a policy that can be asked.
    pub(crate) fn effective(&self, library: &Library) -> Result<Effective, Findings> {
        let name = self.chain.first().map_or("", String::as_str);
        let this = library.named(name)?;
        let table = nest(self.cells.iter().map(|(path, owned)| (path, &owned.value)));
        // Every part was read by itself, so that the whole can be read too.
        let file: PolicyFile =
            Value::Table(table).try_into().map_err(|error: toml::de::Error| {
                this.finding(Rule::Syntax, &[], crate::file::explain(error.message()))
            })?;
        Effective::new(file, self.chain.clone()).map_err(|problems| {
            let finding = |(rule, path, message): (Rule, CellPath, String)| {
                // At whoever said the cell; at this file where nobody did.
                let owner = self
                    .cells
                    .get(&path)
                    .and_then(|owned| library.files.get(&owned.owner))
                    .unwrap_or(this);
                owner.finding(rule, &path.0, message)
            };
            Findings(problems.into_iter().map(finding).collect())
        })
    }

    fn is_built_on(&self, name: &str) -> bool {
        self.chain.iter().skip(1).any(|other| other == name)
    }
}

/// Composes each file once.
pub(crate) struct Composer<'a> {
    library: &'a Library,
    done: BTreeMap<String, Result<Arc<Composed>, Findings>>,
    open: Vec<String>,
}

impl<'a> Composer<'a> {
    pub(crate) fn new(library: &'a Library) -> Self {
        Self { library, done: BTreeMap::new(), open: Vec::new() }
    }

    pub(crate) fn compose(&mut self, name: &str) -> Result<Arc<Composed>, Findings> {
        if let Some(done) = self.done.get(name) {
            return done.clone();
        }
        let composed = self.compose_now(name);
        self.done.insert(name.to_owned(), composed.clone());
        composed
    }

    fn compose_now(&mut self, name: &str) -> Result<Arc<Composed>, Findings> {
        let file = self.library.named(name)?;
        let mut composed = match file.file.kind {
            FileKind::Policy => self.parents(file)?,
            FileKind::Overlay => {
                let parent = self.parent_of_overlay(file)?;
                Composed { cells: parent.cells.clone(), chain: parent.chain.clone() }
            }
        };
        let is_overlay = file.file.kind == FileKind::Overlay;
        for (path, value) in &file.cells.values {
            if is_overlay && path.last() == "keep" {
                cap(&mut composed.cells, path, value);
            }
            let owned = Owned { value: value.clone(), owner: name.to_owned() };
            composed.cells.insert(path.clone(), owned);
        }
        composed.chain.retain(|other| other != name);
        composed.chain.insert(0, name.to_owned());
        Ok(Arc::new(composed))
    }

    /// What an overlay tightens: its one policy, with the profile it chose.
    pub(crate) fn parent_of_overlay(&mut self, overlay: &Parsed) -> Result<Composed, Findings> {
        let at = |key: &str| [key.to_owned()];
        let [parent] = overlay.file.extends.as_slice() else {
            let message = "an overlay extends exactly one policy; to bind a tenant to two texts, \
                           write a policy that extends both";
            return Err(overlay.finding(Rule::Overlay, &at("extends"), message.to_owned()).into());
        };
        let parent = self.parent(overlay, parent)?;
        let mut cells = parent.cells.clone();
        let Some(chosen) = &overlay.file.profile else {
            return Ok(Composed { cells, chain: parent.chain.clone() });
        };
        let prefix = ["profiles", chosen.as_str(), "keep"];
        let of_profile: Vec<(CellPath, Owned)> = parent
            .cells
            .iter()
            .filter(|(path, _)| path.starts_with(&prefix))
            .filter_map(|(path, owned)| match path.0.get(3..) {
                Some([category, family]) => {
                    let cell = format!("categories.{category}.purposes.service.keep_by.{family}");
                    Some((CellPath::of(&cell), owned.clone()))
                }
                _ => None,
            })
            .collect();
        if of_profile.is_empty() {
            let message = format!("the policy offers no profile `{chosen}`");
            let finding = overlay.finding(Rule::UnknownProfile, &at("profile"), message);
            return Err(finding.into());
        }
        cells.extend(of_profile);
        Ok(Composed { cells, chain: parent.chain.clone() })
    }

    /// Everything that a policy's parents say, where they agree or where it
    /// decides.
    fn parents(&mut self, file: &Parsed) -> Result<Composed, Findings> {
        let mut parents = Vec::new();
        for name in &file.file.extends {
            parents.push(self.parent(file, name)?);
        }
        let mut cells: BTreeMap<CellPath, Owned> = BTreeMap::new();
        let mut findings = Vec::new();
        for parent in &parents {
            for (path, theirs) in &parent.cells {
                let own = path.0.first().is_some_and(|key| OWN.contains(&key.as_str()));
                if own || file.cells.values.contains_key(path) {
                    continue;
                }
                match cells.get_mut(path) {
                    None => {
                        cells.insert(path.clone(), theirs.clone());
                    }
                    Some(mine) => {
                        if let Err(message) = self.reconcile(path, mine, theirs) {
                            let at = ["extends".to_owned()];
                            findings.push(file.finding(Rule::Ambiguous, &at, message));
                        }
                    }
                }
            }
        }
        if !findings.is_empty() {
            return Err(Findings(findings));
        }
        let mut seen = BTreeSet::new();
        let chain = parents.iter().flat_map(|parent| parent.chain.iter());
        let chain = chain.filter(|name| seen.insert(*name)).cloned().collect();
        Ok(Composed { cells, chain })
    }

    /// One of two statements about a cell: the one that is built on the other,
    /// else that of both if they agree.
    fn reconcile(&self, path: &CellPath, mine: &mut Owned, theirs: &Owned) -> Result<(), String> {
        if mine.value == theirs.value || self.is_built_on(&mine.owner, &theirs.owner) {
            return Ok(());
        }
        if self.is_built_on(&theirs.owner, &mine.owner) {
            *mine = theirs.clone();
            return Ok(());
        }
        if let ("rows", Value::Array(mine), Value::Array(theirs)) =
            (path.last(), &mut mine.value, &theirs.value)
        {
            // Rows are asked for by both texts.
            let more: Vec<Value> =
                theirs.iter().filter(|row| !mine.contains(row)).cloned().collect();
            mine.extend(more);
            return Ok(());
        }
        if !Keeper::Composition.works() {
            return Ok(());
        }
        Err(format!(
            "`{path}` is {} in `{}` and {} in `{}`: say here which holds",
            mine.value, mine.owner, theirs.value, theirs.owner
        ))
    }

    fn is_built_on(&self, name: &str, other: &str) -> bool {
        let done = self.done.get(name).and_then(|composed| composed.as_ref().ok());
        done.is_some_and(|composed| composed.is_built_on(other))
    }

    fn parent(&mut self, of: &Parsed, name: &str) -> Result<Arc<Composed>, Findings> {
        let at = ["extends".to_owned()];
        let here = |rule, message| Findings::from(of.finding(rule, &at, message));
        if name == of.file.name || self.open.iter().any(|open| open == name) {
            return Err(here(Rule::Cycle, format!("`{name}` extends itself in the end")));
        }
        if self.open.len() >= DEEPEST {
            return Err(here(
                Rule::Cycle,
                format!("more than {DEEPEST} policies stand on each other"),
            ));
        }
        let parent = self.library.named(name).map_err(|Findings(found)| {
            let said = found.into_iter().next().map(|finding: Finding| finding.message);
            here(Rule::UnknownParent, said.unwrap_or_default())
        })?;
        if parent.file.kind == FileKind::Overlay {
            let message = format!("`{name}` is an overlay, and nothing is built on one");
            return Err(here(Rule::Overlay, message));
        }
        self.open.push(of.file.name.clone());
        let composed = self.compose(name);
        self.open.pop();
        composed
    }
}

/// A tenant who says one period for a cell means it for every family: the
/// longer ones of the policy are shortened to it.
fn cap(cells: &mut BTreeMap<CellPath, Owned>, path: &CellPath, value: &Value) {
    let period = |value: &Value| value.as_str().and_then(|text| text.parse::<Keep>().ok());
    let Some((cap, (_, above))) = period(value).zip(path.0.split_last()) else { return };
    let keys: Vec<&str> = above.iter().map(String::as_str).chain(["keep_by"]).collect();
    cells.retain(|path, owned| {
        !path.starts_with(&keys) || period(&owned.value).is_some_and(|keep| keep.within(cap))
    });
}
