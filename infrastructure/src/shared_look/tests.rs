use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Semaphore;

use super::SharedLooks;

#[tokio::test]
async fn those_who_ask_during_a_look_share_the_next_one() {
    let looks: Arc<SharedLooks<&str, u64>> = Arc::default();
    let (count, gate) = (Arc::new(AtomicU64::new(0)), Arc::new(Semaphore::new(0)));
    let ask = || {
        let (looks, count, gate) = (Arc::clone(&looks), Arc::clone(&count), Arc::clone(&gate));
        async move {
            let look = || async {
                let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                gate.acquire().await.unwrap().forget();
                Ok::<u64, ()>(number)
            };
            looks.see("a", look).await.unwrap()
        }
    };
    let first = tokio::spawn(ask());
    tokio::task::yield_now().await;
    assert_eq!(count.load(Ordering::SeqCst), 1);
    let later: Vec<_> = (0..5).map(|_| tokio::spawn(ask())).collect();
    tokio::task::yield_now().await;
    gate.add_permits(2);
    assert_eq!(first.await.unwrap(), 1);
    for answer in later {
        assert_eq!(answer.await.unwrap(), 2, "a look that began before they asked is not theirs");
    }
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_look_that_fails_answers_its_own_asker_only() {
    let looks: SharedLooks<&str, u64> = SharedLooks::default();
    assert_eq!(looks.see("a", || async { Err::<u64, &str>("away") }).await, Err("away"));
    assert_eq!(looks.see("a", || async { Ok::<u64, &str>(7) }).await, Ok(7));
    assert_eq!(looks.see("a", || async { Ok::<u64, &str>(8) }).await, Ok(8), "nothing is kept");
}
