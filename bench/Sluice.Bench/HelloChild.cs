namespace Sluice.Bench;

/// <summary>Bare Kestrel that says hello: the most that this framework gives on this machine.</summary>
internal static class HelloChild
{
    public const string Text = "hello";

    public static async Task<int> Run()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.MapGet("/", static () => Text);
        await app.StartAsync();
        await Console.Out.WriteLineAsync($"hello listens on {app.Urls.First()}");
        await app.WaitForShutdownAsync();
        return 0;
    }
}
