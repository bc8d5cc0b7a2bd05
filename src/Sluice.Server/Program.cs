using Sluice.Server;
using Sluice.Server.Secrets;
using Sluice.Server.Store;

try
{
    await using var app = await House.Build(args);
    if (Hosting.RefusesPlainHttp(app.Services.GetRequiredService<ServerOptions>()) is { } refusal)
    {
        await Console.Error.WriteLineAsync(refusal);
        return 2;
    }
    await app.StartAsync();
    await Console.Out.WriteLineAsync(
        $"Sluice {Health.Version} listens on {string.Join(", ", app.Urls)}"
    );
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception error) when (error is SchemaException or MasterKeyException)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 3;
}
