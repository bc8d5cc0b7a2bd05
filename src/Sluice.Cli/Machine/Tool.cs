using System.Text.RegularExpressions;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Machine;

/// <summary>A program that some work with Sluice needs, and how it comes to a Debian machine.</summary>
/// <param name="Name">As <c>sluice doctor</c> names it.</param>
/// <param name="Program">The program that is looked for.</param>
/// <param name="Ask">What makes it print its version.</param>
/// <param name="Oldest">The oldest version that will do; null for any.</param>
/// <param name="For">What it is needed for.</param>
/// <param name="Package">Debian's package; null when Debian has none.</param>
internal sealed partial record Tool(
    string Name,
    string Program,
    string Ask,
    Version? Oldest,
    string For,
    string? Package
)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static readonly IReadOnlyList<Tool> All =
    [
        new(
            "sandbox",
            "bwrap",
            "--version",
            null,
            "a server here: every node runs in it",
            "bubblewrap"
        ),
        Language("Python", "python3", "--version", new(3, 11), "python3"),
        Language("Go", "go", "version", new(1, 19), "golang-go"),
        new("Node", "node", "--version", new(18, 0), "packages in TypeScript alone", "nodejs"),
        Language("TypeScript", "tsc", "--version", new(4, 7), "node-typescript"),
        Language("Rust", "cargo", "--version", new(1, 63), "cargo"),
        Language("Java", "javac", "-version", new(17, 0), "default-jdk-headless"),
        Language("C#", "dotnet", "--version", new(10, 0), null),
    ];

    private string Missing =>
        Oldest is null
            ? $"no {Program}; needed for {For}"
            : $"no {Program}; needed for {For}, {Oldest} or newer";

    /// <summary>Whether this machine has it, and which version.</summary>
    public async Task<Check> Look(Terminal terminal, CancellationToken stop)
    {
        var said =
            Programs.Find(terminal, Program) is { } file
            && await Programs.Ask(terminal, file, [Ask], s_patience, stop)
                is { Exit: 0, Output: var output }
                ? output
                : "";
        if (
            VersionNumber().Match(said) is not { Success: true } found
            || !Version.TryParse(found.Value, out var version)
        )
            return new(Name, false, Missing)
            {
                Optional = true,
                Absent = true,
                Package = Package,
            };
        var fits = Oldest is null || version >= Oldest;
        return new(Name, fits, $"{Program} {version}" + (fits ? "" : $", older than {Oldest}"))
        {
            Optional = true,
        };
    }

    private static Tool Language(
        string name,
        string program,
        string ask,
        Version oldest,
        string? package
    ) => new(name, program, ask, oldest, $"packages in {name} alone", package);

    [GeneratedRegex(
        @"\d+\.\d+(\.\d+)?",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex VersionNumber();
}
