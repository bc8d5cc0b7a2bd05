using Sluice.Server.Identity.Sessions;
using Sluice.Server.Store;

namespace Sluice.Server.Identity.Factors;

/// <summary>Whether the login of the person who is signed in asks for codes.</summary>
internal static class ShowTotp
{
    internal sealed record Response
    {
        /// <summary><c>off</c>, <c>pending</c> (added, not confirmed) or <c>on</c>.</summary>
        public required string State { get; init; }

        /// <summary>Since when it counts.</summary>
        public DateTimeOffset? Since { get; init; }

        /// <summary>Recovery codes that were not used.</summary>
        public required long RecoveryCodesLeft { get; init; }
    }

    public static async Task<IResult> Handle(HttpContext context, Database database)
    {
        var person = context.Features.Get<FoundSession>()!;
        var response = await database.Read(
            async session =>
            {
                var totp = await TotpStore.Find(session, person.Email);
                return new Response
                {
                    State =
                        totp is null ? "off"
                        : totp.ConfirmedAt is null ? "pending"
                        : "on",
                    Since = totp?.ConfirmedAt is { } at
                        ? DateTimeOffset.FromUnixTimeMilliseconds(at)
                        : null,
                    RecoveryCodesLeft = await TotpStore.RecoveryCodesLeft(session, person.Email),
                };
            },
            context.RequestAborted
        );
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(response, FactorJson.Default.ShowTotpResponse);
    }
}
