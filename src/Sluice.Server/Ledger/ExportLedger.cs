using System.Text;
using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Ledger;

/// <summary>
/// The caller's ledger, oldest entry first: as JSON lines with keys and checkpoints, which can be verified anywhere, or as CSV for a
/// spreadsheet. It ends with the entry that was the last when it was asked for.
/// </summary>
internal static class ExportLedger
{
    private const int PageSize = 1000;

    private static readonly byte[] NewLine = "\n"u8.ToArray();

    public static async Task<IResult> Handle(
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        LedgerSigner signer
    )
    {
        var mistakes = new List<Mistake>();
        var (csv, after) = ReadQuery(context.Request, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var chain = LedgerRoutes.ChainOf(caller);
        var stop = context.RequestAborted;
        var (last, proof) = await database.Write(
            async session =>
            {
                // Who takes a copy is on record, in the copy itself. Until the end of this transaction nothing is added, so
                // that no checkpoint speaks of more than the copy holds.
                await Audit.Record(
                    session,
                    origin,
                    new Fact("audit.export", "ledger", chain)
                    {
                        ["format"] = csv ? "csv" : "jsonl",
                        ["after"] = after == 0 ? null : after.ToString(),
                    }
                );
                var signed = await signer.Sign(session, chain);
                return (signed!.Seq, await Proof(session, chain));
            },
            stop
        );
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        response.ContentType = csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
        response.Headers.ContentDisposition =
            $"attachment; filename=ledger-{chain}-{last}.{(csv ? "csv" : "jsonl")}";
        if (csv)
            await response.Body.WriteAsync(Encoding.UTF8.GetBytes(LedgerCsv.Header), stop);
        foreach (var line in csv ? [] : proof)
            await WriteLine(response, line, stop);
        await WriteEntries(response, database, chain, after, last, csv, stop);
        return TypedResults.Empty;
    }

    private static (bool Csv, long After) ReadQuery(HttpRequest request, List<Mistake> mistakes)
    {
        var format = request.Query["format"].ToString();
        if (format is not ("" or "jsonl" or "csv"))
            mistakes.Add(new Mistake("format", "format is jsonl or csv", Where: "format"));
        var after = 0L;
        var text = request.Query["after"].ToString();
        if (text.Length > 0 && (!long.TryParse(text, out after) || after < 0))
            mistakes.Add(
                new Mistake("out_of_range", "after is the number of an entry", Where: "after")
            );
        return (format == "csv", after);
    }

    /// <summary>What the entries are checked with: first the keys, then the anchor and the checkpoints.</summary>
    private static async Task<IReadOnlyList<byte[]>> Proof(Session session, string chain) =>
        [
            .. (await CheckpointStore.PublicKeys(session)).Select(KeyLine),
            .. await CheckpointStore.Lines(session, chain),
        ];

    private static async Task WriteEntries(
        HttpResponse response,
        Database database,
        string chain,
        long after,
        long last,
        bool csv,
        CancellationToken stop
    )
    {
        while (
            await database.Read(
                session => LedgerStore.Range(session, chain, after, last, PageSize),
                stop
            )
                is { Count: > 0 } page
        )
        {
            foreach (var entry in page)
            {
                if (csv)
                    await response.Body.WriteAsync(
                        Encoding.UTF8.GetBytes(LedgerCsv.Row(entry)),
                        stop
                    );
                else
                    await WriteLine(response, entry.Line(), stop);
            }
            await response.Body.FlushAsync(stop);
            after = page[^1].Seq;
        }
    }

    /// <summary>The line of a public key.</summary>
    private static byte[] KeyLine(byte[] info)
    {
        using var key = VerifyingKey.From(info);
        return new CanonicalJson()
            .Add("alg", "ES256")
            .Add("kid", key.Id)
            .Add("public_key", Convert.ToBase64String(info))
            .Add("type", "key")
            .Add("v", 1)
            .End();
    }

    private static async Task WriteLine(HttpResponse response, byte[] line, CancellationToken stop)
    {
        await response.Body.WriteAsync(line, stop);
        await response.Body.WriteAsync(NewLine, stop);
    }
}
