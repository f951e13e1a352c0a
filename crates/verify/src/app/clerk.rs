//! What is written down of a call on the way.

use bonafide_context::CallId;
use bonafide_ledger::{Call, Facts, Fault};

use super::studio::{Steps, Studio};
use crate::{Pool, UseCaseError};

/// Runs a job on the pool and writes down its steps, whatever its result.
pub(super) async fn compute<T: Send + 'static>(
    pool: &Pool,
    studio: &Studio,
    call: &mut Call,
    job: impl FnOnce(&Studio, &mut Steps) -> Result<T, UseCaseError> + Send + 'static,
) -> Result<T, UseCaseError> {
    let permit = pool.admit().inspect_err(|_| call.step("admit", "busy", Facts::new()))?;
    let studio = studio.clone();
    let running = permit.run(move || {
        let mut steps = studio.steps();
        let result = job(&studio, &mut steps);
        (result, steps)
    });
    match running.await {
        Ok(ran) => {
            let (result, steps) = ran.value;
            call.step_took("admit", "ok", ran.waited, Facts::new());
            for step in steps.taken {
                call.step_took(step.name, step.outcome, step.took, step.facts);
            }
            result
        }
        Err(error) => {
            let error = UseCaseError::from(error);
            call.step("compute", error.code(), Facts::new());
            Err(error)
        }
    }
}

/// Tells the operator of a fault that is ours: the caller only learns a code.
pub(super) fn tell(call: CallId, error: &UseCaseError) {
    if error.fault() != Fault::Ours {
        return;
    }
    match error {
        UseCaseError::Busy(_) | UseCaseError::ShuttingDown => {}
        _ => {
            // No variant of these errors carries a value of a person: they are
            // made of codes, sizes and paths.
            let cause = std::error::Error::source(error).map(ToString::to_string);
            tracing::error!(%call, code = error.code(), cause = cause.as_deref().unwrap_or(""), "a call failed");
        }
    }
}
