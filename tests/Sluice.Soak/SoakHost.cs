using System.Globalization;
using System.Text.Json;
using Sluice.Seal;
using Sluice.Server;
using Sluice.Server.Runners;
using Sluice.Server.Store;

namespace Sluice.Soak;

/// <summary>
/// The real server with nodes that run in its process, so that it is up again soon after it was killed. Beside the
/// server's own arguments: <c>--soak-calls FILE</c>, where the nodes write what they do; <c>--soak-fuse
/// POINT:COUNT:MICROSECONDS</c>, when it kills itself; <c>--soak-clock SECONDS</c>, by how much its clock is wrong.
/// </summary>
internal static class SoakHost
{
    /// <summary>Under the public row of the doors.</summary>
    public const string Open = "/docs/soak";

    public static async Task<int> Run(string[] args)
    {
        // It ends with whoever started it, however that ends: nobody writes here.
        new Thread(static () =>
        {
            _ = Console.OpenStandardInput().ReadByte();
            Environment.Exit(0);
        })
        {
            IsBackground = true,
        }.Start();
        var settings = new ConfigurationBuilder().AddCommandLine(args).Build();
        using var calls = new CallLog(settings["soak-calls"]!);
        var nodes = new SoakNodes(calls, ReadFuse(settings["soak-fuse"]));
        await using var app = await House.Build(
            args,
            builder =>
            {
                builder.Services.AddSingleton<NodeCaller>(nodes.Call);
                // As in the full tier, on whatever machine.
                builder.Services.AddSingleton<NodeConfinement>(package =>
                    package.Egress.Count == 0
                );
                if (settings["soak-clock"] is { } seconds)
                    builder.Services.AddSingleton<TimeProvider>(
                        new WrongClock(
                            TimeSpan.FromSeconds(
                                double.Parse(seconds, CultureInfo.InvariantCulture)
                            )
                        )
                    );
            }
        );
        app.MapPost($"{Open}/flows/{{tenant}}/{{handle}}", Flows);
        await app.StartAsync();
        await Console.Out.WriteLineAsync($"soak listens on {app.Urls.First()}");
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static async Task<IResult> Flows(
        string tenant,
        string handle,
        Database database,
        UlidSource ids
    ) =>
        Results.Text(JsonSerializer.Serialize(await SoakFlows.Keep(database, ids, tenant, handle)));

    private static Fuse ReadFuse(string? text)
    {
        if (text?.Split(':') is not [var point, var count, var microseconds])
            return new Fuse(FusePoint.None, 0, 0);
        return new Fuse(
            Enum.Parse<FusePoint>(point),
            int.Parse(count, CultureInfo.InvariantCulture),
            int.Parse(microseconds, CultureInfo.InvariantCulture)
        );
    }

    private sealed class WrongClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
