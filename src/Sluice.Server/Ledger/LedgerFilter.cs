using System.Text;
using Dapper;
using Sluice.Language;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Ledger;

/// <summary>Which entries are asked for; what is absent asks for all.</summary>
internal sealed record LedgerFilter
{
    private const int Longest = 300;

    private readonly StringBuilder _sql = new();
    private readonly DynamicParameters _values = new();

    /// <summary>What comes after the tenant's own condition.</summary>
    public string Sql => _sql.ToString();

    /// <summary>The filter's values and those of the statement.</summary>
    public DynamicParameters With(object more)
    {
        var all = new DynamicParameters(_values);
        all.AddDynamicParams(more);
        return all;
    }

    /// <summary>The filter of a request, with every mistake named.</summary>
    public static LedgerFilter Read(SearchLedger.Request request, List<Mistake> mistakes)
    {
        var filter = new LedgerFilter();
        // An action ends with a star or a dot for all that begin like it: key.* is key.
        var action = request.Action ?? request.RequestType;
        if (
            action is { Length: > 0 }
            && action.TrimEnd('*') is { } start
            && action[^1] is '*' or '.'
        )
            filter.Prefix(
                "action",
                start,
                request.Action is null ? "request_type" : "action",
                mistakes
            );
        else
            filter.Equal("action", action, "action", mistakes);
        filter.Equal("result", request.Result, "result", mistakes);
        filter.Equal("code", request.Code, "code", mistakes);
        filter.Equal("door", request.Door, "door", mistakes);
        filter.Equal("actor", request.Actor, "actor", mistakes);
        filter.Equal("actor_name", request.UserEmail, "user_email", mistakes);
        filter.Equal("key_id", request.KeyId ?? request.ClientId, "key_id", mistakes);
        filter.Equal("environment", request.Environment, "environment", mistakes);
        filter.Equal("address", request.Address, "address", mistakes);
        filter.Equal("request_id", request.RequestId, "request_id", mistakes);
        filter.Equal("target_kind", request.TargetKind, "target_kind", mistakes);
        filter.Equal("target", request.Target, "target", mistakes);
        filter.Time("at >= @since", "since", request.StartTime);
        filter.Time("at < @until", "until", request.EndTime);
        if (request.Cursor is { } cursor)
        {
            if (long.TryParse(cursor, out var before) && before > 0)
                filter.Add("seq < @before", "before", before);
            else
                mistakes.Add(
                    new Mistake(
                        "bad_cursor",
                        "cursor is not one that this list gave out",
                        Where: "cursor"
                    )
                );
        }
        return filter;
    }

    private void Equal(string column, string? value, string where, List<Mistake> mistakes)
    {
        if (string.IsNullOrEmpty(value))
            return;
        if (value.Length > Longest)
            mistakes.Add(TooLong(where));
        Add($"{column} = @{column}", column, value);
    }

    private void Prefix(string column, string start, string where, List<Mistake> mistakes)
    {
        if (start.Length > Longest)
            mistakes.Add(TooLong(where));
        var pattern = start.Replace("!", "!!").Replace("%", "!%").Replace("_", "!_") + "%";
        Add($"{column} LIKE @{column} ESCAPE '!'", column, pattern);
    }

    private void Time(string sql, string name, DateTimeOffset? at)
    {
        if (at is { } time)
            Add(sql, name, time.ToUnixTimeMilliseconds());
    }

    private void Add(string sql, string name, object value)
    {
        _sql.Append(" AND ").Append(sql);
        _values.Add(name, value);
    }

    private static Mistake TooLong(string where) =>
        new("too_long", $"{where} has at most {Longest} characters", Where: where);
}
