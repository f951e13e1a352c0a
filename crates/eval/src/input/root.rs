//! The folder that all samples lie under.

use std::path::{Component, Path, PathBuf};

use crate::EvalError;

/// A folder that no sample's path can leave.
pub(crate) struct Root(PathBuf);

/// A sample's file: its name in the table and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SampleFile {
    /// As the table and the report name it, relative to the root.
    pub(crate) name: String,
    path: PathBuf,
}

impl Root {
    pub(crate) fn open(path: &Path) -> Result<Self, EvalError> {
        let file = |reason| EvalError::File { doing: "open", path: path.to_owned(), reason };
        let folder = path.canonicalize().map_err(file)?;
        if !folder.is_dir() {
            return Err(file(std::io::ErrorKind::NotADirectory.into()));
        }
        Ok(Self(folder))
    }

    /// The file called `name` in `line` of a table. It must exist, and lie
    /// under the root also after links are followed.
    pub(crate) fn file(&self, line: u64, name: &str) -> Result<SampleFile, EvalError> {
        let row = |problem| EvalError::Row { line, problem };
        let relative = Path::new(name);
        let plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if name.is_empty() || !relative.components().all(plain) {
            return Err(
                row("write the file's path relative to the root folder, without ..".into()),
            );
        }
        let path = self
            .0
            .join(relative)
            .canonicalize()
            .ok()
            .filter(|path| path.is_file())
            .ok_or_else(|| row(format!("there is no file {name} under the root folder")))?;
        if !path.starts_with(&self.0) {
            return Err(row(format!("{name} is a link that leaves the root folder")));
        }
        Ok(SampleFile { name: name.to_owned(), path })
    }
}

impl SampleFile {
    pub(crate) fn read(&self) -> Result<Vec<u8>, EvalError> {
        std::fs::read(&self.path).map_err(|reason| EvalError::File {
            doing: "read",
            path: self.path.clone(),
            reason,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_under_the_root() {
        let outside = tempfile::tempdir().unwrap();
        let inside = outside.path().join("root");
        std::fs::create_dir_all(inside.join("a")).unwrap();
        std::fs::write(inside.join("a/b.jpg"), b"bytes").unwrap();
        std::fs::write(outside.path().join("secret"), b"no").unwrap();
        let root = Root::open(&inside).unwrap();
        assert_eq!(root.file(2, "a/b.jpg").unwrap().read().unwrap(), b"bytes");
        let absolute = outside.path().join("secret").display().to_string();
        for name in ["../secret", "a/../../secret", "", "missing.jpg", "a", &absolute] {
            let error = root.file(7, name).unwrap_err();
            assert!(error.to_string().starts_with("line 7: "), "{error}");
        }
        #[cfg(unix)]
        {
            let link = inside.join("link");
            std::os::unix::fs::symlink(outside.path().join("secret"), link).unwrap();
            assert!(root.file(3, "link").unwrap_err().to_string().contains("leaves the root"));
        }
        assert!(Root::open(&outside.path().join("nowhere")).is_err());
    }
}
