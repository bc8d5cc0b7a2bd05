using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using Sluice.Language;
using Sluice.Language.Packages;
using Sluice.Language.Packages.Dependencies;
using Sluice.Language.Protos;
using Sluice.Runner;
using Sluice.Server.Ledger;
using Sluice.Server.Runners;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Packages;

/// <summary>
/// Takes a package as a gzip-compressed tar, checks it, builds and tests it in the sandbox, and keeps it. What is
/// wrong before the build begins is a plain refusal; from then on the answer is <c>application/x-ndjson</c>: a line
/// for each line of the build, and last a line that says how it went.
/// </summary>
internal static partial class PushPackage
{
    /// <summary>Most bytes of an upload, compressed.</summary>
    private const int UploadLimit = 32 << 20;

    /// <summary>Most characters of a build log that are kept; what is longer loses its middle.</summary>
    private const int LogKept = 256 << 10;

    private static readonly JsonWriterOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A package that may be built.</summary>
    internal sealed record Accepted(
        PackageSource Source,
        Manifest Manifest,
        Schema Schema,
        DependencyLock? Lock
    );

    public static async Task<IResult> Handle(
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        LocalRunner runner,
        TimeProvider clock,
        ILogger<Package> log
    )
    {
        var (body, tooLarge) = await Body.ReadAll(context, UploadLimit);
        if (tooLarge is not null)
            return tooLarge;
        var accepted = await Accept(body, caller, database, context.RequestAborted);
        if (accepted.Refused)
            return accepted.Refusal;
        if (runner.Nodes.Isolation.Tier.Length == 0)
            return PackageRefusals.NoRunner;
        var package = accepted.Value;
        context.Response.ContentType = "application/x-ndjson";
        context.Response.Headers.CacheControl = "no-store";
        var lines = Channel.CreateBounded<string>(
            new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropWrite }
        );
        var text = new StringBuilder();
        var build = Build(
            package,
            caller,
            runner,
            raw =>
            {
                var line = Printable(raw);
                if (text.Length < LogKept)
                    text.Append(line).Append('\n');
                lines.Writer.TryWrite(line);
            },
            lines.Writer,
            context.RequestAborted
        );
        await foreach (var line in lines.Reader.ReadAllAsync(context.RequestAborted))
            await Line(context, json => json.WriteString("text", line), "log");
        var outcome = await build;
        if (!outcome.Ok)
        {
            await Failed(
                context,
                PackageRefusals.BuildFailed,
                outcome.Failure ?? "The build failed.",
                outcome.Mistakes
            );
            return TypedResults.Empty;
        }
        var row = Row(package, outcome, text.ToString(), clock);
        await database.Write(
            async session =>
            {
                await PackageStore.Save(session, caller.TenantId, row, outcome.Archive);
                await Audit.Record(
                    session,
                    origin,
                    new Fact("package.push", "package", $"{row.Name}@{row.Version}")
                    {
                        ["language"] = row.Language,
                        ["digest"] = row.Digest,
                    }
                );
            },
            context.RequestAborted
        );
        LogPushed(log, row.Name, row.Version, row.Digest, caller.TenantId);
        await Line(context, json => Done(json, row, package.Manifest), "done");
        return TypedResults.Empty;
    }

    /// <summary>Everything that can be said before building: the archive, the three layers of validation, the name, the frozen schema.</summary>
    private static async Task<Outcome<Accepted>> Accept(
        ReadOnlyMemory<byte> body,
        Caller caller,
        Database database,
        CancellationToken stop
    )
    {
        using var stream = new MemoryStream(body.ToArray(), writable: false);
        var archive = await PackageArchive.Read(stream, stop);
        if (archive.Value is not { } source)
            return PackageRefusals.BadArchive.With(archive.Mistakes);
        var report = PackageValidator.Validate(source, push: true);
        if (report is not { Passed: true, Manifest: { } manifest, Schema: { } schema })
            return PackageRefusals.Invalid.With([
                .. report.Mistakes.Where(mistake => !mistake.Warning),
            ]);
        if (manifest.Handle != caller.Handle)
            return PackageRefusals.HandleMismatch.With(
                $"The package is named {manifest.Name}, but this tenant's handle is {caller.Handle}: name it {caller.Handle}/{manifest.ShortName}, or use a key of {manifest.Handle}."
            );
        var frozen = await database.Read(
            session =>
                PackageStore.FingerprintOf(
                    session,
                    caller.TenantId,
                    manifest.Name,
                    manifest.Version
                ),
            stop
        );
        if (frozen is not null && frozen != schema.Fingerprint)
            return PackageRefusals.SchemaFrozen;
        var earlier = await database.Read(
            session =>
                PackageStore.LockOf(session, caller.TenantId, manifest.Name, manifest.Version),
            stop
        );
        return new Accepted(source, manifest, schema, DependencyLock.Read(earlier));
    }

    // A build prints what it likes: a terminal that shows the log must not obey it, and no store keeps U+0000.
    private static string Printable(string line) =>
        line.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0 && !line.Contains('\u007f')
            ? line
            : string.Create(
                line.Length,
                line,
                static (into, from) =>
                {
                    for (var i = 0; i < into.Length; i++)
                        into[i] = char.IsControl(from[i]) && from[i] != '\t' ? '\ufffd' : from[i];
                }
            );

    private static async Task<BuildOutcome> Build(
        Accepted package,
        Caller caller,
        LocalRunner runner,
        Action<string> log,
        ChannelWriter<string> lines,
        CancellationToken stop
    )
    {
        try
        {
            return await runner.Nodes.Build(
                new BuildRequest
                {
                    TenantId = caller.TenantId,
                    Files = package.Source.Files,
                    Manifest = package.Manifest,
                    Schema = package.Schema,
                    Lock = package.Lock,
                    Log = log,
                },
                stop
            );
        }
        finally
        {
            lines.TryComplete();
        }
    }

    private static Package Row(
        Accepted package,
        BuildOutcome outcome,
        string log,
        TimeProvider clock
    ) =>
        new()
        {
            Name = package.Manifest.Name,
            Version = package.Manifest.Version,
            Language = package.Manifest.Language,
            Digest = outcome.Digest,
            Fingerprint = package.Schema.Fingerprint,
            Manifest = package.Source.Text(package.Source.ManifestPath!)!,
            Protos = JsonSerializer.Serialize(
                new Dictionary<string, string>(package.Source.Protos()),
                ProtoFilesJson.Default.DictionaryStringString
            ),
            BuildLog = log,
            Dependencies = outcome.Lock?.ToJson() ?? "",
            CreatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        };

    private static void Done(Utf8JsonWriter json, Package row, Manifest manifest)
    {
        json.WriteBoolean("success", true);
        json.WriteString("name", row.Name);
        json.WriteString("version", row.Version);
        json.WriteString("digest", row.Digest);
        json.WriteStartArray("nodes");
        foreach (var node in manifest.Nodes)
        {
            json.WriteStartObject();
            json.WriteString("name", node.Name);
            json.WriteString("input", node.Input);
            json.WriteString("output", node.Output);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static Task Failed(
        HttpContext context,
        Refusal refusal,
        string detail,
        IReadOnlyList<Mistake> mistakes
    ) =>
        Line(
            context,
            json =>
            {
                json.WriteBoolean("success", false);
                json.WriteStartObject("error");
                json.WriteString("code", refusal.Code);
                json.WriteString("detail", detail);
                if (mistakes.Count > 0)
                    MistakeJson.WriteAll(json, mistakes);
                json.WriteEndObject();
            },
            "done"
        );

    private static async Task Line(HttpContext context, Action<Utf8JsonWriter> write, string name)
    {
        var writer = context.Response.BodyWriter;
        using (var json = new Utf8JsonWriter(writer, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("event", name);
            write(json);
            json.WriteEndObject();
        }
        writer.Write("\n"u8);
        await writer.FlushAsync(context.RequestAborted);
    }

    [LoggerMessage(
        1250,
        LogLevel.Information,
        "Package {Package}@{Version} ({Digest}) pushed to tenant {TenantId}"
    )]
    private static partial void LogPushed(
        ILogger log,
        string package,
        string version,
        string digest,
        string tenantId
    );
}
