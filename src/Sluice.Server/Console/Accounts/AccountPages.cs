using Sluice.Server.Identity;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Accounts;

/// <summary>Service accounts (seed 003): callers that belong to no person, with scopes that their keys follow at once.</summary>
internal static class AccountPages
{
    public const string Root = "/console/service-accounts";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Root, List);
        pages.MapGet(Root + "/create", (Visit visit) => Form(visit, null, FormState.Fresh));
        pages.MapPost(Root + "/create", (Visit visit) => Save(visit, null));
        pages.MapGet(Root + "/{id}", (Visit visit, string id) => Show(visit, id, FormState.Fresh));
        pages.MapPost(Root + "/{id}", (Visit visit, string id) => Save(visit, id));
        pages.MapGet(
            Root + "/{id}/remove",
            (Visit visit, string id) => AskRemove(visit, id, FormState.Fresh)
        );
        pages.MapPost(Root + "/{id}/remove", Remove);
    }

    internal sealed record ListModel(
        IReadOnlyList<ServiceAccountShown> Accounts,
        string? Next,
        bool IsLater
    );

    /// <param name="Account">Null: a new one.</param>
    internal sealed record FormModel(
        ServiceAccountShown? Account,
        FormState Form,
        IReadOnlyList<string> Scopes
    );

    internal sealed record AskModel(ServiceAccountShown Account, FormState Form);

    private static async Task<IResult> List(Visit visit, string? cursor)
    {
        var accounts = await visit.Ask(
            "listServiceAccounts",
            IdentityJson.Default.ListServiceAccountsResponse,
            ActInput.Asking(("cursor", cursor))
        );
        return accounts.Refused
            ? visit.Refused(accounts.Refusal)
            : visit.Page<AccountList>(
                new ListModel(
                    accounts.Value.Data,
                    accounts.Value.NextCursor is { } next
                        ? Root + QueryString.Create("cursor", next)
                        : null,
                    cursor is not null
                )
            );
    }

    private static async Task<IResult> Show(Visit visit, string id, FormState form)
    {
        var account = await Find(visit, id);
        return account.Refused ? visit.Refused(account.Refusal) : Form(visit, account.Value, form);
    }

    /// <summary>Scopes that an account has and the person has not can be taken from it, and so are shown.</summary>
    private static IResult Form(Visit visit, ServiceAccountShown? account, FormState form) =>
        visit.May("createServiceAccount")
            ? visit.Page<AccountEdit>(
                new FormModel(
                    account,
                    form,
                    [
                        .. ScopeNames.All.Where(scope =>
                            visit.May(ScopeNames.Parse(scope)!.Value)
                            || account?.Scopes.Contains(scope) == true
                        ),
                    ]
                )
            )
            : visit.Refused(ConsoleRefusals.NotYours);

    private static async Task<IResult> Save(Visit visit, string? id)
    {
        var posted = await visit.Read();
        var wish = new ServiceAccountRequest
        {
            Name = posted["name"],
            Scopes = posted.All("scopes"),
        };
        var input = ActInput.With(wish, IdentityJson.Default.ServiceAccountRequest);
        var saved =
            posted.Refusal is { } outdated ? outdated
            : id is null
                ? await visit.Ask(
                    "createServiceAccount",
                    IdentityJson.Default.ServiceAccountShown,
                    input
                )
            : await visit.Ask(
                "updateServiceAccount",
                IdentityJson.Default.ServiceAccountShown,
                input.On("id", id)
            );
        if (!saved.Refused)
            return visit.Done(
                Root,
                id is null
                    ? $"{saved.Value.Name} is made. Create a key for it under API Keys."
                    : $"{saved.Value.Name} is changed; its keys follow at once."
            );
        var form = new FormState(posted, saved.Refusal);
        return id is null ? Form(visit, null, form) : await Show(visit, id, form);
    }

    private static async Task<IResult> AskRemove(Visit visit, string id, FormState form)
    {
        var account = await Find(visit, id);
        return account.Refused
            ? visit.Refused(account.Refusal)
            : visit.Page<AccountRemove>(new AskModel(account.Value, form));
    }

    private static async Task<IResult> Remove(Visit visit, string id)
    {
        var posted = await visit.Read();
        var refusal =
            posted.Refusal ?? await visit.Do("removeServiceAccount", ActInput.Of("id", id));
        return refusal is null
            ? visit.Done(
                Root,
                "The service account is removed. Its keys fail on their very next use."
            )
            : await AskRemove(visit, id, new FormState(posted, refusal));
    }

    public static Task<Outcome<ServiceAccountShown>> Find(Visit visit, string id) =>
        visit.Ask(
            "getServiceAccount",
            IdentityJson.Default.ServiceAccountShown,
            ActInput.Of("id", id)
        );
}
