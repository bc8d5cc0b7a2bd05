using Sluice.Language.Flows;
using Sluice.Server.Flows.Packages;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows;

/// <summary>Saves a flow's document as a new revision. The document must read as a flow; whether it compiles is asked later.</summary>
internal static partial class SaveFlow
{
    internal sealed record Request
    {
        /// <summary>The text of <c>flow.yaml</c> (YAML or the same as JSON), at most 1 MiB.</summary>
        public string? Document { get; init; }
    }

    internal sealed record Response
    {
        public required string Name { get; init; }

        public required long Revision { get; init; }

        public required DateTimeOffset UpdatedAt { get; init; }
    }

    public static async Task<IResult> Handle(
        string owner,
        string name,
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        TimeProvider clock,
        ILogger<Flow> log
    )
    {
        var body = await Body.Read(context, FlowJson.Default.SaveFlowRequest);
        if (body.Refused)
            return body.Refusal;
        var document = body.Value.Document ?? "";
        var flow = FlowReader.Read(document, "flow.yaml");
        if (flow.Value is null)
            return FlowRefusals.Invalid.With(flow.Mistakes);
        var full = $"{owner}/{name}";
        if (flow.Value.Name != full)
            return FlowRefusals.NameMismatch.With(
                $"The document's name is {flow.Value.Name}, the path says {full}; make them the same."
            );
        if (owner != caller.Handle)
            return PackageRefusals.HandleMismatch;
        var now = clock.GetUtcNow();
        var revision = await database.Write(
            async session =>
            {
                var saved = await FlowStore.Save(
                    session,
                    caller.TenantId,
                    caller.Environment,
                    full,
                    document,
                    now.ToUnixTimeMilliseconds()
                );
                await Audit.Record(
                    session,
                    origin,
                    new Fact(saved == 1 ? "flow.create" : "flow.save", "flow", full)
                    {
                        ["revision"] = saved.ToString(),
                    }
                );
                return saved;
            },
            context.RequestAborted
        );
        LogSaved(log, full, revision, caller.TenantId, caller.Environment);
        var response = new Response
        {
            Name = full,
            Revision = revision,
            UpdatedAt = now,
        };
        return TypedResults.Json(
            response,
            FlowJson.Default.SaveFlowResponse,
            statusCode: revision == 1 ? 201 : 200
        );
    }

    [LoggerMessage(
        1201,
        LogLevel.Information,
        "Flow {Flow} saved as revision {Revision} in tenant {TenantId} ({Environment})"
    )]
    private static partial void LogSaved(
        ILogger log,
        string flow,
        long revision,
        string tenantId,
        string environment
    );
}
