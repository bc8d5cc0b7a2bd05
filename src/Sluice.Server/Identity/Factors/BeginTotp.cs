using Sluice.Seal;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Ledger;
using Sluice.Server.Secrets;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Factors;

/// <summary>Adds an authenticator to the login of the person who is signed in: its secret is shown once. It counts when it is confirmed.</summary>
internal static class BeginTotp
{
    internal sealed record Response
    {
        /// <summary>To type into an authenticator: base32, 32 characters. Never shown again.</summary>
        public required string Secret { get; init; }

        /// <summary>The same as an address that authenticators read (<c>otpauth://totp/…</c>): six digits, SHA-1, 30 seconds.</summary>
        public required string Uri { get; init; }

        // It makes codes: it must not reach a log by way of a record's printer.
        public override string ToString() => "Response";
    }

    public static async Task<IResult> Handle(
        HttpContext context,
        Origin origin,
        SecondFactor second,
        MasterKeys masters,
        PublicAddress address,
        Database database,
        TimeProvider clock
    )
    {
        var body = await Body.Read(context, FactorJson.Default.Proof);
        if (body.Refused)
            return body.Refusal;
        var person = context.Features.Get<FoundSession>()!;
        var proven = await second.Prove(context, person, body.Value);
        if (proven.Refused)
            return proven.Refusal;
        var refusal = FactorRefusals.TotpOn;
        var text = await database.Write(
            async session =>
            {
                if (!await proven.Value.Holds(session))
                {
                    refusal = IdentityRefusals.WrongPassword;
                    return null;
                }
                var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                if (!await TotpStore.Begin(session, person.Email, now))
                    return null;
                using var key = await LoginKeys.Make(session, masters, person.Email, now);
                using var codes = OneTimeCode.From(key);
                await Audit.Record(session, origin, FactorFacts.TotpBegun(person.Email));
                return codes.Text();
            },
            context.RequestAborted
        );
        if (text is null)
            return refusal;
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            new Response { Secret = text, Uri = UriOf(address, person.Email, text) },
            FactorJson.Default.BeginTotpResponse,
            statusCode: StatusCodes.Status201Created
        );
    }

    /// <summary>The form that authenticators read: <c>otpauth://totp/issuer:account?secret=…&amp;issuer=…</c>.</summary>
    internal static string UriOf(PublicAddress address, string email, string secret)
    {
        var issuer = Uri.EscapeDataString($"Sluice {address.Url.Host}");
        return $"otpauth://totp/{issuer}:{Uri.EscapeDataString(email)}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={OneTimeCode.Digits}&period={OneTimeCode.StepSeconds}";
    }
}
