using Sluice.Seal;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>Brings payloads of one tenant into the form in which they are kept; see <see cref="RunPayloads"/>.</summary>
internal sealed class PayloadSealer(string tenantId, DataKey? key)
{
    public static readonly PayloadSealer Plain = new("", null);

    /// <summary>What the row holds of a payload; null for null.</summary>
    /// <param name="runId">What it belongs to.</param>
    /// <param name="place">Where in it: it can be read there and nowhere else.</param>
    /// <param name="payload">At most 16 MiB.</param>
    /// <param name="aside">Gets those that are too large for the row, with the name under which they are to be kept.</param>
    public byte[]? Seal(string runId, string place, byte[]? payload, ref List<Large>? aside)
    {
        if (payload is null)
            return null;
        var kept = key is null
            ? AsIs(payload)
            : key.Seal(payload, AssociatedData(tenantId, runId, place));
        if (payload.Length <= RunPayloads.LargestInRow)
            return kept;
        var large = new Large(Guid.NewGuid(), kept);
        (aside ??= []).Add(large);
        return [RunPayloads.Aside, .. large.Id.ToByteArray()];
    }

    /// <summary>What a row holds of a small payload that says nothing of anybody's.</summary>
    public static byte[] AsIs(byte[] payload) => [RunPayloads.Plain, .. payload];

    internal static byte[] AssociatedData(string tenantId, string runId, string place) =>
        Sluice.Seal.AssociatedData.Encode(0, "run payload", tenantId, runId, place);

    /// <summary>A payload that is kept beside its row.</summary>
    internal sealed record Large(Guid Id, byte[] Kept);
}
