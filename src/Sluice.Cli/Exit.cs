using Sluice.Client;

namespace Sluice.Cli;

/// <summary>What the program's exit code says to the script that called it.</summary>
internal enum Exit
{
    /// <summary>It is done.</summary>
    Done = 0,

    /// <summary>Something broke that no other code describes.</summary>
    Broken = 1,

    /// <summary>The command line, or a value given to it, cannot be understood.</summary>
    Usage = 2,

    /// <summary>Nobody is logged in, or the key is not accepted.</summary>
    NotLoggedIn = 3,

    /// <summary>The server knows the caller and says no.</summary>
    Refused = 4,

    /// <summary>The thing named does not exist, or belongs to another tenant.</summary>
    NotFound = 5,

    /// <summary>A package, flow or input has mistakes.</summary>
    Invalid = 6,

    /// <summary>It needs an explicit yes: <c>--yes</c> or <c>--replace</c>.</summary>
    NeedsConsent = 7,

    /// <summary>No server answers there.</summary>
    Unreachable = 8,

    /// <summary>The flow ran, and its run failed.</summary>
    RunFailed = 9,

    /// <summary>The server is there, and cannot now.</summary>
    Unavailable = 10,

    /// <summary>Interrupted from the keyboard.</summary>
    Interrupted = 130,
}

internal static class Exits
{
    public static Exit Of(SluiceException error) =>
        error switch
        {
            { Code: SluiceException.Unreachable } => Exit.Unreachable,
            { Code: SluiceException.BadName } => Exit.Usage,
            { Code: "secret_exists" } => Exit.NeedsConsent,
            { Mistakes.Count: > 0 } => Exit.Invalid,
            { Status: 401 } => Exit.NotLoggedIn,
            { Status: 404 } => Exit.NotFound,
            { Status: 400 or 413 or 415 or 422 } => Exit.Invalid,
            { Status: 504 } => Exit.RunFailed,
            { Status: >= 500 } => Exit.Unavailable,
            { Status: >= 400 } => Exit.Refused,
            _ => Exit.Broken,
        };
}
