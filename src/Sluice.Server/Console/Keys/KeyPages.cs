using Sluice.Language;
using Sluice.Server.Console.Accounts;
using Sluice.Server.Console.Components;
using Sluice.Server.Console.Members;
using Sluice.Server.Identity;
using Sluice.Server.Keys;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Keys;

/// <summary>The page API Keys (seed 002): list, create, the key shown once, rotate, revoke, and what one key was used for.</summary>
internal static class KeyPages
{
    public const string Root = "/console/api-keys";

    /// <summary>From then on a key is pointed out as old.</summary>
    public const int OldAfterDays = 90;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Root, List);
        pages.MapGet(Root + "/create", (Visit visit) => New(visit, FormState.Fresh));
        pages.MapPost(Root + "/create", Create);
        pages.MapGet(Root + "/{id}", Show);
        pages.MapGet(Root + "/{id}/revoke", AskRevoke);
        pages.MapPost(Root + "/{id}/revoke", Revoke);
        pages.MapGet(Root + "/{id}/rotate", AskRotate);
        pages.MapPost(Root + "/{id}/rotate", Rotate);
        KeyLimitPages.Map(pages);
    }

    internal sealed record ListModel(
        IReadOnlyList<KeyShown> Keys,
        string? Next,
        bool IsLater,
        bool MayChange
    );

    internal sealed record NewModel(
        FormState Form,
        IReadOnlyList<ServiceAccountShown> Accounts,
        IReadOnlyList<string> Scopes
    );

    internal sealed record AskModel(KeyShown Key, FormState Form);

    /// <param name="Owner">Whose it is, in words.</param>
    /// <param name="OwnerPage">Where more is said of the owner; null where this person's role does not reach.</param>
    internal sealed record OneModel(
        KeyShown Key,
        ShowKeyUsage.Response Usage,
        string Owner,
        string? OwnerPage,
        bool MayChange
    );

    private static async Task<IResult> List(Visit visit, string? cursor)
    {
        var keys = await visit.Ask(
            "listKeys",
            KeyJson.Default.ListKeysResponse,
            ActInput.Asking(("cursor", cursor))
        );
        if (keys.Refused)
            return visit.Refused(keys.Refusal);
        return visit.Page<KeyList>(
            new ListModel(
                keys.Value.Data,
                keys.Value.NextCursor is { } next
                    ? Root + QueryString.Create("cursor", next)
                    : null,
                cursor is not null,
                visit.May(Scopes.KeysWrite)
            )
        );
    }

    private static async Task<IResult> New(Visit visit, FormState form)
    {
        if (!visit.May("createKey"))
            return visit.Refused(ConsoleRefusals.NotYours);
        var accounts = visit.May("listServiceAccounts")
            ? await visit.Ask(
                "listServiceAccounts",
                IdentityJson.Default.ListServiceAccountsResponse,
                ActInput.Asking(("limit", "200"))
            )
            : new ListServiceAccounts.Response([], null);
        return accounts.Refused
            ? visit.Refused(accounts.Refusal)
            : visit.Page<KeyCreate>(
                new NewModel(form, accounts.Value.Data, ScopeNames.Names(visit.Caller.Scopes))
            );
    }

    private static async Task<IResult> Create(Visit visit)
    {
        var posted = await visit.Read();
        if (posted.Refusal is { } outdated)
            return await New(visit, new FormState(posted, outdated));
        if (visit.HasSpent(posted))
            return MadeAlready(visit);
        var made = await visit.Ask(
            "createKey",
            KeyJson.Default.KeyShown,
            ActInput.With(Wish(posted, visit), KeyJson.Default.CreateKeyRequest)
        );
        return made.Refused
            ? await New(visit, new FormState(posted, made.Refusal))
            : visit.Once<KeyMade>(posted, made.Value);
    }

    private static IResult MadeAlready(Visit visit) =>
        visit.Done(
            Root,
            "That form was sent already, and its key is not shown again. If you have not kept it, revoke it and create another."
        );

    private static CreateKey.Request Wish(Posted posted, Visit visit) =>
        new()
        {
            Name = posted["name"],
            Environment = visit.Environment,
            Scopes = posted.All("scopes") is { Count: > 0 } scopes ? scopes : null,
            Shape = posted.Text("shape"),
            ExpiresAt = int.TryParse(posted["expires"], out var days)
                ? visit.Now.AddDays(days)
                : null,
            ServiceAccount = posted.Text("service_account"),
        };

    private static async Task<IResult> Show(Visit visit, string id)
    {
        var key = await Find(visit, id);
        if (key.Refused)
            return visit.Refused(key.Refusal);
        var usage = await visit.Ask(
            "showKeyUsage",
            KeyJson.Default.ShowKeyUsageResponse,
            ActInput.Of("id", id)
        );
        if (usage.Refused)
            return visit.Refused(usage.Refusal);
        var (owner, page) = await Owner(visit, key.Value.Owner);
        return visit.Page<KeyDetail>(
            new OneModel(key.Value, usage.Value, owner, page, visit.May(Scopes.KeysWrite))
        );
    }

    private static async Task<(string Name, string? Page)> Owner(Visit visit, KeyOwnerShown owner)
    {
        if (owner.Id == visit.Caller.OwnerId)
            return ("You", null);
        if (owner.Type == OwnerKinds.ServiceAccount)
            return
                visit.May("getServiceAccount")
                && await AccountPages.Find(visit, owner.Id) is { Refused: false } account
                ? ($"{account.Value.Name}, a service account", $"{AccountPages.Root}/{owner.Id}")
                : ("A service account", null);
        return
            visit.May("listMembers")
            && await MemberPages.Find(visit, owner.Id, null) is { Refused: false } member
            ? (member.Value.Email, $"{MemberPages.Root}/{owner.Id}")
            : ("A member", null);
    }

    private static Task<IResult> AskRevoke(Visit visit, string id) =>
        Asking<KeyRevoke>(visit, id, FormState.Fresh);

    private static async Task<IResult> Revoke(Visit visit, string id)
    {
        var posted = await visit.Read();
        var refusal = posted.Refusal ?? await visit.Do("revokeKey", ActInput.Of("id", id));
        return refusal is null
            ? visit.Done(Root, "The key is revoked. It fails on its very next use.")
            : await Asking<KeyRevoke>(visit, id, new FormState(posted, refusal));
    }

    private static Task<IResult> AskRotate(Visit visit, string id) =>
        Asking<KeyRotate>(visit, id, FormState.Fresh);

    private static async Task<IResult> Rotate(Visit visit, string id)
    {
        var posted = await visit.Read();
        if (posted.Refusal is { } outdated)
            return await Asking<KeyRotate>(visit, id, new FormState(posted, outdated));
        if (visit.HasSpent(posted))
            return MadeAlready(visit);
        var mistakes = new List<Mistake>();
        var hours = posted.Number("overlap_hours", mistakes);
        var made =
            mistakes.Count > 0
                ? CommonRefusals.InvalidInput.With(mistakes)
                : await visit.Ask(
                    "rotateKey",
                    KeyJson.Default.KeyShown,
                    ActInput
                        .With(
                            new RotateKey.Request { OverlapSeconds = hours * 3600 },
                            KeyJson.Default.RotateKeyRequest
                        )
                        .On("id", id)
                );
        return made.Refused
            ? await Asking<KeyRotate>(visit, id, new FormState(posted, made.Refusal))
            : visit.Once<KeyMade>(posted, made.Value);
    }

    private static async Task<IResult> Asking<TPage>(Visit visit, string id, FormState form)
        where TPage : VisitPage
    {
        var key = await Find(visit, id);
        return key.Refused
            ? visit.Refused(key.Refusal)
            : visit.Page<TPage>(new AskModel(key.Value, form));
    }

    public static Task<Outcome<KeyShown>> Find(Visit visit, string id) =>
        visit.Ask("getKey", KeyJson.Default.KeyShown, ActInput.Of("id", id));

    /// <summary>Whether it opens the door now.</summary>
    public static bool IsActive(KeyShown key, DateTimeOffset now) =>
        key.RevokedAt is null && !(key.ExpiresAt <= now);

    /// <summary>Whether it works and is old enough to be changed.</summary>
    public static bool IsOld(KeyShown key, DateTimeOffset now) =>
        IsActive(key, now) && Words.Days(key.CreatedAt, now) >= OldAfterDays;
}
