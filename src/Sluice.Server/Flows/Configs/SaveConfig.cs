using System.Text.Json;
using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Secrets;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Configs;

/// <summary>Makes a config, or replaces the timeout and parameters of the one with this flow and name; its overrides stay.</summary>
internal static partial class SaveConfig
{
    /// <summary>Most configs in one environment of a tenant.</summary>
    internal const int MostConfigs = 1000;

    private const int MostParams = 200;
    private const int MostParamsBytes = 64 << 10;

    internal sealed record Request
    {
        /// <summary><c>handle/name</c>; null or absent: the tenant's default for all flows.</summary>
        public string? Flow { get; init; }

        /// <summary>Blank or absent: <c>default</c>, which applies by itself.</summary>
        public string? Name { get; init; }

        /// <summary>1 to 3600; absent: inherited.</summary>
        public long? NodeTimeoutSeconds { get; init; }

        /// <summary>Plain texts by name, at most 200 and 64 KiB in all; not for credentials.</summary>
        public Dictionary<string, string>? Params { get; init; }

        /// <summary>How many runs of the flow (of the tenant's default: of all flows) may run at once; absent: no limit.</summary>
        public Concurrency? Concurrency { get; init; }

        /// <summary>The same for the runs of each API key.</summary>
        public Concurrency? ConcurrencyPerKey { get; init; }
    }

    public static async Task<IResult> Handle(
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        UlidSource ids,
        TimeProvider clock,
        ILogger<Config> log
    )
    {
        var body = await Body.Read(context, ConfigJson.Default.SaveConfigRequest);
        if (body.Refused)
            return body.Refusal;
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var wish = Read(body.Value, caller, ids.NextText(), now);
        if (wish.Refused)
            return wish.Refusal;
        var saved = await database.Write(
            async session =>
            {
                var kept = await Save(session, caller.TenantId, wish.Value);
                if (!kept.Refused)
                    await Audit.Record(
                        session,
                        origin,
                        ConfigFacts.Saved(
                            kept.Value.Config,
                            isNew: kept.Value.Config.Id == wish.Value.Id
                        )
                    );
                return kept;
            },
            context.RequestAborted
        );
        if (saved.Refused)
            return saved.Refusal;
        var (config, overrides) = (saved.Value.Config, saved.Value.Overrides);
        LogSaved(log, config.Id, config.Name, config.Flow, caller.TenantId, caller.Environment);
        return TypedResults.Json(
            ConfigShown.Of(config, overrides),
            ConfigJson.Default.ConfigShown,
            statusCode: config.Id == wish.Value.Id
                ? StatusCodes.Status201Created
                : StatusCodes.Status200OK
        );
    }

