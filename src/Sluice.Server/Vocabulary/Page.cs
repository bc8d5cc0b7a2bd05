using Sluice.Language;

namespace Sluice.Server.Vocabulary;

/// <summary>A page of a list: 1 to 200 entries, 50 unless asked; the cursor is the last id of the page before.</summary>
internal readonly record struct Page(int Limit, string? Cursor)
{
    public const int Default = 50;
    public const int Most = 200;

    /// <summary>Most characters of a cursor: the name of a flow is the longest that a list goes on from.</summary>
    private const int LongestCursor = 140;

    /// <summary>Reads <c>limit</c> and <c>cursor</c> of a query; a limit out of range is a mistake, not a silent clamp.</summary>
    public static Page Read(HttpRequest request, List<Mistake> mistakes)
    {
        var limit = Default;
        var text = request.Query["limit"].ToString();
        if (text.Length > 0 && (!int.TryParse(text, out limit) || limit is < 1 or > Most))
            mistakes.Add(
                new Mistake(
                    "out_of_range",
                    $"limit is a whole number from 1 to {Most}",
                    Where: "limit"
                )
            );
        var cursor = request.Query["cursor"].ToString();
        if (cursor.Length > LongestCursor)
            mistakes.Add(
                new Mistake(
                    "bad_cursor",
                    "cursor is not one that this list gave out",
                    Where: "cursor"
                )
            );
        return new Page(limit, cursor.Length == 0 ? null : cursor);
    }
}
