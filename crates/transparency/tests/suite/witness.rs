//! The witness protocol: every answer, against a log of another implementation
//! and against ours.

use std::sync::Arc;

use async_trait::async_trait;
use bonafide_transparency::note::{Algorithm, Note, VerifierKey};
use bonafide_transparency::storage::Swap;
use bonafide_transparency::witness::{
    AddCheckpoint, Answer, Client, ClientError, MemoryWitness, Outcome, Witness, WitnessStorage,
};
use bonafide_transparency::{Hash, Head, Origin, StorageError};
use tokio::sync::Mutex;

use crate::support::{clock, grown, key, leaves, log_key};

/// Requests of a log of the Sigsum project, as another witness's tests have
/// them: from nothing to 1, from 1 to 3, from 1 to 5.
const SIGSUM: &str =
    "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562";
const SIGSUM_KEY: &str = "ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f";
const TO_1: &str = "old 0

@
1
KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

— @ UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=
";
const TO_3: &str = "old 1
KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

@
3
RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=

— @ UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=
";
const TO_5: &str = "old 1
KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=
KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

@
5
QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=

— @ UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=
";

fn sigsum(text: &str) -> Vec<u8> {
    text.replace('@', SIGSUM).into_bytes()
}

fn sigsum_key() -> VerifierKey {
    let public = Hash::from_hex(SIGSUM_KEY).unwrap().0;
    VerifierKey::new(SIGSUM.parse().unwrap(), Algorithm::Ed25519, public)
}

fn witness(logs: impl IntoIterator<Item = VerifierKey>) -> Witness {
    let key = key("witness.example", Algorithm::Cosignature);
    Witness::new(key, logs, Arc::new(MemoryWitness::new()), clock()).unwrap()
}

fn conflict(size: u64) -> Answer {
    Answer::Conflict { size, split_view: false }
}

#[tokio::test]
async fn a_log_of_another_implementation_is_witnessed() {
    let witness = witness([sigsum_key()]);
    for (request, expected) in [
        (TO_5, conflict(0)),
        (TO_1, Answer::Cosigned(String::new())),
        (TO_1, conflict(1)),
        (TO_5, Answer::Cosigned(String::new())),
        // What another has brought in between does not take it back.
        (TO_3, conflict(5)),
    ] {
        let answer = witness.add_checkpoint(&sigsum(request)).await;
        assert_eq!(answer.status(), expected.status(), "{request}");
        if let Answer::Cosigned(line) = answer {
            let request = String::from_utf8(sigsum(request)).unwrap();
            let (_, note) = request.split_once("\n\n").unwrap();
            let note = Note::parse(format!("{note}{line}").as_bytes()).unwrap();
            let ring = bonafide_transparency::note::Keyring::of(witness.verifier().clone());
            let verified = note.verify(&ring).unwrap();
            assert_eq!(verified[0].time, Some(1_795_331_835));
        } else {
            assert_eq!(answer, expected);
        }
    }
}

#[tokio::test]
async fn every_refusal_has_its_status() {
    let witness = witness([sigsum_key()]);
    assert_eq!(witness.add_checkpoint(&sigsum(TO_1)).await.status(), 200);
    let zeros = "KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let many = format!("old 1\n{}", format!("{zeros}\n").repeat(64));
    let same_size = TO_1.replace("old 0", "old 1");
    for (request, status) in [
        (String::new(), 400),
        (TO_3.replace("old 1", "old 01"), 400),
        (TO_3.replace("old 1", "old"), 400),
        (TO_3.replace("old 1", "old -1"), 400),
        (TO_3.replace("old 1", "old 4"), 400),
        (TO_3.replacen("AAA=\n", "AAA\n", 1), 400),
        (TO_3.replacen("old 1\n", &many, 1), 400),
        (TO_3.trim_end().to_owned(), 400),
        (TO_3.replace("\n3\n", "\n4\n"), 403),
        (TO_3.replace("UgIom", "UgIon"), 403),
        (TO_3.replace('@', "sigsum.org/other"), 404),
        (TO_3.replace("old 1", "old 2"), 409),
        (TO_3.replace("old 1", "old 0"), 409),
        (TO_3.replacen("KgE", "KgF", 1), 422),
        (TO_3.replacen("KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", "", 1), 422),
        (same_size.clone(), 200),
        (same_size.replacen("old 1\n", &format!("old 1\n{zeros}\n"), 1), 422),
        (TO_3.to_owned(), 200),
    ] {
        let answer = witness.add_checkpoint(&sigsum(&request)).await;
        assert_eq!(answer.status(), status, "{request}");
        if status == 409 {
            assert_eq!(
                (answer.body().as_str(), answer.content_type()),
                ("1\n", "text/x.tlog.size")
            );
        }
    }
}

