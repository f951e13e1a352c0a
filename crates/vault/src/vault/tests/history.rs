//! Any history against a plain map.

use super::*;

/// One step of a day in the vault.
#[derive(Clone, Debug)]
enum Deed {
    Keep { name: u8, hours: u64, large: bool },
    Erase,
    Pass { minutes: u64 },
    Reap,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (0..5u8, 1..4u64, any::<bool>())
            .prop_map(|(name, hours, large)| Deed::Keep { name, hours, large }),
        1 => Just(Deed::Erase),
        3 => (1..90u64).prop_map(|minutes| Deed::Pass { minutes }),
        2 => Just(Deed::Reap),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever happens in whatever order: what is alive is read as it was
    /// written, and nothing else is.
    #[test]
    fn the_vault_agrees_with_a_plain_map(deeds in proptest::collection::vec(deed(), 1..25)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let house = House::new().await;
            let mut now = START;
            let mut model = std::collections::BTreeMap::new();
            for (seed, deed) in deeds.into_iter().enumerate() {
                match deed {
                    Deed::Keep { name, hours, large: big } => {
                        let bytes = if big { large(seed as u64) } else { vec![name; seed] };
                        let name = format!("n{name}");
                        house.keep(&apac(), "o", &name, now + hours * HOUR, &bytes).await;
                        model.insert(name, (now + hours * HOUR, bytes));
                    }
                    Deed::Erase => {
                        house.vault.erase(&apac(), "o", None).await.unwrap();
                        model.clear();
                    }
                    Deed::Pass { minutes } => {
                        now += minutes * 60_000;
                        house.at(now);
                    }
                    Deed::Reap => {
                        house.vault.reap(1000).await.unwrap();
                        model.retain(|_, (expires, _)| *expires > now);
                        prop_assert_eq!(house.rows().await, model.len() as u64);
                    }
                }
                for name in (0..5).map(|n| format!("n{n}")) {
                    let alive = model.get(&name).filter(|(expires, _)| *expires > now);
                    let read = house.read(&apac(), "o", &name).await;
                    prop_assert_eq!(read.as_ref(), alive.map(|(_, bytes)| bytes));
                }
            }
            house.at(now + 9 * HOUR);
            house.vault.reap(1000).await.unwrap();
            let left: HashSet<_> = house.objects().await.into_iter().collect();
            prop_assert!(left.is_empty(), "{:?}", left);
            Ok(())
        })?;
    }
}
