using Sluice.Language.Documents;
using Sluice.Language.Packages;

namespace Sluice.Language.Flows.Forms;

/// <summary>Reads one entry of <c>nodes</c>.</summary>
internal static class PlacementReader
{
    public static FlowPlacement Read(MapReader entry)
    {
        var spots = new Spots();
        var placement = Node(entry, spots) with
        {
            Alias = entry.Checked(
                "alias",
                IsAlias,
                "letters, digits, `_` and `-`, starting with a letter, and neither flow_input nor flow_output"
            ),
            Col = Cell(entry, "col"),
            Row = Cell(entry, "row"),
            At = entry.Map.At(),
            Spots = spots,
        };
        entry.Spot(spots, "alias");
        if (entry.Inner("config") is { } config)
            placement = Config(config, placement);
        entry.Finish(warnings: false);
        return placement;
    }

    private static FlowPlacement Node(MapReader entry, Spots spots)
    {
        if (entry.Find("subflow") is null)
            return new FlowPlacement
            {
                Alias = "",
                Package = Package(entry),
                Node = entry.Checked(
                    "node",
                    NameRules.IsNodeName,
                    "the name of a node in PascalCase, such as Greet"
                ),
            };
        foreach (var key in new[] { "package", "node" })
            if (entry.Find(key) is { } both)
                entry.Mistakes.Add(
                    "flow_subflow",
                    $"A placement has either `subflow` or `package` and `node`; here is `{key}` too.",
                    both.Line,
                    both.Column
                );
        foreach (var key in new[] { "subflow", "input", "output" })
            entry.Spot(spots, key);
        return new FlowPlacement
        {
            Alias = "",
            Subflow = entry.Checked(
                "subflow",
                text => IsGraphId(text) || NameRules.IsPackageName(text),
                "the id of a compiled graph or the name of a flow"
            ),
            Input = entry.Optional("input", NameRules.IsMessageName, "the name of a message"),
            Output = entry.Optional("output", NameRules.IsMessageName, "the name of a message"),
        };
    }

    /// <summary>The two words are what expressions call the flow's ends.</summary>
    private static bool IsAlias(string text) =>
        NameRules.IsAlias(text) && text is not ("flow_input" or "flow_output");

    private static bool IsGraphId(string text) =>
        text.Length is > 0 and <= 64
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static PackageReference Package(MapReader entry)
    {
        if (entry.Text("package", required: true) is not { } package)
            return new PackageReference("", "");
        if (PackageReference.TryParse(package.Text, out var reference))
            return reference;
        entry.Mistakes.Add(
            "flow_package",
            "`package` is expected to be `handle/package-name@version` with one exact version, "
                + $"not `{Shown.Text(package.Text)}`.",
            package
        );
        return new PackageReference("", "");
    }

    private static int? Cell(MapReader entry, string key)
    {
        if (entry.Small(key) is not { } cell)
            return null;
        if (cell is >= 0 and <= FlowReader.LargestCell)
            return cell;
        entry.Mistakes.Add(
            "flow_cell",
            $"`{key}` is expected to be 0 to {FlowReader.LargestCell}, not {cell}.",
            entry.Find(key)!.Value
        );
        return null;
    }

    private static FlowPlacement Config(MapReader config, FlowPlacement placement)
    {
        var spots = placement.Spots;
        var read = placement with
        {
            Join = config.Inner("join") is { } join ? JoinReader.Join(join) : null,
            Compose = JoinReader.Compose(config),
            Retry = config.Inner("retry") is { } retry ? Retry(retry, spots) : null,
            TimeoutMs = config.Whole("timeout_ms"),
            Compensate = config.Optional(
                "compensate",
                NameRules.IsAlias,
                "the alias of a placement"
            ),
        };
        foreach (var key in new[] { "join", "compose", "retry", "timeout_ms", "compensate" })
            config.Spot(spots, key);
        config.Finish(warnings: false);
        return read;
    }

    private static GraphRetry Retry(MapReader map, Spots spots)
    {
        var usual = new GraphRetry();
        var kinds = map.Texts("retry_on");
        var retry = new GraphRetry
        {
            MaxAttempts = map.Small("max_attempts") ?? usual.MaxAttempts,
            InitialIntervalMs = map.Whole("initial_interval_ms") ?? usual.InitialIntervalMs,
            BackoffCoefficient = map.Real("backoff_coefficient") ?? usual.BackoffCoefficient,
            MaxIntervalMs = map.Whole("max_interval_ms") ?? usual.MaxIntervalMs,
            Jitter = map.Real("jitter") ?? usual.Jitter,
            RetryOn = [.. kinds.Select(k => k.Text)],
        };
        foreach (
            var key in new[]
            {
                "max_attempts",
                "initial_interval_ms",
                "backoff_coefficient",
                "max_interval_ms",
                "jitter",
                "retry_on",
            }
        )
            map.Spot(spots, key, "retry." + key);
        for (var i = 0; i < kinds.Count; i++)
            spots.Add($"retry.retry_on[{i}]", kinds[i].At());
        map.Finish(warnings: false);
        return retry;
    }
}
