using System.Text.Json;
using Sluice.Seal;
using Sluice.Server.Identity.Factors;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Passkeys;

/// <summary>Begins to add a passkey, with the password shown again: what the browser is to ask the authenticator.</summary>
internal static class BeginPasskey
{
    /// <summary>Most passkeys of a login.</summary>
    public const int Most = 20;

    internal sealed record Response
    {
        /// <summary>As <c>PublicKeyCredential.parseCreationOptionsFromJSON</c> or <c>parseRequestOptionsFromJSON</c> takes them.</summary>
        public required JsonElement Options { get; init; }
    }

    public static async Task<IResult> Handle(
        HttpContext context,
        SecondFactor second,
        PasskeyCeremony ceremony,
        SignInStep steps,
        Database database,
        UlidSource ids
    )
    {
        var body = await Body.Read(context, PasskeyJson.Default.Proof);
        if (body.Refused)
            return body.Refusal;
        if (!ceremony.IsPossible)
            return PasskeyRefusals.Unavailable;
        var stop = context.RequestAborted;
        var person = context.Features.Get<FoundSession>()!;
        var proven = await second.Prove(context, person, body.Value);
        if (proven.Refused)
            return proven.Refusal;
        var passkeys = await database.Read(session => PasskeyStore.Of(session, person.Email), stop);
        if (passkeys.Count >= Most)
            return PasskeyRefusals.TooMany;
        // Authenticators keep one passkey for a name: all of a login go by the same, which tells nothing of the person.
        var handle = passkeys.Count > 0 ? passkeys[0].Handle : ids.Next().ToString();
        var (options, state) = await ceremony.AskForNew(
            context,
            new PasskeyPerson(handle, person.Email),
            person.Name
        );
        var token = await database.Write(
            async session =>
                await proven.Value.Holds(session)
                    ? await steps.Begin(session, SignInStep.PasskeyAdd, person.Email, state)
                    : null,
            stop
        );
        if (token is null)
            return IdentityRefusals.WrongPassword;
        steps.Give(context, token);
        return Answer(context, options);
    }

    internal static IResult Answer(HttpContext context, string options)
    {
        context.Response.Headers.CacheControl = "no-store";
        using var parsed = JsonDocument.Parse(options);
        return TypedResults.Json(
            new Response { Options = parsed.RootElement.Clone() },
            PasskeyJson.Default.BeginPasskeyResponse
        );
    }
}
