using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Sluice.Language.Packages.Dependencies;

namespace Sluice.Runner.Restores;

/// <summary>
/// The sources that are in force. What the operator has not set is asked of the tools of this machine, once, so that a
/// server takes packages from where its operator does.
/// </summary>
internal sealed partial class Sources(RestoreOptions options)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Lazy<Task<string?>>> _asked = new();

    /// <returns>The source, or why there is none as a public sentence.</returns>
    public async Task<(Source? Source, string? WhyNot)> Find(string kind)
    {
        var set = options.Sources.GetValueOrDefault(kind);
        var setting = Sluice.Runner.Restores.Source.SettingOf(kind);
        if (set?.Address == "off")
            return (
                null,
                $"The operator of this server has switched off packages of the kind {kind} ({setting})."
            );
        var address =
            set?.Address
            ?? await _asked
                .GetOrAdd(kind, _ => new Lazy<Task<string?>>(() => AskMachine(kind)))
                .Value;
        if (address is null)
            return (
                null,
                $"This server has no source for packages of the kind {kind}: its operator sets {setting} to an address or a folder."
            );
        // Cargo writes the kind of an index before its address.
        if (
            kind == DependencyKinds.Cargo
            && address.StartsWith("sparse+", StringComparison.Ordinal)
        )
            address = address["sparse+".Length..];
        if (Parse(address) is not { } uri)
            return (
                null,
                $"The source for packages of the kind {kind} is neither an address nor a folder: its operator corrects {setting}."
            );
        return (new Source(kind, uri, set?.Hosts ?? [], set?.Authorization), null);
    }

    private static Uri? Parse(string address)
    {
        if (Path.IsPathRooted(address))
            return Directory.Exists(address)
                ? new Uri(Path.GetFullPath(address).TrimEnd('/') + "/")
                : null;
        // A document is asked for as it is; below everything else there is more.
        var whole =
            address.EndsWith(".json", StringComparison.Ordinal) || address.EndsWith('/')
                ? address
                : address + "/";
        return
            Uri.TryCreate(whole, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : null;
    }

    private static async Task<string?> AskMachine(string kind) =>
        kind switch
        {
            DependencyKinds.Npm => (await Ask("npm", "config", "get", "registry"))?.Trim(),
            DependencyKinds.NuGet => FirstAddress(
                await Ask("dotnet", "nuget", "list", "source", "--format", "short")
            ),
            // Its help shows the default that is in force here.
            DependencyKinds.PyPi => FirstAddress(
                await Ask("/usr/bin/python3", "-m", "pip", "download", "--help")
            ),
            DependencyKinds.Go => FirstAddress(await Ask("go", "env", "GOPROXY")),
            _ => null,
        }
            is { } found
        && Parse(found) is not null
            ? found
            : null;

    private static string? FirstAddress(string? text) =>
        text is not null && Address().Match(text) is { Success: true } match ? match.Value : null;

    /// <summary>What a program of this machine prints; null when it is not here or fails.</summary>
    private static async Task<string?> Ask(string program, params string[] arguments)
    {
        try
        {
            using var process = new Process
            {
                StartInfo = new ProcessStartInfo(program, arguments)
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    RedirectStandardInput = true,
                    UseShellExecute = false,
                    // Away from whatever folder holds settings of its own.
                    WorkingDirectory = "/",
                },
            };
            // The SDK then starts where no ICU is installed, which its archive does not bring.
            process.StartInfo.Environment.TryAdd("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
            process.Start();
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(s_patience);
            _ = process.StandardError.ReadToEndAsync(patience.Token);
            var text = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode == 0 ? text : null;
        }
        catch (Exception e) when (e is Win32Exception or OperationCanceledException or IOException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"https?://[^\s,|)]+", RegexOptions.NonBacktracking)]
    private static partial Regex Address();
}
