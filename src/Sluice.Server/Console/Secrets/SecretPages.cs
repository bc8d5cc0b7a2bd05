using Sluice.Server.Secrets;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Secrets;

/// <summary>The page Secrets (seed 004): names and dates, a value that is typed and never shown, and a replacement that must be meant.</summary>
internal static class SecretPages
{
    public const string Root = "/console/secrets";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Root, List);
        pages.MapGet(Root + "/add", (Visit visit, string? name) => New(visit, name));
        pages.MapPost(Root + "/add", Save);
        pages.MapGet(Root + "/{name}/delete", (Visit visit, string name) => AskDelete(visit, name));
        pages.MapPost(Root + "/{name}/delete", Delete);
    }

    internal sealed record ListModel(IReadOnlyList<ListSecrets.Entry> Secrets, bool MayChange);

    /// <param name="Replaces">The name of a value that saving would replace; null: none that is known of.</param>
    internal sealed record NewModel(
        FormState Form,
        string Name,
        string? Replaces,
        IReadOnlyList<string> Names
    );

    internal sealed record AskModel(string Name, FormState Form);

    private static async Task<IResult> List(Visit visit)
    {
        var secrets = await visit.Ask("listSecrets", SecretJsonContext.Default.ListSecretsResponse);
        return secrets.Refused
            ? visit.Refused(secrets.Refusal)
            : visit.Page<SecretList>(
                new ListModel(secrets.Value.Data, visit.May(Scopes.SecretsWrite))
            );
    }

    private static async Task<IResult> New(
        Visit visit,
        string? name,
        FormState? form = null,
        bool replaces = false
    )
    {
        if (!visit.May("saveSecret"))
            return visit.Refused(ConsoleRefusals.NotYours);
        var secrets = await visit.Ask("listSecrets", SecretJsonContext.Default.ListSecretsResponse);
        if (secrets.Refused)
            return visit.Refused(secrets.Refusal);
        var names = secrets.Value.Data.Select(secret => secret.Name).ToList();
        return visit.Page<SecretAdd>(
            new NewModel(
                form ?? FormState.Fresh,
                name ?? "",
                name is not null && (replaces || names.Contains(name)) ? name : null,
                names
            )
        );
    }

    private static async Task<IResult> Save(Visit visit)
    {
        var read = await SecretForm.Read(visit);
        if (read.Refused)
            return await New(visit, null, new FormState(Posted.Empty, read.Refusal));
        using var form = read.Value;
        var name = form.Posted.Text("name") ?? "";
        var refusal =
            form.Posted.Refusal
            ?? await visit.Do(
                "saveSecret",
                new ActInput
                {
                    Body = form.Body,
                    Route = new() { ["name"] = name },
                }
            );
        if (refusal is null)
            return visit.Done(Root, $"{name} is saved. Runs that start from now on read it.");
        return refusal.Code == SecretRefusals.Exists.Code
            ? await New(visit, name, replaces: true)
            : await New(visit, name, new FormState(form.Posted, refusal));
    }

    private static IResult AskDelete(Visit visit, string name, FormState? form = null) =>
        visit.Page<SecretDelete>(new AskModel(name, form ?? FormState.Fresh));

    private static async Task<IResult> Delete(Visit visit, string name)
    {
        var posted = await visit.Read();
        var refusal = posted.Refusal ?? await visit.Do("deleteSecret", ActInput.Of("name", name));
        return refusal is null
            ? visit.Done(Root, $"{name} is deleted. The next run does not see it.")
            : AskDelete(visit, name, new FormState(posted, refusal));
    }
}
