using Sluice.Language;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Secrets;

/// <summary>Saves a secret by name. Replacing a value needs <c>replace: true</c> (seed 004: an explicit confirmation).</summary>
internal static partial class SaveSecret
{
    internal sealed record Response(
        string Name,
        DateTimeOffset CreatedAt,
        DateTimeOffset UpdatedAt
    );

    public static async Task<IResult> Handle(
        string name,
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        SecretVault vault,
        ILogger<SecretEntry> log
    )
    {
        if (CheckName(name) is { } refusal)
            return refusal;
        var place = new SecretPlace(caller.TenantId, caller.Environment, SecretPlace.Tenant, name);
        var body = await SecretBody.Read(context);
        if (body.Refused)
            return body.Refusal;
        using var secret = body.Value;
        // Not cancelled by a caller who leaves: the memory must outlive the sealing.
        var saved = await database.Write(async session =>
        {
            var kept = await vault.Save(session, place, secret.Value, secret.Replace);
            if (!kept.Refused)
                await Audit.Record(session, origin, SecretFacts.Saved(place, kept.Value));
            return kept;
        });
        if (saved.Refused)
            return saved.Refusal;
        LogSaved(log, name, caller.TenantId, caller.Environment, saved.Value.IsNew);
        return Answer(saved.Value);
    }

    /// <summary>The refusal of a name that no secret can have.</summary>
    internal static Refusal? CheckName(string name) =>
        SecretPlace.NameShape().IsMatch(name)
            ? null
            : CommonRefusals.InvalidInput.With([
                new Mistake(
                    "secret_name",
                    "a secret's name is a letter or underscore, then up to 127 letters, digits and underscores",
                    Where: "name"
                ),
            ]);

    internal static IResult Answer(SavedSecret saved) =>
        TypedResults.Json(
            new Response(
                saved.Entry.Name,
                DateTimeOffset.FromUnixTimeMilliseconds(saved.Entry.CreatedAt),
                DateTimeOffset.FromUnixTimeMilliseconds(saved.Entry.SavedAt)
            ),
            SecretJsonContext.Default.SaveSecretResponse,
            statusCode: saved.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK
        );

    [LoggerMessage(
        1601,
        LogLevel.Information,
        "Secret {Name} of tenant {TenantId} ({Environment}) saved, new: {IsNew}"
    )]
    private static partial void LogSaved(
        ILogger log,
        string name,
        string tenantId,
        string environment,
        bool isNew
    );
}
