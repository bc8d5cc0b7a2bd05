using Sluice.Server.Identity.Sessions;
using Sluice.Server.Store;

namespace Sluice.Server.Identity.Passkeys;

/// <summary>The passkeys of the person who is signed in, oldest first.</summary>
internal static class ListPasskeys
{
    internal sealed record Response
    {
        /// <summary>Whether passkeys can be added here: the server's public address must have a name.</summary>
        public required bool Available { get; init; }

        public required IReadOnlyList<PasskeyShown> Data { get; init; }
    }

    public static async Task<IResult> Handle(
        HttpContext context,
        PasskeyCeremony ceremony,
        Database database
    )
    {
        var person = context.Features.Get<FoundSession>()!;
        var passkeys = await database.Read(
            session => PasskeyStore.Of(session, person.Email),
            context.RequestAborted
        );
        return TypedResults.Json(
            new Response
            {
                Available = ceremony.IsPossible,
                Data = [.. passkeys.Select(PasskeyShown.Of)],
            },
            PasskeyJson.Default.ListPasskeysResponse
        );
    }
}
