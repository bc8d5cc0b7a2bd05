using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Identity.Factors;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Passkeys;

/// <summary>Adds the passkey that the authenticator made, to the login of the person who is signed in.</summary>
internal sealed partial class AddPasskey(
    Database database,
    PasskeyCeremony ceremony,
    SignInStep steps,
    SessionLookup sessions,
    UlidSource ids,
    TimeProvider clock,
    ILogger<AddPasskey> log
)
{
    internal sealed record Request
    {
        /// <summary>What to call it; 1 to 100 characters.</summary>
        public string? Name { get; init; }

        /// <summary>As <c>PublicKeyCredential.toJSON</c> gives it.</summary>
        public JsonElement Credential { get; init; }
    }

    public static async Task<IResult> Handle(HttpContext context, Origin origin, AddPasskey act)
    {
        var body = await Body.Read(context, PasskeyJson.Default.AddPasskeyRequest);
        if (body.Refused)
            return body.Refusal;
        var added = await act.Add(context, origin, body.Value);
        return added.Refused
            ? added.Refusal
            : TypedResults.Json(
                PasskeyShown.Of(added.Value),
                PasskeyJson.Default.PasskeyShown,
                statusCode: StatusCodes.Status201Created
            );
    }

    private async Task<Outcome<Passkey>> Add(HttpContext context, Origin origin, Request request)
    {
        var mistakes = new List<Mistake>();
        if (PasskeyShown.WrongName(request.Name) is { } wrong)
            mistakes.Add(wrong);
        if (request.Credential.ValueKind != JsonValueKind.Object)
            mistakes.Add(NoCredential);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var stop = context.RequestAborted;
        var person = context.Features.Get<FoundSession>()!;
        var begun = await database.Write(
            session => steps.Take(session, context, SignInStep.PasskeyAdd),
            stop
        );
        steps.Clear(context);
        if (begun?.Email != person.Email)
            return FactorRefusals.StepOver;
        if (await ceremony.CheckNew(context, request.Credential, begun.State) is not { } result)
            return PasskeyRefusals.NotAccepted;
        var made = Of(result, person.Email, request.Name!.Trim());
        var refusal = await database.Write(
            async session =>
            {
                if (!await SecondFactor.IsStillIn(session, person))
                    return FactorRefusals.StepOver;
                if (!await PasskeyStore.Insert(session, made))
                    return PasskeyRefusals.NotAccepted;
                await Audit.Record(session, origin, PasskeyFacts.Added(made));
                return null;
            },
            stop
        );
        if (refusal is not null)
            return refusal;
        await sessions.Renew(context, person);
        LogAdded(log, made.Id, person.MemberId, person.TenantId);
        return made;
    }

    private Passkey Of(PasskeyAttestationResult result, string email, string name)
    {
        var passkey = result.Passkey!;
        return new Passkey
        {
            Id = ids.Next().ToString(),
            Email = email,
            Handle = result.UserEntity!.Id,
            Name = name,
            Credential = passkey.CredentialId,
            PublicKey = passkey.PublicKey,
            SignCount = passkey.SignCount,
            Transports = string.Join(',', passkey.Transports ?? []),
            BackupEligible = passkey.IsBackupEligible ? 1 : 0,
            BackedUp = passkey.IsBackedUp ? 1 : 0,
            CreatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        };
    }

    internal static readonly Mistake NoCredential = new(
        "credential",
        "credential is needed: what the browser got from the authenticator",
        Where: "credential"
    );

    [LoggerMessage(
        1153,
        LogLevel.Information,
        "Passkey {PasskeyId} added by member {MemberId} of tenant {TenantId}"
    )]
    private static partial void LogAdded(
        ILogger log,
        string passkeyId,
        string memberId,
        string tenantId
    );
}
