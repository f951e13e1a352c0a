//! Pairs of face pictures, and who is on them.

use std::collections::HashMap;

use super::root::SampleFile;
use super::{Root, Table};
use crate::EvalError;

/// Pairs over distinct pictures.
pub(crate) struct PairList {
    /// Each picture once, in the order of its first mention.
    pub(crate) images: Vec<SampleFile>,
    /// Who is on each picture, as a number; `None` if the table does not say.
    pub(crate) people: Option<Vec<usize>>,
    pub(crate) pairs: Vec<Pair>,
}

/// Two pictures, by their index, and whether they show the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) a: usize,
    pub(crate) b: usize,
    pub(crate) same: bool,
}

impl PairList {
    pub(crate) const COLUMNS: [&'static str; 3] = ["img_a", "img_b", "same"];

    /// Reads the table; every file must exist. `id_a` and `id_b` count only if
    /// every row has both.
    pub(crate) fn read(table: &Table, root: &Root) -> Result<Self, EvalError> {
        let mut images = Vec::new();
        let mut index: HashMap<&str, usize> = HashMap::new();
        let mut ids: Vec<&str> = Vec::new();
        let mut pairs = Vec::new();
        for row in table.rows() {
            let mut side = |image, id| {
                let (name, id) = (row.get(image), row.get(id));
                if let Some(&known) = index.get(name) {
                    return match ids.get(known) {
                        Some(earlier) if *earlier != id => Err(
                            row.error(format!("{name} has another id here than in an earlier row"))
                        ),
                        _ => Ok(known),
                    };
                }
                images.push(root.file(row.line, name)?);
                ids.push(id);
                index.insert(name, images.len() - 1);
                Ok(images.len() - 1)
            };
            let (a, b) = (side("img_a", "id_a")?, side("img_b", "id_b")?);
            let same = match row.get("same") {
                "0" => false,
                "1" => true,
                _ => return Err(row.error("the column same must be 0 or 1")),
            };
            pairs.push(Pair { a, b, same });
        }
        if pairs.is_empty() {
            return Err(EvalError::NoRows { wanted: "face pairs" });
        }
        Ok(Self { images, people: numbered(&ids), pairs })
    }
}

/// A number for each distinct id, or `None` if any is empty.
fn numbered(ids: &[&str]) -> Option<Vec<usize>> {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    ids.iter()
        .map(|id| {
            let next = numbers.len();
            (!id.is_empty()).then(|| *numbers.entry(id).or_insert(next))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<PairList, EvalError> {
        let folder = tempfile::tempdir().unwrap();
        for name in ["1", "2", "3"] {
            std::fs::write(folder.path().join(name), name).unwrap();
        }
        let root = Root::open(folder.path()).unwrap();
        PairList::read(&Table::read(text.as_bytes(), &PairList::COLUMNS).unwrap(), &root)
    }

    #[test]
    fn each_picture_is_listed_once() {
        let list = read("img_a,img_b,same,id_a,id_b\n1,2,1,x,x\n2,3,0,x,y\n").unwrap();
        assert_eq!(
            list.images.iter().map(|i| i.name.as_str()).collect::<Vec<_>>(),
            ["1", "2", "3"]
        );
        assert_eq!(list.people, Some(vec![0, 0, 1]));
        assert_eq!(list.pairs[1], Pair { a: 1, b: 2, same: false });
    }

    #[test]
    fn ids_are_optional_but_must_agree() {
        assert_eq!(read("img_a,img_b,same\n1,2,1\n").unwrap().people, None);
        assert_eq!(read("img_a,img_b,same,id_a,id_b\n1,2,0,x,\n").unwrap().people, None);
        let error = |text| read(text).err().unwrap().to_string();
        assert_eq!(
            error("img_a,img_b,same,id_a,id_b\n1,2,1,x,x\n1,3,0,z,y\n"),
            "line 3: 1 has another id here than in an earlier row"
        );
        assert_eq!(error("img_a,img_b,same\n1,2,yes\n"), "line 2: the column same must be 0 or 1");
        assert_eq!(
            error("img_a,img_b,same\n1,4,1\n"),
            "line 2: there is no file 4 under the root folder"
        );
        assert_eq!(error("img_a,img_b,same\n"), "the table has no row of face pairs");
    }
}
