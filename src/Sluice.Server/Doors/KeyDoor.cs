using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Keys;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors;

/// <summary>The bearer door: a key's text becomes a caller. Garbage is refused by its checksum before the database is asked.</summary>
internal sealed class KeyDoor(KeyLookup lookup, KeyUseWriter uses, IOptions<KeyOptions> options)
{
    private readonly KeyGate _gate = new([options.Value.Prefix, .. options.Value.FormerPrefixes]);

    /// <summary>The caller, or null for a text that is malformed, unknown or revoked: telling them apart helps a thief.</summary>
    public async ValueTask<Caller?> Open(string text)
    {
        var reading = _gate.Read(text);
        if (reading.Verdict is KeyVerdict.Malformed or KeyVerdict.BadChecksum)
        {
            Signals.KeyChecked("malformed");
            return null;
        }
        if (reading.Shape == KeyShape.Client && !options.Value.OldCredentials)
            return null;
        if (await lookup.Find(KeyText.Hash(text)) is not { Revoked: false } key)
        {
            Signals.KeyChecked("unknown");
            return null;
        }
        Signals.KeyChecked("valid");
        uses.Note(key);
        return new Caller
        {
            Door = Door.Key,
            TenantId = key.TenantId,
            Handle = key.Handle,
            Environment = key.Environment,
            Scopes = key.Rights,
            KeyId = key.Id,
            OwnerKind = key.OwnerKind,
            OwnerId = key.OwnerId,
        };
    }
}
