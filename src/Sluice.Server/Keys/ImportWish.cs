using System.Security.Cryptography;
using Sluice.Language;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>A key to import that is free of mistakes.</summary>
/// <param name="Masked">What people see in the place of the text.</param>
/// <param name="ServiceAccount">Whom it is for; null: the caller.</param>
internal sealed record ImportWish(KeyWish Wish, byte[] Hash, string Masked, string? ServiceAccount);

/// <summary>The same with its owner, within the bounds of the caller.</summary>
internal sealed record BoundImport(KeyWish Wish, byte[] Hash, string Masked, KeyOwner Owner);

/// <summary>Reads what is to be imported, with every mistake of every key named by its place.</summary>
internal static class ImportWishes
{
    private const string Unknown = "—";
    private const int MostFirst = 8;
    private const int MostLast = 4;

    // What scripts hash when they read an empty cell or a bare line end.
    private static readonly byte[][] Nothing = [SHA256.HashData(""u8), SHA256.HashData("\n"u8)];

    public static Outcome<List<ImportWish>> Read(
        IReadOnlyList<ImportKeys.Entry?>? entries,
        string environment,
        KeyOptions options,
        DateTimeOffset now
    )
    {
        if (entries is not { Count: >= 1 and <= ImportKeys.Most })
            return CommonRefusals.InvalidInput.With([
                new Mistake(
                    "keys",
                    $"keys is needed: 1 to {ImportKeys.Most} keys in a call",
                    Where: "keys"
                ),
            ]);
        var mistakes = new List<Mistake>();
        var wishes = new List<ImportWish>(entries.Count);
        var places = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < entries.Count; i++)
        {
            var own = new List<Mistake>();
            if (entries[i] is { } entry)
                wishes.Add(Read(entry, environment, options, now, own));
            else
                own.Add(new Mistake("key", "expected an object, found null"));
            if (entries[i]?.Sha256 is { } text && !places.TryAdd(text, i))
                own.Add(
                    new Mistake(
                        "sha256",
                        $"the same text as {Place(places[text], "sha256")}",
                        Where: "sha256"
                    )
                );
            mistakes.AddRange(own.Select(mistake => At(i, mistake)));
        }
        return mistakes.Count > 0 ? CommonRefusals.InvalidInput.With(mistakes) : wishes;
    }

    /// <summary>Where a member of a key stands in the call.</summary>
    public static string Place(int index, string? member) =>
        member is null ? $"keys[{index}]" : $"keys[{index}].{member}";

    public static Mistake At(int index, Mistake mistake) =>
        mistake with
        {
            Where = Place(index, mistake.Where),
        };

    private static ImportWish Read(
        ImportKeys.Entry entry,
        string environment,
        KeyOptions options,
        DateTimeOffset now,
        List<Mistake> mistakes
    )
    {
        var wish = KeyWishes.Read(
            new CreateKey.Request
            {
                Name = entry.Name,
                Environment = entry.Environment,
                Scopes = entry.Scopes,
                ExpiresAt = entry.ExpiresAt,
                AllowedCidrs = entry.AllowedCidrs,
                RateLimit = entry.RateLimit,
                DailyQuota = entry.DailyQuota,
                Metadata = entry.Metadata,
            },
            environment,
            options,
            now
        );
        if (wish.Refused)
            mistakes.AddRange(wish.Refusal.Mistakes);
        var hash = ReadHash(entry.Sha256, mistakes);
        var first = ReadHint(entry.StartsWith, MostFirst, "starts_with", mistakes);
        var last = ReadHint(entry.EndsWith, MostLast, "ends_with", mistakes);
        return new ImportWish(
            wish.Value!,
            hash,
            first.Length + last.Length == 0 ? Unknown : $"{first}…{last}",
            entry.ServiceAccount
        );
    }

    private static byte[] ReadHash(string? text, List<Mistake> mistakes)
    {
        if (text is not { Length: 64 } || !text.All(char.IsAsciiHexDigit))
        {
            mistakes.Add(
                new Mistake(
                    "sha256",
                    "sha256 is needed: the SHA-256 of the key's text as 64 hexadecimal digits",
                    Where: "sha256"
                )
            );
            return [];
        }
        var hash = Convert.FromHexString(text);
        if (Nothing.Any(nothing => nothing.AsSpan().SequenceEqual(hash)))
            mistakes.Add(
                new Mistake("sha256", "this is the SHA-256 of no text at all", Where: "sha256")
            );
        return hash;
    }

    private static string ReadHint(string? text, int most, string where, List<Mistake> mistakes)
    {
        if (text is null or "")
            return "";
        if (text.Length > most || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
            mistakes.Add(
                new Mistake(
                    "hint",
                    $"{where} has at most {most} visible ASCII characters: more would give the key away",
                    Where: where
                )
            );
        return text;
    }
}

/// <summary>Brings keys to import within the bounds of the caller, as <see cref="KeyBounds"/> does for one that is made.</summary>
internal static class ImportBounds
{
    public static async Task<Outcome<List<BoundImport>>> Apply(
        Session session,
        Caller caller,
        IReadOnlyList<ImportWish> wishes
    )
    {
        var mistakes = new List<Mistake>();
        var wider = false;
        var bound = new List<BoundImport>(wishes.Count);
        var owners = new Dictionary<string, Outcome<KeyOwner>>(StringComparer.Ordinal);
        for (var i = 0; i < wishes.Count; i++)
        {
            var wish = wishes[i];
            if (wish.Wish.Environment != caller.Environment)
            {
                wider = true;
                mistakes.Add(Of(i, CommonRefusals.EnvironmentMismatch, "environment"));
                continue;
            }
            var account = wish.ServiceAccount ?? "";
            if (!owners.TryGetValue(account, out var owner))
                owners[account] = owner = await KeyOwner.For(session, caller, wish.ServiceAccount);
            if (owner.Refused)
            {
                wider |= owner.Refusal.Status == StatusCodes.Status403Forbidden;
                mistakes.Add(Of(i, owner.Refusal, "service_account"));
                continue;
            }
            var within = await KeyBounds.Apply(session, caller, owner.Value, wish.Wish);
            if (!within.Refused)
            {
                bound.Add(new BoundImport(within.Value, wish.Hash, wish.Masked, owner.Value));
                continue;
            }
            wider |= within.Refusal.Status == StatusCodes.Status403Forbidden;
            if (within.Refusal.Mistakes.Count == 0)
                mistakes.Add(Of(i, within.Refusal, "scopes"));
            mistakes.AddRange(within.Refusal.Mistakes.Select(each => ImportWishes.At(i, each)));
        }
        if (mistakes.Count == 0)
            return bound;
        return (wider ? KeyRefusals.WiderThanCaller : CommonRefusals.InvalidInput).With(mistakes);
    }

    private static Mistake Of(int index, Refusal refusal, string member) =>
        new(refusal.Code, refusal.Detail, Where: ImportWishes.Place(index, member));
}
