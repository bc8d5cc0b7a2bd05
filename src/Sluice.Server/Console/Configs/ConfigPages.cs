using Sluice.Language;
using Sluice.Server.Console.Secrets;
using Sluice.Server.Flows;
using Sluice.Server.Flows.Configs;
using Sluice.Server.Secrets;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Configs;

/// <summary>The page Flow Configs (seed 004): node timeout, parameters, and secrets that a config overrides, named and never shown.</summary>
internal static class ConfigPages
{
    public const string Root = "/console/flow-configs";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Root, List);
        pages.MapGet(
            Root + "/create",
            (Visit visit, string? flow) => Form(visit, null, FormState.Fresh, flow)
        );
        pages.MapPost(Root + "/create", (Visit visit) => Save(visit, null));
        pages.MapGet(Root + "/{id}", (Visit visit, string id) => Show(visit, id));
        pages.MapPost(Root + "/{id}", (Visit visit, string id) => Save(visit, id));
        pages.MapGet(Root + "/{id}/delete", (Visit visit, string id) => AskDelete(visit, id));
        pages.MapPost(Root + "/{id}/delete", Delete);
        pages.MapPost(Root + "/{id}/overrides", Override);
        pages.MapGet(
            Root + "/{id}/overrides/{name}/delete",
            (Visit visit, string id, string name) => AskEndOverride(visit, id, name)
        );
        pages.MapPost(Root + "/{id}/overrides/{name}/delete", EndOverride);
    }

    internal sealed record ListModel(IReadOnlyList<ConfigShown> Configs, bool MayChange);

    /// <param name="Config">Null: a new one.</param>
    /// <param name="Flow">The flow that a new one begins with.</param>
    /// <param name="Secrets">Names to pick from.</param>
    /// <param name="Replaces">An override whose value saving would replace.</param>
    internal sealed record FormModel(
        ConfigShown? Config,
        FormState Form,
        FormState OverrideForm,
        string? Flow,
        IReadOnlyList<string> Flows,
        IReadOnlyList<string> Secrets,
        string? Replaces,
        bool MayChange,
        bool MayOverride
    );

    internal sealed record AskModel(ConfigShown Config, FormState Form);

    /// <param name="Name">Of the secret that is overridden.</param>
    internal sealed record AskOverrideModel(ConfigShown Config, string Name, FormState Form);

    private static async Task<IResult> List(Visit visit)
    {
        var configs = await visit.Ask("listConfigs", ConfigJson.Default.ListConfigsResponse);
        return configs.Refused
            ? visit.Refused(configs.Refusal)
            : visit.Page<ConfigList>(
                new ListModel(configs.Value.Data, visit.May(Scopes.FlowsWrite))
            );
    }

    private static async Task<IResult> Show(
        Visit visit,
        string id,
        FormState? form = null,
        FormState? overrides = null,
        string? replaces = null
    )
    {
        var config = await Find(visit, id);
        return config.Refused
            ? visit.Refused(config.Refusal)
            : await Form(
                visit,
                config.Value,
                form ?? FormState.Fresh,
                null,
                overrides ?? FormState.Fresh,
                replaces
            );
    }

    private static async Task<IResult> Form(
        Visit visit,
        ConfigShown? config,
        FormState form,
        string? flow,
        FormState? overrides = null,
        string? replaces = null
    )
    {
        var flows = await visit.Ask(
            "listFlows",
            FlowJson.Default.ListResponse,
            ActInput.Asking(("limit", "200"))
        );
        if (flows.Refused)
            return visit.Refused(flows.Refusal);
        var secrets = visit.May("listSecrets")
            ? await visit.Ask("listSecrets", SecretJsonContext.Default.ListSecretsResponse)
            : new ListSecrets.Response([]);
        if (secrets.Refused)
            return visit.Refused(secrets.Refusal);
        return visit.Page<ConfigEdit>(
            new FormModel(
                config,
                form,
                overrides ?? FormState.Fresh,
                flow,
                [.. flows.Value.Data.Select(each => each.Name)],
                [.. secrets.Value.Data.Select(secret => secret.Name)],
                replaces,
                visit.May(Scopes.FlowsWrite),
                visit.May("saveOverride")
            )
        );
    }

    private static async Task<IResult> Save(Visit visit, string? id)
    {
        var posted = await visit.Read();
        var mistakes = new List<Mistake>();
        var wish = ConfigFields.Read(posted, mistakes);
        if (posted.Refusal is null && id is not null)
        {
            // Flow and name are what a config is found by: they stay.
            var found = await Find(visit, id);
            if (found.Refused)
                return visit.Refused(found.Refusal);
            wish = wish with { Flow = found.Value.Flow, Name = found.Value.Name };
        }
        var saved =
            posted.Refusal is { } outdated ? outdated
            : mistakes.Count > 0 ? CommonRefusals.InvalidInput.With(mistakes)
            : await visit.Ask(
                "saveConfig",
                ConfigJson.Default.ConfigShown,
                ActInput.With(wish, ConfigJson.Default.SaveConfigRequest)
            );
        if (!saved.Refused)
            return visit.Done(
                $"{Root}/{saved.Value.Id}",
                "The config is saved. Runs that start from now on use it."
            );
        var form = new FormState(posted, saved.Refusal);
        return id is null ? await Form(visit, null, form, null) : await Show(visit, id, form);
    }

    private static async Task<IResult> AskDelete(Visit visit, string id, FormState? form = null)
    {
        var config = await Find(visit, id);
        return config.Refused
            ? visit.Refused(config.Refusal)
            : visit.Page<ConfigDelete>(new AskModel(config.Value, form ?? FormState.Fresh));
    }

    private static async Task<IResult> Delete(Visit visit, string id)
    {
        var posted = await visit.Read();
        var refusal = posted.Refusal ?? await visit.Do("deleteConfig", ActInput.Of("id", id));
        return refusal is null
            ? visit.Done(Root, "The config and its overrides are deleted.")
            : await AskDelete(visit, id, new FormState(posted, refusal));
    }

    private static async Task<IResult> Override(Visit visit, string id)
    {
        var read = await SecretForm.Read(visit);
        if (read.Refused)
            return await Show(visit, id, overrides: new FormState(Posted.Empty, read.Refusal));
        using var form = read.Value;
        var name = form.Posted.Text("name") ?? "";
        var refusal =
            form.Posted.Refusal
            ?? await visit.Do(
                "saveOverride",
                new ActInput
                {
                    Body = form.Body,
                    Route = new() { ["id"] = id, ["name"] = name },
                }
            );
        if (refusal is null)
            return visit.Done(
                $"{Root}/{id}",
                $"{name} is overridden for runs that are invoked with this config."
            );
        return refusal.Code == SecretRefusals.Exists.Code
            ? await Show(visit, id, replaces: name)
            : await Show(visit, id, overrides: new FormState(form.Posted, refusal));
    }

    private static async Task<IResult> AskEndOverride(
        Visit visit,
        string id,
        string name,
        FormState? form = null
    )
    {
        var config = await Find(visit, id);
        return config.Refused ? visit.Refused(config.Refusal)
            : config.Value.SecretOverrides.Contains(name)
                ? visit.Page<OverrideDelete>(
                    new AskOverrideModel(config.Value, name, form ?? FormState.Fresh)
                )
            : visit.Refused(ConfigRefusals.OverrideNotFound);
    }

    private static async Task<IResult> EndOverride(Visit visit, string id, string name)
    {
        var posted = await visit.Read();
        var refusal =
            posted.Refusal
            ?? await visit.Do("deleteOverride", ActInput.Of("id", id).On("name", name));
        return refusal is null
            ? visit.Done($"{Root}/{id}", $"{name} is the organisation's own again.")
            : await AskEndOverride(visit, id, name, new FormState(posted, refusal));
    }

    private static Task<Outcome<ConfigShown>> Find(Visit visit, string id) =>
        visit.Ask("showConfig", ConfigJson.Default.ConfigShown, ActInput.Of("id", id));
}
