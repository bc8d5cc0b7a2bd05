using System.CommandLine;

namespace Sluice.Cli;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Print the answer as JSON, for programs",
        Recursive = true,
    };

    public static readonly Option<string?> Url = new("--url")
    {
        Description = "The server [default: SLUICE_URL, then the one you logged in to]",
        HelpName = "url",
        Recursive = true,
    };

    public static readonly Option<string?> Profile = new("--profile")
    {
        Description = "Which stored login to use [default: SLUICE_PROFILE, then default]",
        HelpName = "name",
        Recursive = true,
    };

    /// <summary>For commands that cannot be undone; each adds it itself.</summary>
    public static Option<bool> Yes() => new("--yes", "-y") { Description = "Do not ask" };
}
