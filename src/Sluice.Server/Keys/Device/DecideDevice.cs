using System.Net;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.Device;

/// <summary>
/// A person who is signed in types a device's code, sees who asks, and decides. Codes that are none are counted, for the person and for
/// the address: after five in a minute none is looked at.
/// </summary>
internal sealed partial class DecideDevice(
    Database database,
    SharedLimits shared,
    TimeProvider clock,
    ILogger<DecideDevice> log
)
{
    private const double GuessesPerMinute = 5;

    private readonly TokenBuckets _guesses = shared.Of("device.guess");

    /// <summary>The device that waits with this code.</summary>
    public async Task<Outcome<DeviceGrant>> Find(
        FoundSession person,
        string? typed,
        IPAddress? address
    )
    {
        if (Begin(person, address) is { } barred)
            return barred;
        if (UserCode.Read(typed) is { } code)
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var hash = UserCode.Hash(code);
            if (
                await database.Read(session => DeviceStore.FindByUser(session, hash, now)) is
                { } grant
            )
            {
                GiveBack(person, address);
                return grant;
            }
        }
        return DeviceRefusals.UnknownCode;
    }

    /// <summary>Decides; refused when it was decided already or has ended.</summary>
    public async Task<Outcome<DeviceGrant>> Decide(
        FoundSession person,
        string? typed,
        bool approve,
        HttpContext context
    )
    {
        var found = await Find(person, typed, context.Connection.RemoteIpAddress);
        if (found.Refused)
            return found;
        var hash = UserCode.Hash(UserCode.Read(typed)!);
        var state = approve ? DeviceStates.Approved : DeviceStates.Denied;
        var decided = await database.Write(async session =>
        {
            var count = await DeviceStore.Decide(
                session,
                hash,
                state,
                person.TenantId,
                person.MemberId,
                clock.GetUtcNow().ToUnixTimeMilliseconds()
            );
            if (count == 1)
                await Audit.Record(session, OriginOf(context, person), Fact(found.Value, approve));
            return count;
        });
        if (decided == 0)
            return DeviceRefusals.UnknownCode;
        LogDecided(log, found.Value.Id, state, person.MemberId, person.TenantId);
        return found;
    }

    private static Origin OriginOf(HttpContext context, FoundSession person) =>
        Origin
            .Of(context)
            .As(person.TenantId, OwnerKinds.Member, person.MemberId, person.Email) with
        {
            Door = Door.Session,
        };

    private static Fact Fact(DeviceGrant grant, bool approve) =>
        new(approve ? "device.approve" : "device.deny", "device", grant.Id)
        {
            ["client"] = grant.ClientId,
            ["address"] = grant.Address,
            ["environment"] = grant.Environment,
            ["scopes"] = grant.Scopes is { } scopes
                ? string.Join(' ', ScopeNames.Names((Scopes)scopes))
                : "all of the owner's",
        };

    private Refusal? Begin(FoundSession person, IPAddress? address)
    {
        foreach (var name in Names(person, address))
        {
            var state = _guesses.Take(name, GuessesPerMinute / 60, GuessesPerMinute);
            if (state.Taken)
                continue;
            LogGuessing(log, person.MemberId, person.TenantId, Addresses.Show(address));
            return Identity.IdentityRefusals.TooManyTries.With(
                LimitShown.Empty("device-code", GuessesPerMinute, 60, state)
            );
        }
        return null;
    }

    private void GiveBack(FoundSession person, IPAddress? address)
    {
        foreach (var name in Names(person, address))
            _guesses.Return(name, GuessesPerMinute / 60, GuessesPerMinute);
    }

    private static string[] Names(FoundSession person, IPAddress? address) =>
        [$"{person.TenantId}/{person.MemberId}", Addresses.Name(address)];

    [LoggerMessage(
        1151,
        LogLevel.Information,
        "Device {GrantId} {State} by member {MemberId} of tenant {TenantId}"
    )]
    private static partial void LogDecided(
        ILogger log,
        string grantId,
        string state,
        string memberId,
        string tenantId
    );

    [LoggerMessage(
        1153,
        LogLevel.Warning,
        "Codes of devices are being guessed by member {MemberId} of tenant {TenantId}, from {Address}"
    )]
    private static partial void LogGuessing(
        ILogger log,
        string memberId,
        string tenantId,
        string address
    );
}
