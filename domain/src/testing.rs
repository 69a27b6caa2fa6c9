//! given / when / then for aggregates: `given::<A>([events]).when(command).then([events])`.

use crate::aggregate::Aggregate;

/// A state made of past events.
pub struct Given<A>(A);

/// What a command answered.
pub struct When<A: Aggregate>(Result<Vec<A::Event>, A::Error>);

/// The aggregate that `events` happened to.
pub fn given<A: Aggregate>(events: impl IntoIterator<Item = A::Event>) -> Given<A> {
    let mut state = A::default();
    for event in events {
        state.apply(&event);
    }
    Given(state)
}

impl<A: Aggregate> Given<A> {
    /// Gives it `command`.
    pub fn when(self, command: A::Command) -> When<A> {
        When(self.0.decide(command))
    }

    /// The state itself.
    pub fn state(self) -> A {
        self.0
    }
}

impl<A: Aggregate> When<A> {
    /// Expects exactly these events.
    #[track_caller]
    pub fn then(self, expected: impl IntoIterator<Item = A::Event>) {
        assert_eq!(self.0.expect("the command was refused"), expected.into_iter().collect::<Vec<_>>());
    }

    /// Expects "already so".
    #[track_caller]
    pub fn then_nothing(self) {
        self.then([]);
    }

    /// Expects this refusal.
    #[track_caller]
    pub fn then_refused(self, expected: &A::Error) {
        assert_eq!(self.0.expect_err("the command was accepted"), *expected);
    }

    /// The events, for a closer look.
    #[track_caller]
    pub fn events(self) -> Vec<A::Event> {
        self.0.expect("the command was refused")
    }
}
