//! The endpoints: one file each.

mod admin;
mod calls;
mod consents;
mod device_facts;
mod document_types;
mod documents_read;
mod faces_compare;
mod faces_detect;
mod fields;
mod interface;
mod liveness;
mod liveness_passive;
mod operations;
mod page;
mod risk;
mod subjects;
mod subprocessors;
mod templates;
mod usage;
mod verifications;
mod webhooks;

use crate::route::Route;

/// Every route of this dialect: the router, the document and the denial matrix
/// are made from it.
pub(crate) fn routes() -> &'static [Route] {
    ROUTES
}

static ROUTES: &[Route] = &[
    documents_read::ROUTE,
    document_types::ROUTE,
    faces_compare::ROUTE,
    faces_detect::ROUTE,
    liveness_passive::ROUTE,
    liveness::issue::ROUTE,
    liveness::frames::ROUTE,
    liveness::position::ROUTE,
    liveness::complete::ROUTE,
    liveness::read::ROUTE,
    liveness::best_frame::ROUTE,
    risk::phone::ROUTE,
    risk::email::ROUTE,
    risk::device::ROUTE,
    risk::assess::ROUTE,
    risk::sets::load::ROUTE,
    risk::sets::list::ROUTE,
    risk::sets::drop::ROUTE,
    verifications::create::ROUTE,
    verifications::list::ROUTE,
    verifications::read::ROUTE,
    verifications::statement::ROUTE,
    verifications::assist::ROUTE,
    verifications::device::ROUTE,
    verifications::page::ROUTE,
    verifications::document::ROUTE,
    verifications::selfie::ROUTE,
    verifications::cancel::ROUTE,
    verifications::redact::ROUTE,
    verifications::decision::ROUTE,
    verifications::events::ROUTE,
    verifications::timeline::ROUTE,
    verifications::receipts::ROUTE,
    verifications::media::ROUTE,
    consents::create::ROUTE,
    consents::list::ROUTE,
    consents::read::ROUTE,
    consents::prove::ROUTE,
    consents::withdraw::ROUTE,
    consents::of_verification::ROUTE,
    consents::read_of_verification::ROUTE,
    consents::withdraw_of_verification::ROUTE,
    subjects::find::ROUTE,
    subjects::read::ROUTE,
    subjects::export::ROUTE,
    subjects::rectify::ROUTE,
    subjects::restrict::ROUTE,
    subjects::unrestrict::ROUTE,
    subjects::object::ROUTE,
    subjects::delete::ROUTE,
    subjects::hold::ROUTE,
    subjects::release::ROUTE,
    subjects::breaches::ROUTE,
    templates::create::ROUTE,
    templates::list::ROUTE,
    templates::read::ROUTE,
    templates::version::ROUTE,
    templates::versions::ROUTE,
    templates::close::ROUTE,
    webhooks::create::ROUTE,
    webhooks::list::ROUTE,
    webhooks::read::ROUTE,
    webhooks::change::ROUTE,
    webhooks::delete::ROUTE,
    webhooks::rotate::ROUTE,
    webhooks::test::ROUTE,
    webhooks::deliveries::ROUTE,
    webhooks::resend::ROUTE,
    usage::ROUTE,
    calls::list::ROUTE,
    calls::read::ROUTE,
    operations::ROUTE,
    subprocessors::ROUTE,
    admin::tenant_create::ROUTE,
    admin::tenant_list::ROUTE,
    admin::tenant_configuration::ROUTE,
    admin::tenant_close::ROUTE,
    admin::application_create::ROUTE,
    admin::application_list::ROUTE,
    admin::application_close::ROUTE,
    admin::warranty::sign::ROUTE,
    admin::warranty::list::ROUTE,
    admin::warranty::end::ROUTE,
    admin::switches::ROUTE,
    admin::policy::read::ROUTE,
    admin::policy::choose::ROUTE,
    admin::key_create::ROUTE,
    admin::key_list::ROUTE,
    admin::key_rotate::ROUTE,
    admin::key_revoke::ROUTE,
];
