//! The schema of what a device may tell: a closed list, written down from the list
//! itself.

use bonafide_risk::device::{FactKind, Group, INSTALLED, KEYS};
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, Type};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

/// An object with the groups of facts; what is not of the list is dropped, not
/// refused, so that the schema leaves room for it.
pub(super) fn facts() -> RefOr<Schema> {
    let free = || Some(AdditionalProperties::FreeForm(true));
    let mut whole = ObjectBuilder::new().additional_properties(free());
    for group in Group::ALL {
        let mut members = ObjectBuilder::new().additional_properties(free());
        for key in KEYS.iter().filter(|key| key.group == *group) {
            let value = ObjectBuilder::new();
            let value = match key.kind {
                FactKind::Text => value.schema_type(Type::String).max_length(Some(512)),
                FactKind::Number => value.schema_type(Type::Number),
                FactKind::Flag => value.schema_type(Type::Boolean),
                FactKind::OneOf(list) => {
                    value.schema_type(Type::String).enum_values(Some(list.iter().copied()))
                }
            };
            let value = value.description(Some(format!("For: {}.", key.purpose)));
            members = members.property(key.name, value);
        }
        whole = whole.property(group.as_str(), members);
    }
    let name = ObjectBuilder::new().schema_type(Type::String).max_length(Some(512));
    let names = ArrayBuilder::new().items(name.build()).max_items(Some(500));
    whole
        .property(INSTALLED, names)
        .description(Some("Facts of a device: a closed list, with a purpose each."))
        .build()
        .into()
}
