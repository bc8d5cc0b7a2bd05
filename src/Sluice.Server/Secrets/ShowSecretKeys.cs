using Sluice.Server.Store;

namespace Sluice.Server.Secrets;

/// <summary>Which master key wraps, and how much of a rotation is left; names of keys, never keys.</summary>
internal static class ShowSecretKeys
{
    internal sealed record Response
    {
        /// <summary>Name of the master key that wraps from now on, 32 hexadecimal digits.</summary>
        public required string MasterKeyId { get; init; }

        /// <summary>Names of those that can still unwrap.</summary>
        public required IReadOnlyList<string> FormerMasterKeyIds { get; init; }

        /// <summary><c>file</c> or <c>environment</c>.</summary>
        public required string Source { get; init; }

        /// <summary>Data keys in all, one for each tenant and those that a rotation has not finished with.</summary>
        public required long DataKeys { get; init; }

        /// <summary>Keys, of data and of people's authenticators, that a former master key still wraps.</summary>
        public required long LeftToWrap { get; init; }

        /// <summary>Values that a retired data key still seals.</summary>
        public required long LeftToSeal { get; init; }
    }

    public static Task<IResult> Handle(
        MasterKeys masters,
        Database database,
        CancellationToken stop
    ) => Answer(masters, database, StatusCodes.Status200OK, stop);

    internal static async Task<IResult> Answer(
        MasterKeys masters,
        Database database,
        int status,
        CancellationToken stop
    )
    {
        var ring = masters.Ring;
        var current = ring.Current.Id.ToString();
        var left = (await database.Read(session => DataKeyStore.Left(session, current), stop))!;
        var response = new Response
        {
            MasterKeyId = current,
            FormerMasterKeyIds =
            [
                .. ring.Ids.Select(id => id.ToString()).Where(id => id != current),
            ],
            Source = masters.InFile ? "file" : "environment",
            DataKeys = left.DataKeys,
            LeftToWrap = left.ToWrap,
            LeftToSeal = left.ToSeal,
        };
        return TypedResults.Json(
            response,
            SecretJsonContext.Default.ShowSecretKeysResponse,
            statusCode: status
        );
    }
}
