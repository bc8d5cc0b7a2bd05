using Sluice.Seal;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Ledger;

/// <summary>Signs how long the caller's ledger is. Whoever keeps the answer elsewhere can prove later that nothing was taken away.</summary>
internal static class SignCheckpoint
{
    internal sealed record Response
    {
        /// <summary>Members of the signed line, to be kept whole; spec/ledger.md says how it is checked.</summary>
        public required string Type { get; init; }

        public required int V { get; init; }

        public required string Chain { get; init; }

        /// <summary>How many entries there are, counting removed ones.</summary>
        public required long Seq { get; init; }

        /// <summary>Hash of the last.</summary>
        public required string Hash { get; init; }

        public required string At { get; init; }

        /// <summary>Name of the key that signed.</summary>
        public required string Kid { get; init; }

        /// <summary>Base64 of r and s, 32 bytes each.</summary>
        public required string Signature { get; init; }
    }

    public static async Task<IResult> Handle(
        HttpContext context,
        Caller caller,
        Database database,
        LedgerSigner signer
    )
    {
        var chain = LedgerRoutes.ChainOf(caller);
        var signed = await database.Write(
            session => signer.Sign(session, chain),
            context.RequestAborted
        );
        return signed is null
            ? LedgerRefusals.Empty
            : TypedResults.Json(Show(signed), LedgerJson.Default.SignCheckpointResponse);
    }

    private static Response Show(Checkpoint signed) =>
        new()
        {
            Type = "checkpoint",
            V = 1,
            Chain = signed.Chain,
            Seq = signed.Seq,
            Hash = signed.Hash,
            At = signed.At,
            Kid = signed.KeyId,
            Signature = signed.Signature,
        };
}
