//! Bytes as what a server of names answers: each question has an answer or a failure, and
//! what is read of one is within its bounds.

#![no_main]

use bonafide_outbound::{DnsAnswer, DnsRecord, Question, read_answer};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for question in [Question::Mx, Question::Text, Question::A, Question::Aaaa] {
        let Ok(DnsAnswer::Records(records)) = read_answer(bytes, question) else { continue };
        assert!(records.len() <= 100);
        for record in records {
            match (question, record) {
                // A name has 255 bytes, and a byte at most four signs as it is written.
                (Question::Mx, DnsRecord::Mx(_, host)) => {
                    assert!(host.len() <= 4 * 255 && !host.ends_with('.'));
                }
                (Question::Text, DnsRecord::Text(text)) => assert!(text.len() <= bytes.len()),
                (Question::A | Question::Aaaa, DnsRecord::Address) => {}
                _ => panic!("a record of another kind"),
            }
        }
    }
});
