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
        "The run has ended; nothing about it can be changed any more."
    );
    public static readonly Refusal NotPausable = new(
        "run_not_pausable",
        409,
        "The run cannot be paused now: it is being cancelled, or it is undoing what it did."
    );
    public static readonly Refusal NotPaused = new(
        "run_not_paused",
        409,
        "The run is not paused, so that it cannot go on from there."
    );
    public static readonly Refusal StreamOnly = new(
        "stream_only",
        409,
        "What is called gives a stream of frames, which are not kept: call it with `/stream` at the end of the path. Its runs cannot be paused or run again."
    );
    public static readonly Refusal NotAStream = new(
        "not_a_stream",
        409,
        "What is called gives one message and no stream; call it without `/stream` at the end of the path."
    );
    public static readonly Refusal NoDeadLetter = new(
        "dead_letter_not_found",
        404,
        "There is no dead letter with this id in this tenant: no such run failed, or it was tried again or dismissed."
    );
    public static readonly Refusal TooManyAtOnce = new(
        "concurrency_limit",
        429,
        "As many runs as the config's `concurrency` allows are running, and its policy is `drop`; try again when one has ended."
    )
    {
        RetryAfter = 1,
    };
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