#[tokio::test]
async fn a_client_finds_out_what_its_witness_has_seen() {
    let witness = witness([log_key()]);
    let (_, mut log) = grown("a", 300, 100).await;
    let mut client = Client::new(witness.verifier().clone(), 0);
    let mut forgetful = client.clone();
    for round in 0..3 {
        let (reader, checkpoint) = (log.reader().await.unwrap(), log.checkpoint().await.unwrap());
        let request = client.request(&reader, &checkpoint).await.unwrap();
        let body = request.to_text();
        assert_eq!(AddCheckpoint::parse(body.as_bytes()), Ok(request.clone()));
        let answer = witness.add_checkpoint(body.as_bytes()).await;
        let outcome = client.answer(&request, answer.status(), answer.body().as_bytes()).unwrap();
        let Outcome::Cosigned(signatures) = outcome else { unreachable!("{outcome:?}") };
        let published = log.publish(signatures).await.unwrap();
        // The log's own and one of the witness, however often it is asked.
        assert_eq!(published.note().signatures().len(), 2);
        assert_eq!(client.seen(), log.head().size);
        if round == 1 {
            log.append(&leaves("a", 300, 100)).await.unwrap();
        }
    }
    let (reader, checkpoint) = (log.reader().await.unwrap(), log.checkpoint().await.unwrap());
    let request = forgetful.request(&reader, &checkpoint).await.unwrap();
    let answer = witness.add_checkpoint(request.to_text().as_bytes()).await;
    let outcome = forgetful.answer(&request, answer.status(), answer.body().as_bytes());
    assert_eq!((outcome, forgetful.seen()), (Ok(Outcome::AskAgain), 400));
}

#[tokio::test]
async fn a_client_believes_no_cosignature_that_does_not_hold() {
    let (_, mut log) = grown("a", 3, 3).await;
    let (reader, checkpoint) = (log.reader().await.unwrap(), log.checkpoint().await.unwrap());
    let ours = key("witness.example", Algorithm::Cosignature);
    let fresh = || Client::new(ours.verifier().clone(), 0);
    let request = fresh().request(&reader, &checkpoint).await.unwrap();
    let now = bonafide_context::Timestamp(7_000);
    let good = ours.sign(checkpoint.note().text(), now).to_line();
    let elsewhere = ours.sign("log.example/eu\n3\nx\n", now).to_line();
    let other = key("other.example", Algorithm::Cosignature);
    let others = other.sign(checkpoint.note().text(), now).to_line();

    let both = format!("{others}{good}");
    let outcome = fresh().answer(&request, 200, both.as_bytes()).unwrap();
    let Outcome::Cosigned(signatures) = outcome else { unreachable!("{outcome:?}") };
    assert_eq!(signatures.len(), 1);
    for bad in [elsewhere.as_str(), &others, ""] {
        let refused = fresh().answer(&request, 200, bad.as_bytes());
        assert!(matches!(refused, Err(ClientError::Cosignature(_))), "{bad}: {refused:?}");
    }
    for (status, body, why) in [
        (200, "<html>", ClientError::Answer),
        (400, "", ClientError::Refused),
        (403, "", ClientError::KeyUnknown),
        (404, "", ClientError::LogUnknown),
        (409, "", ClientError::Answer),
        (409, "x\n", ClientError::Answer),
        (409, "4\n", ClientError::RolledBack { seen: 4, ours: 3 }),
        (409, "0\n", ClientError::Answer),
        (422, "", ClientError::Answer),
        (500, "", ClientError::Unavailable { status: 500 }),
    ] {
        assert_eq!(fresh().answer(&request, status, body.as_bytes()), Err(why), "{status} {body}");
    }
}

#[tokio::test]
async fn a_witness_has_a_cosignature_key_and_logs_have_not() {
    let storage = || Arc::new(MemoryWitness::new());
    let plain = key("witness.example", Algorithm::Ed25519);
    assert!(Witness::new(plain, [log_key()], storage(), clock()).is_err());
    let own = key("witness.example", Algorithm::Cosignature);
    let log = key("log.example/eu", Algorithm::Cosignature).verifier().clone();
    assert!(Witness::new(own, [log], storage(), clock()).is_err());
}

#[tokio::test]
async fn memory_is_a_witnesss_memory() {
    assert_eq!(bonafide_transparency::witness::conformance(&MemoryWitness::new()).await, Ok(()));
}

/// A store in which another request is first to write, each time.
struct Raced {
    inner: MemoryWitness,
    first: Mutex<Option<Head>>,
}

#[async_trait]
impl WitnessStorage for Raced {
    async fn latest(&self, origin: &Origin) -> Result<Option<Head>, StorageError> {
        self.inner.latest(origin).await
    }

    async fn advance(
        &self,
        origin: &Origin,
        from: Option<Head>,
        to: Head,
    ) -> Result<Swap, StorageError> {
        if let Some(head) = self.first.lock().await.take() {
            self.inner.advance(origin, from, head).await?;
        }
        self.inner.advance(origin, from, to).await
    }
}

#[tokio::test]
async fn of_two_requests_at_once_one_is_cosigned() {
    let five = AddCheckpoint::parse(&sigsum(TO_5)).unwrap().checkpoint.head();
    let one = AddCheckpoint::parse(&sigsum(TO_1)).unwrap().checkpoint;
    let raced = Raced { inner: MemoryWitness::new(), first: Mutex::new(None) };
    let origin = one.checkpoint().origin.clone();
    raced.inner.advance(&origin, None, one.head()).await.unwrap();
    *raced.first.lock().await = Some(five);
    let key = key("witness.example", Algorithm::Cosignature);
    let witness = Witness::new(key, [sigsum_key()], Arc::new(raced), clock()).unwrap();
    assert_eq!(witness.add_checkpoint(&sigsum(TO_3)).await, conflict(5));
}
