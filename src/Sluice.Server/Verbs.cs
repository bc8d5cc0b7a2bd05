using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Sluice.Server.Description;
using Sluice.Server.Operations;
using Sluice.Server.Secrets;

namespace Sluice.Server;

/// <summary>What the program can be told to do: a verb each. Exit codes: 0 done, 2 told wrongly, 3 refused.</summary>
internal static class Verbs
{
    private const int ToldWrongly = 2;

    public static async Task<int> Serve(string[] args)
    {
        await using var app = await House.Build(args);
        await Start(app);
        await System.Console.Out.WriteLineAsync(
            $"Sluice {Health.Version} listens on {string.Join(", ", app.Urls)}"
        );
        foreach (var line in app.Services.GetRequiredService<OpenListeners>().Describe())
            await System.Console.Out.WriteLineAsync(line);
        await app.WaitForShutdownAsync();
        return 0;
    }

    /// <exception cref="ListenerException">An address became somebody else's since it was tried.</exception>
    private static async Task Start(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception error)
            when (error
                    is IOException { InnerException: AddressInUseException }
                        or SocketException
                        {
                            SocketErrorCode: SocketError.AccessDenied
                                or SocketError.AddressNotAvailable
                        }
            )
        {
            // What has begun ends in order, and does not complain that it was torn down.
            await app.StopAsync();
            throw new ListenerException(
                $"{error.Message.TrimEnd('.')}. End what listens there, or name another address: --urls http://127.0.0.1:PORT."
            );
        }
    }

    public static async Task<int> Backup(string[] args)
    {
        var (configuration, options) = Settings(args);
        if (configuration["to"] is not { Length: > 0 } to)
            return await Usage("sluice backup --data FOLDER --to FILE [--with-master-key]");
        if (!options.Embedded)
            return await Refuse(
                "This server's store is PostgreSQL: back it up with its own tools (pg_dump), and keep the master key beside."
            );
        var keyFile = configuration.MasterKeyFile(options.Data);
        var withKey = ServerOptions.IsOn(configuration["with-master-key"]);
        var manifest = await Operations.Backup.Run(
            new Backup.Request(options.Data, to, withKey ? keyFile : null, Health.Version),
            TimeProvider.System,
            CancellationToken.None
        );
        await System.Console.Out.WriteLineAsync(
            $"Backed up to {Path.GetFullPath(to)} ({new FileInfo(to).Length} bytes)."
        );
        if (withKey)
            await System.Console.Out.WriteLineAsync(
                "ATTENTION: the master key is in it. Whoever has this file can read every secret; keep it as you keep the key."
            );
        else if (manifest.MasterKeyIds.Count > 0)
            await System.Console.Out.WriteLineAsync(
                $"ATTENTION: the master key is NOT in it, and without it the secrets in this backup are lost. Keep {keyFile} (or SLUICE_MASTER_KEY) in another place; needed: {string.Join(", ", manifest.MasterKeyIds)}."
            );
        return 0;
    }

    public static async Task<int> Restore(string[] args)
    {
        var (configuration, options) = Settings(args);
        if (configuration["from"] is not { Length: > 0 } from)
            return await Usage("sluice restore --from FILE --data FOLDER [--replace]");
        if (!options.Embedded)
            return await Refuse(
                "This server's store is PostgreSQL: bring it back with its own tools (pg_restore)."
            );
        var result = await Operations.Restore.Run(
            new Restore.Request(options.Data, from, ServerOptions.IsOn(configuration["replace"])),
            TimeProvider.System,
            System.Console.Out.WriteLine,
            CancellationToken.None
        );
        await System.Console.Out.WriteLineAsync(
            $"Restored {options.Data} to {result.Manifest.CreatedAt:yyyy-MM-dd HH:mm:ss} UTC (made by version {result.Manifest.Version})."
        );
        if (result.SetAside is { } aside)
            await System.Console.Out.WriteLineAsync(
                $"What was there before is in {aside}; remove it when you need it no more."
            );
        var keyFile = configuration.MasterKeyFile(options.Data);
        if (result.Manifest.MasterKeyIds.Count > 0 && !File.Exists(keyFile))
            await System.Console.Out.WriteLineAsync(
                $"ATTENTION: before the server is started, put the master key at {keyFile} or in SLUICE_MASTER_KEY; needed: {string.Join(", ", result.Manifest.MasterKeyIds)}."
            );
        return 0;
    }

    /// <summary>Writes the description of the API as the code has it; opens and starts nothing.</summary>
    public static async Task<int> OpenApi(string[] args)
    {
        var (configuration, _) = Settings(args);
        if (configuration["to"] is not { Length: > 0 } to)
            return await Usage("openapi --to FILE");
        await using var app = House.Assemble([]);
        await File.WriteAllTextAsync(
            to,
            ApiDescription.Write(((IEndpointRouteBuilder)app).DataSources, Health.Version)
        );
        return 0;
    }

    public static Task<int> Unknown(string verb) =>
        Usage($"{{serve|backup|restore|openapi}} …; '{verb}' is none of them");

    private static (IConfiguration Configuration, ServerOptions Options) Settings(string[] args)
    {
        var configuration = WebApplication
            .CreateSlimBuilder(
                new WebApplicationOptions
                {
                    Args = ServerOptions.Normalise(args),
                    ContentRootPath = AppContext.BaseDirectory,
                }
            )
            .Configuration;
        return (configuration, ServerOptions.Read(configuration));
    }

    private static async Task<int> Usage(string text)
    {
        await System.Console.Error.WriteLineAsync($"Usage: {text}");
        return ToldWrongly;
    }

    private static async Task<int> Refuse(string text)
    {
        await System.Console.Error.WriteLineAsync(text);
        return ToldWrongly;
    }
}
