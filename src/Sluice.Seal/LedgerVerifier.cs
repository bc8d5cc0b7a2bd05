using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sluice.Seal;

/// <summary>
/// Checks an export of a ledger, line by line: every entry's hash, its link to the one before, that none is missing, and what the signed
/// checkpoints say. It needs nothing but the lines and, against a forger of the whole, a checkpoint or a key that was kept elsewhere.
/// Source: spec/ledger.md.
/// </summary>
public sealed class LedgerVerifier
{
    /// <summary>The link of the very first entry: 64 zeros.</summary>
    public static readonly string Beginning = new('0', 64);

    private static readonly JsonDocumentOptions Strict = new()
    {
        AllowDuplicateProperties = false,
        MaxDepth = 8,
    };

    private readonly Dictionary<string, VerifyingKey> keys = [];
    private readonly HashSet<string> trusted;
    private readonly List<(Checkpoint Checkpoint, bool Elsewhere)> checkpoints = [];
    private readonly List<Hash> hashes = [];
    private string? chain;
    private Checkpoint? anchor;
    private LedgerProblem? problem;
    private bool broken;
    private long missing;
    private long lines;

    /// <param name="trusted">Names of keys that may sign. None: those that the export brings, which shows accidents, and no forger of the whole.</param>
    public LedgerVerifier(IEnumerable<string>? trusted = null) => this.trusted = [.. trusted ?? []];

    /// <summary>Adds a checkpoint that was kept elsewhere; before or after the lines.</summary>
    public void Keep(Checkpoint checkpoint) => checkpoints.Add((checkpoint, true));

    /// <summary>Takes the next line of the export: an entry, a checkpoint or a key.</summary>
    public void Read(ReadOnlyMemory<byte> line)
    {
        lines++;
        try
        {
            using var document = JsonDocument.Parse(line, Strict);
            var json = document.RootElement;
            switch (json.GetProperty("type").GetString())
            {
                case "entry":
                    Entry(json);
                    break;
                case "checkpoint":
                    Add(Checkpoint.Read(json));
                    break;
                case "key":
                    Trust(json);
                    break;
                case var other:
                    throw new FormatException($"'{other}' is no line of a ledger.");
            }
        }
        catch (Exception error)
            when (error
                    is JsonException
                        or FormatException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or ArgumentException
                        or CryptographicException
            )
        {
            Report("malformed", Next, $"Line {lines} is no line of a ledger.");
        }
    }

    /// <summary>What came of it; call it once, after the last line.</summary>
    public LedgerVerdict End()
    {
        var matching = First - 1;
        var newest = First - 1;
        var count = 0;
        // One that is in the export and was kept elsewhere, too, is one.
        foreach (
            var (checkpoint, elsewhere) in checkpoints
                .DistinctBy(each => each.Checkpoint)
                .OrderBy(each => each.Checkpoint.Seq)
                .ToList()
        )
        {
            var where = elsewhere ? "kept elsewhere" : "in the export";
            if (!IsGenuine(checkpoint, where) || checkpoint.Seq < First - 1)
                continue;
            if (checkpoint.Seq > Last)
            {
                Report(
                    "tail_missing",
                    Last + 1,
                    $"The ledger ends at entry {Last}, and the checkpoint {where} of {checkpoint.At} signs {checkpoint.Seq}: {Span(Last + 1, checkpoint.Seq)} missing."
                );
                continue;
            }
            if (HashAt(checkpoint.Seq) != checkpoint.Hash)
            {
                Report(
                    "rewritten",
                    matching + 1,
                    $"The checkpoint {where} of {checkpoint.At} signs another entry {checkpoint.Seq}: something from {matching + 1} to {checkpoint.Seq} was rewritten."
                );
                continue;
            }
            (matching, newest) = (checkpoint.Seq, checkpoint.Seq);
            count++;
        }
        if (problem is null && newest < Last)
            Report(
                "unsigned",
                newest + 1,
                $"{Span(newest + 1, Last)} after the last checkpoint, so nobody has signed for it."
            );
        return new LedgerVerdict
        {
            Chain = chain,
            First = First,
            Last = Last,
            Hash = HashAt(Last),
            Checkpoints = count,
            Keys = [.. checkpoints.Select(each => each.Checkpoint.KeyId).Distinct().Order()],
            Problem = problem,
        };
    }

    private long First => (anchor?.Seq ?? 0) + 1;

    private long Last => First - 1 + hashes.Count;

    private long Next => Last + 1;

    private string HashAt(long seq) =>
        seq == First - 1 ? anchor?.Hash ?? Beginning : hashes[(int)(seq - First)].ToString();