    /// <summary>The config that is asked for, with every mistake named.</summary>
    internal static Outcome<Config> Read(Request request, Caller caller, string id, long now)
    {
        var mistakes = new List<Mistake>();
        var flow = request.Flow ?? "";
        if (flow.Length > 0 && !Config.FlowShape().IsMatch(flow))
            mistakes.Add(
                new Mistake(
                    "flow",
                    "flow is handle/name in lower-case letters, digits and hyphens, or null for the tenant's default",
                    Where: "flow"
                )
            );
        else if (flow.Length > 0 && !flow.StartsWith(caller.Handle + "/", StringComparison.Ordinal))
            mistakes.Add(
                new Mistake(
                    "flow",
                    $"flow begins with the handle of your tenant: {caller.Handle}/",
                    Where: "flow"
                )
            );
        var name = string.IsNullOrWhiteSpace(request.Name) ? Config.Default : request.Name;
        if (!Config.NameShape().IsMatch(name))
            mistakes.Add(
                new Mistake(
                    "config_name",
                    "name is 1 to 64 letters, digits, dots, hyphens and underscores, a letter or digit first",
                    Where: "name"
                )
            );
        else if (flow.Length == 0 && name != Config.Default)
            mistakes.Add(
                new Mistake(
                    "config_name",
                    "the tenant's default has no other name than default; name a flow to make a profile",
                    Where: "name"
                )
            );
        if (request.NodeTimeoutSeconds is < 1 or > 3600)
            mistakes.Add(
                new Mistake(
                    "out_of_range",
                    "node_timeout_seconds is 1 to 3600",
                    Where: "node_timeout_seconds"
                )
            );
        mistakes.AddRange(request.Concurrency?.Mistakes("concurrency") ?? []);
        mistakes.AddRange(request.ConcurrencyPerKey?.Mistakes("concurrency_per_key") ?? []);
        var parameters = ReadParams(request.Params, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        return new Config
        {
            Id = id,
            Environment = caller.Environment,
            Flow = flow,
            Name = name,
            NodeTimeoutSeconds = request.NodeTimeoutSeconds,
            Params = parameters,
            Concurrency = request.Concurrency?.Write(),
            ConcurrencyPerKey = request.ConcurrencyPerKey?.Write(),
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    private static byte[]? ReadParams(Dictionary<string, string>? given, List<Mistake> mistakes)
    {
        if (given is null or { Count: 0 })
            return null;
        if (given.Count > MostParams)
            mistakes.Add(
                new Mistake("too_many", $"params has at most {MostParams} names", Where: "params")
            );
        foreach (var (name, value) in given.Take(MostParams))
        {
            var where = $"params.{(name.Length <= 40 ? name : name[..40] + "…")}";
            if (!SecretPlace.NameShape().IsMatch(name))
                mistakes.Add(
                    new Mistake(
                        "param_name",
                        "a parameter's name is a letter or underscore, then up to 127 letters, digits and underscores",
                        Where: where
                    )
                );
            // The serialiser does not know that values are never null.
            if (value is null)
                mistakes.Add(
                    new Mistake(
                        "param_value",
                        "a parameter's value is text; to have no parameter, leave it out",
                        Where: where
                    )
                );
        }
        var bytes = JsonSerializer.SerializeToUtf8Bytes(
            given,
            ConfigJson.Default.DictionaryStringString
        );
        if (bytes.Length > MostParamsBytes)
            mistakes.Add(
                new Mistake(
                    "too_large",
                    $"params has at most {MostParamsBytes} bytes in all",
                    Where: "params"
                )
            );
        return bytes;
    }

    private static async Task<Outcome<SavedConfig>> Save(
        Session session,
        string tenantId,
        Config wish
    )
    {
        var found = await ConfigStore.FindByName(
            session,
            tenantId,
            wish.Environment,
            wish.Flow,
            wish.Name
        );
        if (found is null)
        {
            if (await ConfigStore.Count(session, tenantId, wish.Environment) >= MostConfigs)
                return ConfigRefusals.TooMany;
            if (await ConfigStore.Insert(session, tenantId, wish) == 1)
                return new SavedConfig(wish, []);
            // Another server was first.
            found = (
                await ConfigStore.FindByName(
                    session,
                    tenantId,
                    wish.Environment,
                    wish.Flow,
                    wish.Name
                )
            )!;
        }
        var config = wish with { Id = found.Id, CreatedAt = found.CreatedAt };
        await ConfigStore.Update(session, tenantId, config);
        var overrides = await SecretStore.List(session, tenantId, wish.Environment, config.Id);
        return new SavedConfig(config, [.. overrides.Select(secret => secret.Name)]);
    }

    private sealed record SavedConfig(Config Config, IReadOnlyList<string> Overrides);

    [LoggerMessage(
        1651,
        LogLevel.Information,
        "Config {ConfigId} ({Name} of {Flow}) of tenant {TenantId} ({Environment}) saved"
    )]
    private static partial void LogSaved(
        ILogger log,
        string configId,
        string name,
        string flow,
        string tenantId,
        string environment
    );
}
