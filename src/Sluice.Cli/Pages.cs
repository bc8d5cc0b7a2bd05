using Sluice.Client;

namespace Sluice.Cli;

/// <summary>Lists that come page by page, as the one list that a person asked for.</summary>
internal static class Pages
{
    public static async Task<Page<T>> All<T>(Func<string?, Task<Page<T>>> read)
    {
        var all = new List<T>();
        string? cursor = null;
        do
        {
            var page = await read(cursor);
            all.AddRange(page.Data);
            cursor = page.NextCursor;
        } while (cursor is not null);
        return new Page<T> { Data = all };
    }
}
