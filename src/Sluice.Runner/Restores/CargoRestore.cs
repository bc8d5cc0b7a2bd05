using System.Text;
using System.Text.RegularExpressions;
using Sluice.Language.Packages.Dependencies;
using Sluice.Runner.Languages;

namespace Sluice.Runner.Restores;

/// <summary>
/// Crates: <c>cargo vendor</c> in the sandbox, from a sparse index or from a folder that holds them as <c>cargo vendor</c>
/// leaves them. Cargo itself holds each crate to its checksum; the scripts of crates run where the build runs.
/// </summary>
internal sealed partial class CargoRestore(RestoreSandbox sandbox, SourceClient client) : IRestore
{
    public string Kind => DependencyKinds.Cargo;

    public IReadOnlyList<string> Owns => [".deps/", ".cargo/", "Cargo.lock"];

    public IEnumerable<string> Question(RestoreRequest request) => [request.Text("Cargo.toml")!];

    public async Task<Restored> Run(RestoreRequest request, CancellationToken stop)
    {
        var index = request.Source.IsFolder ? null : new CargoIndex(client, request);
        if (index is not null && await Refusal(index, request, stop) is { } no)
            return no;
        var files = request
            .Build.Files.Where(file => !file.Key.StartsWith('.'))
            .ToDictionary(file => file.Key, file => file.Value);
        if (!files.ContainsKey("Cargo.lock") && request.Lock?.File is { } earlier)
            files["Cargo.lock"] = Encoding.UTF8.GetBytes(earlier);
        files[RestoreSandbox.BridgeFile] = RestoreSandbox.Bridge;
        var folder = request.Source.Address.LocalPath.TrimEnd('/');
        var (found, why) = await sandbox.Run(
            request,
            files,
            Command(index is null ? folder : null, files.ContainsKey("Cargo.lock")),
            ".deps Cargo.lock",
            new Rust().BuildEnvironment,
            index is null ? [folder] : [],
            index is null ? null : index.Serve,
            stop
        );
        if (why is not null)
            return Restored.No(
                why.Length > 0
                    ? why
                    : index?.Trouble
                        ?? $"cargo could not take the crates from {request.Source.Shown} ({request.Source.Setting}); the log says which. Check name and version, or ask the operator of this server to add it."
            );
        var text = Encoding.UTF8.GetString(found.First(file => file.Path == "Cargo.lock").Content);
        return new Restored
        {
            Files = found,
            Lock = new DependencyLock
            {
                Kind = Kind,
                Asked = "",
                Packages =
                [
                    .. EntryPattern()
                        .Matches(text)
                        .Select(each => new LockedDependency(
                            each.Groups["name"].Value,
                            each.Groups["version"].Value,
                            "sha256:" + each.Groups["hash"].Value
                        )),
                ],
                File = text,
            },
            IsLeftOut = path => path.StartsWith(".deps/", StringComparison.Ordinal),
        };
    }

    private static string Command(string? folder, bool isLocked) =>
        $"""
            export CARGO_HOME=/tmp/cargo && mkdir /tmp/cargo &&
            printf '%s\n' '[source.crates-io]' 'replace-with = "sluice"' '[source.sluice]' '{(
                folder is null ? $"registry = \"{CargoIndex.Inside}\"" : $"directory = \"{folder}\""
            )}' > /tmp/cargo/config.toml &&
            {(folder is null ? Networked : "")}
            {(
                folder is null ? RestoreSandbox.BridgeCommand : ""
            )} '{Rust.Cargo}' vendor --quiet --respect-source-config --versioned-dirs {(
                folder is null ? "" : "--offline"
            )} {(isLocked ? "--locked" : "")} .deps/cargo > /dev/null && mkdir -p .deps/cargo
            """;

    // Before 1.68 cargo knows sparse indexes as something to be asked for.
    private const string Networked = $"""
        printf '%s\n' '[http]' 'multiplexing = false' '[net]' 'retry = 0' >> /tmp/cargo/config.toml &&
            if [ "$('{Rust.Cargo}' --version | cut -d . -f 2)" -lt 68 ]; then
                export RUSTC_BOOTSTRAP=1 && printf '%s\n' '[unstable]' 'sparse-registry = true' >> /tmp/cargo/config.toml
            fi &&
        """;

    /// <summary>Why the index cannot be asked, or which crates it does not know.</summary>
    private async Task<Restored?> Refusal(
        CargoIndex index,
        RestoreRequest request,
        CancellationToken stop
    )
    {
        if ((sandbox.WhyNoNetwork ?? RestoreSandbox.WhyNoBridge("cargo")) is { } no)
            return Restored.No(no);
        if (await index.Open(stop) is { } why)
            return Restored.No(why);
        return await index.Unknown(stop) is { Count: > 0 } unknown ? request.Lacks(unknown) : null;
    }

    [GeneratedRegex(
        "\\[\\[package\\]\\]\nname = \"(?<name>[^\"]+)\"\nversion = \"(?<version>[^\"]+)\"\nsource = \"[^\"]+\"\nchecksum = \"(?<hash>[0-9a-f]{64})\"",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex EntryPattern();
}
