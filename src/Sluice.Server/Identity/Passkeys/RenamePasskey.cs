using Sluice.Server.Identity.Sessions;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Passkeys;

/// <summary>Gives a passkey another name.</summary>
internal static class RenamePasskey
{
    internal sealed record Request
    {
        /// <summary>What to call it; 1 to 100 characters.</summary>
        public string? Name { get; init; }
    }

    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Origin origin,
        Database database
    )
    {
        var body = await Body.Read(context, PasskeyJson.Default.RenamePasskeyRequest);
        if (body.Refused)
            return body.Refusal;
        if (PasskeyShown.WrongName(body.Value.Name) is { } wrong)
            return CommonRefusals.InvalidInput.With([wrong]);
        var (email, name) = (context.Features.Get<FoundSession>()!.Email, body.Value.Name!.Trim());
        var renamed = await database.Write(
            async session =>
            {
                if (!await PasskeyStore.Rename(session, email, id, name))
                    return false;
                await Audit.Record(session, origin, PasskeyFacts.Renamed(id, name, email));
                return true;
            },
            context.RequestAborted
        );
        return renamed ? TypedResults.NoContent() : PasskeyRefusals.NotFound;
    }
}
