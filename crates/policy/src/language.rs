//! Languages of documents.

use crate::names::named;

named! {
    /// A language that documents come in. Adding one means to write its words
    /// (`render/words`): the compiler names every sentence that is missing.
    Language {
        /// English.
        English = "en",
        /// Chinese in simplified characters.
        Simplified = "zh-Hans",
        /// Chinese in traditional characters.
        Traditional = "zh-Hant",
    }
}
