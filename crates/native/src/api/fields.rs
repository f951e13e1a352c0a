//! How the `fields` selector is described.

use bonafide_verify::verification::VerificationField;
use bonafide_verify::{ComparisonField, DocumentField, FaceField, LivenessField, Selectable};
use utoipa::openapi::schema::{ArrayBuilder, Type};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

const ABOUT: &str = "What is wanted; what is not named here is neither returned nor stored, logged \
                     or sent. Left out: everything.";

fn names<F: Selectable>() -> RefOr<Schema> {
    let name = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(F::ALL.iter().map(|field| field.name())));
    ArrayBuilder::new()
        .items(name.build())
        .unique_items(true)
        .description(Some(ABOUT))
        .build()
        .into()
}

macro_rules! described {
    ($($name:ident = $field:ty;)+) => {
        $(pub(super) fn $name() -> RefOr<Schema> { names::<$field>() })+
    };
}

described! {
    document = DocumentField;
    comparison = ComparisonField;
    face = FaceField;
    liveness = LivenessField;
    verification = VerificationField;
}
