using System.Collections.Concurrent;
using System.Text;
using Sluice.Language.Packages;
using Sluice.Language.Packages.Dependencies;
using Sluice.Language.Protos;
using Sluice.Runner.Restores;

namespace Sluice.Runner.Tests.Restores;

/// <summary>A package of one node, <c>Echo</c> from <c>Text</c> to <c>Text</c>, that has dependencies.</summary>
internal sealed class Dependent(string language, params (string Path, string Content)[] files)
{
    private const string Messages =
        "syntax = \"proto3\"; package acme.echo; message Text { string text = 1; }";

    private readonly ConcurrentQueue<string> _log = new();

    public string Log => string.Join('\n', _log);

    public ManifestBuild Build { get; init; } = new();

    public string Tenant { get; init; } = "acme";

    public static Task<House> Open(
        string kind,
        SourceOptions? source,
        Func<RestoreOptions, RestoreOptions>? adjust = null
    ) =>
        House.Open(options =>
        {
            var restore = new RestoreOptions();
            if (source is not null)
                restore = restore with
                {
                    Sources = new Dictionary<string, SourceOptions> { [kind] = source },
                };
            return options with { Restore = adjust?.Invoke(restore) ?? restore };
        });

    public Task<BuildOutcome> In(House house, DependencyLock? earlier = null)
    {
        _log.Clear();
        return house.Runner.Build(
            new BuildRequest
            {
                TenantId = Tenant,
                Files = files.ToDictionary(
                    file => file.Path,
                    file => Encoding.UTF8.GetBytes(file.Content)
                ),
                Manifest = new Manifest
                {
                    Name = "acme/echo",
                    Version = "1.0.0",
                    Language = language,
                    Build = Build,
                    Nodes =
                    [
                        new ManifestNode
                        {
                            Name = "Echo",
                            Input = "Text",
                            Output = "Text",
                        },
                    ],
                },
                Schema = SchemaCompiler
                    .Compile(
                        new Dictionary<string, string> { ["messages/messages.proto"] = Messages }
                    )
                    .Value!,
                Lock = earlier,
                Log = _log.Enqueue,
            },
            TestContext.Current.CancellationToken
        );
    }

    /// <summary>What its node answers, in a house that gets nothing but the built archive.</summary>
    public async Task<string> Answers(House house, BuildOutcome built, string text)
    {
        Assert.True(built.Ok, built.Failure + "\n" + Log);
        return House.Text(
            await house.Call(
                new WorkerSpec
                {
                    Digest = built.Digest,
                    Language = language,
                    OpenArchive = _ => Task.FromResult<Stream>(new MemoryStream(built.Archive)),
                },
                "Echo",
                text
            )
        );
    }
}
