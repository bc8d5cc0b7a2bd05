using System.Text;
using System.Text.RegularExpressions;
using Sluice.Language.Packages.Dependencies;
using Sluice.Runner.Languages;

namespace Sluice.Runner.Restores;

/// <summary>
/// Crates: <c>cargo vendor</c> in the sandbox, from a folder that holds them as <c>cargo vendor</c> leaves them. Cargo
/// itself holds each crate to its checksum; the scripts of crates run where the build runs.
/// </summary>
internal sealed partial class CargoRestore(RestoreSandbox sandbox) : IRestore
{
    public string Kind => DependencyKinds.Cargo;

    public IReadOnlyList<string> Owns => [".deps/", ".cargo/", "Cargo.lock"];

    public IEnumerable<string> Question(RestoreRequest request) => [request.Text("Cargo.toml")!];

    public async Task<Restored> Run(RestoreRequest request, CancellationToken stop)
    {
        if (!request.Source.IsFolder)
            return Restored.No(
                $"Crates are taken from a folder alone: the operator fills one with `cargo vendor` and sets {request.Source.Setting} to it. An author can as well bring a crate along as a folder of the package (`path = …`)."
            );
        var files = request
            .Build.Files.Where(file => !file.Key.StartsWith('.'))
            .ToDictionary(file => file.Key, file => file.Value);
        if (!files.ContainsKey("Cargo.lock") && request.Lock?.File is { } earlier)
            files["Cargo.lock"] = Encoding.UTF8.GetBytes(earlier);
        var folder = request.Source.Address.LocalPath.TrimEnd('/');
        var (found, why) = await sandbox.Run(
            request,
            files,
            $"""
            export CARGO_HOME=/tmp/cargo && mkdir /tmp/cargo &&
            printf '[source.crates-io]\nreplace-with = "sluice"\n[source.sluice]\ndirectory = "%s"\n' '{folder}' > /tmp/cargo/config.toml &&
            '{Rust.Cargo}' vendor --quiet --offline --respect-source-config --versioned-dirs {(
                files.ContainsKey("Cargo.lock") ? "--locked " : ""
            )}.deps/cargo > /dev/null && mkdir -p .deps/cargo
            """,
            ".deps Cargo.lock",
            new Rust().BuildEnvironment,
            [folder],
            null,
            stop
        );
        if (why is not null)
            return Restored.No(
                why.Length > 0
                    ? why
                    : $"cargo could not take the crates from {request.Source.Shown} ({request.Source.Setting}); the log says which. Check name and version, or ask the operator of this server to add it."
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

    [GeneratedRegex(
        "\\[\\[package\\]\\]\nname = \"(?<name>[^\"]+)\"\nversion = \"(?<version>[^\"]+)\"\nsource = \"[^\"]+\"\nchecksum = \"(?<hash>[0-9a-f]{64})\"",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex EntryPattern();
}