    private void Entry(JsonElement json)
    {
        var seq = json.GetProperty("seq").GetInt64();
        if (broken)
        {
            // What was missing is there, and out of order.
            if (problem is { Kind: "missing" } && seq == missing)
                problem = problem with
                {
                    Kind = "out_of_order",
                    Detail = $"Entry {seq} is there, and not in its place.",
                };
            return;
        }
        var hash = SHA256.HashData(CanonicalJson.Of(json, without: "hash"));
        chain ??= json.GetProperty("chain").GetString();
        if (json.GetProperty("chain").GetString() != chain)
            Report("foreign", Next, $"In the place of entry {Next} stands one of another ledger.");
        else if (seq > Next)
        {
            missing = Next;
            Report("missing", Next, $"{Span(Next, seq - 1)} missing.");
        }
        else if (seq < Next)
            Report(
                seq >= First && HashAt(seq) != Convert.ToHexStringLower(hash) ? "fork" : "repeated",
                seq,
                $"There is more than one entry {seq}."
            );
        else if (json.GetProperty("hash").GetString() != Convert.ToHexStringLower(hash))
            Report("changed", seq, $"Entry {seq} is not what was written: its hash does not fit.");
        else if (json.GetProperty("prev").GetString() != HashAt(seq - 1))
            Report(
                "broken_link",
                seq,
                $"Entry {seq} does not follow from the one before: it names another hash."
            );
        else
        {
            hashes.Add(new Hash(hash));
            return;
        }
        broken = true;
    }

    private void Add(Checkpoint checkpoint)
    {
        if (checkpoint.Anchor && hashes.Count == 0 && checkpoint.Seq > (anchor?.Seq ?? 0))
        {
            if (!IsGenuine(checkpoint, "in the export"))
                return;
            anchor = checkpoint;
        }
        checkpoints.Add((checkpoint, false));
    }

    private bool IsGenuine(Checkpoint checkpoint, string where)
    {
        chain ??= checkpoint.Chain;
        if (checkpoint.Chain != chain)
            Report(
                "foreign",
                checkpoint.Seq,
                $"The checkpoint {where} of {checkpoint.At} is of another ledger."
            );
        else if (!keys.TryGetValue(checkpoint.KeyId, out var key))
            Report(
                "unknown_key",
                checkpoint.Seq,
                $"The checkpoint {where} of {checkpoint.At} is signed by the key {checkpoint.KeyId}, which is not trusted."
            );
        else if (!checkpoint.IsSignedBy(key))
            Report(
                "bad_signature",
                checkpoint.Seq,
                $"The checkpoint {where} of {checkpoint.At} was changed: its signature does not fit."
            );
        else
            return true;
        return false;
    }

    private void Trust(JsonElement json)
    {
        // The name is made of the key, so whoever trusts a name trusts one key.
        var key = VerifyingKey.From(json.GetProperty("public_key").GetBytesFromBase64());
        if (trusted.Count == 0 || trusted.Contains(key.Id))
            keys.TryAdd(key.Id, key);
    }

    // What is wrong first in the ledger is told, whenever it was found.
    private void Report(string kind, long seq, string detail)
    {
        if (problem is null || seq < problem.Seq)
            problem = new LedgerProblem(
                kind,
                seq,
                string.Concat(char.ToUpperInvariant(detail[0]).ToString(), detail.AsSpan(1))
            );
    }

    private static string Span(long from, long to) =>
        from == to ? $"entry {from} is" : $"entries {from} to {to} are";

    [StructLayout(LayoutKind.Auto)]
    private readonly struct Hash(ReadOnlySpan<byte> bytes)
    {
        private readonly UInt128 high = MemoryMarshal.Read<UInt128>(bytes);
        private readonly UInt128 low = MemoryMarshal.Read<UInt128>(bytes[16..]);

        public override string ToString()
        {
            Span<byte> whole = stackalloc byte[32];
            MemoryMarshal.Write(whole, high);
            MemoryMarshal.Write(whole[16..], low);
            return Convert.ToHexStringLower(whole);
        }
    }
}

/// <summary>What a verification found.</summary>
public sealed record LedgerVerdict
{
    /// <summary>Which ledger it is; null when there was no line of one.</summary>
    public required string? Chain { get; init; }

    /// <summary>Number of the first entry; more than 1 where those before were removed with a signed anchor.</summary>
    public required long First { get; init; }

    /// <summary>Number of the last entry that holds; one less than <see cref="First"/> where there is none.</summary>
    public required long Last { get; init; }

    /// <summary>Hash of that entry.</summary>
    public required string Hash { get; init; }

    /// <summary>Checkpoints that agree with the entries.</summary>
    public required int Checkpoints { get; init; }

    /// <summary>Names of the keys that signed them; compare with the one that you keep.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary>The first thing that is wrong; null when nothing is.</summary>
    public required LedgerProblem? Problem { get; init; }
}

/// <summary>The first thing that is wrong with a ledger.</summary>
/// <param name="Kind">
/// <c>malformed</c>, <c>foreign</c>, <c>missing</c>, <c>out_of_order</c>, <c>fork</c>, <c>repeated</c>, <c>changed</c>, <c>broken_link</c>,
/// <c>tail_missing</c>, <c>rewritten</c>, <c>unsigned</c>, <c>unknown_key</c> or <c>bad_signature</c>.
/// </param>
/// <param name="Seq">Number of the first entry that is bad or missing.</param>
/// <param name="Detail">One sentence.</param>
public sealed record LedgerProblem(string Kind, long Seq, string Detail);
