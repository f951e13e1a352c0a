//! The mark without which nothing rests.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bonafide_context::{
    CallId, Date, Environment, Keeper, Region, Sensitive, TenantId, Timestamp, Wipe,
};

use crate::{Category, Purpose};

/// A type whose values may rest in a store, and as what.
///
/// The vault takes only values of such a type: what nobody has put into a
/// category does not compile into storage. The derive names the category and
/// lists the fields for the inventory:
///
/// ```
/// use bonafide_policy::{Category, Held, HeldPart};
///
/// #[derive(HeldPart)]
/// struct Name { surname: String, given: Option<String> }
///
/// #[derive(Held)]
/// #[held(category = Identification, purposes(Service))]
/// struct Person { name: Name, number: String }
///
/// fn store<T: Held>(_: &T) {}
/// let name = Name { surname: "ERIKSSON".into(), given: None };
/// store(&Person { name, number: "L898902C3".into() });
/// assert_eq!(Person::CATEGORY, Category::Identification);
/// let fields: Vec<String> = Person::fields().into_iter().map(|field| field.path).collect();
/// assert_eq!(fields, ["name.surname", "name.given", "number"]);
/// ```
///
/// A value without a category cannot be stored:
///
/// ```compile_fail,E0277
/// use bonafide_policy::Held;
/// fn store<T: Held>(_: &T) {}
/// store(&String::from("ERIKSSON"));
/// ```
///
/// A type does not derive it without saying which:
///
/// ```compile_fail
/// use bonafide_policy::Held;
/// #[derive(Held)]
/// struct Person { number: String }
/// ```
///
/// What it is made of has to belong somewhere too:
///
/// ```compile_fail,E0277
/// use bonafide_policy::Held;
/// struct Name { surname: String }
/// #[derive(Held)]
/// #[held(category = Identification)]
/// struct Person { name: Name, number: String }
/// ```
///
/// and to the same category, because it shares key and clock:
///
/// ```compile_fail,E0080
/// use bonafide_policy::Held;
/// #[derive(Held)]
/// #[held(category = FaceMedia)]
/// struct Selfie { jpeg: Vec<u8> }
/// #[derive(Held)]
/// #[held(category = Identification)]
/// struct Person { selfie: Selfie, number: String }
/// ```
///
/// A personal value cannot be printed, which is how it would get into a log:
///
/// ```compile_fail,E0277
/// use bonafide_context::Sensitive;
/// let name = Sensitive::new("ERIKSSON".to_owned());
/// println!("{name}");
/// ```
///
/// ```
/// use bonafide_context::Sensitive;
/// let name = Sensitive::new("ERIKSSON".to_owned());
/// assert_eq!(format!("{name:?}"), "***");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no data category and cannot be stored",
    note = "derive `bonafide_policy::Held` and say `#[held(category = …)]`"
)]
pub trait Held {
    /// What kind of data this is.
    const CATEGORY: Category;

    /// What it is kept for; empty for everything that the policy keeps its
    /// category for.
    const PURPOSES: &'static [Purpose] = &[];

    /// The type's name, in the inventory; empty where it was not derived.
    const NAME: &'static str = "";

    /// Every field down to the last; none where it was not derived.
    fn fields() -> Vec<HeldField> {
        Vec::new()
    }
}

/// What a stored value may be made of: plain values, and types that derive
/// `HeldPart` (which share their holder's category) or [`Held`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` belongs to no data category and cannot be part of what is stored",
    note = "derive `bonafide_policy::HeldPart` for it, or mark a field of a foreign type with \
            `#[held(whole)]`"
)]
pub trait HeldPart {
    /// The category that it insists on; none where it takes its holder's.
    const OWN: Option<Category> = None;

    /// Its own fields; none where it is a plain value.
    fn parts() -> Vec<HeldField> {
        Vec::new()
    }
}

/// A field of a stored type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldField {
    /// The names that lead to it, with dots between them.
    pub path: String,
    /// Its type as the source writes it.
    pub kind: &'static str,
}

impl HeldField {
    /// Adds a field: its parts if it has any, else itself. For the derive.
    #[doc(hidden)]
    pub fn add<T: HeldPart>(fields: &mut Vec<Self>, path: &str, kind: &'static str) {
        let parts = if Keeper::Inventory.works() { T::parts() } else { Vec::new() };
        if parts.is_empty() {
            Self::add_whole(fields, path, kind);
        }
        let below = |part: Self| Self { path: format!("{path}.{}", part.path), ..part };
        fields.extend(parts.into_iter().map(below));
    }

    /// Adds a field without asking what it is made of. For the derive.
    #[doc(hidden)]
    pub fn add_whole(fields: &mut Vec<Self>, path: &str, kind: &'static str) {
        fields.push(Self { path: path.to_owned(), kind });
    }
}

/// Whether a part may be held under a category. For the derive.
#[doc(hidden)]
pub const fn fits(holder: Category, part: Option<Category>) -> bool {
    match part {
        Some(part) => part as u32 == holder as u32,
        None => true,
    }
}

macro_rules! plain {
    ($($type:ty),+ $(,)?) => { $(impl HeldPart for $type {})+ };
}

plain!(
    (),
    bool,
    char,
    u8,
    u16,
    u32,
    u64,
    u128,
    usize,
    i8,
    i16,
    i32,
    i64,
    i128,
    isize,
    f32,
    f64,
    String,
    Duration,
    Date,
    Timestamp,
    CallId,
    TenantId,
    Environment,
    Region,
    Category,
    Purpose,
);

macro_rules! holders {
    ($($type:ty $(where $bound:path)?),+ $(,)?) => {
        $(
            impl<T: HeldPart $(+ $bound)?> HeldPart for $type {
                const OWN: Option<Category> = T::OWN;

                fn parts() -> Vec<HeldField> {
                    T::parts()
                }
            }
        )+
    };
}

holders!(Option<T>, Vec<T>, Box<T>, BTreeSet<T>, Sensitive<T> where Wipe);

impl<T: HeldPart, const N: usize> HeldPart for [T; N] {
    const OWN: Option<Category> = T::OWN;

    fn parts() -> Vec<HeldField> {
        T::parts()
    }
}

/// Keys are plain; the category is that of the values.
impl<V: HeldPart> HeldPart for BTreeMap<String, V> {
    const OWN: Option<Category> = V::OWN;

    fn parts() -> Vec<HeldField> {
        V::parts()
    }
}
