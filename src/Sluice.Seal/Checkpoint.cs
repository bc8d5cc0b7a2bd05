using System.Globalization;
using System.Text.Json;

namespace Sluice.Seal;

/// <summary>
/// A signed word on how long a ledger was at a time, and with what hash it ended. Whoever keeps one elsewhere can tell later whether anything
/// before it was changed or taken away. Source: spec/ledger.md.
/// </summary>
public sealed record Checkpoint
{
    /// <summary>Which ledger: a tenant's id, or <c>house</c>.</summary>
    public required string Chain { get; init; }

    /// <summary>Number of the last entry; entries are counted from 1, so it is their number, too.</summary>
    public required long Seq { get; init; }

    /// <summary>Hash of that entry, 64 hexadecimal digits.</summary>
    public required string Hash { get; init; }

    /// <summary>When it was signed, as <see cref="LedgerTime"/> writes it.</summary>
    public required string At { get; init; }

    /// <summary>Whether everything up to here was removed when its time was over, so that the ledger begins after it.</summary>
    public bool Anchor { get; init; }

    /// <summary>Name of the key that signed it.</summary>
    public required string KeyId { get; init; }

    /// <summary>The signature, base64.</summary>
    public required string Signature { get; init; }

    /// <summary>A signed one.</summary>
    public static Checkpoint Sign(
        SigningKey key,
        string chain,
        long seq,
        string hash,
        DateTimeOffset at,
        bool anchor = false
    )
    {
        ArgumentNullException.ThrowIfNull(key);
        var unsigned = new Checkpoint
        {
            Chain = chain,
            Seq = seq,
            Hash = hash,
            At = LedgerTime.Write(at),
            Anchor = anchor,
            KeyId = key.Public.Id,
            Signature = "",
        };
        return unsigned with { Signature = Convert.ToBase64String(key.Sign(unsigned.Signed())) };
    }

    /// <summary>Whether the signature is the key's, of exactly this.</summary>
    public bool IsSignedBy(VerifyingKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var signature = new byte[64];
        return key.Id == KeyId
            && Convert.TryFromBase64String(Signature, signature, out var length)
            && length == signature.Length
            && key.Verifies(Signed(), signature);
    }

    /// <summary>One line of JSON, canonical, with the signature.</summary>
    public byte[] Line() => Write(Signature);

    /// <summary>Reads a line.</summary>
    /// <exception cref="FormatException">It is no checkpoint.</exception>
    public static Checkpoint Read(JsonElement json)
    {
        try
        {
            var checkpoint = new Checkpoint
            {
                Chain = json.GetProperty("chain").GetString()!,
                Seq = json.GetProperty("seq").GetInt64(),
                Hash = json.GetProperty("hash").GetString()!,
                At = json.GetProperty("at").GetString()!,
                Anchor = json.TryGetProperty("anchor", out var anchor) && anchor.GetBoolean(),
                KeyId = json.GetProperty("kid").GetString()!,
                Signature = json.GetProperty("signature").GetString()!,
            };
            return
                json.GetProperty("v").GetInt64() == 1
                && CanonicalJson.Of(json).AsSpan().SequenceEqual(checkpoint.Line())
                ? checkpoint
                : throw new FormatException("The checkpoint has members that are not signed.");
        }
        catch (Exception error)
            when (error is KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException("The line is no checkpoint.", error);
        }
    }

    private byte[] Signed() => Write(null);

    private byte[] Write(string? signature) =>
        new CanonicalJson()
            .AddIf("anchor", Anchor)
            .Add("at", At)
            .Add("chain", Chain)
            .Add("hash", Hash)
            .Add("kid", KeyId)
            .Add("seq", Seq)
            .Add("signature", signature)
            .Add("type", "checkpoint")
            .Add("v", 1)
            .End();
}

/// <summary>How the ledger writes a time: UTC, to the millisecond, always 24 characters.</summary>
public static class LedgerTime
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Such as <c>2026-11-21T19:18:04.000Z</c>.</summary>
    public static string Write(DateTimeOffset at) =>
        at.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);
}
