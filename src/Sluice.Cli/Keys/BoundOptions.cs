using System.CommandLine;

namespace Sluice.Cli.Keys;

/// <summary>What a key can be bound to, for making and for changing one.</summary>
internal sealed class BoundOptions
{
    private readonly Option<TimeSpan?> _expires = Spans.Option(
        "--expires",
        "How long it lives from now on"
    );
    private readonly Option<string[]> _ranges = new("--from")
    {
        Description = "Address or CIDR range that it may be used from; repeatable",
        HelpName = "cidr",
    };
    private readonly Option<long?> _rate = new("--rate-limit")
    {
        Description = "Most calls a second",
        HelpName = "calls",
    };
    private readonly Option<long?> _quota = new("--daily-quota")
    {
        Description = "Most calls a day (UTC)",
        HelpName = "calls",
    };
    private readonly Option<string[]> _metadata = new("--metadata")
    {
        Description = "A note of your own on it; repeatable",
        HelpName = "name=text",
    };

    public BoundOptions() =>
        _metadata.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !token.Value.Contains('=')))
                result.AddError($"'{token.Value}' is no note: write name=text");
        });

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_expires, _ranges, _rate, _quota, _metadata])
            command.Add(option);
    }

    public DateTimeOffset? Expires(Session session) =>
        session.Value(_expires) is { } span ? session.Terminal.Clock.GetUtcNow() + span : null;

    public IReadOnlyList<string>? Ranges(Session session) =>
        session.Value(_ranges) is { Length: > 0 } some ? some : null;

    public long? Rate(Session session) => session.Value(_rate);

    public long? Quota(Session session) => session.Value(_quota);

    public IReadOnlyDictionary<string, string>? Metadata(Session session) =>
        session.Value(_metadata) is { Length: > 0 } some
            ? some.Select(note => note.Split('=', 2))
                .DistinctBy(pair => pair[0])
                .ToDictionary(pair => pair[0], pair => pair[1])
            : null;
}
