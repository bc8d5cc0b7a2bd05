namespace Sluice.Server.Telemetry;

/// <summary><c>Metrics:Urls</c>: a listener of its own with <c>/metrics</c> and nothing else, for networks where only the collector can come.</summary>
internal sealed class MetricsListener(string urls, MetricCollector metrics) : IHostedService
{
    private WebApplication? _app;

    /// <summary>Where it listens; empty before it does.</summary>
    public ICollection<string> Urls => _app?.Urls ?? [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(urls);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        _app = builder.Build();
        _app.Run(context =>
        {
            if (context.Request.Path != "/metrics")
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }
            context.Response.ContentType = MetricCollector.ContentType;
            return context.Response.WriteAsync(metrics.Write(), context.RequestAborted);
        });
        await _app.StartAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_app is null)
            return;
        await _app.StopAsync(cancellationToken);
        await _app.DisposeAsync();
    }
}
