//! Which documents this version reads.

use bonafide_document::{DocumentTypes, TypeInfo};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::UseCaseError;

/// The document types of this version.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DocumentTypeList {
    /// Each type, in the order of their names.
    pub document_types: Vec<TypeInfo>,
}

/// Every document type, as it was built in.
pub fn list() -> Result<DocumentTypeList, UseCaseError> {
    Ok(DocumentTypeList { document_types: DocumentTypes::built_in()?.list() })
}
