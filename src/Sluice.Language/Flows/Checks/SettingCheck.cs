using Sluice.Language.Documents;

namespace Sluice.Language.Flows.Checks;

/// <summary>The ranges of what a placement's <c>config</c> and an edge's keys say.</summary>
internal static class SettingCheck
{
    /// <summary>An hour, in milliseconds: the longest attempt and the longest wait.</summary>
    public const long Hour = 3_600_000;

    public const int MostAttempts = 100;
    public const int MostIterations = 10_000;
    public const int MostConcurrent = 64;
    public const int MostItems = 10_000;

    public static void Check(FlowPlacement node, FlowMistakes mistakes)
    {
        if (node.TimeoutMs is < 1 or > Hour)
            mistakes.Add(
                "flow_timeout",
                $"`timeout_ms` is 1 to {Hour}, not {node.TimeoutMs}.",
                node,
                "timeout_ms"
            );
        if (node.Retry is not { } retry)
            return;
        Range("max_attempts", retry.MaxAttempts, 1, MostAttempts);
        Range("initial_interval_ms", retry.InitialIntervalMs, 0, Hour);
        Range("max_interval_ms", retry.MaxIntervalMs, 0, Hour);
        Range("backoff_coefficient", retry.BackoffCoefficient, 1, 10);
        Range("jitter", retry.Jitter, 0, 1);
        for (var i = 0; i < retry.RetryOn.Count; i++)
            if (!GraphRetry.Kinds.Contains(retry.RetryOn[i]))
                mistakes.Add(
                    "flow_retry_on",
                    $"`retry_on` knows {Shown.List(GraphRetry.Kinds)}, not `{Shown.Text(retry.RetryOn[i])}`.",
                    node,
                    $"retry.retry_on[{i}]"
                );

        void Range(string key, double value, double least, double most)
        {
            if (value >= least && value <= most)
                return;
            mistakes.Add(
                "flow_retry",
                FormattableString.Invariant($"`{key}` is {least} to {most}, not {value}."),
                node,
                "retry." + key
            );
        }
    }

    public static void Check(FlowEdge edge, FlowMistakes mistakes)
    {
        if (edge.Loop)
            Loop(edge, mistakes);
        else if (edge.MaxIterations is not null)
            mistakes.Add(
                "flow_max_iterations",
                "`max_iterations` belongs to an edge with `loop: true`.",
                edge,
                "max_iterations"
            );
        if (edge.OnError)
            OnError(edge, mistakes);
        if (edge.FanOut is not null)
            FanOut(edge, edge.FanOut, mistakes);
    }

    private static void Loop(FlowEdge edge, FlowMistakes mistakes)
    {
        if (edge.OnError || edge.FanOut is not null)
            mistakes.Add(
                "flow_loop",
                "A loop edge carries what its source gave: `on_error` and `fan_out` do not go with `loop`.",
                edge,
                "loop"
            );
        if (edge.MaxIterations is null)
            mistakes.Add(
                "flow_loop_unbounded",
                $"A loop edge needs `max_iterations`, 1 to {MostIterations}.",
                edge,
                "loop"
            );
        else if (edge.MaxIterations is < 1 or > MostIterations)
            mistakes.Add(
                "flow_max_iterations",
                $"`max_iterations` is 1 to {MostIterations}, not {edge.MaxIterations}.",
                edge,
                "max_iterations"
            );
    }

    private static void OnError(FlowEdge edge, FlowMistakes mistakes)
    {
        if (edge.From == FlowDocument.FlowInput)
            mistakes.Add(
                "flow_on_error",
                "`@flow_input` does not fail; an error edge leads from a placement.",
                edge,
                "on_error"
            );
        if (edge.FanOut is not null)
            mistakes.Add(
                "flow_on_error",
                "An error is one message: `fan_out` does not go with `on_error`.",
                edge,
                "on_error"
            );
    }

    private static void FanOut(FlowEdge edge, FlowFanOut fanOut, FlowMistakes mistakes)
    {
        Range("concurrency", fanOut.Concurrency, MostConcurrent);
        Range("max_items", fanOut.MaxItems, MostItems);
        if (edge.To == FlowDocument.FlowOutput)
            mistakes.Add(
                "flow_fan_out",
                "`fan_out` calls a placement once per item; it cannot lead to `@flow_output`.",
                edge,
                "fan_out"
            );

        void Range(string key, int value, int most)
        {
            if (value < 1 || value > most)
                mistakes.Add(
                    "flow_fan_out",
                    $"`{key}` is 1 to {most}, not {value}.",
                    edge,
                    "fan_out." + key
                );
        }
    }
}
