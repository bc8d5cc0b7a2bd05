using Microsoft.Extensions.Logging.Console;
using Sluice.Server.Flows.Runs;
using Sluice.Server.Outbound;
using Sluice.Server.Runners;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Telemetry;

internal static class TelemetryRoutes
{
    /// <param name="version">The program's.</param>
    public static void AddTelemetry(this WebApplicationBuilder builder, string version)
    {
        builder.Services.AddSingleton(provider => new MetricCollector(
            provider.GetRequiredService<LocalRunner>(),
            provider.GetRequiredService<NodeMetrics>(),
            version
        ));
        builder.Services.AddSingleton(provider => new Traces(
            builder.Configuration,
            provider.GetRequiredService<OutboundHttp>(),
            version
        ));
        if (builder.Configuration["Metrics:Urls"] is { Length: > 0 } urls)
        {
            builder.Services.AddSingleton(provider => new MetricsListener(
                urls,
                provider.GetRequiredService<MetricCollector>()
            ));
            builder.Services.AddHostedService(provider =>
                provider.GetRequiredService<MetricsListener>()
            );
        }
        AddLogs(builder.Logging);
    }

    /// <summary>Begins to listen; what was measured before is not counted.</summary>
    public static void OpenTelemetry(this IServiceProvider services)
    {
        services.GetRequiredService<MetricCollector>();
        services.GetRequiredService<Traces>();
    }

    public static void MapTelemetry(this IEndpointRouteBuilder app) =>
        app.MapGet(
                "/metrics",
                (MetricCollector metrics) =>
                    TypedResults.Text(metrics.Write(), MetricCollector.ContentType)
            )
            .WithName("getMetrics")
            .Does("Read what was counted since the start, in Prometheus' text format")
            .GivesText("text/plain", "Counters, gauges and histograms");

    private static void AddLogs(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        if (System.Console.IsOutputRedirected)
            logging
                .AddConsoleFormatter<LogLineFormatter, ConsoleFormatterOptions>()
                .AddConsole(console => console.FormatterName = LogLineFormatter.FormatterName);
        else
            logging.AddSimpleConsole(line =>
            {
                line.SingleLine = true;
                line.TimestampFormat = "HH:mm:ss ";
                line.ColorBehavior = LoggerColorBehavior.Default;
            });
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting", LogLevel.Warning);
        // Its errors come again: as what ends the program, or as critical when it is a background service that failed.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        // RequestEdge logs requests; this one would make an activity and a log scope for each, to no end.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
    }
}
