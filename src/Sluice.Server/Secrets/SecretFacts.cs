using System.Globalization;
using Sluice.Server.Ledger;

namespace Sluice.Server.Secrets;

/// <summary>What the ledger remembers of secrets: names and versions, never values. By it a former value that is put back is known.</summary>
internal static class SecretFacts
{
    public static Fact Saved(SecretPlace place, SavedSecret saved) =>
        Of(place, saved.IsNew ? "secret.create" : "secret.replace", saved.Version);

    public static Fact Deleted(SecretPlace place, long version) => Of(place, Delete, version);

    /// <summary>A fact about the same place, to find those on record by.</summary>
    public static Fact Like(SecretPlace place) => Of(place, Delete, version: 0);

    /// <summary>Whether an entry says that there is no value from then on.</summary>
    public static bool Ends(Recorded entry) => entry.Action == Delete;

    private const string Delete = "secret.delete";

    private static Fact Of(SecretPlace place, string action, long version) =>
        new(action, RecordedVersions.Kind, place.Name)
        {
            TenantId = place.TenantId,
            ["audit_stream"] = place.WebhookId,
            ["config"] = place.ConfigId,
            ["environment"] = place.Environment,
            [RecordedVersions.Detail] = version.ToString(CultureInfo.InvariantCulture),
        };
}
