using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Identity;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.Device;

/// <summary>
/// A program asks whether a person has decided (RFC 8628, section 3.4), and gets its key, once. One that asks too soon must wait
/// longer from then on, and when it does, it is answered again.
/// </summary>
internal sealed partial class RedeemDevice(
    Database database,
    IOptions<DeviceOptions> options,
    IOptions<KeyOptions> keys,
    UlidSource ids,
    TimeProvider clock,
    ILogger<RedeemDevice> log
)
{
    public const string GrantType = "urn:ietf:params:oauth:grant-type:device_code";

    /// <summary>The name of the keys that are made here (seed 002).</summary>
    public const string KeyName = "cli";

    /// <summary>Names in a key's notes the program that it was given to.</summary>
    public const string ClientNote = "client";

    private const long StepMs = 5_000;
    private const long LongestWaitMs = 60_000;

    /// <summary>A program that waits as long as it was told may come a little early: its clock is not ours.</summary>
    private const long ToleranceMs = 1_000;

    internal sealed record Response
    {
        /// <summary>A key, named <c>cli</c>.</summary>
        public required string AccessToken { get; init; }

        public required string TokenType { get; init; }

        /// <summary>What it may do now, with spaces between.</summary>
        public required string Scope { get; init; }

        public required string KeyId { get; init; }

        // The text of a key must not reach a log by way of a record's printer.
        public override string ToString() => $"Response {{ KeyId = {KeyId} }}";
    }

    public static async Task<IResult> Handle(HttpContext context, Origin origin, RedeemDevice act)
    {
        var form = await OAuthForm.Read(context);
        if (form.Refused)
            return form.Refusal;
        var given = await act.Redeem(origin, form.Value, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return given.Refused
            ? given.Refusal
            : TypedResults.Json(given.Value, DeviceJson.Default.RedeemDeviceResponse);
    }

    private async Task<Outcome<Response>> Redeem(
        Origin origin,
        OAuthForm form,
        CancellationToken stop
    )
    {
        if (form["grant_type"] is not { } type)
            return DeviceRefusals.InvalidRequest;
        if (type != GrantType)
            return DeviceRefusals.UnsupportedGrant;
        if (form["client_id"] is not { } client || form["device_code"] is not { } code)
            return DeviceRefusals.InvalidRequest;
        if (!options.Value.Knows(client))
            return DeviceRefusals.InvalidClient;
        if (!TokenText.HasShape(code))
            return DeviceRefusals.InvalidGrant;
        var hash = TokenText.Hash(code);
        return await database.Write(session => Step(session, origin, hash, client), stop);
    }

    private async Task<Outcome<Response>> Step(
        Session session,
        Origin origin,
        byte[] hash,
        string client
    )
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (
            await DeviceStore.FindByDevice(session, hash) is not { } grant
            || grant.ClientId != client
            || grant.State == DeviceStates.Redeemed
        )
            return DeviceRefusals.InvalidGrant;
        if (grant.State == DeviceStates.Denied)
            return DeviceRefusals.AccessDenied;
        if (grant.ExpiresAt <= now)
            return DeviceRefusals.Expired;
        var early = grant.PolledAt is { } last && now - last < grant.WaitMs - ToleranceMs;
        var wait = early ? Math.Min(grant.WaitMs + StepMs, LongestWaitMs) : grant.WaitMs;
        await DeviceStore.Polled(session, grant.Id, now, wait);
        if (early)
            return DeviceRefusals.SlowDown;
        return grant.State == DeviceStates.Approved
            ? await Give(session, origin, grant, now)
            : DeviceRefusals.Pending;
    }

    private async Task<Outcome<Response>> Give(
        Session session,
        Origin origin,
        DeviceGrant grant,
        long now
    )
    {
        if (await DeviceStore.Redeem(session, grant.Id) == 0)
            return DeviceRefusals.InvalidGrant;
        var (tenantId, memberId) = (grant.ApprovedTenant!, grant.ApprovedMember!);
        var member = await OwnerStore.FindMember(session, tenantId, memberId);
        if (member is not { CanSignIn: true } || await TenantStore.Find(session, tenantId) is null)
            return DeviceRefusals.AccessDenied;
        var scopes = grant.Scopes is { } asked ? (Scopes?)asked : null;
        var notes = new Dictionary<string, string>
        {
            [ClientNote] = grant.ClientId,
            ["address"] = grant.Address,
        };
        var minted = CreateKey.Mint(
            new KeyWish(KeyName, grant.Environment, "standard", scopes)
            {
                Settings = new KeySettings(
                    null,
                    null,
                    null,
                    null,
                    KeyWishes.ReadMetadata(notes, [])
                ),
            },
            OwnerKinds.Member,
            memberId,
            keys.Value,
            ids,
            now
        );
        await KeyStore.Insert(session, tenantId, minted.Key);
        await Audit.Record(
            session,
            origin.As(tenantId, OwnerKinds.Member, memberId, member.Email),
            KeyFacts.Created(minted.Key)
        );
        LogGiven(log, minted.Key.Id, tenantId, grant.Id);
        var rights = OwnerStore.RightsOf(member);
        return new Response
        {
            AccessToken = minted.Text,
            TokenType = "Bearer",
            Scope = string.Join(' ', ScopeNames.Names(scopes & rights ?? rights)),
            KeyId = minted.Key.Id,
        };
    }

    [LoggerMessage(
        1152,
        LogLevel.Information,
        "Key {KeyId} of tenant {TenantId} given to device {GrantId}"
    )]
    private static partial void LogGiven(
        ILogger log,
        string keyId,
        string tenantId,
        string grantId
    );
}
