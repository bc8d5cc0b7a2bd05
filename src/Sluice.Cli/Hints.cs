using Sluice.Client;

namespace Sluice.Cli;

/// <summary>What to do next, by the reason of the refusal.</summary>
internal static class Hints
{
    public static string? For(SluiceException error) =>
        error switch
        {
            { MissingScope: { } scope } =>
                $"The key lacks {scope}: sluice keys create NAME --scope {scope} …",
            { Code: SluiceException.Unreachable } =>
                "Is the server running? Start one with sluice serve, or name another with --url or SLUICE_URL.",
            { Code: "secret_exists" } => "To replace the value: the same command with --replace.",
            { Code: "stream_only" } => "It gives a stream: the same command with --stream.",
            { Code: "not_a_stream" } => "It gives one message: the same command without --stream.",
            { Code: "run_ended" } => "See what became of it: sluice runs get ID",
            { Status: 401 } => "Log in again: sluice login",
            { Status: 429, RetryAfter: { } wait } =>
                $"Try again in {Math.Ceiling(wait.TotalSeconds):0} s.",
            { Status: 503 } => "Nothing was changed. Try again in a moment.",
            _ => null,
        };
}
