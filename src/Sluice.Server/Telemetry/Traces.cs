using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Sluice.Server.Outbound;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Telemetry;

/// <summary>Sends spans of requests, runs and steps over OTLP, where an endpoint is configured; the variables are OpenTelemetry's own.</summary>
internal sealed class Traces : IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>A receiver says what it has not taken, and no more.</summary>
    private const int LongestAnswer = 1 << 20;

    private readonly TracerProvider? _provider;

    public Traces(IConfiguration configuration, OutboundHttp outbound, string version)
    {
        var grpc = configuration[Protocol] == "grpc";
        if (Target(configuration, grpc) is not { } target)
            return;
        _provider = Sdk.CreateTracerProviderBuilder()
            .AddSource(Signals.Name, "Microsoft.AspNetCore")
            .ConfigureResource(resource =>
                resource.AddService(
                    configuration["OTEL_SERVICE_NAME"] ?? "sluice",
                    serviceVersion: version
                )
            )
            .AddOtlpExporter(exporter =>
            {
                exporter.Protocol = grpc
                    ? OtlpExportProtocol.Grpc
                    : OtlpExportProtocol.HttpProtobuf;
                exporter.Endpoint = target;
                exporter.HttpClientFactory = () =>
                    outbound.ForOperator(
                        LongestAnswer,
                        TimeSpan.FromMilliseconds(exporter.TimeoutMilliseconds)
                    );
            })
            .Build();
    }

    /// <summary>Sends what waits to be sent.</summary>
    public void Flush() => _provider?.ForceFlush(5000);

    public void Dispose() => _provider?.Dispose();

    private static Uri? Target(IConfiguration configuration, bool grpc)
    {
        if (configuration[TracesEndpoint] is { Length: > 0 } whole)
            return new Uri(whole);
        if (configuration[Endpoint] is not { Length: > 0 } endpoint)
            return null;
        return new Uri(grpc ? endpoint : endpoint.TrimEnd('/') + "/v1/traces");
    }
}
