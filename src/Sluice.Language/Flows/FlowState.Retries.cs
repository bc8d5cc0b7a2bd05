namespace Sluice.Language.Flows;

/// <content>Which failed attempts are tried again, and after what time.</content>
public sealed partial class FlowState
{
    /// <summary>
    /// Kinds of errors that another attempt may get past. What a node returned against its own declaration (NODE_PROTOCOL)
    /// and what an edge or a join made of it come out the same each time.
    /// </summary>
    public static IReadOnlyList<string> RetriedKinds { get; } =
    [
        "NODE_ERROR",
        "NODE_TIMEOUT",
        "NODE_CRASHED",
        "NODE_MEMORY",
        "NODE_UNAVAILABLE",
        "SUBFLOW_FAILED",
    ];

    /// <summary>The attempt after a failed one; null when it has failed for good.</summary>
    private PendingCall? Again(PendingCall call, FlowFault fault, long endedAt)
    {
        if (call.Node.Node.Retry is not { } retry || call.Attempt >= retry.MaxAttempts)
            return null;
        var kinds = retry.RetryOn.Count > 0 ? retry.RetryOn : RetriedKinds;
        if (!kinds.Contains(fault.Kind))
            return null;
        var attempt = call.Attempt + 1;
        return call with
        {
            Attempt = attempt,
            Wait = WaitBefore(retry, runId, call.Key, attempt),
            Since = endedAt,
        };
    }

    /// <summary>Time between the end of an attempt and the beginning of the next, in whole milliseconds.</summary>
    /// <param name="attempt">The one to come: 2 or more.</param>
    internal static TimeSpan WaitBefore(GraphRetry retry, string runId, StepKey key, int attempt)
    {
        var full = Math.Min(
            retry.InitialIntervalMs * Math.Pow(retry.BackoffCoefficient, attempt - 2),
            retry.MaxIntervalMs
        );
        var less = retry.Jitter > 0 ? retry.Jitter * Share(runId, key, attempt) : 0;
        return TimeSpan.FromMilliseconds(Math.Round(full * (1 - less)));
    }

    /// <summary>A number from 0 to below 1 that is the same on every machine: FNV-1a, then mixed so that its upper bits are even.</summary>
    private static double Share(string runId, StepKey key, int attempt)
    {
        var hash = 14_695_981_039_346_656_037UL;
        Text(runId);
        Text(key.Alias);
        Number(key.Visit);
        Number(key.Item);
        Number(attempt);
        hash ^= hash >> 33;
        hash *= 0xFF51AFD7ED558CCDUL;
        hash ^= hash >> 33;
        return (hash >> 11) * (1.0 / (1UL << 53));

        void Byte(int value) => hash = (hash ^ (byte)value) * 1_099_511_628_211UL;

        void Text(string text)
        {
            foreach (var c in text)
            {
                Byte(c);
                Byte(c >> 8);
            }
            Byte(0xFF);
        }

        void Number(int value)
        {
            for (var shift = 0; shift < 32; shift += 8)
                Byte(value >> shift);
        }
    }
}
