using System.Text.Json.Serialization;
using Sluice.Server.Keys;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors;

/// <summary>Makes another admin key; the one before is dead at once, on every server.</summary>
internal static class RotateAdminKey
{
    /// <param name="Key">The text, in this answer and never again.</param>
    internal sealed record Response(string Key)
    {
        // The text must not reach a log by way of a record's printer.
        public override string ToString() => "Response";
    }

    public static void MapAdminKey(this IEndpointRouteBuilder app) =>
        app.MapPost("/api/v1/admin/key/rotate", Handle)
            .WithName("rotateAdminKey")
            .Does("Make another admin key; the one before fails on its very next use")
            .Gives(AdminKeyJson.Default.Response)
            .Refuses(DoorRefusals.AdminKeySetOutside);

    private static async Task<IResult> Handle(
        HttpContext context,
        Origin origin,
        AdminKey key,
        Database database,
        CancellationToken stop
    )
    {
        if (key.IsSetOutside)
            return DoorRefusals.AdminKeySetOutside;
        var made = await database.Write(
            async session =>
            {
                var text = await AdminKey.Replace(session);
                await Audit.Record(
                    session,
                    origin,
                    new Fact("admin_key.rotate", "admin_key", "admin")
                );
                return text;
            },
            stop
        );
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(new Response(made), AdminKeyJson.Default.Response);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RotateAdminKey.Response))]
internal sealed partial class AdminKeyJson : JsonSerializerContext;
