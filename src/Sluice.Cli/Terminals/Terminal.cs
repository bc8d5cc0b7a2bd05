namespace Sluice.Cli.Terminals;

/// <summary>All that a command touches of the world around it. The real one is the process's; a transcript brings its own.</summary>
internal sealed record Terminal
{
    public required Stream In { get; init; }
    public required TextWriter Out { get; init; }
    public required TextWriter Error { get; init; }

    /// <summary>A person is there to be asked.</summary>
    public required bool CanAsk { get; init; }

    /// <summary>Output goes to a screen: colours, and lines as wide as <see cref="Width"/>.</summary>
    public required bool IsScreen { get; init; }
    public int Width { get; init; } = 100;

    /// <summary>An environment variable; null when unset or empty.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>The folder that relative paths start from.</summary>
    public required string Folder { get; init; }

    /// <summary>Reads one typed line without showing it; null when given up.</summary>
    public required Func<string, char[]?> AskHidden { get; init; }

    /// <summary>Reads one typed line.</summary>
    public required Func<string, string?> Ask { get; init; }
    public required TimeProvider Clock { get; init; }

    /// <summary>Opens a page in the person's browser, where there is one.</summary>
    public required Action<Uri> Browse { get; init; }

    public static Terminal OfProcess() =>
        new()
        {
            In = Console.OpenStandardInput(),
            Out = Console.Out,
            Error = Console.Error,
            CanAsk = !Console.IsInputRedirected && !Console.IsErrorRedirected,
            IsScreen = !Console.IsOutputRedirected,
            Width = Console.IsOutputRedirected ? 100 : Math.Max(40, Console.WindowWidth),
            Variable = name =>
                Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
            Folder = Environment.CurrentDirectory,
            AskHidden = Prompt.Hidden,
            Ask = Prompt.Line,
            Clock = TimeProvider.System,
            Browse = Browser.Open,
        };

    public string Path(string path) => System.IO.Path.GetFullPath(path, Folder);
}
