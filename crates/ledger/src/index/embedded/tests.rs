use super::*;
use crate::index::conformance::{Maker, NOON, conforms, everything};
use serde_json::json;

#[tokio::test]
async fn the_embedded_index_conforms() {
    let folder = tempfile::tempdir().unwrap();
    conforms(&Embedded::open(folder.path()).unwrap()).await;
}

#[tokio::test]
async fn entries_are_there_after_a_restart_and_are_not_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let entries = Maker::new(2).call(NOON, "faces.compare", &[("answer", "ok", json!({}))]);
    for _ in 0..3 {
        let index = Embedded::open(folder.path()).unwrap();
        index.put(&entries).await.unwrap();
        assert_eq!(index.search(&everything()).await.unwrap(), entries);
    }
}

/// Copies a folder as it is at one moment: what the index consists of first, then
/// the files that this names; an error if one of them went meanwhile.
fn copied(from: &Path, to: &Path) -> std::io::Result<()> {
    let _ = fs::remove_dir_all(to);
    fs::create_dir(to)?;
    let meta = "meta.json";
    fs::copy(from.join(meta), to.join(meta))?;
    for name in names(from).map_err(std::io::Error::other)? {
        if name != meta {
            fs::copy(from.join(&name), to.join(&name))?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_interrupted_write_leaves_the_last_commit() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(3);
    let first = maker.call(NOON, "faces.compare", &[("answer", "ok", json!({}))]);
    let second = maker.call(NOON + 1, "faces.compare", &[("answer", "ok", json!({}))]);
    let index = Embedded::open(folder.path()).unwrap();
    index.put(&first).await.unwrap();
    // A copy of the files while another batch is half written is what a crash
    // leaves behind.
    let crashed = tempfile::tempdir().unwrap();
    let day = first[0].day();
    {
        let mut slot = index.inner.writer.lock().unwrap();
        let writer = slot.as_mut().unwrap();
        writer.add_without_commit(&second);
        let from = folder.path().join(day.to_string());
        // What merges segments in the background may remove a file meanwhile: a
        // crash leaves the files of one moment, so then they are copied again.
        while copied(&from, &crashed.path().join(day.to_string())).is_err() {}
    }
    fs::write(crashed.path().join(day.to_string()).join("0123.store"), b"half").unwrap();
    let after = Embedded::open(crashed.path()).unwrap();
    assert_eq!(after.search(&everything()).await.unwrap(), first);
    // The journal still has the second call: it is put once more.
    after.put(&[&first[..], &second[..]].concat()).await.unwrap();
    assert_eq!(after.search(&everything()).await.unwrap(), [&second[..], &first[..]].concat());
}

#[tokio::test]
async fn a_partition_on_its_way_out_is_gone_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".dropped-2026-11-22")).unwrap();
    let index = Embedded::open(folder.path()).unwrap();
    assert_eq!(names(folder.path()).unwrap(), Vec::<String>::new());
    assert_eq!(index.partitions().await.unwrap(), []);
}

#[tokio::test]
async fn a_damaged_partition_is_an_error_and_not_an_empty_answer() {
    let folder = tempfile::tempdir().unwrap();
    let entries = Maker::new(4).call(NOON, "faces.compare", &[("answer", "ok", json!({}))]);
    Embedded::open(folder.path()).unwrap().put(&entries).await.unwrap();
    let meta = folder.path().join(entries[0].day().to_string()).join("meta.json");
    fs::write(meta, b"{").unwrap();
    let index = Embedded::open(folder.path()).unwrap();
    let failed = index.search(&everything()).await.unwrap_err();
    assert!(matches!(failed, IndexError::Unavailable { .. }), "{failed:?}");
    assert!(index.put(&entries).await.is_err());
}

#[tokio::test]
async fn more_days_than_stay_open_are_searched() {
    let folder = tempfile::tempdir().unwrap();
    let index = Embedded::open(folder.path()).unwrap();
    let mut maker = Maker::new(5);
    let days = u64::try_from(MOST_OPEN).unwrap() + 4;
    for day in 0..days {
        let at = NOON + day * 86_400_000;
        let entries = maker.call(at, "faces.compare", &[("answer", "ok", json!({}))]);
        index.put(&entries).await.unwrap();
    }
    for _ in 0..2 {
        let found = index.search(&everything()).await.unwrap();
        assert_eq!(found.len() as u64, days);
        assert!(found.is_sorted_by(|a, b| a.id > b.id));
        assert!(lock(&index.inner.open).len() <= MOST_OPEN);
    }
}
