//! Addresses from text to signals.

use super::*;
use crate::dns::{DomainFacts, NoDns};
use crate::tables::TableName;

fn tables() -> Tables {
    let mut tables = Tables::default();
    let suffixes = "// ===BEGIN ICANN DOMAINS===\ncom\norg\nnet\nuk\nco.uk\n\
        // ===END ICANN DOMAINS===\n// ===BEGIN PRIVATE DOMAINS===\nddns.net\n\
        // ===END PRIVATE DOMAINS===\n";
    for (table, text) in [
        (TableName::DisposableDomains, "thrown.net\n"),
        (TableName::FreeDomains, "gmail.com\nthrown.net\n"),
        (TableName::RoleNames, "info\n"),
        (TableName::PublicSuffixes, suffixes),
    ] {
        tables.install(table, text.as_bytes(), "1".to_owned()).unwrap();
    }
    tables
}

fn reasons_with(address: &str, tables: &Tables, dns: &dyn Dns) -> Vec<Reason> {
    ReadEmail::read(&Email::new(address.to_owned())).signals(tables, dns).1
}

fn reasons(address: &str) -> Vec<Reason> {
    reasons_with(address, &tables(), &NoDns)
}

#[test]
fn an_ordinary_address_gives_no_reason() {
    assert_eq!(reasons("erika.mustermann@firm.co.uk"), []);
}

#[test]
fn each_reason_has_an_address() {
    for (address, expected) in [
        ("erika", Reason::EmailInvalid),
        ("\"e r\"@firm.com", Reason::EmailUnusualForm),
        ("e@[192.0.2.1]", Reason::EmailUnusualForm),
        ("p\u{430}ypal@firm.com", Reason::EmailMixedScript),
        ("eri\u{200b}ka@firm.com", Reason::EmailHiddenSigns),
        ("\u{202e}erika@firm.com", Reason::EmailHiddenSigns),
        ("erika@gm\u{430}il.com", Reason::EmailLookalikeDomain),
        ("erika@gmial.com", Reason::EmailProviderTypo),
        ("erika@mx.thrown.net", Reason::EmailDisposable),
        ("erika@gmail.com", Reason::EmailFreeProvider),
        ("INFO@firm.com", Reason::EmailRoleAccount),
        ("info+x@firm.com", Reason::EmailRoleAccount),
        ("erika+x@firm.com", Reason::EmailSubAddress),
        ("erika@firm.nosuchtld", Reason::EmailNoPublicSuffix),
        ("erika@me.ddns.net", Reason::EmailPrivateSuffix),
        ("erika@mail.example.com", Reason::EmailReservedDomain),
        ("erika@host.test", Reason::EmailReservedDomain),
        ("x7k2m9q4vb@firm.com", Reason::EmailRandomLocal),
        ("qwerty@firm.com", Reason::EmailKeyboardWalk),
        ("erika837465@firm.com", Reason::EmailManyDigits),
    ] {
        assert!(reasons(address).contains(&expected), "{address}: {:?}", reasons(address));
    }
}

#[test]
fn the_domain_name_system_is_believed_and_its_silence_is_not() {
    let facts = |mx: Signal<bool>, null_mx: bool, address: bool| DomainFacts {
        mx,
        null_mx: Signal::Known(null_mx),
        address: Signal::Known(address),
        spf: Signal::Known(true),
        dmarc: Signal::Known(false),
        mail_hosts: vec!["in.thrown.net".to_owned()],
    };
    let of = |facts: &DomainFacts| reasons_with("erika@firm.com", &tables(), facts);
    let [yes, no] = [true, false].map(Signal::Known);
    assert!(of(&facts(no.clone(), false, false)).contains(&Reason::EmailTakesNoMail));
    assert!(of(&facts(yes.clone(), true, true)).contains(&Reason::EmailTakesNoMail));
    assert!(!of(&facts(no, false, true)).contains(&Reason::EmailTakesNoMail));
    let found = of(&facts(yes, false, false));
    assert_eq!(found, [Reason::EmailDisposableMailHost, Reason::EmailNoDmarc]);
    let silent = DomainFacts::unknown(Absent::SourceUnavailable);
    assert_eq!(of(&silent), []);
    let (signals, _) =
        ReadEmail::read(&Email::new("e@firm.com".to_owned())).signals(&tables(), &silent);
    assert_eq!(signals.takes_mail, Signal::Null(Absent::SourceUnavailable));
    assert_eq!(signals.disposable_mail_host, Signal::Null(Absent::SourceUnavailable));
}

#[test]
fn without_tables_lists_are_null_and_never_no() {
    let email = Email::new("erika@mx.thrown.net".to_owned());
    let (signals, reasons) = ReadEmail::read(&email).signals(&Tables::default(), &NoDns);
    let null = Signal::Null(Absent::DataNotInstalled);
    for signal in [
        &signals.disposable,
        &signals.free_provider,
        &signals.role_account,
        &signals.public_suffix,
        &signals.disposable_mail_host,
    ] {
        assert_eq!(*signal, null);
    }
    assert_eq!(signals.takes_mail, Signal::Null(Absent::SwitchedOff));
    assert_eq!(reasons, []);
}

#[test]
fn a_text_that_is_too_long_is_no_address() {
    let long = format!("{}@firm.com", "l".repeat(10_000));
    assert_eq!(reasons(&long), [Reason::EmailInvalid]);
    let beyond = format!("{}@firm.com", "ü".repeat(999));
    assert_eq!(reasons(&beyond), [Reason::EmailInvalid]);
}

#[test]
fn what_cannot_be_sent_to_has_no_normal_form() {
    for address in ["erika", "(c)e@firm.com", "e@[192.0.2.1]", "e @firm.com"] {
        let read = ReadEmail::read(&Email::new(address.to_owned()));
        assert!(read.normal().is_none() && read.domain().is_none(), "{address}");
    }
}
