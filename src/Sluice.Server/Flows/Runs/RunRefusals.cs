using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

internal static class RunRefusals
{
    public static readonly Refusal NotFound = new(
        "run_not_found",
        404,
        "There is no run with this id in this tenant."
    );
    public static readonly Refusal Ended = new(
        "run_ended",
        409,
        "The run has ended; there is nothing to cancel."
    );
    public static readonly Refusal IdempotencyConflict = new(
        "idempotency_conflict",
        409,
        "This Idempotency-Key was used in the last 24 hours with another body; use a new key for a new call."
    );
    public static readonly Refusal Deadline = new(
        "run_deadline",
        504,
        "The run's own deadline (`timeout_ms`) passed before it ended; it was stopped and is on record as failed."
    );
}
