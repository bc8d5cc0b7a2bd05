using Sluice.Server.Identity.Factors;
using Sluice.Server.Identity.Passkeys;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Security;

/// <summary>With what a person signs in beside the password: passkeys, and an authenticator with its recovery codes.</summary>
internal static class SecurityPages
{
    public const string Root = "/console/security";
    public const string Totp = Root + "/totp";
    public const string Passkeys = Root + "/passkeys";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Root, Show);
        pages.MapGet(Totp + "/add", (Visit visit) => Prove(visit, Adding, FormState.Fresh));
        pages.MapPost(Totp + "/add", Add);
        pages.MapPost(Totp + "/confirm", Confirm);
        pages.MapGet(Totp + "/codes", (Visit visit) => Prove(visit, Renewing, FormState.Fresh));
        pages.MapPost(Totp + "/codes", Renew);
        pages.MapGet(Totp + "/off", (Visit visit) => Prove(visit, Ending, FormState.Fresh));
        pages.MapPost(Totp + "/off", End);
        pages.MapGet(Passkeys + "/add", AddPasskey);
        pages.MapGet(
            Passkeys + "/{id}/rename",
            (Visit visit, string id) => One<PasskeyRename>(visit, id, FormState.Fresh)
        );
        pages.MapPost(Passkeys + "/{id}/rename", Rename);
        pages.MapGet(
            Passkeys + "/{id}/remove",
            (Visit visit, string id) => AskToRemove(visit, id, FormState.Fresh)
        );
        pages.MapPost(Passkeys + "/{id}/remove", Remove);
    }

    internal sealed record Model(ShowTotp.Response Totp, ListPasskeys.Response Passkeys);

    /// <summary>What is about to be done, and asks for the password first.</summary>
    internal sealed record Asked(string Path, string Title, string What, string Verb, bool Takes);

    internal sealed record ProveModel(Asked Asked, FormState Form, bool NeedsCode);

    /// <param name="Made">The secret; null when the page is shown again, for it is shown once.</param>
    internal sealed record SecretModel(BeginTotp.Response? Made, FormState Form);

    /// <param name="Proof">Whether to show once more who it is; and whether with a code.</param>
    internal sealed record PasskeyModel(
        PasskeyShown Passkey,
        FormState Form,
        (bool Needed, bool Code) Proof = default
    );

    private static readonly Asked Adding = new(
        Totp + "/add",
        "Add an authenticator",
        "An app on your phone shows six digits that change every 30 seconds; with them a password that somebody has learned is not enough.",
        "Continue",
        Takes: false
    );

    private static readonly Asked Renewing = new(
        Totp + "/codes",
        "New recovery codes",
        "You get ten new codes. The former ones open nothing any more.",
        "Make new codes",
        Takes: false
    );

    private static readonly Asked Ending = new(
        Totp + "/off",
        "Turn the authenticator off?",
        "From then on your password alone is enough to sign in. Your recovery codes open nothing any more.",
        "Turn it off",
        Takes: true
    );

    private static async Task<IResult> Show(Visit visit)
    {
        var totp = await visit.Ask("getTotp", FactorJson.Default.ShowTotpResponse);
        var passkeys = await visit.Ask("listPasskeys", PasskeyJson.Default.ListPasskeysResponse);
        return totp.Refused ? visit.Refused(totp.Refusal)
            : passkeys.Refused ? visit.Refused(passkeys.Refusal)
            : visit.Page<SecurityPage>(new Model(totp.Value, passkeys.Value));
    }

    private static async Task<IResult> Prove(Visit visit, Asked asked, FormState form)
    {
        var totp = await visit.Ask("getTotp", FactorJson.Default.ShowTotpResponse);
        return totp.Refused
            ? visit.Refused(totp.Refusal)
            : visit.Page<Prove>(new ProveModel(asked, form, totp.Value.State == "on"));
    }

    private static async Task<IResult> Add(Visit visit)
    {
        var posted = await visit.Read();
        if (visit.HasSpent(posted))
            return ShownAlready(visit);
        var made = posted.Refusal is { } outdated
            ? outdated
            : await visit.Ask("beginTotp", FactorJson.Default.BeginTotpResponse, ProofOf(posted));
        return made.Refused
            ? await Prove(visit, Adding, new FormState(posted, made.Refusal))
            : visit.Once<TotpSecret>(posted, new SecretModel(made.Value, FormState.Fresh));
    }

    /// <summary>A reload of a page that showed something once: it has come true, and is not done again.</summary>
    private static IResult ShownAlready(Visit visit) =>
        visit.Done(
            Root,
            "That form was sent already, and what it showed is not shown again. If you have not kept your recovery codes, make new ones."
        );

    private static async Task<IResult> Confirm(Visit visit)
    {
        var posted = await visit.Read();
        if (visit.HasSpent(posted))
            return ShownAlready(visit);
        var confirmed = posted.Refusal is { } outdated
            ? outdated
            : await visit.Ask(
                "confirmTotp",
                FactorJson.Default.RecoveryCodesResponse,
                ActInput.With(
                    new ConfirmTotp.Request { Code = posted["code"] },
                    FactorJson.Default.ConfirmTotpRequest
                )
            );
        return confirmed.Refused
            ? visit.Page<TotpSecret>(
                new SecretModel(null, new FormState(posted, confirmed.Refusal))
            )
            : visit.Once<RecoveryCodesPage>(posted, confirmed.Value);
    }

    private static async Task<IResult> Renew(Visit visit)
    {
        var posted = await visit.Read();
        if (visit.HasSpent(posted))
            return ShownAlready(visit);
        var made = posted.Refusal is { } outdated
            ? outdated
            : await visit.Ask(
                "makeRecoveryCodes",
                FactorJson.Default.RecoveryCodesResponse,
                ProofOf(posted)
            );
        return made.Refused
            ? await Prove(visit, Renewing, new FormState(posted, made.Refusal))
            : visit.Once<RecoveryCodesPage>(posted, made.Value);
    }

    private static async Task<IResult> End(Visit visit)
    {
        var posted = await visit.Read();
        var refusal = posted.Refusal ?? await visit.Do("endTotp", ProofOf(posted));
        return refusal is null
            ? visit.Done(Root, "The authenticator is off. Your password alone signs you in.")
            : await Prove(visit, Ending, new FormState(posted, refusal));
    }

    private static async Task<IResult> AddPasskey(Visit visit)
    {
        var totp = await visit.Ask("getTotp", FactorJson.Default.ShowTotpResponse);
        return totp.Refused
            ? visit.Refused(totp.Refusal)
            : visit.Page<PasskeyAdd>(totp.Value.State == "on");
    }

    private static async Task<IResult> Rename(Visit visit, string id)
    {
        var posted = await visit.Read();
        var refusal =
            posted.Refusal
            ?? await visit.Do(
                "renamePasskey",
                ActInput
                    .With(
                        new RenamePasskey.Request { Name = posted["name"] },
                        PasskeyJson.Default.RenamePasskeyRequest
                    )
                    .On("id", id)
            );
        return refusal is null
            ? visit.Done(Root, "The passkey has its new name.")
            : await One<PasskeyRename>(visit, id, new FormState(posted, refusal));
    }

    private static async Task<IResult> Remove(Visit visit, string id)
    {
        var posted = await visit.Read();
        var refusal = posted.Refusal;
        if (refusal is null && posted["password"].Length > 0)
            refusal = await visit.Do("proveSession", ProofOf(posted));
        refusal ??= await visit.Do("removePasskey", ActInput.Of("id", id));
        return refusal is null
            ? visit.Done(Root, "The passkey is removed. It opens nothing any more.")
            : await AskToRemove(visit, id, new FormState(posted, refusal));
    }

    /// <summary>Asks, and for the password as well when it is a while ago that the person signed in.</summary>
    private static async Task<IResult> AskToRemove(Visit visit, string id, FormState form)
    {
        if (visit.IsProven)
            return await One<PasskeyRemove>(visit, id, form);
        var totp = await visit.Ask("getTotp", FactorJson.Default.ShowTotpResponse);
        return totp.Refused
            ? visit.Refused(totp.Refusal)
            : await One<PasskeyRemove>(visit, id, form, (true, totp.Value.State == "on"));
    }

    private static async Task<IResult> One<TPage>(
        Visit visit,
        string id,
        FormState form,
        (bool, bool) proof = default
    )
        where TPage : VisitPage
    {
        var passkeys = await visit.Ask("listPasskeys", PasskeyJson.Default.ListPasskeysResponse);
        if (passkeys.Refused)
            return visit.Refused(passkeys.Refusal);
        return passkeys.Value.Data.FirstOrDefault(each => each.Id == id) is { } passkey
            ? visit.Page<TPage>(new PasskeyModel(passkey, form, proof))
            : visit.Refused(PasskeyRefusals.NotFound);
    }

    private static ActInput ProofOf(Posted posted) =>
        ActInput.With(
            new Proof { Password = posted["password"], Code = posted.Text("code") },
            FactorJson.Default.Proof
        );
}
