using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Client;
using Sluice.Language;
using Sluice.Seal;

namespace Sluice.Cli.Keys;

/// <summary>A key as it stands in a file: with its text, which is hashed here, or with the hash.</summary>
internal sealed record ImportLine
{
    public string? Name { get; init; }

    /// <summary>The text. It goes no further than <see cref="ImportFile"/>.</summary>
    public string? Key { get; init; }

    public string? Sha256 { get; init; }
    public string? StartsWith { get; init; }
    public string? EndsWith { get; init; }
    public string? Environment { get; init; }
    public IReadOnlyList<string>? Scopes { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public IReadOnlyList<string>? AllowedCidrs { get; init; }
    public long? RateLimit { get; init; }
    public long? DailyQuota { get; init; }
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
    public string? ServiceAccount { get; init; }

    // The text must not reach a screen by way of a record's printer.
    public override string ToString() => $"ImportLine {{ Name = {Name} }}";
}

/// <summary>Keys in JSON (a list, or an object with the list <c>keys</c>) or CSV (RFC 4180, lists by spaces, notes in columns <c>metadata.NAME</c>).</summary>
internal static class ImportFile
{
    private const int Shortest = 20;
    private const int Longest = 1024;

    // A random text of 20 characters has fewer different ones once in a million.
    private const int FewestDifferent = 8;

    // From this length on a mask of 12 characters leaves enough unknown.
    private const int LongEnough = 40;

    private static readonly KeyGate Gate = new("slc");

    private sealed record Parsed(IReadOnlyList<ImportLine?> Lines, List<Mistake> Mistakes);

    /// <summary>The keys as the server takes them; or the mistakes, each with its place.</summary>
    public static (IReadOnlyList<KeyToImport> Keys, IReadOnlyList<Mistake> Mistakes) Read(
        ReadOnlySpan<byte> utf8
    )
    {
        if (utf8.StartsWith("\uFEFF"u8))
            utf8 = utf8[3..];
        var (lines, mistakes) = utf8.TrimStart(" \t\r\n"u8) is [(byte)'[' or (byte)'{', ..]
            ? Json(utf8)
            : Csv(Encoding.UTF8.GetString(utf8));
        if (lines.Count == 0 && mistakes.Count == 0)
            mistakes.Add(new Mistake("keys", "the file names no key"));
        var keys = new List<KeyToImport>(lines.Count);
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i] is { } line)
                keys.Add(Hashed(line, i, mistakes));
            else
                mistakes.Add(new Mistake("key", "a key is an object", Where: $"keys[{i}]"));
        }
        return (keys, mistakes);
    }

    private static KeyToImport Hashed(ImportLine line, int index, List<Mistake> mistakes)
    {
        var (hash, first, last) = (line.Sha256, line.StartsWith, line.EndsWith);
        if ((line.Key is null) == (hash is null))
            mistakes.Add(
                At(index, "key", "either key (the text) or sha256 (its hash) is needed, not both")
            );
        else if (line.Key is { } text)
        {
            if (Fault(text) is { } fault)
                mistakes.Add(At(index, "key", fault));
            hash = Convert.ToHexStringLower(KeyText.Hash(text));
            var some = text.Length >= LongEnough;
            first ??= text.Length < Shortest ? null : text[..(some ? 8 : 4)];
            last ??= text.Length < Shortest ? null : text[^(some ? 4 : 2)..];
        }
        return new KeyToImport(line.Name ?? "", hash ?? "")
        {
            StartsWith = first,
            EndsWith = last,
            Environment = line.Environment,
            Scopes = line.Scopes,
            ExpiresAt = line.ExpiresAt,
            AllowedCidrs = line.AllowedCidrs,
            RateLimit = line.RateLimit,
            DailyQuota = line.DailyQuota,
            Metadata = line.Metadata,
            ServiceAccount = line.ServiceAccount,
        };
    }

    /// <summary>Why a text would open nothing, or too much; the server, which sees the hash alone, cannot tell.</summary>
    private static string? Fault(string text) =>
        text.Length is < Shortest or > Longest || text.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? $"the text has {Shortest} to {Longest} visible ASCII characters, or no server takes it"
        : text.Distinct().Count() < FewestDifferent ? "the text is too regular to be a key"
        : Gate.Read(text).Verdict == Seal.KeyVerdict.BadChecksum
            ? "the text looks like a key of Sluice whose checksum is wrong, and is refused as such"
        : null;

    private static Parsed Json(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var lines =
                utf8.TrimStart(" \t\r\n"u8)[0] == '['
                    ? JsonSerializer.Deserialize(utf8, ImportJson.Default.ListImportLine)
                    : JsonSerializer.Deserialize(utf8, ImportJson.Default.ImportDocument)?.Keys;
            return new Parsed(lines ?? [], []);
        }
        catch (JsonException error)
        {
            // Its message may repeat what stands there; the place is enough.
            return new Parsed(
                [],
                [
                    new Mistake(
                        "json",
                        "the JSON is not a list of keys with the members that the guide names",
                        Line: (int)(error.LineNumber ?? 0) + 1,
                        Column: (int)(error.BytePositionInLine ?? 0) + 1,
                        Where: error.Path is { Length: > 2 } path ? path[2..] : null
                    ),
                ]
            );
        }
    }

    private static Parsed Csv(string text)
    {
        var mistakes = new List<Mistake>();
        var rows = CsvRows.Read(text, mistakes);
        if (rows.Count == 0)
            return new Parsed([], mistakes);
        var columns = rows[0].Select(name => name.Trim()).ToList();
        foreach (var name in columns.Where(name => !CsvLine.Knows(name)))
            mistakes.Add(new Mistake("column", $"no column is called '{name}'", Where: "row 1"));
        foreach (var twice in columns.GroupBy(name => name).Where(group => group.Count() > 1))
            mistakes.Add(
                new Mistake("column", $"the column '{twice.Key}' stands twice", Where: "row 1")
            );
        if (mistakes.Count > 0)
            return new Parsed([], mistakes);
        var lines = new List<ImportLine?>(rows.Count - 1);
        foreach (var row in rows.Skip(1))
        {
            if (row.Count != columns.Count)
                mistakes.Add(
                    new Mistake(
                        "row",
                        $"{row.Count} cells, where the header has {columns.Count}",
                        Where: $"keys[{lines.Count}]"
                    )
                );
            var index = lines.Count;
            lines.Add(
                CsvLine.Read(
                    columns.Zip(row),
                    (where, message) => mistakes.Add(At(index, where, message))
                )
            );
        }
        return new Parsed(lines, mistakes);
    }

    private static Mistake At(int index, string where, string message) =>
        new(where, message, Where: $"keys[{index}].{where}");
}

