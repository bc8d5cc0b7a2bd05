using System.Security.Cryptography;
using Sluice.Seal;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.Device;

/// <summary>A device that waits for a person, as it is kept: neither of its codes.</summary>
internal sealed record DeviceGrant
{
    public required string Id { get; init; }

    public byte[] DeviceHash { get; init; } = [];

    public byte[] UserHash { get; init; } = [];

    public required string ClientId { get; init; }

    /// <summary>What it asked for, as a number; null: all that the person may do.</summary>
    public long? Scopes { get; init; }

    public required string Environment { get; init; }

    /// <summary>Where it asked from.</summary>
    public required string Address { get; init; }

    /// <summary>What it called itself.</summary>
    public required string Agent { get; init; }

    public required long CreatedAt { get; init; }

    public required long ExpiresAt { get; init; }

    /// <summary>Milliseconds that it must wait between two polls; grows when it does not.</summary>
    public required long WaitMs { get; init; }

    public long? PolledAt { get; init; }

    /// <summary><see cref="DeviceStates"/>.</summary>
    public required string State { get; init; }

    public string? ApprovedTenant { get; init; }

    public string? ApprovedMember { get; init; }
}

/// <summary>Waiting → approved → redeemed, or waiting → denied.</summary>
internal static class DeviceStates
{
    public const string Waiting = "waiting";
    public const string Approved = "approved";
    public const string Denied = "denied";
    public const string Redeemed = "redeemed";
}

/// <summary>The code that a person types: letters that are not mistaken for others and make no words.</summary>
internal static class UserCode
{
    private const string Letters = "BCDFGHJKLMNPQRSTVWXZ";
    private const int Length = 8;

    /// <summary>A new one, as <c>WDJB-MJHT</c>: 20^8, about 26 thousand million.</summary>
    public static string Mint() =>
        RandomNumberGenerator.GetString(Letters, Length).Insert(Length / 2, "-");

    /// <summary>What was typed, with whatever stands between and in either case; null when it is no code.</summary>
    public static string? Read(string? typed)
    {
        if (typed is not { Length: >= Length and <= 40 })
            return null;
        var letters = new string([
            .. typed.ToUpperInvariant().Where(c => c is not (' ' or '-' or '\u2011' or '\u2013')),
        ]);
        return letters.Length == Length && letters.All(Letters.Contains) ? letters : null;
    }

    /// <param name="read">As <see cref="Read"/> gives it.</param>
    public static byte[] Hash(string read) => TokenText.Hash("user code\n" + read);
}

/// <summary>SQL on <c>device_grants</c>.</summary>
internal static class DeviceStore
{
    private const string Columns =
        "id, client_id, scopes, environment, address, agent, created_at, expires_at, wait_ms, polled_at, state, approved_tenant, approved_member";

    public static Task<int> Insert(Session session, DeviceGrant grant) =>
        session.House.Execute(
            "INSERT INTO device_grants (id, device_hash, user_hash, client_id, scopes, environment, address, agent, created_at, expires_at, wait_ms, state) VALUES (@Id, @DeviceHash, @UserHash, @ClientId, @Scopes, @Environment, @Address, @Agent, @CreatedAt, @ExpiresAt, @WaitMs, @State)",
            grant
        );

    public static Task<DeviceGrant?> FindByDevice(Session session, byte[] hash) =>
        session.House.First<DeviceGrant>(
            $"SELECT {Columns} FROM device_grants WHERE device_hash = @hash",
            new { hash }
        );

    /// <summary>One that a person can still decide on.</summary>
    public static Task<DeviceGrant?> FindByUser(Session session, byte[] hash, long now) =>
        session.House.First<DeviceGrant>(
            $"SELECT {Columns} FROM device_grants WHERE user_hash = @hash AND state = '{DeviceStates.Waiting}' AND expires_at > @now",
            new { hash, now }
        );

    public static Task<int> Polled(Session session, string id, long now, long waitMs) =>
        session.House.Execute(
            "UPDATE device_grants SET polled_at = @now, wait_ms = @waitMs WHERE id = @id",
            new
            {
                id,
                now,
                waitMs,
            }
        );

    /// <summary>A person decides; no row changes when it was decided already or has ended.</summary>
    public static Task<int> Decide(
        Session session,
        byte[] userHash,
        string state,
        string tenantId,
        string memberId,
        long now
    ) =>
        session.House.Execute(
            $"UPDATE device_grants SET state = @state, approved_tenant = @tenantId, approved_member = @memberId WHERE user_hash = @userHash AND state = '{DeviceStates.Waiting}' AND expires_at > @now",
            new
            {
                userHash,
                state,
                tenantId,
                memberId,
                now,
            }
        );

    /// <summary>Takes what was approved; of several that try one alone changes the row.</summary>
    public static Task<int> Redeem(Session session, string id) =>
        session.House.Execute(
            $"UPDATE device_grants SET state = '{DeviceStates.Redeemed}' WHERE id = @id AND state = '{DeviceStates.Approved}'",
            new { id }
        );

    public static Task<int> ForgetBefore(Session session, long before) =>
        session.House.Execute(
            "DELETE FROM device_grants WHERE expires_at < @before",
            new { before }
        );
}
