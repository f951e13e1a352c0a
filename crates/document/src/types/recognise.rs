//! Which type a page is of: by the texts that stand on every document of it.

use super::DocumentTypes;
use super::anchor::Key;
use super::file::{Mark, Side};

/// A page made out: which type, which side, by its place in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Recognised {
    pub(crate) file: usize,
    pub(crate) side: usize,
}

impl DocumentTypes {
    /// The type and side of a page with these lines; `None` if no type's marks
    /// suffice, or those of two types do equally.
    pub(crate) fn recognise(&self, lines: &[&str]) -> Option<Recognised> {
        let keys: Vec<Key> = lines.iter().map(|line| Key::of(line)).collect();
        let mut best: Option<(Recognised, u32)> = None;
        let mut tied = false;
        for (f, file) in self.files().iter().enumerate() {
            for (s, side) in file.sides.iter().enumerate() {
                let Some(weight) = weight(side, &keys) else { continue };
                let here = Recognised { file: f, side: s };
                match &best {
                    Some((_, most)) if *most > weight => {}
                    Some((_, most)) if *most == weight => tied = true,
                    _ => (best, tied) = (Some((here, weight)), false),
                }
            }
        }
        best.filter(|_| !tied).map(|(found, _)| found)
    }
}

/// Weight of the marks read, if it suffices and nothing speaks against it.
fn weight(side: &Side, keys: &[Key]) -> Option<u32> {
    let mut weight = 0;
    for mark in &side.marks {
        if stands(mark, keys) {
            if mark.against {
                return None;
            }
            weight += mark.weight;
        }
    }
    (weight >= side.least).then_some(weight)
}

fn stands(mark: &Mark, keys: &[Key]) -> bool {
    mark.text.iter().any(|text| {
        let wanted = Key::of(text);
        keys.iter().any(|key| key.find(&wanted).is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn recognised(lines: &[&str]) -> Option<(String, usize)> {
        let types = DocumentTypes::built_in().unwrap();
        let found = types.recognise(lines)?;
        Some((types.files()[found.file].id.clone(), found.side))
    }

    #[test]
    fn a_page_is_told_by_its_marks() {
        let front = ["姓名张三", "性别男民族汉", "出生1990年1月1日", "住址某市", "公民身份号码"];
        assert_eq!(recognised(&front), Some(("chn_resident_id".into(), 0)));
        let back = ["中华人民共和国", "居民身份证", "签发机关 某市公安局", "有效期限"];
        assert_eq!(recognised(&back), Some(("chn_resident_id".into(), 1)));
        let card = ["REPUBLIC OF SINGAPORE", "IDENTITY CARD NO. S0000001I", "Race"];
        assert_eq!(recognised(&card), Some(("sgp_nric".into(), 0)));
    }

    #[test]
    fn too_little_is_unknown() {
        assert_eq!(recognised(&[]), None);
        assert_eq!(recognised(&["姓名"]), None);
        assert_eq!(recognised(&["IDENTITY CARD", "Name", "Sex", "Date of birth"]), None);
        assert_eq!(recognised(&["A LETTER", "to the mayor of Singapore", "Name"]), None);
    }

    proptest! {
        #[test]
        fn no_page_panics(lines in proptest::collection::vec("(\\PC|姓名|性别){0,20}", 0..8)) {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            DocumentTypes::built_in().unwrap().recognise(&lines);
        }
    }
}
