//! Whether the server can do its work, and what it lacks.

use async_trait::async_trait;

/// Who knows how the parts of the server are.
#[async_trait]
pub trait Health: Send + Sync {
    /// Looks at every part: stores, keys, index, models, isolation. Called at
    /// most once a second, whoever asks; an answer that takes longer than three
    /// seconds counts as not ready.
    async fn check(&self) -> Vec<Component>;
}

/// How one part of the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component {
    /// Its name, such as `records`.
    pub name: &'static str,
    /// How it is.
    pub state: State,
    /// Why, such as `no_answer`; `ok` when all is well.
    pub code: &'static str,
    /// Whether the server is not ready while this part is down.
    pub needed: bool,
}

/// How a part of the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It does all it should.
    Ok,
    /// It does its work with less than it should have.
    Degraded,
    /// It does not work.
    Down,
}