internal sealed record ImportDocument(List<ImportLine?>? Keys);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    // A scope that is misspelt must not become a key that may do everything.
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false
)]
[JsonSerializable(typeof(List<ImportLine>))]
[JsonSerializable(typeof(ImportDocument))]
internal sealed partial class ImportJson : JsonSerializerContext;

/// <summary>A row of CSV as a key.</summary>
internal static class CsvLine
{
    private const string Note = "metadata.";

    private static readonly string[] Names =
    [
        "name",
        "key",
        "sha256",
        "starts_with",
        "ends_with",
        "environment",
        "scopes",
        "expires_at",
        "allowed_cidrs",
        "rate_limit",
        "daily_quota",
        "service_account",
    ];

    public static bool Knows(string column) =>
        Names.Contains(column)
        || (column.StartsWith(Note, StringComparison.Ordinal) && column.Length > Note.Length);

    public static ImportLine Read(
        IEnumerable<(string Column, string Cell)> cells,
        Action<string, string> mistake
    )
    {
        var row = cells.Where(cell => cell.Cell.Length > 0).ToDictionary();
        return new ImportLine
        {
            Name = row.GetValueOrDefault("name"),
            Key = row.GetValueOrDefault("key"),
            Sha256 = row.GetValueOrDefault("sha256"),
            StartsWith = row.GetValueOrDefault("starts_with"),
            EndsWith = row.GetValueOrDefault("ends_with"),
            Environment = row.GetValueOrDefault("environment"),
            Scopes = List(row, "scopes"),
            ExpiresAt = Time(row, "expires_at", mistake),
            AllowedCidrs = List(row, "allowed_cidrs"),
            RateLimit = Number(row, "rate_limit", mistake),
            DailyQuota = Number(row, "daily_quota", mistake),
            Metadata = row.Keys.Any(IsNote)
                ? row.Where(cell => IsNote(cell.Key))
                    .ToDictionary(cell => cell.Key[Note.Length..], cell => cell.Value)
                : null,
            ServiceAccount = row.GetValueOrDefault("service_account"),
        };
    }

    private static bool IsNote(string column) => column.StartsWith(Note, StringComparison.Ordinal);

    private static string[]? List(Dictionary<string, string> row, string name) =>
        row.TryGetValue(name, out var cell)
            ? cell.Split((char[])[' ', ',', ';'], StringSplitOptions.RemoveEmptyEntries)
            : null;

    private static long? Number(
        Dictionary<string, string> row,
        string name,
        Action<string, string> mistake
    )
    {
        if (!row.TryGetValue(name, out var cell))
            return null;
        if (long.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        mistake(name, $"{name} is a whole number");
        return null;
    }

    private static DateTimeOffset? Time(
        Dictionary<string, string> row,
        string name,
        Action<string, string> mistake
    )
    {
        if (!row.TryGetValue(name, out var cell))
            return null;
        if (
            DateTimeOffset.TryParse(
                cell,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var time
            )
        )
            return time;
        mistake(name, $"{name} is a time such as 2027-01-31T00:00:00Z");
        return null;
    }
}
